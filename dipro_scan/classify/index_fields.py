"""Index values as fields: in the form that a reader would give them, and held against what was read."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from stdnum import iban as stdnum_iban

from dipro_scan.classify.dates import days_in
from dipro_scan.model import Check, Field

_DATES = frozenset({"dokumentdatum", "eingangsdatum", "faelligkeit", "geburtsdatum"})
_IDS = frozenset(
    {"iban", "bic", "glaeubiger_id", "ust_id", "steuer_id", "leitweg_id", "kfz_kennzeichen", "registernummer"}
)
_WORDING = frozenset({"absender", "empfaenger", "betreff", "person_name"})
_AMOUNT = re.compile(r"[\d. \u00a0]*\d(?:,\d{1,2})?|\d+\.\d{1,2}")


def index_field(name: str, given: str) -> Field | None:
    """The field `name` with an index value: ISO date, decimal amount, id without blanks, else as given.

    None where the value has no such form.
    """
    text = given.strip()
    value: str | None = " ".join(text.split())
    if name in _DATES:
        value = _date(text)
    elif name == "betrag":
        value = _amount(text)
    elif name in _IDS:
        value = re.sub(r"\s", "", text).upper()
    if not value:
        return None
    return Field(value, given, 1.0, _check(name, value), 0, None, "index")


def says_the_same(name: str, one: str, other: str) -> bool:
    """Whether two values of a field agree; blanks and case make no difference."""
    return _plain(one) == _plain(other) or (name in _WORDING and _agrees(one, other))


def _agrees(one: str, other: str) -> bool:
    """Names and subjects are written in many ways; one that holds the other agrees with it."""
    first, second = one.casefold(), other.casefold()
    return first in second or second in first


def _plain(value: str) -> str:
    return re.sub(r"\s", "", value).casefold()


def _date(text: str) -> str | None:
    found = days_in(text)
    whole = [day for start, end, day in found if (start, end) == (0, len(text))]
    return whole[0].isoformat() if whole else None


def _amount(text: str) -> str | None:
    plain = re.sub(r"\s?(?:€|EUR)$", "", text, flags=re.IGNORECASE)
    if not _AMOUNT.fullmatch(plain):
        return None
    if not re.fullmatch(r"\d+\.\d{1,2}", plain):
        plain = re.sub(r"[. \u00a0]", "", plain).replace(",", ".")
    try:
        return str(Decimal(plain).quantize(Decimal("0.01")))
    except InvalidOperation:
        return None


def _check(name: str, value: str) -> Check:
    if name != "iban":
        return "none"
    return "passed" if stdnum_iban.is_valid(value) else "failed"
