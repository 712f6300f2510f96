"""What is known about a word without knowing what is printed: by this its confidence is calibrated.

Few and plain, so that a calibration can be read: what the engine says of the word, of its line and of the
page; what the word is made of. The resolution of the scan and the height of letters in its dots were tried
too, and told nothing that these do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dipro_scan.model import Box, Line, PageText, Word

WORD_STEPS: Final = tuple(pairwise((0.0, 0.3, 0.5, 0.7, 0.8, 0.87, 0.92, 0.955, 1.0)))
"""On each of these the log odds rise in a straight line with the engine's confidence. They are shortest where
most words are."""

LINE_STEPS: Final = tuple(pairwise((0.0, 0.5, 0.8, 0.9, 0.97)))
PAGE_STEPS: Final = tuple(pairwise((0.3, 0.7, 0.85, 0.95)))

SHAPES: Final = ("digits", "mixed", "marks")
"""What a word may be made of, beside letters alone: figures; letters and figures; neither."""

SIGNS: Final = "§€%&"
"""Signs that are read like letters, and as surely; other marks are often specks and rules."""

SHORT_CHARACTERS: Final = 3

NAMES: Final = (
    *(f"word_{low:g}_{high:g}" for low, high in WORD_STEPS),
    *(f"line_{low:g}_{high:g}" for low, high in LINE_STEPS),
    *(f"page_{low:g}_{high:g}" for low, high in PAGE_STEPS),
    *SHAPES,
    "one_letter",
    "short",
)
"""The features in their order. All up to SHAPES rise with confidences and must never count against a word."""

RISING: Final = len(NAMES) - len(SHAPES) - 2


@dataclass(frozen=True, slots=True)
class WordInPlace:
    """A word, and what surrounds it: the mean confidence (0-1) of its line's other words (of the page's where
    it is alone) and of the page, both weighted by length."""

    word: Word
    line_confidence: float
    page_confidence: float


def words_in_place(text: PageText) -> Iterator[tuple[Line, tuple[WordInPlace, ...]]]:
    """The words of each line in reading order."""
    page = text.mean_confidence or 0.0
    for line in text.lines():
        yield line, tuple(_in_place(index, line.words, page) for index in range(len(line.words)))


def features(placed: WordInPlace) -> tuple[float, ...]:
    """Values 0-1 by NAMES."""
    word = placed.word
    shape = shape_of(word.text)
    length = len(word.text)
    return (
        *_climbed(word.confidence, WORD_STEPS),
        *_climbed(placed.line_confidence, LINE_STEPS),
        *_climbed(placed.page_confidence, PAGE_STEPS),
        *(1.0 if shape == name else 0.0 for name in SHAPES),
        1.0 if length == 1 and shape == "letters" and word.text not in SIGNS else 0.0,
        1.0 if 1 < length <= SHORT_CHARACTERS else 0.0,
    )


def shape_of(text: str) -> str:
    """`letters`, or one of SHAPES. Punctuation at a word's ends does not change what it is made of."""
    letters = sum(character.isalpha() or character in SIGNS for character in text)
    digits = sum(character.isdigit() for character in text)
    if not letters and not digits:
        return "marks"
    if not digits:
        return "letters"
    return "mixed" if letters else "digits"


def stands_in(boxes: Sequence[Box], word: Word) -> bool:
    """Whether the middle of `word` lies in one of `boxes`."""
    return any(box.holds_middle_of(word.box) for box in boxes)


def _in_place(index: int, words: Sequence[Word], page: float) -> WordInPlace:
    others = [(len(word.text), word.confidence) for at, word in enumerate(words) if at != index]
    length = sum(weight for weight, _confidence in others)
    line = sum(weight * confidence for weight, confidence in others) / length if length else page
    return WordInPlace(words[index], line, page)


def _climbed(value: float, steps: Sequence[tuple[float, float]]) -> list[float]:
    """How much of each step between two knots lies below `value`, 0-1."""
    return [
        0.0 if value <= low else 1.0 if value >= high else (value - low) / (high - low) for low, high in steps
    ]
