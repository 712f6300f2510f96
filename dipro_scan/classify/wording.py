"""What stands on a page, so short that it can be kept for every page, and compared with another page's.

Whether two scans show the same paper is told by what each shows for sure and the other does not show at all.
Letters of one form share nearly every word, and even their runs of words; what parts them are names, dates
and numbers. So numbers are kept whole, of other words those with the smallest hashes (a bottom-k sketch:
Thorup 2013, "Bottom-k and priority sampling, set similarity and subset sums with constant relative error").
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from dipro_scan.model import PageText

SURE: Final = 0.9
"""From this calibrated confidence (0–1) a word is hardly ever misread."""

FAIRLY_SURE: Final = 0.8
IDENTIFIER_DIGITS: Final = 6
"""Numbers of invoices, cases and customers have so many digits and more."""

LEAST_DIGITS: Final = 2
LEAST_LETTERS: Final = 4
WORDS_KEPT: Final = 64
NUMBERS_KEPT: Final = 96
KEY_NUMBERS: Final = 32
KEY_WORDS: Final = 48
SIMILAR: Final = 70.0
"""A word found with this likeness (percent, `rapidfuzz.fuzz.partial_ratio`) was misread, not missing."""

_DAY, _MONTH, _YEAR = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|1[0-2])", "(19|20)[0-9]{2}"
_DATES: Final = tuple(
    re.compile(form) for form in (_DAY + _MONTH + _YEAR, _YEAR + _MONTH + _DAY, _DAY + _MONTH + "[0-9]{2}")
)
_LONG_NUMBER: Final = 5
_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Wording:
    """Hashes (32 bits) of what stands on a page: words and numbers, each sure or doubtfully read.

    Of words only the `WORDS_KEPT` smallest hashes are here; the others are not known. Words have at least
    four letters, numbers are the digits of a word, at least two.
    """

    sure_words: frozenset[int] = frozenset()
    doubtful_words: frozenset[int] = frozenset()
    sure_numbers: frozenset[int] = frozenset()
    doubtful_numbers: frozenset[int] = frozenset()

    @property
    def sure_count(self) -> int:
        return len(self.sure_words) + len(self.sure_numbers)

    @property
    def doubtful_share(self) -> float:
        """The share of words and numbers that were not read surely."""
        doubtful = len(self.doubtful_words) + len(self.doubtful_numbers)
        return doubtful / max(1, doubtful + self.sure_count)

    @property
    def words_reach(self) -> int:
        """Up to this hash every word is known."""
        words = self.sure_words | self.doubtful_words
        return max(words) if len(words) >= WORDS_KEPT else 1 << 8 * _BYTES


@dataclass(frozen=True)
class PageWords:
    """The words of a page as they were read, folded, each with its best confidence."""

    words: dict[str, float]
    numbers: dict[str, float]
    letters: str

    @property
    def count(self) -> int:
        return len(self.words) + len(self.numbers)

    @cached_property
    def digits(self) -> str:
        return "".join(filter(str.isdigit, self.letters))


def page_words(text: PageText) -> PageWords:
    """The words (four letters and more) and numbers (two digits and more) that were read."""
    words: dict[str, float] = {}
    numbers: dict[str, float] = {}
    letters = []
    for word in text.words():
        folded = "".join(filter(str.isalnum, word.text.casefold()))
        digits = "".join(filter(str.isdigit, folded))
        letters.append(folded)
        if len(digits) >= LEAST_DIGITS:
            numbers[digits] = max(numbers.get(digits, 0.0), word.confidence)
        elif len(folded) >= LEAST_LETTERS and not digits:
            words[folded] = max(words.get(folded, 0.0), word.confidence)
    return PageWords(words, numbers, "".join(letters))


def wording(page: PageWords) -> Wording:
    """What is kept of a page's words."""
    words = {_hash(word): confidence >= SURE for word, confidence in page.words.items()}
    longest = sorted(page.numbers, key=_longest_first)[:NUMBERS_KEPT]
    numbers = {_hash(number): page.numbers[number] >= SURE for number in longest}
    kept = sorted(words)[:WORDS_KEPT]
    return Wording(
        sure_words=frozenset(word for word in kept if words[word]),
        doubtful_words=frozenset(word for word in kept if not words[word]),
        sure_numbers=frozenset(number for number, sure in numbers.items() if sure),
        doubtful_numbers=frozenset(number for number, sure in numbers.items() if not sure),
    )


def wording_keys(kept: Wording) -> list[int]:
    """Hashes under which a page is looked for, those that tell most first: numbers, then words."""
    return [*sorted(kept.sure_numbers)[:KEY_NUMBERS], *sorted(kept.sure_words)[:KEY_WORDS]]


def missing_share(one: Wording, other: Wording) -> tuple[float, float]:
    """Of the sure words, and of the sure numbers, on two pages the shares that the other page lacks.

    0 where nothing can be told.
    """
    reach = min(one.words_reach, other.words_reach)
    lacking = told = 0
    for page, beside in ((one, other), (other, one)):
        words = {word for word in page.sure_words if word <= reach}
        told += len(words)
        lacking += len(words - beside.sure_words - beside.doubtful_words)
    odd = sum(odd_numbers(one, other))
    numbers = len(one.sure_numbers) + len(other.sure_numbers)
    return (lacking / told if told else 0.0), (odd / numbers if numbers else 0.0)


def odd_numbers(one: Wording, other: Wording) -> tuple[int, int]:
    """How many sure numbers of each page the other lacks."""
    return (
        len(one.sure_numbers - other.sure_numbers - other.doubtful_numbers),
        len(other.sure_numbers - one.sure_numbers - one.doubtful_numbers),
    )


def strangeness(page: PageWords, other: PageWords) -> float:
    """How much stands on `page` that does not stand on `other`, not even misread.

    A word or number counts 1; ½ where reading may have made it: one that is doubtful (handwriting is, and
    still it parts two forms filled in by hand), or a long number of which all but one digit stands on the
    other page. An invoice's number is one digit away from the next one's too, so that is not nothing.
    """
    found = 0.0
    for word, confidence in page.words.items():
        if word not in other.letters and fuzz.partial_ratio(word, other.letters) < SIMILAR:
            found += 1.0 if confidence >= SURE else 0.5
    for number, confidence in page.numbers.items():
        if number in other.numbers or (len(number) >= LEAST_LETTERS and number in other.digits):
            continue
        near = len(number) >= _LONG_NUMBER and _one_digit_off(number, other.numbers)
        if confidence >= SURE:
            found += 0.5 if near else 1.0
        elif not near:
            found += 0.5
    return found


def contradictions(page: PageWords, other: PageWords) -> int:
    """How many identifiers of the same length both pages show, each where the other shows another.

    Invoices of one series are alike but for their number; what was stamped on since stands on one page only.
    Dates and short numbers do not count: in handwriting they are misread now and then by a reader that is
    sure of itself (in 4 of 82 pairs of scans of one sheet, of which 3 were dates), longer ones were not.
    """
    own, beside = _only_on(page, other), _only_on(other, page)
    return sum(
        any(
            len(number) == len(rival) and max(confidence, rivals_confidence) >= SURE
            for rival, rivals_confidence in beside.items()
        )
        for number, confidence in own.items()
    )


def _only_on(page: PageWords, other: PageWords) -> dict[str, float]:
    """The identifiers that stand on `page` and nowhere on `other`, with their confidence."""
    return {
        number: confidence
        for number, confidence in page.numbers.items()
        if len(number) >= IDENTIFIER_DIGITS
        and confidence >= FAIRLY_SURE
        and number not in other.digits
        and not _is_date(number)
    }


def _is_date(digits: str) -> bool:
    """Whether these may be those of a day: 03.11.2026, 2026-11-03, 03.11.26."""
    return any(form.fullmatch(digits) for form in _DATES)


def _one_digit_off(number: str, others: Iterable[str]) -> bool:
    return any(Levenshtein.distance(number, other, score_cutoff=1) <= 1 for other in others)


def _longest_first(number: str) -> tuple[int, str]:
    return -len(number), number


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=_BYTES).digest(), "big")
