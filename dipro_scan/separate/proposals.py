"""Signs that a new document begins inside one: told to a person, never a cut by themselves."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz

from dipro_scan.model import Document, Line, PageReading, Reason
from dipro_scan.separate.page_numbers import PageNumber, page_number
from dipro_scan.translation import _

HEAD_MM: Final = 45.0
"""The letterhead of DIN 5008 form B; that of form A ends at 27 mm."""

ADDRESS_TOP_MM: Final = 40.0
ADDRESS_BOTTOM_MM: Final = 95.0
ADDRESS_LEFT_MM: Final = (17.0, 33.0)
ADDRESS_RIGHT_MM: Final = 112.0
"""Where the lines of an address begin and end: the Anschriftfeld of DIN 5008 (20 to 105 mm from the left,
text at 25 mm; 27 to 72 or 45 to 90 mm from above), give or take what feeding and printing shift."""

SALUTATION_BOTTOM_MM: Final = 160.0
ADDRESS_SPAN_MM: Final = 32.0
MIN_ADDRESS_LINES: Final = 3

MIN_HEAD_LETTERS: Final = 12
SAME_HEAD: Final = 60.0
"""Likeness (0–100) of two letterheads from which they may be the same sender's, read twice."""

SIZE_TOLERANCE_MM: Final = 12.0

_TOWN: Final = re.compile(r"(?:D\s?-\s?)?\d{5}\s+[A-ZÄÖÜ]\w+.*")
_SALUTATION: Final = re.compile(r"(?:Sehr geehrte|Guten Tag|Liebe[rs]?\s|Hallo\s|Werte[rs]?\s)")
_WORD: Final = re.compile(r"\w{4,}")


def proposals_for(document: Document) -> list[Reason]:
    """A reason for each page before which another document may begin, with the command that parts it."""
    readings = [page.reading for page in document.pages]
    reasons = []
    first, last_number = readings[0], _number(readings[0])
    for place, (before, reading) in enumerate(pairwise(readings), start=2):
        number = _number(reading)
        text = _sign(first, before, reading, anew=_counts_anew(last_number, number), place=place)
        if text is not None:
            command = f"dipro-scan review split {document.id} --before {place}"
            remedy = _("If so, this parts it: %(command)s") % {"command": command}
            reasons.append(Reason("new_document_likely", f"{text} {remedy}"))
            first, last_number = reading, None
        last_number = number or last_number
    return reasons


def _sign(
    first: PageReading, before: PageReading, reading: PageReading, *, anew: bool, place: int
) -> str | None:
    """What speaks for a document that begins on this page; None for nothing."""
    if anew:
        sentence = _("The page numbers begin anew on page %(page)d; another document may begin there.")
        return sentence % {"page": place}
    if begins_another_letter(first, before, reading):
        sentence = _("Page %(page)d looks like the first page of another letter; a document may begin there.")
        return sentence % {"page": place}
    return None


def _counts_anew(last: PageNumber | None, this: PageNumber | None) -> bool:
    """Whether a printed number can only be that of another count: “1 of 2” again, or of another total."""
    if this is None or last is None:
        return False
    if this.number == 1:
        return True
    return None not in (this.of, last.of) and this.of != last.of and this.number != last.number + 1


def _number(reading: PageReading) -> PageNumber | None:
    # The words on a sheet that stands for a failed page are ours.
    return page_number(reading) if reading.failed is None else None


def begins_another_letter(first: PageReading, last: PageReading, reading: PageReading) -> bool:
    """Whether a page bears another letterhead than `first` and an address or a salutation below it.

    Both are asked, unless the page is of another size or lies another way than `last`, the page before it.
    """
    if first.failed or reading.failed or not _heads_differ(_head(first), _head(reading)):
        return False
    signs = _has_address(reading) + _has_salutation(reading)
    return signs == 2 or (signs == 1 and _sizes_differ(last, reading))


def _head(reading: PageReading) -> str:
    words = [
        word.text.casefold()
        for line in reading.text.lines()
        if line.box.y1 <= HEAD_MM
        for word in line.words
        if _WORD.search(word.text)
    ]
    return " ".join(words)


def _heads_differ(one: str, other: str) -> bool:
    """Whether both are there and differ by more than what misreading makes of one."""
    if min(len(one), len(other)) < MIN_HEAD_LETTERS:
        return False
    return fuzz.token_set_ratio(one, other) < SAME_HEAD


def _has_address(reading: PageReading) -> bool:
    """Whether lines of an address, with postal code and town at its end, stand where DIN 5008 puts them."""
    lines = [line for line in reading.text.lines() if _lies_in_address_field(line)]
    for town in lines:
        if _TOWN.fullmatch(town.text):
            above = [
                line
                for line in lines
                if 0 <= town.box.y1 - line.box.y1 <= ADDRESS_SPAN_MM and abs(line.box.x0 - town.box.x0) <= 3
            ]
            if len(above) >= MIN_ADDRESS_LINES:
                return True
    return False


def _lies_in_address_field(line: Line) -> bool:
    left, right = ADDRESS_LEFT_MM
    return (
        left <= line.box.x0 <= right
        and line.box.x1 <= ADDRESS_RIGHT_MM
        and line.box.y0 >= ADDRESS_TOP_MM
        and line.box.y1 <= ADDRESS_BOTTOM_MM
    )


def _has_salutation(reading: PageReading) -> bool:
    return any(
        _SALUTATION.match(line.text) and ADDRESS_TOP_MM <= line.box.y0 <= SALUTATION_BOTTOM_MM
        for line in reading.text.lines()
    )


def _sizes_differ(one: PageReading, other: PageReading) -> bool:
    differences = (
        one.geometry.width_mm - other.geometry.width_mm,
        one.geometry.height_mm - other.geometry.height_mm,
    )
    return any(abs(difference) > SIZE_TOLERANCE_MM for difference in differences)
