"""Values that are read from a document, one extractor each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from dipro_scan.classify.aktenzeichen import find_aktenzeichen
from dipro_scan.classify.amounts import total_amount
from dipro_scan.classify.bank import bank_account
from dipro_scan.classify.dates import document_date, receipt_date
from dipro_scan.classify.invoice import invoice_number
from dipro_scan.classify.letter import sender, subject
from dipro_scan.classify.text import TextLine, text_lines
from dipro_scan.model import Field, PageReading
from dipro_scan.settings import Aktenplan

_EXTRACTORS: dict[str, Callable[[Sequence[TextLine]], Field | None]] = {
    "absender": sender,
    "betrag": total_amount,
    "betreff": subject,
    "dokumentdatum": document_date,
    "eingangsdatum": receipt_date,
    "iban": bank_account,
    "rechnungsnummer": invoice_number,
}
EXTRACTED_FIELDS = frozenset(_EXTRACTORS) | {"aktenzeichen"}
"""The fields that can be read; others that a class names stay empty."""


def extract_fields(
    pages: Sequence[PageReading], wanted: Collection[str], plan: Aktenplan
) -> dict[str, Field]:
    """The fields among `wanted` that the document holds, by field id, in alphabetical order.

    Dates are ISO 8601, amounts decimal strings with a point, numbers upper case without blanks. A
    field's `confidence` is the lowest of its words', less where its place leaves doubt.
    """
    lines = text_lines(pages)
    found: dict[str, Field] = {}
    for name in sorted(wanted):
        if name == "aktenzeichen":
            field = find_aktenzeichen(lines, plan)
        elif name in _EXTRACTORS:
            field = _EXTRACTORS[name](lines)
        else:
            continue
        if field is not None:
            found[name] = field
    return found
