"""Amounts of money, as decimal strings with a point."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dipro_scan.classify.labels import stretches
from dipro_scan.classify.text import Found, TextLine
from dipro_scan.model import Field

_NUMBER = r"(?<![\d.,])(?:\d{1,3}(?:[. ]\d{3})+|\d+),\d{2}(?!\d|[.,]\d|\s?%)"
_AMOUNT = re.compile(_NUMBER)
_WITH_CURRENCY = re.compile(rf"(?:(?:€|EUR|Euro)\s?(?P<a>{_NUMBER})|(?P<b>{_NUMBER})\s?(?:€|EUR\b|Euro\b))")
_LABELS = tuple(
    re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for words in (
        r"zu zahlen|zu überweisen|zu entrichten|Zahlbetrag|Zahllast|Gesamtforderung|offener Betrag",
        r"Gesamtbetrag|Rechnungsbetrag|Rechnungssumme|Endbetrag|Endsumme|Bruttobetrag|Gesamtsumme",
        r"Gesamt\b|Summe\b|Betrag\b",
    )
)
"""What names the total, most telling first."""

_UNLABELLED = 0.7
"""The largest amount of a letter is its total more often than not; no more than that."""


@dataclass(frozen=True, slots=True)
class _Amount:
    value: Decimal
    found: Found


def total_amount(lines: Sequence[TextLine]) -> Field | None:
    """The amount the letter is about: the largest at the most telling label, else the largest at all."""
    for label in _LABELS:
        labelled = list(_at_label(lines, label))
        if labelled:
            return _field(labelled, 1.0)
    anywhere = [
        _amount(line, match, group)
        for line in lines
        for match in _WITH_CURRENCY.finditer(line.text)
        for group in ("a", "b")
        if match.group(group)
    ]
    return _field(anywhere, _UNLABELLED) if anywhere else None


def _at_label(lines: Sequence[TextLine], label: re.Pattern[str]) -> Iterator[_Amount]:
    for stretch in stretches(lines, label):
        match = stretch.search(_AMOUNT)
        if match:
            yield _amount(stretch.line, match, 0)


def _amount(line: TextLine, match: re.Match[str], group: str | int) -> _Amount:
    digits = re.sub(r"[. ]", "", match.group(group)).replace(",", ".")
    return _Amount(Decimal(digits), line.found(match.start(group), match.end(group)))


def _field(amounts: Sequence[_Amount], factor: float) -> Field:
    largest = max(amounts, key=lambda item: item.value)
    found = largest.found
    return Field(
        str(largest.value), found.raw, round(found.confidence * factor, 4), "none", found.page, found.box
    )
