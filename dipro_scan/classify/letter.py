"""What the form of a letter tells (DIN 5008): who wrote it, and about what."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dipro_scan.classify.text import Found, TextLine
from dipro_scan.model import Box, Field

_SEPARATOR = re.compile(r"\s*(?:[·•|*,;]|\s[-–—]\s)\s*")
_POSTAL_PLACE = re.compile(r"\b\d{5}\s+[A-ZÄÖÜ]")
_SALUTATION = re.compile(r"^(?:Sehr\s+geehrte|Guten\s+(?:Tag|Morgen)|Hallo\b|Liebe[rs]?\s)", re.IGNORECASE)
_SUBJECT_LABEL = re.compile(r"^(?:Betreff|Betrifft|Betr\.)\s*:?\s*", re.IGNORECASE)
_REFERENCE = re.compile(
    r"^(?:Ihr Zeichen|Unser Zeichen|Mein Zeichen|Datum|Telefon|Telefax|E-Mail|Aktenzeichen|Az)\b",
    re.IGNORECASE,
)
_RETURN_LINE_MM = Box(15.0, 20.0, 115.0, 72.0)
"""Where the return line of form A or B may stand: the top of the address field (form A from 27 mm, form
B from 45 mm, 17.7 mm high), with the slack of a scan."""

_LETTERHEAD_MM = 60.0
_RETURN_LINE = 0.9
_LETTERHEAD = 0.6
"""How far to trust the place in which a sender was found."""

_SUBJECT_LINES = 3


def sender(lines: Sequence[TextLine]) -> Field | None:
    """The name in the return line above the address; else the first line of the letterhead."""
    if (named := return_line_sender(lines)) is not None:
        return named
    first_page = [line for line in lines if line.page == 1]
    for line in first_page:
        name = len(re.findall(r"[A-Za-zÄÖÜäöüß]", line.text)) >= 3 and not re.search(r"\d", line.text)
        if name and line.box.y1 <= _LETTERHEAD_MM and not _REFERENCE.match(line.text):
            return _field(line.found(0, len(line.text)), _LETTERHEAD)
    return None


def return_line_sender(lines: Sequence[TextLine]) -> Field | None:
    """The name in the return line above the address; None where there is no such line."""
    for line in lines:
        name_length = _return_line_name(line) if line.page == 1 else 0
        if name_length:
            return _field(line.found(0, name_length), _RETURN_LINE)
    return None


def subject(lines: Sequence[TextLine]) -> Field | None:
    """The line marked “Betreff”; else the free-standing lines right before the salutation."""
    for line in lines:
        label = _SUBJECT_LABEL.match(line.text)
        if label and line.page == 1 and label.end() < len(line.text):
            return _field(line.found(label.end(), len(line.text)), 1.0)
    first_page = [line for line in lines if line.page == 1]
    for index, line in enumerate(first_page):
        if _SALUTATION.match(line.text):
            return _joined(_lines_before(first_page, index))
    return None


def _return_line_name(line: TextLine) -> int:
    """The length of the name at the beginning of a return line; 0 where the line is none."""
    place = _POSTAL_PLACE.search(line.text)
    zone, box = _RETURN_LINE_MM, line.box
    if place is None or not (zone.x0 <= box.x0 and box.x0 < zone.x1 and zone.y0 <= box.y0 <= zone.y1):
        return 0
    separators = list(_SEPARATOR.finditer(line.text, 0, place.start()))
    return separators[0].start() if len(separators) >= 2 else 0


def _lines_before(lines: Sequence[TextLine], index: int) -> list[TextLine]:
    """Up to three lines above `lines[index]` that stand close together, upper first."""
    chosen: list[TextLine] = []
    above = index - 1
    while above >= 0 and len(chosen) < _SUBJECT_LINES:
        line = lines[above]
        if _POSTAL_PLACE.search(line.text) or _REFERENCE.match(line.text):
            break
        if chosen and chosen[0].box.y0 - line.box.y1 > 0.8 * chosen[0].box.height_mm:
            break
        chosen.insert(0, line)
        above -= 1
    return chosen


def _joined(lines: Sequence[TextLine]) -> Field | None:
    if not lines:
        return None
    found = [line.found(0, len(line.text)) for line in lines]
    text = " ".join(item.raw for item in found)
    confidence = min(item.confidence for item in found)
    return Field(text, text, round(confidence, 4), "none", 1, Box.around([item.box for item in found]))


def _field(found: Found, trust: float) -> Field:
    return Field(found.raw, found.raw, round(found.confidence * trust, 4), "none", found.page, found.box)
