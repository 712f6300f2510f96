"""Where a phrase stands in a document, reading errors forgiven."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from dipro_scan.classify.text import PageWords, fold


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The words `start` to `end` (excluded) of a page, and whether they stand there as a title."""

    page: int
    start: int
    end: int
    title: bool

    @property
    def places(self) -> frozenset[tuple[int, int]]:
        """(page, word) of every word in it."""
        return frozenset((self.page, position) for position in range(self.start, self.end))


def find_phrase(
    phrase: str, pages: Sequence[PageWords], characters_per_error: int, other_phrases: Collection[str] = ()
) -> list[Occurrence]:
    """Every place where `phrase` stands, titles first, then in reading order.

    Compared are whole words, folded. One wrong, missing or additional character is forgiven per
    `characters_per_error` characters of the phrase; digits must agree, since § 64 is not § 65. What is
    exactly one of `other_phrases` (folded, words joined by blanks) is that one and no misread form of
    this: between Abmeldung and Anmeldung lies one letter.
    """
    wanted = fold(phrase)
    if not wanted:
        return []
    text = " ".join(wanted)
    errors = len(text) // characters_per_error
    found = [
        Occurrence(page.number, start, start + size, page.is_title(start, start + size))
        for page in pages
        for start, size in _places(text, len(wanted), errors, page, other_phrases)
    ]
    return sorted(found, key=lambda item: (not item.title, item.page, item.start, item.end))


def _places(
    text: str, words: int, errors: int, page: PageWords, other_phrases: Collection[str]
) -> Iterator[tuple[int, int]]:
    """(start, number of words) of each match; reading may have divided a word or joined two."""
    sizes = range(max(1, words - 1), words + 2) if errors else (words,)
    for size in sizes:
        windows = page.windows(size)
        for window, _distance, start in process.extract(
            text, windows, scorer=Levenshtein.distance, score_cutoff=errors, limit=None
        ):
            if window != text and window in other_phrases:
                continue
            if _digits(window) == _digits(text):
                yield start, size


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
