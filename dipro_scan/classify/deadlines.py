"""Deadlines that incoming paper sets: days that it names, spans that run from its receipt.

Hints to a person, who looks at the paper: no legal advice.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from dipro_scan.classify.dates import days_in
from dipro_scan.classify.deadline_days import Unit, last_day, with_year
from dipro_scan.classify.letter import return_line_sender
from dipro_scan.classify.text import TextLine, fold, text_lines
from dipro_scan.model import Box, Deadline, Field, PageReading, urgency
from dipro_scan.settings import Configuration

_BEFORE_DAY = re.compile(
    r"(?P<sure>\bsp(?:ä|ae|a)testens(?:\s+bis)?(?:\s+(?:zum|am|den|der))?"
    r"|\bbis\s+(?:sp(?:ä|ae|a)testens|l(?:ä|ae|a)ngstens)(?:\s+(?:zum|am|den))?"
    r"|\w*[Ff]rist(?:ende|ablauf)?\s*(?::|ist(?:\s+der)?|(?:endet|läuft)(?:\s+am|\s+bis(?:\s+zum)?)|bis)?"
    r"(?:\s*(?:bis\s+)?(?:zum|am|den))?)"
    r"|(?P<plain>\bbis(?:\s+einschließlich)?(?:\s+(?:zum|den|einschließlich))?)",
)
_WEEKDAY = r"(?:\s*(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag),?(?:\s+(?:den|dem))?)?\s*"
_DAY_CUE = re.compile(rf"(?:{_BEFORE_DAY.pattern}){_WEEKDAY}$")
_SHORT_DAY = re.compile(r"(?<![\d.,/-])(?P<d>[0-3]?\d)\.\s?(?P<m>[01]?\d)\.(?!\s?\d)")
_RANGE = re.compile(r"\b(?:vom|von|ab|seit|zwischen)\s+\S+(?:\s+\S+){0,2}\s*$")
_NO_DEADLINE = re.compile(
    r"gültig|Gültigkeit|befristet|Laufzeit|Zeitraum|Zinsen|Kündigung|kündige|Aufenthalt|endet\s+(?:mit|zum)|hat\s+sich",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"bitte|zahl|überweis|gleichen|begleich|entricht|frist|stellung|antwort|äu(?:ß|ss)er|einreich|einzureich"
    r"|vorleg|vorzulegen|mitteil|mitzuteil|teilen\s+Sie|erwarte|forder|gelegenheit|begründ|bescheid|rückmeld"
    r"|nachreich|nachzureich|übersend|zusend|vortrag|abhelf|abzuhelf|erledig"
    r"|Beschwerde|Berufung|Revision|Rechtsmittel|Einspruch|Klage|kann\b|können\b|ist\s+\S+\s+zu\b",
    re.IGNORECASE,
)
_NUMBERS = {
    "ein": 1,
    "einem": 1,
    "einer": 1,
    "eines": 1,
    "zwei": 2,
    "zweier": 2,
    "drei": 3,
    "dreier": 3,
    "vier": 4,
    "fünf": 5,
    "sechs": 6,
    "sieben": 7,
    "acht": 8,
    "zehn": 10,
    "vierzehn": 14,
    "dreißig": 30,
}
_UNITS: dict[str, Unit] = {"t": "day", "w": "week", "m": "month"}
_NUMBER = rf"(?P<number>\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_SPAN = re.compile(
    r"\b(?:(?:inner-?\s?halb|binnen)\s+(?:von\s+)?(?:einer\s+Frist\s+von\s+)?"
    r"|\w*[Ff]rist\s+von\s+|sp(?:ä|ae|a)testens\s+)"
    rf"{_NUMBER}\s+(?P<unit>Tag|Woche|Monat)(?:e|en|es|s|n)?\b"
    r"|\bbinnen\s+(?P<whole>Wochen|Monats)frist\b",
    re.IGNORECASE,
)
_FROM_RECEIPT = re.compile(
    r"\s*,?\s*(?:nach|ab|seit)\s+(?:\w+\s+){0,2}?"
    r"(?:Zustellung|Bekanntgabe|Zugang|Erhalt|Empfang|Eingang|Verkündung|Datum|Schreibens|heute)\b",
    re.IGNORECASE,
)
_FROM_ELSE = re.compile(
    r"\s*,?\s*(?:(?:nach|ab|vor|seit|vom)\b|beginnend|zum\s+(?:Ende|Schluss|Quartal))", re.IGNORECASE
)
_REMEDY = re.compile(r"Widerspruch|Einspruch|Klage\b|Beschwerde|nicht\s+einverstanden", re.IGNORECASE)

_BEFORE_CHARACTERS, _AFTER_CHARACTERS = 160, 110
"""How far around a day the words may stand that make it a deadline: about one sentence."""

_LETTERHEAD_MM = 45.0
_LETTERHEAD_LINES = 2
"""The letterhead of form B (DIN 5008) is 45 mm high; its first lines name who writes."""


def find_deadlines(
    pages: Sequence[PageReading],
    class_id: str | None,
    fields: dict[str, Field],
    configuration: Configuration,
    received: dt.date,
) -> tuple[Deadline, ...]:
    """The deadlines on the pages of a document that came in on `received`, the most urgent first.

    None for what the city itself wrote: the remedies that its own notices name are no deadlines of its own.
    """
    settings = configuration.pipeline.deadlines
    lines = text_lines(pages)
    looked_at = settings.unknown if class_id is None else class_id in settings.classes
    is_remedy = class_id in settings.remedies
    if not (looked_at or is_remedy):
        return ()
    if not is_remedy and _is_ours(lines, configuration.site.organisation.name):
        return ()
    written = dt.date.fromisoformat(fields["dokumentdatum"].value) if "dokumentdatum" in fields else None
    if written is None or not 0 <= (received - written).days <= settings.past_days:
        written = received
    found = [
        deadline
        for text in _page_texts(lines)
        for deadline in [*_stated(text, written), *_spans(text, received, quoted=is_remedy)]
        if deadline.day is not None
        and written <= deadline.day
        and (received - deadline.day).days <= settings.past_days
        and (deadline.day - received).days <= settings.future_days
    ]
    if is_remedy:
        found += _remedy(lines)
    distinct = {(deadline.kind, deadline.day): deadline for deadline in reversed(found)}
    return tuple(sorted(distinct.values(), key=lambda item: (urgency(item), item.page)))


@dataclass(frozen=True, slots=True)
class _PageText:
    """The lines of one page as running text; `starts` tells where each begins."""

    text: str
    lines: tuple[TextLine, ...]
    starts: tuple[int, ...]

    def around(self, start: int, end: int) -> str:
        return self.text[max(0, start - _BEFORE_CHARACTERS) : end + _AFTER_CHARACTERS]

    def deadline(self, start: int, end: int, day: dt.date, kind: str) -> Deadline:
        """The deadline whose words stand in `text[start:end]`, shown with its lines."""
        held = [
            line
            for line, begin in zip(self.lines, self.starts, strict=True)
            if begin < end and begin + len(line.text) > start
        ]
        shown, box = " ".join(line.text for line in held), Box.around([line.box for line in held])
        if kind == "date":
            return Deadline("date", day, shown, held[0].page, box, "stated")
        return Deadline("period", day, shown, held[0].page, box, "receipt")


def _page_texts(lines: Sequence[TextLine]) -> Iterator[_PageText]:
    for _page, group in groupby(lines, key=lambda line: line.page):
        on_page = tuple(group)
        starts, offset = [], 0
        for line in on_page:
            starts.append(offset)
            offset += len(line.text) + 1
        yield _PageText(" ".join(line.text for line in on_page), on_page, tuple(starts))


def _stated(page: _PageText, earliest: dt.date) -> Iterator[Deadline]:
    """Days that stand on the page behind words such as “bis zum”."""
    days = days_in(page.text)
    for match in _SHORT_DAY.finditer(page.text):
        day = with_year(int(match["d"]), int(match["m"]), earliest)
        if day is not None and not any(start <= match.start() < end for start, end, _day in days):
            days.append((match.start(), match.end(), day))
    for start, end, day in sorted(days):
        before = page.text[max(0, start - _BEFORE_CHARACTERS) : start]
        cue = _DAY_CUE.search(before)
        if cue is None or _RANGE.search(before[: cue.start()]):
            continue
        around = page.around(start - len(cue.group()), end)
        if _NO_DEADLINE.search(before[-60:]):
            continue
        if cue["sure"] or _CUE.search(around):
            yield page.deadline(start - len(cue.group()), end, day, "date")


def _spans(page: _PageText, received: dt.date, *, quoted: bool) -> Iterator[Deadline]:
    """Spans of time that run from the receipt. `quoted`: a remedy repeats what the notice told it."""
    for match in _SPAN.finditer(page.text):
        rest = page.text[match.end() : match.end() + _AFTER_CHARACTERS]
        from_receipt = _FROM_RECEIPT.match(rest)
        if (from_receipt and quoted) or (from_receipt is None and _FROM_ELSE.match(rest)):
            continue
        before = page.text[max(0, match.start() - 60) : match.start()]
        if _NO_DEADLINE.search(before) or "Kündigungsfrist" in match.group():
            continue
        if not from_receipt and not _CUE.search(page.around(match.start(), match.end())):
            continue
        count, unit = _span(match)
        end = match.end() + (from_receipt.end() if from_receipt else 0)
        yield page.deadline(match.start(), end, last_day(received, count, unit), "period")


def _span(match: re.Match[str]) -> tuple[int, Unit]:
    if match["whole"]:
        return 1, _UNITS[match["whole"][0].lower()]
    return _counted(match["number"]), _UNITS[match["unit"][0].lower()]


def _counted(number: str) -> int:
    """Of what `_NUMBER` let pass; to a pattern that heeds no case the ı of a misread “zweı” is an i."""
    if number.isdigit():
        return int(number)
    return next(count for word, count in _NUMBERS.items() if re.fullmatch(word, number, re.IGNORECASE))


def _remedy(lines: Sequence[TextLine]) -> list[Deadline]:
    """The line that names the legal remedy; else the first of the letter."""
    line = next((line for line in lines if _REMEDY.search(line.text)), None) or next(iter(lines), None)
    if line is None:
        return [Deadline("remedy", None, "", 1, None, "class")]
    return [Deadline("remedy", None, line.text, line.page, line.box, "class")]


def _is_ours(lines: Sequence[TextLine], organisation: str) -> bool:
    """Whether the city wrote it: its name in the return line, or without one at the very top.

    Further down it may be the city to which the letter goes.
    """
    name = " ".join(fold(organisation))
    written_by = return_line_sender(lines)
    if written_by is not None:
        return _holds(written_by.value, name)
    top = [line for line in lines if line.page == 1 and line.box.y1 <= _LETTERHEAD_MM]
    return any(_holds(line.text, name) for line in top[:_LETTERHEAD_LINES])


def _holds(text: str, name: str) -> bool:
    return f" {name} " in f" {' '.join(fold(text))} "
