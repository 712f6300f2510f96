"""The number that is printed on a page: “Seite 2 von 6” and its like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dipro_scan.model import Line, PageReading, Word

COUNTED_HEAD_SHARE: Final = 0.35
COUNTED_FOOT_SHARE: Final = 0.20
"""Shares of the page's height in which “page 2 of 6” is looked for: down to the end of the Informationsblock
(DIN 5008 form B: 90 of 297 mm), and in the foot with the sender's particulars."""

PLAIN_EDGE_MM: Final = 30.0
"""Numbers without a total are believed this near the upper and lower edge only, alone on their piece of
line; elsewhere they may be references."""

WIDE_GAP_LINE_HEIGHTS: Final = 1.5
"""A wider gap between two words than so many line heights parts a line: what stands there is set apart."""

MIN_WORD_CONFIDENCE: Final = 0.5
MOST_PAGES: Final = 9999
MOST_UNNAMED: Final = 19
"""A bare “3/25” may be a month and a year; totals up to this are no year of any form in use."""

_NAME: Final = r"(?:seite|blatt|page)(?:-?\s?nr\.?)?"
_SHORT: Final = rf"(?:{_NAME}|s\.|bl\.|p\.)"
_DASH: Final = r"[-–—]"
_NUMBER: Final = r"([1-9][0-9]{0,3})"
_LEADING: Final = rf"\s*:?\s*{_DASH}?\s*{_NUMBER}\s*{_DASH}?"
_TOTAL: Final = (
    rf"\s*(?:\(\s*)?(?:von|v\.|of|/)\s*(?:insgesamt\s*)?{_NUMBER}(?![0-9])(?:\s*\))?"
    r"(?:\s*(?:seiten|blatt|pages))?"
)
_COUNTED: Final = re.compile(_NAME + _LEADING + _TOTAL, re.IGNORECASE)
_COUNTED_SHORT: Final = re.compile(_SHORT + _LEADING + _TOTAL, re.IGNORECASE)
_NAMED: Final = re.compile(_SHORT + _LEADING, re.IGNORECASE)
_DASHED: Final = re.compile(rf"{_DASH}\s*{_NUMBER}\s*{_DASH}")
_SLASHED: Final = re.compile(rf"{_NUMBER}\s*/\s*{_NUMBER}")
_REFERENCE: Final = re.compile(
    r"(?:^|\W)(?:siehe|s\.|vgl\.?|auf|ab|bis|der|die|zu|zur|in|laut|gem\.|gemäß|see|on|and|und)\W*$",
    re.IGNORECASE,
)
_APART: Final = re.compile(r"[|·•]")
_EDGE: Final = " .,;:()[]*"


@dataclass(frozen=True, slots=True)
class PageNumber:
    """The number printed on a page, from 1, and of how many (None: not told); `number <= of`."""

    number: int
    of: int | None = None


def page_number(reading: PageReading) -> PageNumber | None:
    """The number printed at the head or foot of a page; None where there is none, or where two disagree.

    Understands “Seite 2 von 6”, “Blatt 2/6”, “Page 2 of 6”, and near the edges also “Seite 2”, “S. 2”,
    “- 2 -” and “2/6” alone. A number with a total counts more than one without.
    """
    height = reading.geometry.height_mm
    counted: set[PageNumber] = set()
    plain: set[PageNumber] = set()
    for line in reading.text.lines():
        middle = (line.box.y0 + line.box.y1) / 2
        if COUNTED_HEAD_SHARE * height < middle < (1 - COUNTED_FOOT_SHARE) * height:
            continue
        near_edge = min(middle, height - middle) <= PLAIN_EDGE_MM
        for piece in _pieces(line):
            if found := _counted(piece):
                counted.add(found)
            elif near_edge and (found := _plain(piece)):
                plain.add(found)
    for numbers in (counted, plain):
        if numbers:
            return numbers.pop() if len(numbers) == 1 else None
    return None


def _counted(piece: str) -> PageNumber | None:
    """“Seite 2 von 6” at the beginning or end of a piece, and no reference to another page."""
    for match in _COUNTED.finditer(piece):
        before, after = piece[: match.start()], piece[match.end() :]
        if before[-1:].isalnum() or _REFERENCE.search(before) or (before.strip(_EDGE) and after.strip(_EDGE)):
            continue
        return _valid(int(match[1]), int(match[2]), MOST_PAGES)
    return None


def _plain(piece: str) -> PageNumber | None:
    text = piece.strip(_EDGE)
    if match := _COUNTED_SHORT.fullmatch(text):
        return _valid(int(match[1]), int(match[2]), MOST_PAGES)
    if match := _NAMED.fullmatch(text) or _DASHED.fullmatch(text):
        return _valid(int(match[1]), None, MOST_PAGES)
    if match := _SLASHED.fullmatch(text):
        return _valid(int(match[1]), int(match[2]), MOST_UNNAMED)
    return None


def _valid(number: int, of: int | None, most: int) -> PageNumber | None:
    if of is not None and not number <= of <= most:
        return None
    return PageNumber(number, of)


def _pieces(line: Line) -> Iterator[str]:
    """The text of a line, parted at wide gaps, bars and dots; pieces with badly read words left out."""
    together: list[Word] = []
    gap_mm = WIDE_GAP_LINE_HEIGHTS * line.box.height_mm
    for word in line.words:
        if together and word.box.x0 - together[-1].box.x1 > gap_mm:
            yield from _told(together)
            together = []
        together.append(word)
    yield from _told(together)


def _told(words: list[Word]) -> Iterator[str]:
    if all(word.confidence >= MIN_WORD_CONFIDENCE for word in words if _has_digit(word.text)):
        yield from _APART.split(" ".join(word.text for word in words))


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
