"""Bank account numbers (ISO 13616), with their check digits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stdnum import iban as stdnum_iban
from stdnum import numdb
from stdnum.exceptions import ValidationError

from dipro_scan.classify.text import TextLine
from dipro_scan.model import Check, Field

_START = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?[0-9OoIlSBZ]{2}(?=[ .-]?[A-Za-z0-9])")
_LABEL = re.compile(r"\bIBAN\b\W*$", re.IGNORECASE)
_SHORTEST, _LONGEST = 15, 34
_CONFUSED = str.maketrans(
    {"O": "0", "o": "0", "Q": "0", "D": "0", "I": "1", "l": "1", "S": "5", "B": "8", "Z": "2"}
)
_DIGIT_LIKE = re.compile(r"[0-9OoQDIlSBZ]+")


def bank_account(lines: Sequence[TextLine]) -> Field | None:
    """The first IBAN whose check digits are right, else the first that should be one and is not.

    Letters read for digits are mended where only a digit can stand, and only if the check then passes;
    `raw` keeps what was read.
    """
    failed: Field | None = None
    for line in lines:
        for match in _START.finditer(line.text):
            field = _read(line, match.start())
            if field is not None and field.check == "passed":
                return field
            failed = failed or field
    return failed


def _read(line: TextLine, start: int) -> Field | None:
    country = line.text[start : start + 2]
    structure = _structure(country)
    if not structure:
        return None
    length = 4 + sum(count for count, _kind in structure)
    end, read = _characters(line.text, start, length)
    labelled = _LABEL.search(line.text[:start]) is not None
    if len(read) == length:
        value = _checked(read, structure)
        if value:
            return _field(line, start, end, value, "passed")
        if labelled or _DIGIT_LIKE.fullmatch(read[2:]):
            return _field(line, start, end, read.upper(), "failed")
    elif labelled and len(read) >= _SHORTEST:
        return _field(line, start, end, read.upper(), "failed")
    return None


def _structure(country: str) -> list[tuple[int, str]]:
    """The parts after country and check digits, such as [(8, "n"), (10, "n")]; empty: no such country."""
    info = numdb.get("iban").info(country + "00")
    bban = info[0][1].get("bban", "") if info else ""
    return [(int(count), kind) for count, kind in re.findall(r"(\d+)!?([nac])", bban)]


def _characters(text: str, start: int, length: int) -> tuple[int, str]:
    """Up to `length` letters and digits from `start`, over single blanks, points and hyphens.

    A longer run of characters is no account number of this length; then all of it is returned.
    """
    read, position = "", start
    while position < len(text) and len(read) < min(length, _LONGEST):
        if text[position].isascii() and text[position].isalnum():
            read += text[position]
        elif text[position] not in " .-" or not text[position - 1].isalnum():
            break
        position += 1
    end = position
    while end < len(text) and text[end].isalnum():
        read += text[end]
        end += 1
    return end, read


def _checked(read: str, structure: Sequence[tuple[int, str]]) -> str | None:
    """The account number if its check passes, as read or with digits for the letters mistaken for them."""
    mended, position = read[:2] + read[2:4].translate(_CONFUSED), 4
    for count, kind in structure:
        part = read[position : position + count]
        mended += part.translate(_CONFUSED) if kind == "n" else part
        position += count
    for candidate in (read.upper(), mended.upper()):
        try:
            return str(stdnum_iban.validate(candidate))
        except ValidationError:
            continue
    return None


def _field(line: TextLine, start: int, end: int, value: str, check: Check) -> Field:
    found = line.found(start, end)
    return Field(value, found.raw, round(found.confidence, 4), check, found.page, found.box)
