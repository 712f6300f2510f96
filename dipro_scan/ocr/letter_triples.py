"""How likely letters follow each other in German and English words.

The file holds, for each three symbols, the surprise of the third after the first two in sixteenths of a bit,
counted on the words of `.ci/known_words`, a frequent word more than a rare one. Symbols are the letters
without regard to case, with accents of other languages taken off, the word's edge, and all else.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import Final

FILE: Final = "letter_triples.bin"
WORDS: Final = "known_words.bin"
LETTERS: Final = "abcdefghijklmnopqrstuvwxyzäöüß"
EDGE: Final = len(LETTERS)
OTHER: Final = EDGE + 1
SYMBOLS: Final = OTHER + 1
STEPS_PER_BIT: Final = 16
MAX_STEPS: Final = 255

_NUMBERS: Final = {letter: number for number, letter in enumerate(LETTERS)}


@lru_cache(maxsize=8192)
def surprise(word: str) -> float:
    """Mean surprise of the letters of `word` and of its end, bits: 3 for common words, 8 for noise."""
    table = _table()
    symbols = _symbols(word)
    steps = sum(table[_place(symbols, at)] for at in range(2, len(symbols)))
    return steps / STEPS_PER_BIT / (len(symbols) - 2)


def table_of(words: Iterable[tuple[str, float]]) -> bytes:
    """The table of words and how often each is to count; unseen triples share a hundredth of what follows."""
    counts = [0.0] * SYMBOLS**3
    for word, weight in words:
        symbols = _symbols(word)
        for at in range(2, len(symbols)):
            counts[_place(symbols, at)] += weight
    return bytes(
        step for start in range(0, len(counts), SYMBOLS) for step in _steps(counts[start:][:SYMBOLS])
    )


def _steps(counts: list[float]) -> list[int]:
    total = sum(counts)
    unseen = max(total * 0.01, 1.0) / SYMBOLS
    return [
        min(MAX_STEPS, round(-STEPS_PER_BIT * math.log2((count + unseen) / (total + unseen * SYMBOLS))))
        for count in counts
    ]


def _symbols(word: str) -> list[int]:
    return [EDGE, EDGE, *(_symbol(letter) for letter in word.lower()), EDGE]


@cache
def _symbol(letter: str) -> int:
    bare = letter if letter in _NUMBERS else unicodedata.normalize("NFD", letter)[0]
    return _NUMBERS.get(bare, OTHER)


def _place(symbols: list[int], at: int) -> int:
    return (symbols[at - 2] * SYMBOLS + symbols[at - 1]) * SYMBOLS + symbols[at]


@cache
def _table() -> bytes:
    return resources.files(__package__).joinpath(FILE).read_bytes()


def words_sha256() -> str:
    """What tells readings apart whose doubtful lines were judged by different word data."""
    words = resources.files(__package__).joinpath(WORDS).read_bytes()
    return hashlib.sha256(_table() + words).hexdigest()
