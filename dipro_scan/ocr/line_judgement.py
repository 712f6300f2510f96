"""How well was a line read? Estimated without its truth.

A word's score is the share of its characters that are probably right, from what the engine says of it, what
the word is, and how likely its letters follow each other; a line's is the mean of its words by their length.
The weights are those of a logistic regression (`tests/benchmarks/rereading.py --fit`) on generated pages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from dipro_scan.model import Line, PageText, Word
from dipro_scan.ocr.letter_triples import surprise
from dipro_scan.ocr.word_shapes import WordShape, core_of, shape_of

KNOTS: Final = (0.0, 0.3, 0.5, 0.7, 0.8, 0.88, 0.93, 1.0)
"""Between two of these the log odds rise in a straight line with the engine's confidence."""

EXPECTED_SURPRISE: Final = 3.5
MOST_SURPRISE: Final = 8.0
"""Bits. Words of the languages lie below the first, letters in no order at the second."""

SPELLED: Final = (WordShape.NAME, WordShape.CAPITALS, WordShape.UNKNOWN, WordShape.MIXED)
"""Of these their letters tell something that the dictionary does not."""

READ_SURELY: Final = 0.8
TELLING_LETTERS: Final = 4
TELLING_WORDS: Final = 20
KNOWN_SHARE: Final = 0.5
"""So many words of so many letters, read surely, tell a page's language: on German letters and forms four of
five and more are known, of French, Dutch, Italian, Polish and Turkish sentences at most one of four."""

_SPOKEN: Final = (WordShape.KNOWN, WordShape.COMPOUND, WordShape.NAME, WordShape.UNKNOWN)
_SHAPES: Final = tuple(shape for shape in WordShape if shape is not WordShape.NUMBER)

FEATURES: Final = (
    "one",
    *(f"confidence_{low:g}_{high:g}" for low, high in pairwise(KNOTS)),
    *(shape.value for shape in _SHAPES),
    "surprise",
    "paragraph",
)

_WEIGHTS: Final = (
    -1.139,
    1.374,
    1.214,
    0.108,
    0.147,
    1.259,
    0.758,
    0.273,
    1.629,
    1.800,
    -0.229,
    0.397,
    -0.493,
    -1.889,
    1.359,
    -4.393,
    0.559,
    -0.120,
    -3.034,
)

_PARAGRAPH: Final = re.compile(r"\(?([$&]{1,2}|8|88|S|SS)")
_PARAGRAPH_JOINED: Final = re.compile(r"\(?[$&]{1,2}\d+[a-z]?[.,;:)]*")


Judge = Callable[[Sequence[Word]], tuple[float, ...]]
"""The share (0-1) of the characters of each word of a line that are probably right."""


def judge_for(text: PageText) -> Judge:
    """`word_scores`, or `scores_by_confidence` for a page in a language that the dictionary does not have."""
    shapes = [
        shape
        for word in text.words()
        if word.confidence >= READ_SURELY and len(word.text) >= TELLING_LETTERS
        if (shape := shape_of(word.text)) in _SPOKEN
    ]
    known = sum(shape in (WordShape.KNOWN, WordShape.COMPOUND) for shape in shapes)
    foreign = len(shapes) >= TELLING_WORDS and known < KNOWN_SHARE * len(shapes)
    return scores_by_confidence if foreign else word_scores


def line_score(line: Line) -> float:
    """The share (0-1) of the characters of `line` that are probably right."""
    return weighed_mean(word_scores(line.words), line.words)


def weighed_mean(scores: Sequence[float], words: Sequence[Word]) -> float:
    """The mean of words' scores by their length; 0.0 of none."""
    total = sum(len(word.text) for word in words)
    return (
        sum(score * len(word.text) for score, word in zip(scores, words, strict=True)) / total
        if total
        else 0.0
    )


def word_scores(words: Sequence[Word]) -> tuple[float, ...]:
    """The share (0-1) of the characters of each word of a line that are probably right."""
    return tuple(_score(row) for row in feature_rows(words))


def scores_by_confidence(words: Sequence[Word]) -> tuple[float, ...]:
    """The same, as if no word told anything: as numbers are judged."""
    nothing = (0.0,) * (len(FEATURES) - len(KNOTS))
    return tuple(_score((1.0, *_climbed(word.confidence), *nothing)) for word in words)


def feature_rows(words: Sequence[Word]) -> list[tuple[float, ...]]:
    """By FEATURES, of each word of a line."""
    following = (*(word.text for word in words[1:]), "")
    return [
        (1.0, *_climbed(word.confidence), *_of_text(word.text), float(is_like_paragraph(word.text, after)))
        for word, after in zip(words, following, strict=False)
    ]


def is_like_paragraph(word: str, after: str) -> bool:
    """Whether `word` may be a § that the German data, which have no such sign, read as something else."""
    if _PARAGRAPH_JOINED.fullmatch(word):
        return True
    return after[:1].isdigit() and _PARAGRAPH.fullmatch(word) is not None


@lru_cache(maxsize=8192)
def _of_text(text: str) -> tuple[float, ...]:
    """What the word's text alone tells."""
    shape = shape_of(text)
    odd = 0.0
    if shape in SPELLED:
        bits = surprise(core_of(text))
        odd = min(1.0, max(0.0, (bits - EXPECTED_SURPRISE) / (MOST_SURPRISE - EXPECTED_SURPRISE)))
    return (*(1.0 if shape is each else 0.0 for each in _SHAPES), odd)


def _climbed(confidence: float) -> Iterator[float]:
    """How much of each step between two knots lies below `confidence`, 0-1."""
    for low, high in pairwise(KNOTS):
        yield min(1.0, max(0.0, (confidence - low) / (high - low)))


def _score(row: Sequence[float]) -> float:
    odds = sum(weight * value for weight, value in zip(_WEIGHTS, row, strict=True))
    return 1.0 / (1.0 + math.exp(-odds))
