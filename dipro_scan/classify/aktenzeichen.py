"""Aktenzeichen: a Kennzeichen of the plan, the Akte's number, its year: `63.10-0007/2025`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dipro_scan.classify.dates import dates_in
from dipro_scan.classify.labels import Stretch, stretches
from dipro_scan.classify.text import Found, TextLine
from dipro_scan.model import Field
from dipro_scan.settings import Aktenplan

_LABEL = re.compile(
    r"(?<!\w)(?:(?i:(?:FB/)?Geschäftszeichen|Aktenzeichen|(?:Unser|Mein|Ihr) Zeichen)"
    r"|A[zZ]|Gesch(?:\.-?)?Z|Gz)(?!\w)\.?\s*:?"
)


def _form(digit: str, years: str) -> re.Pattern[str]:
    """Plan, dash, number, slash, year, perhaps a Vorgang; `digit` is a class of characters."""
    return re.compile(
        rf"(?<![\w.,/-])(?P<plan>{digit}{{1,2}}(?:[. ]{digit}{{1,2}}){{0,5}})\s?[-–—]\s?"
        rf"(?P<number>{digit}{{1,6}})\s?/\s?(?P<year>{years})(?:/{digit}{{1,4}})?(?![\w/])"
    )


_PLAN_FORM = _form("[0-9]", "[0-9]{4}|[0-9]{2}")
_MISREAD_FORM = _form("[0-9OoIlSB]", "[0-9OoIlSB]{4}|[0-9OoIlSB]{2}")
_UNLABELLED_FORM = _form("[0-9]", "[0-9]{4}")  # with a short year it could be times of day
_COURT_FORM = re.compile(r"(?<!\w)\d{1,4}\s?[A-Z][A-Za-z]{0,4}\s?\d{1,6}/\d{2}(?!\d)")
_FOREIGN = re.compile(r"(?<!\S)\S*\d\S*")
_OWN_FORM = re.compile(r"(?P<kennzeichen>.+)-\d{4,6}/\d{4}")
_CONFUSED = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "S": "5", "B": "8"})

MENDED_CONFIDENCE = 0.5
"""What a number with letters in the place of digits is worth at most: it has no check digit that could
confirm the mending, so a person should."""


def find_aktenzeichen(lines: Sequence[TextLine], plan: Aktenplan) -> Field | None:
    """The Aktenzeichen that the document names, in the plan's form where it fits.

    In this order: at a label and in the plan; the same with letters read for digits; anywhere, if its
    Kennzeichen is in the plan; at a label, but of some other authority. Several different ones of the
    same rank share their confidence, because nothing tells which is meant.
    """
    at_labels = list(stretches(lines, _LABEL))
    anywhere = [Stretch(line, 0, len(line.text)) for line in lines]
    return (
        _best(_in_plan(at_labels, _PLAN_FORM, plan))
        or _best(_in_plan(at_labels, _MISREAD_FORM, plan), MENDED_CONFIDENCE)
        or _best(_in_plan(anywhere, _UNLABELLED_FORM, plan))
        or _best(_foreign(at_labels))
    )


def labelled_aktenzeichen(lines: Sequence[TextLine], plan: Aktenplan) -> Field | None:
    """The Aktenzeichen of the plan that stands, clearly read, at a label; None where there is none."""
    return _best(_in_plan(stretches(lines, _LABEL), _PLAN_FORM, plan))


def normal_form(text: str, plan: Aktenplan) -> str | None:
    """An Aktenzeichen as a person writes it, in the plan's form: `63 10 - 7/25` → `63.10-0007/2025`.

    None where it has another form or its Kennzeichen is not in the plan.
    """
    match = _PLAN_FORM.fullmatch(text.strip())
    return _in_form(match, plan) if match else None


def kennzeichen_of(aktenzeichen: str) -> str | None:
    """`63.10-0007/2025` → `63.10`; None for what has another form."""
    match = _OWN_FORM.fullmatch(aktenzeichen)
    return match["kennzeichen"] if match else None


@dataclass(frozen=True, slots=True)
class _Candidate:
    value: str
    found: Found


def _in_plan(places: Iterable[Stretch], form: re.Pattern[str], plan: Aktenplan) -> Iterator[_Candidate]:
    for stretch in places:
        for match in form.finditer(stretch.line.text, stretch.start):
            value = _in_form(match, plan) if match.end() <= stretch.end else None
            if value is not None:
                yield _Candidate(value, stretch.found(match))


def _in_form(match: re.Match[str], plan: Aktenplan) -> str | None:
    digits = {name: text.translate(_CONFUSED) for name, text in match.groupdict().items()}
    groups = _groups(digits["plan"])
    node = next((node for node in plan.nodes if _groups(node.kennzeichen) == groups), None)
    if node is None:
        return None
    return f"{node.kennzeichen}-{int(digits['number']):04d}/{_year(digits['year'])}"


def _foreign(places: Iterable[Stretch]) -> Iterator[_Candidate]:
    """The first number at a label that is no date; other authorities write theirs in any form."""
    for stretch in places:
        dates = dates_in(stretch.line)
        for form in (_COURT_FORM, _FOREIGN):
            match = stretch.search(form)
            if match and not any(date.start < match.end() and match.start() < date.end for date in dates):
                value = re.sub(r"\s", "", match.group()).strip(".,;:()").upper()
                yield _Candidate(value, stretch.found(match))
                return


def _best(candidates: Iterable[_Candidate], limit: float = 1.0) -> Field | None:
    found = list(candidates)
    if not found:
        return None
    share = 1.0 / len({candidate.value for candidate in found})
    first = found[0].found
    confidence = round(min(first.confidence * share, limit), 4)
    return Field(found[0].value, first.raw, confidence, "none", first.page, first.box)


def _groups(kennzeichen: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split(r"[. ]", kennzeichen))


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
