"""One place on paper holds one word: what was read twice there, or as rubbish over a word, goes.

Tesseract takes some lines for two that lie in each other, and specks for words on top of words; what is read
later by itself may have been read already. Of two words in one place the fuller, or the surer, stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from dipro_scan.model import Block, PageText, Word

SAME_PLACE: Final = 0.6
"""So much of the smaller box lies in the other one."""

ALIKE: Final = 75.0
"""Likeness of two readings of one word, in per cent."""

RUBBISH: Final = 0.3
SURE: Final = 0.8
"""What is read with less confidence than the first over a word with at least the second is rubbish."""

ROWS_AT_ONCE: Final = 256


def without_doubles(text: PageText) -> PageText:
    """`text` with each word once in its place; `text` itself where nothing was doubled."""
    words = list(text.words())
    gone = set()
    for first, second in _in_one_place(words):
        if first not in gone and second not in gone:
            loser = _loser(words[first], words[second])
            if loser is not None:
                gone.add(first if loser is words[first] else second)
    return _without(text, gone) if gone else text


def _in_one_place(words: list[Word]) -> Iterator[tuple[int, int]]:
    boxes = np.array([word.box for word in words], dtype=np.float64).reshape(-1, 4)
    areas = np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1e-9)
    for start in range(0, len(words), ROWS_AT_ONCE):
        shares = _shares(boxes[start : start + ROWS_AT_ONCE], boxes)
        smaller = np.minimum(areas[start : start + ROWS_AT_ONCE, np.newaxis], areas)
        rows, columns = np.nonzero(shares >= SAME_PLACE * smaller)
        for row, column in zip((rows + start).tolist(), columns.tolist(), strict=True):
            if row < column:
                yield row, column


def _shares(some: NDArray[np.float64], every: NDArray[np.float64]) -> NDArray[np.float64]:
    """The area that each of `some` boxes shares with each of `every`, shape (some, every)."""
    low = np.maximum(some[:, np.newaxis, :2], every[:, :2])
    high = np.minimum(some[:, np.newaxis, 2:], every[:, 2:])
    sides = np.maximum(high - low, 0.0)
    return np.asarray(sides[..., 0] * sides[..., 1])


def _loser(one: Word, other: Word) -> Word | None:
    """Which of both goes; None where each says something of its own."""
    weaker, surer = sorted((one, other), key=lambda word: word.confidence)
    if weaker.confidence < RUBBISH and surer.confidence >= SURE:
        return weaker
    first, second = _core(one.text), _core(other.text)
    if first in second or second in first or fuzz.ratio(first, second) >= ALIKE:
        if len(first) != len(second):
            return one if len(first) < len(second) else other
        return weaker
    return None


def _core(text: str) -> str:
    return text.strip(".,:;-–—_|").casefold()


def _without(text: PageText, gone: set[int]) -> PageText:
    blocks = []
    number = 0
    for block in text.blocks:
        lines = []
        for line in block.lines:
            kept = tuple(word for at, word in enumerate(line.words, start=number) if at not in gone)
            number += len(line.words)
            if len(kept) == len(line.words):
                lines.append(line)
            elif kept:
                lines.append(line.with_words(kept))
        if lines:
            blocks.append(Block.of(lines, block.kind))
    return PageText(tuple(blocks))
