"""The number of an invoice, upper case, without blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dipro_scan.classify.dates import dates_in
from dipro_scan.classify.labels import stretches
from dipro_scan.classify.text import TextLine
from dipro_scan.model import Field

_LABEL = re.compile(
    r"\b(?:Rechnungs?\s?-?\s?(?:Nummer|Nr|No)\b\.?|Re(?:chn)?\.?-?Nr\b\.?|Beleg-?\s?(?:Nummer|Nr)\b\.?)\s*[:#]?",
    re.IGNORECASE,
)
_TITLE = re.compile(r"^\s*Rechnung\s*[:#]?(?=\s+\S*\d)", re.IGNORECASE)
_VALUE = re.compile(r"(?<![\w/.-])(?:[A-Z]{1,6} )?(?=[A-Za-z/._-]*\d)[A-Za-z0-9][A-Za-z0-9/._-]{1,24}(?!\w)")


def invoice_number(lines: Sequence[TextLine]) -> Field | None:
    """The number at its label (“Rechnungs-Nr.”), else the one right behind the title “Rechnung”."""
    for label in (_LABEL, _TITLE):
        for stretch in stretches(lines, label):
            match = stretch.search(_VALUE)
            if match is None or stretch.line.text[stretch.start : match.start()].strip(" .:#"):
                continue
            if any(date.start < match.end() and match.start() < date.end for date in dates_in(stretch.line)):
                continue
            found = stretch.found(match)
            value = found.raw.replace(" ", "").rstrip("._-/").upper()
            return Field(value, found.raw, round(found.confidence, 4), "none", found.page, found.box)
    return None
