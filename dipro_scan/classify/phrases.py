"""Where a phrase stands in a document, reading errors forgiven."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from dipro_scan.classify.text import PageWords, fold

PAGES_AT_ONCE: Final = 64
"""Runs of words are compared for so many pages together: many pairs a call, and memory flat in pages."""


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


class PhraseSearch:
    """Every place where any of `phrases` stands, looked for in one pass over the pages.

    Compared are whole words, folded. One wrong, missing or additional character is forgiven per
    `characters_per_error` characters of the phrase; digits must agree, since § 64 is not § 65. What is
    exactly another of `phrases` is that one and no misread form of this: between Abmeldung and Anmeldung
    lies one letter. Reading may have divided a word or joined two.
    """

    def __init__(self, phrases: Iterable[str], pages: Sequence[PageWords], characters_per_error: int) -> None:
        self._known = {folded(phrase) for phrase in phrases} - {""}
        self._found: dict[str, list[Occurrence]] = {text: [] for text in self._known}
        queries = [
            _Query(text, text.count(" ") + 1, len(text) // characters_per_error) for text in self._known
        ]
        widest = max((query.words + 1 for query in queries), default=0)
        for size in range(1, widest + 1):
            fitting = _by_length([query for query in queries if query.fits(size)])
            for start in range(0, len(pages), PAGES_AT_ONCE):
                self._search(pages[start : start + PAGES_AT_ONCE], size, fitting)
        for occurrences in self._found.values():
            occurrences.sort(key=lambda item: (not item.title, item.page, item.start, item.end))

    def find(self, phrase: str) -> list[Occurrence]:
        """Where `phrase`, one of those looked for, stands: titles first, then in reading order."""
        return self._found.get(folded(phrase), [])

    def _search(self, pages: Sequence[PageWords], size: int, fitting: dict[int, list[_Query]]) -> None:
        """`fitting` has the phrases by the length of the runs of words that can be them."""
        places: dict[str, list[tuple[PageWords, int]]] = defaultdict(list)
        for page in pages:
            for start, window in enumerate(page.windows(size)):
                if len(window) in fitting:
                    places[window].append((page, start))
        windows: dict[int, list[str]] = defaultdict(list)
        for window in places:
            windows[len(window)].append(window)
        for length, some in windows.items():
            for text, window in _alike(fitting[length], some):
                if window != text and (window in self._known or _digits(window) != _digits(text)):
                    continue
                for page, start in places[window]:
                    title = page.is_title(start, start + size)
                    self._found[text].append(Occurrence(page.number, start, start + size, title))


def _alike(queries: Sequence[_Query], windows: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every phrase with every run of words that has no more errors than it may."""
    allowed = np.array([query.errors for query in queries])
    distances = process.cdist(
        [query.text for query in queries],
        windows,
        scorer=Levenshtein.distance,
        score_cutoff=int(allowed.max()),
        dtype=np.uint8,
    )
    for row, column in np.argwhere(distances <= allowed[:, None]):
        yield queries[row].text, windows[column]


def _by_length(queries: Sequence[_Query]) -> dict[int, list[_Query]]:
    """The phrases that a run of words of so many characters can be: errors change a length by one each."""
    fitting: dict[int, list[_Query]] = defaultdict(list)
    for query in queries:
        for length in range(len(query.text) - query.errors, len(query.text) + query.errors + 1):
            fitting[length].append(query)
    return fitting


@dataclass(frozen=True, slots=True)
class _Query:
    text: str
    words: int
    errors: int

    def fits(self, size: int) -> bool:
        """Whether a run of `size` words can be this phrase, or a misread form of it."""
        return size == self.words or (self.errors > 0 and abs(size - self.words) == 1)


@lru_cache(maxsize=10_000)
def folded(phrase: str) -> str:
    """The words of `phrase`, folded and joined by blanks."""
    return " ".join(fold(phrase))


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
