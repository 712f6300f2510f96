"""Dates on a letter: the day it was written, the day it came in. Values are ISO 8601."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dipro_scan.classify.labels import stretches
from dipro_scan.classify.text import TextLine
from dipro_scan.model import Field

_MONTHS = (
    r"Jan(?:uar)?",
    r"Feb(?:ruar)?",
    r"M(?:ä|ae|a)rz?|Mrz",
    r"Apr(?:il)?",
    r"Mai",
    r"Juni?",
    r"Juli?",
    r"Aug(?:ust)?",
    r"Sep(?:t(?:ember)?)?",
    r"Okt(?:ober)?",
    r"Nov(?:ember)?",
    r"Dez(?:ember)?",
)
_MONTH_WORD = rf"(?:{'|'.join(_MONTHS)})"
_PATTERNS = (
    re.compile(r"(?<![\d.,/-])(?P<d>[0-3]?\d)\.\s?(?P<m>[01]?\d)\.\s?(?P<y>\d{4}|\d{2})(?![\d/]|[.,-]\d)"),
    # A point with a speck beside it reads as a colon or comma; only a whole year makes that a date.
    re.compile(
        r"(?<![\d.,:/-])(?P<d>[0-3]?\d)(?:\.\s?(?P<m1>[01]?\d)[,:;]|[,:;]\s?(?P<m2>[01]?\d)[.,:;])\s?"
        r"(?P<y>(?:19|20)\d{2})(?![\d/]|[.,:-]\d)"
    ),
    re.compile(r"(?<![\d.-])(?P<y>\d{4})-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?![\d-])"),
    re.compile(
        rf"(?<![\d.,/-])(?P<d>[0-3]?\d)[. ]\s?(?P<w>{_MONTH_WORD})\b\.?\s?"
        r"(?P<y>\d{4}|\d{2})(?!\d|\s?(?:Uhr|:))",
        re.IGNORECASE,
    ),
)
_EARLIEST, _LATEST = 1800, 2199
_TWO_DIGIT_PIVOT = 70
"""The first two-digit year of the last century: `69` is 2069, `70` is 1970."""

_LABEL = re.compile(
    r"\b(?:Rechnungsdatum|Briefdatum|Belegdatum|Datum)\b(?!\s+(?:der|des|vom))", re.IGNORECASE
)
_PLACE = re.compile(r"^[A-ZÄÖÜ][\w.()/ -]{1,40}(?:,\s*(?:den|am|im)?|\s+den)\s*$")
_RECEIPT = re.compile(r"\b(?:(?:Posteingang|Eingang|Eingegangen|Empfangen)\b|Eing\.)", re.IGNORECASE)
_RECEIPT_OTHER_WORDS = 3
_STAMP_MM = 16.0
_UPPER_PART = 0.45
_UNLABELLED = 0.9


@dataclass(frozen=True, slots=True)
class DateOnLine:
    """A calendar date in `line.text[start:end]`."""

    line: TextLine
    start: int
    end: int
    day: dt.date

    def field(self, factor: float = 1.0) -> Field:
        found = self.line.found(self.start, self.end)
        return Field(
            self.day.isoformat(),
            found.raw,
            round(found.confidence * factor, 4),
            "none",
            found.page,
            found.box,
        )


def dates_in(line: TextLine) -> list[DateOnLine]:
    """The dates of a line, from left to right: `3.4.25`, `2025-04-03`, `3. April 2025`.

    Only days that the calendar has. Two-digit years are 1970 to 2069.
    """
    return [DateOnLine(line, start, end, day) for start, end, day in days_in(line.text)]


def days_in(text: str) -> list[tuple[int, int, dt.date]]:
    """The dates of any text as (start, end, day), from left to right."""
    return sorted(
        (match.start(), match.end(), day)
        for pattern in _PATTERNS
        for match in pattern.finditer(text)
        if (day := _calendar_day(match)) is not None
    )


def document_date(lines: Sequence[TextLine]) -> Field | None:
    """The day the letter bears: at the label “Datum”, after a place, or alone on a line at the top.

    Any other date in a text may mean anything, and is not taken.
    """
    stamped = _stamped(lines)
    dates = [date for line in lines for date in dates_in(line) if date not in stamped]
    labelled = _at_label(lines, dates)
    if labelled:
        return labelled.field()
    for date in dates:
        before, after = date.line.text[: date.start], date.line.text[date.end :]
        if _PLACE.match(before) and not after.strip(" ."):
            return date.field()
    for date in dates:
        alone = not (date.line.text[: date.start] + date.line.text[date.end :]).strip(" .,")
        if alone and date.line.page == 1 and _in_upper_part(date.line):
            return date.field(_UNLABELLED)
    return None


def receipt_date(lines: Sequence[TextLine]) -> Field | None:
    """The day of a stamp of receipt: few words, one of them “Eingang” or “Eingegangen”, and a date.

    Words of a stamp are often set apart, so the date may stand on a line near by.
    """
    stamped = _stamped(lines)
    return stamped[0].field() if stamped else None


def _calendar_day(match: re.Match[str]) -> dt.date | None:
    parts = match.groupdict()
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000 if year < _TWO_DIGIT_PIVOT else 1900
    number = parts.get("m") or parts.get("m1") or parts.get("m2")
    month = int(number) if number else _month(parts["w"])
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return dt.date(year, month, int(parts["d"]))
    except ValueError:
        return None


def _month(word: str) -> int:
    """Of a word that the patterns let pass; to them the ı of a misread “Maı” is an i."""
    return next(
        number for number, month in enumerate(_MONTHS, start=1) if re.fullmatch(month, word, re.IGNORECASE)
    )


def _at_label(lines: Sequence[TextLine], dates: Sequence[DateOnLine]) -> DateOnLine | None:
    for stretch in stretches(lines, _LABEL):
        for date in dates:
            inside = stretch.start <= date.start and date.end <= stretch.end
            if date.line is stretch.line and inside:
                return date
    return None


def _stamped(lines: Sequence[TextLine]) -> list[DateOnLine]:
    """The dates of stamps of receipt; the first of each stamp."""
    return [date for line in lines if _RECEIPT.search(line.text) for date in _stamp_dates(lines, line)][:1]


def _stamp_dates(lines: Sequence[TextLine], label: TextLine) -> Iterator[DateOnLine]:
    own = dates_in(label)
    rest = label.text
    for date in reversed(own):
        rest = rest[: date.start] + rest[date.end :]
    if len(re.findall(r"[A-Za-zÄÖÜäöüß]{2,}", rest)) > _RECEIPT_OTHER_WORDS:
        return  # a sentence that speaks of a receipt
    if own:
        yield own[0]
        return
    for line in lines:
        if line.page == label.page and line is not label and _near(label, line):
            for date in dates_in(line):
                alone = len(line.text) - (date.end - date.start) <= len(label.text)
                if alone:
                    yield date
                    return


def _near(label: TextLine, line: TextLine) -> bool:
    one, other = label.box, line.box
    across = other.x0 < one.x1 + 5 and one.x0 - 5 < other.x1
    return across and other.y0 - one.y1 < _STAMP_MM and one.y0 - other.y1 < _STAMP_MM


def _in_upper_part(line: TextLine) -> bool:
    return line.box.y1 <= _UPPER_PART * line.page_height_mm
