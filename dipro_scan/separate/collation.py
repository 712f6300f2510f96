"""Fronts and backs of one stack, scanned in two passes: which files are one stack, and their common order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from dipro_scan.model import PageGeometry, ReadPage, Reason
from dipro_scan.settings import CollationSettings
from dipro_scan.translation import _

SIZE_TOLERANCE_MM: Final = 3.0
SIZE_TOLERANCE_SHARE: Final = 0.02
"""Both sides of a sheet have one size; scanners measure its length anew on each pass, as well as this."""


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A file as far as its name and station tell. `refused`: nobody knows its station or pages."""

    name: str
    station: str | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """Files of one stack of paper, by their place in the batch.

    Where it is `whole`, these are the fronts and the backs. Otherwise one is missing, or it cannot be told
    which belong together, and nobody guesses.
    """

    files: tuple[int, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Collation:
    """Pages in the order of the paper; in the order in which they were scanned where `doubt` says why."""

    pages: tuple[ReadPage, ...]
    doubt: Reason | None = None


def stacks_of(files: Sequence[ScannedFile], settings: CollationSettings) -> tuple[Stack, ...]:
    """Which files of a batch belong together, in the order of the first of each; others are in no stack."""
    if settings.mode == "none":
        return ()
    found = _by_names(files, settings) if settings.pairing == "names" else _by_stations(files)
    return tuple(sorted(found, key=lambda stack: min(stack.files)))


def collate(fronts: Sequence[ReadPage], backs: Sequence[ReadPage], settings: CollationSettings) -> Collation:
    """Front, back, front, back, where counts and sizes agree; else all fronts, then all backs, and the doubt.

    Both in the order in which they were scanned, at least one page each.
    """
    in_order = tuple(reversed(backs)) if settings.backs_reversed else tuple(backs)
    doubt = _counts_differ(fronts, backs)
    if doubt is None:
        doubt = next(_sizes_differ(fronts, in_order), None)
    if doubt is not None:
        return Collation((*fronts, *backs), doubt)
    return Collation(tuple(page for sheet in zip(fronts, in_order, strict=True) for page in sheet))


def half_missing(name: str, others: Sequence[str], *, sure: bool) -> Reason:
    """Why a file waits for a person that holds one side of a stack.

    `others` are files that hold the other side, or may; `sure` where it is known which.
    """
    if not others:
        sentence = _(
            "%(name)s holds one side of a stack only; the file with the other side was not there. Take this"
            " document out with “review reject” and lay both files into the inbox together."
        )
    elif sure:
        sentence = _(
            "%(name)s holds one side of a stack only; %(others)s with the other side was not read in this"
            " run. Take this document out with “review reject” and lay both files into the inbox together."
        )
    else:
        sentence = _(
            "It cannot be told which file holds the other side of the stack in %(name)s; it may be one of:"
            " %(others)s. Take these documents out with “review reject” and lay the two files of each stack"
            " into the inbox, one stack at a time."
        )
    return Reason("collation_half_missing", sentence % {"name": name, "others": ", ".join(others)})


def _by_names(files: Sequence[ScannedFile], settings: CollationSettings) -> Iterator[Stack]:
    sides = (_patterns(settings.fronts), _patterns(settings.backs))
    stacks: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
    for place, file in enumerate(files):
        path = PurePosixPath(_folded(file.name))
        found = {
            (side, match[1])
            for side, patterns in enumerate(sides)
            for pattern in patterns
            if (match := pattern.fullmatch(path.stem))
        }
        if len(found) > 1:
            # Front and back, or of two stacks: nobody guesses.
            yield Stack((place,), whole=False)
        for side, name in found if len(found) == 1 else ():
            stacks.setdefault((str(path.parent), name), ([], []))[side].append(place)
    for fronts, backs in stacks.values():
        whole = len(fronts) == len(backs) == 1
        yield Stack((*fronts, *backs) if whole else tuple(sorted((*fronts, *backs))), whole)


def _patterns(patterns: Sequence[str]) -> list[re.Pattern[str]]:
    return [
        re.compile("(.*)".join(re.escape(part) for part in _folded(pattern).split("*")), re.DOTALL)
        for pattern in patterns
    ]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _by_stations(files: Sequence[ScannedFile]) -> Iterator[Stack]:
    """Each two files of a station, one after the other.

    Where their number is odd, or a file that nobody could open lies between two of them, any pair could be
    shifted: then none of that station is taken.
    """
    refused = [place for place, file in enumerate(files) if file.refused]
    by_station: dict[str | None, list[int]] = {}
    for place, file in enumerate(files):
        if not file.refused:
            by_station.setdefault(file.station, []).append(place)
    for places in by_station.values():
        disturbed = any(places[0] < place < places[-1] for place in refused)
        if len(places) % 2 or disturbed:
            yield Stack(tuple(places), whole=False)
        else:
            yield from (Stack(pair, whole=True) for pair in zip(places[::2], places[1::2], strict=True))


def _counts_differ(fronts: Sequence[ReadPage], backs: Sequence[ReadPage]) -> Reason | None:
    if len(fronts) == len(backs):
        return None
    sentence = _(
        "The fronts in %(fronts)s are %(front_count)d pages, the backs in %(backs)s are %(back_count)d;"
        " two sheets may have been drawn in at once. Nothing was put together; scan both sides again."
    )
    return Reason(
        "collation_mismatch",
        sentence
        % {
            "fronts": fronts[0].ref.source,
            "front_count": len(fronts),
            "backs": backs[0].ref.source,
            "back_count": len(backs),
        },
    )


def _sizes_differ(fronts: Sequence[ReadPage], backs: Sequence[ReadPage]) -> Iterator[Reason]:
    """A doubt for each sheet whose two sides are not of one size; `backs` in the order of the fronts."""
    for front, back in zip(fronts, backs, strict=True):
        if "no_image" in (front.reading.failed, back.reading.failed):
            # A sheet that stands for a page without an image has no size of paper.
            continue
        if not _one_size(front.reading.geometry, back.reading.geometry):
            sentence = _(
                "Page %(front_page)d of %(fronts)s measures %(front_size)s mm and its back, page"
                " %(back_page)d of %(backs)s, %(back_size)s mm; both files have %(count)d pages. Nothing was"
                " put together; scan both sides again."
            )
            facts = {
                "front_page": front.ref.source_page,
                "fronts": front.ref.source,
                "front_size": _size(front.reading.geometry),
                "back_page": back.ref.source_page,
                "backs": back.ref.source,
                "back_size": _size(back.reading.geometry),
                "count": len(fronts),
            }
            yield Reason("collation_mismatch", sentence % facts)


def _one_size(one: PageGeometry, other: PageGeometry) -> bool:
    """Whichever way each lies: a back may be turned against its front."""
    mine = sorted((one.width_mm, one.height_mm))
    yours = sorted((other.width_mm, other.height_mm))
    return all(
        abs(a - b) <= max(SIZE_TOLERANCE_MM, SIZE_TOLERANCE_SHARE * max(a, b))
        for a, b in zip(mine, yours, strict=True)
    )


def _size(geometry: PageGeometry) -> str:
    return f"{geometry.width_mm:.0f} × {geometry.height_mm:.0f}"
