"""Patch codes: four bars across the sheet that a scanner, or we, know a separator by.

The bars lie parallel to the leading edge, within 3.75 inch (95 mm) of it: two wide ones of 0.20 inch, two
narrow ones of 0.08 inch, parted by 0.08 inch, at least 0.25 inch clear of other print. The order from the
leading edge inwards is the code. Turned by 180° a T is a 3 and a 1 is a 6; which of them was printed
follows from where the bars lie, because they are always read from the edge next to them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.levels import paper_level
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import MM_PER_INCH, Box, ReadingImage

PATCHES: Final = {"WWNN": "1", "WNNW": "2", "WNWN": "3", "NWWN": "4", "NNWW": "6", "NWNW": "T"}

DPI: Final = 100.0
STRIP_MM: Final = 6.0
"""Narrow enough that bars tilted by a few degrees stay bars within a strip."""

MIN_LENGTH_MM: Final = 50.0
MAX_EDGE_MM: Final = 95.0
QUIET_MM: Final = 4.0
UNIT_MM: Final = (1.4, 2.8)
"""Width of a space; 2.0 as printed, other where the sheet was scaled."""

NARROW: Final = (0.55, 1.5)
WIDE: Final = (1.8, 3.3)
"""Widths of bars in units (wide to narrow is 2.5 as printed)."""

MAX_TILT_DEGREES: Final = 6.0
INK_SHARE: Final = 0.6
"""Darker than this share of the paper's gray is ink."""


@dataclass(frozen=True, slots=True)
class PatchCode:
    """`kind` is 1, 2, 3, 4, 6 or T; `box` in mm on the page."""

    kind: str
    box: Box


class _Bars(NamedTuple):
    """Four bars in one strip: their order (W and N, from the top) and where they begin and end, in pixels."""

    order: str
    top: int
    bottom: int


class _Chain(NamedTuple):
    """The same bars in neighbouring strips."""

    first_strip: int
    strips: tuple[_Bars, ...]


def find_patch_codes(view: ReadingImage) -> tuple[PatchCode, ...]:
    """Every patch code on the page, whichever way the sheet went in; tilted by up to 5°."""
    gray, dpi = scaled_to(view, DPI)
    ink: NDArray[np.bool_] = gray < INK_SHARE * paper_level(gray)
    level = list(_read(ink, dpi))
    upright = [(kind, _swapped(box)) for kind, box in _read(np.ascontiguousarray(ink.T), dpi)]
    scale = view.dpi / dpi
    return tuple(
        PatchCode(kind, view.box_mm(*(place * scale for place in box))) for kind, box in level + upright
    )


def _read(ink: NDArray[np.bool_], dpi: float) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Codes whose bars lie level in `ink`, with left, top, right and bottom in pixels."""
    for chain in _chains(ink, dpi):
        kind = _kind(chain, ink.shape[0], dpi)
        if kind is not None:
            yield kind, _extent(chain, dpi)


def _swapped(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return box[1], box[0], box[3], box[2]


def _kind(chain: _Chain, extent: int, dpi: float) -> str | None:
    """The code, read from the edge next to it; None where it lies too far from either."""
    before = float(np.mean([bars.top for bars in chain.strips]))
    after = extent - float(np.mean([bars.bottom for bars in chain.strips]))
    if min(before, after) / dpi * MM_PER_INCH > MAX_EDGE_MM:
        return None
    order = chain.strips[0].order
    return PATCHES.get(order if before <= after else order[::-1])


def _chains(ink: NDArray[np.bool_], dpi: float) -> Iterator[_Chain]:
    """Bars that go on over at least 50 mm, less the strips at their ends that they fill in part."""
    strip = _strip(dpi)
    reach = math.ceil(strip * math.tan(math.radians(MAX_TILT_DEGREES))) + 1
    least = math.floor(MIN_LENGTH_MM / STRIP_MM) - 1
    open_chains: list[_Chain] = []
    for index in range(ink.shape[1] // strip):
        profile = ink[:, index * strip : (index + 1) * strip].mean(axis=1)
        going_on = []
        for bars in _bars(profile, dpi):
            earlier = next(
                (chain for chain in open_chains if _continues(chain.strips[-1], bars, reach)), None
            )
            if earlier is None:
                going_on.append(_Chain(index, (bars,)))
            else:
                open_chains.remove(earlier)
                going_on.append(_Chain(earlier.first_strip, (*earlier.strips, bars)))
        yield from (chain for chain in open_chains if len(chain.strips) >= least)
        open_chains = going_on
    yield from (chain for chain in open_chains if len(chain.strips) >= least)


def _continues(one: _Bars, other: _Bars, reach: int) -> bool:
    return (
        one.order == other.order
        and abs(one.top - other.top) <= reach
        and abs(one.bottom - other.bottom) <= reach
    )


def _bars(profile: NDArray[np.floating], dpi: float) -> Iterator[_Bars]:
    """Groups of exactly four bars in one strip, each group clear of everything else in it."""
    dark = np.concatenate([[False], profile > 0.5, [False]])
    changes = np.flatnonzero(dark[1:] != dark[:-1])
    starts, ends = changes[::2], changes[1::2]
    quiet = QUIET_MM / MM_PER_INCH * dpi
    first = 0
    for last in range(len(starts)):
        if last + 1 < len(starts) and starts[last + 1] - ends[last] < quiet:
            continue
        if last - first == 3:
            order = _order(starts[first : last + 1], ends[first : last + 1], dpi)
            if order is not None:
                yield _Bars(order, int(starts[first]), int(ends[last]))
        first = last + 1


def _order(starts: NDArray[np.intp], ends: NDArray[np.intp], dpi: float) -> str | None:
    spaces = starts[1:] - ends[:-1]
    # Ink that spreads makes bars wider by as much as it makes spaces narrower, so the unit is taken
    # from all narrow things together: the three spaces and the two narrower bars.
    widths = ends - starts
    unit = float((spaces.sum() + np.sort(widths)[:2].sum()) / 5)
    if not UNIT_MM[0] <= unit / dpi * MM_PER_INCH <= UNIT_MM[1]:
        return None
    if not all(NARROW[0] <= space / unit <= NARROW[1] for space in spaces):
        return None
    order = "".join(_letter(width / unit) for width in widths)
    return order if order in PATCHES else None


def _letter(units: float) -> str:
    if NARROW[0] <= units <= NARROW[1]:
        return "N"
    return "W" if WIDE[0] <= units <= WIDE[1] else "-"


def _extent(chain: _Chain, dpi: float) -> tuple[int, int, int, int]:
    strip = _strip(dpi)
    return (
        chain.first_strip * strip,
        min(bars.top for bars in chain.strips),
        (chain.first_strip + len(chain.strips)) * strip,
        max(bars.bottom for bars in chain.strips),
    )


def _strip(dpi: float) -> int:
    return max(1, round(STRIP_MM / MM_PER_INCH * dpi))
