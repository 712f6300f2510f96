"""How much of what was read is words: right side up a page gives many, upside down hardly any.

Mean confidence alone misleads where few words or only figures stand: 6, 8, 9, 0 and 1 read well on their
heads. Words of three letters and more that the engine is sure of do not come about by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dipro_scan.model import PageText, Word

MIN_LETTERS: Final = 3
READ_WELL: Final = 0.8
"""Confidence of a word from which it counts as read without doubt."""

READ_AT_ALL: Final = 0.6


@dataclass(frozen=True, slots=True)
class Legibility:
    """`words`: all on level lines that hold at least three letters; `sure_words`: those read without doubt.

    `score`: the letters of words that read, each weighted by how far the engine was from guessing (0 at a
    confidence of 0.5, 1 at 1.0). `level_share` (0-1): how many of all words stand on lines that run
    across; the engine turns columns by itself, so that a page on its side can read as well as an upright one.
    """

    words: int
    sure_words: int
    score: float
    level_share: float

    @property
    def sure_share(self) -> float:
        return self.sure_words / self.words if self.words else 0.0


def legibility_of(text: PageText) -> Legibility:
    """How well `text` reads, on level lines only."""
    level = [word for line in text.lines() if line.is_level for word in line.words]
    total = sum(1 for _ in text.words())
    wordlike = [word for word in level if _is_wordlike(word)]
    score = sum(
        _letters(word) * (2 * word.confidence - 1) for word in wordlike if word.confidence >= READ_AT_ALL
    )
    return Legibility(
        words=len(wordlike),
        sure_words=sum(1 for word in wordlike if word.confidence >= READ_WELL),
        score=round(score, 3),
        level_share=len(level) / total if total else 0.0,
    )


def _letters(word: Word) -> int:
    return sum(1 for character in word.text if character.isalpha())


def _is_wordlike(word: Word) -> bool:
    letters = _letters(word)
    characters = sum(1 for character in word.text if character.isalnum())
    return letters >= MIN_LETTERS and letters >= 0.8 * characters
