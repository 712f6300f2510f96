"""What a word is, as far as its letters tell: a known one, a name, a number or code, or nothing of the kind.

Numbers, codes, dates, references and addresses are neutral: no dictionary can say anything about them. Names
count as words that nobody can know, not as faults.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from dipro_scan.ocr.known_words import is_compound, is_known


class WordShape(StrEnum):
    """What a word is made of. `KNOWN` and `COMPOUND`: in the dictionary, or joined from two words of it.
    `NAME`: unknown, as names are written. `CAPITALS`: unknown, abbreviations for the most part. `UNKNOWN`:
    in small letters, not in the dictionary. `LETTER`: a single one. `NUMBER`: digits, perhaps with letters
    and marks. `MARK`: a mark that stands alone in print. `ODD_MARKS`: others. `MIXED`: as nobody writes."""

    KNOWN = "known"
    COMPOUND = "compound"
    NAME = "name"
    CAPITALS = "capitals"
    UNKNOWN = "unknown"
    LETTER = "letter"
    NUMBER = "number"
    MARK = "mark"
    ODD_MARKS = "odd_marks"
    MIXED = "mixed"


MARKS: Final = frozenset(("-", "–", "—", "·", "•", "&", "§", "§§", "€", "%", "/", "+", "=", "...", "…"))
"""Marks that stand between white space in letters and forms."""

_ENDS: Final = "\"'`´‘’‚“”„«»‹›()[]{}<>.,;:!?*/|-–—_…·•"
_DIGIT: Final = re.compile(r"\d")
_ADDRESS: Final = re.compile(
    r"[\w.-]+@[\w.-]+|(https?://|www\.)\S+|[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/\S*)?", re.I
)
_JOINTS: Final = re.compile(r"[-/.'’&:*_()]")
_MIXED_CASE: Final = re.compile(r"[a-zäöüß][A-ZÄÖÜ]")
_MIXED_KNOWN: Final = re.compile(
    r"(g?G?mb[BH]|e[A-Z]{1,3}|[A-ZÄÖÜ][a-zäöüßA-ZÄÖÜ]{0,12}[A-ZÄÖÜ]{1,3}|[A-Z][a-z]{1,4}[A-Z][a-z]*|\w+Innen)"
)
"""Companies' forms (mbH, eG), laws (BauGB, AufenthG, VwVfG), names (McDonald), the capital in BürgerInnen."""

_DIGIT_IN_WORD: Final = re.compile(r"[a-zäöüß]{2,}\d[a-zäöüß]|[a-zäöüß]\d[a-zäöüß]{2,}")


def core_of(word: str) -> str:
    """The word without the marks around it."""
    return word.strip(_ENDS)


@lru_cache(maxsize=8192)
def shape_of(word: str) -> WordShape:
    """What `word` (NFC, marks and all) is."""
    core = core_of(word)
    if not core:
        return _mark(word)
    if _DIGIT.search(core):
        return WordShape.MIXED if _DIGIT_IN_WORD.search(core) else WordShape.NUMBER
    if _ADDRESS.fullmatch(core):
        return WordShape.NUMBER
    if len(core) == 1:
        return WordShape.LETTER if core.isalpha() else _mark(core)
    parts = [part for part in _JOINTS.split(core) if part]
    if not all(part.isalpha() for part in parts):
        return WordShape.MARK if core in MARKS else WordShape.MIXED
    shapes = [_shape_of_letters(part) for part in parts if len(part) > 1]
    return max(shapes, key=_BADNESS.index, default=WordShape.LETTER)


_BADNESS: Final = (
    WordShape.KNOWN,
    WordShape.COMPOUND,
    WordShape.CAPITALS,
    WordShape.NAME,
    WordShape.UNKNOWN,
    WordShape.MIXED,
)
"""A word of several parts is what its oddest part is; single letters among them say nothing."""


def _mark(word: str) -> WordShape:
    return WordShape.MARK if word in MARKS else WordShape.ODD_MARKS


def _shape_of_letters(part: str) -> WordShape:
    if _MIXED_CASE.search(part) and not _MIXED_KNOWN.fullmatch(part):
        return WordShape.MIXED
    if is_known(part):
        return WordShape.KNOWN
    if is_compound(part):
        return WordShape.COMPOUND
    if part.isupper():
        return WordShape.CAPITALS
    return WordShape.NAME if part[0].isupper() else WordShape.UNKNOWN
