"""What the recognising network says of a line, decoded: letters with their place along the line, then words.

The network names for each of some steps along the line the likeliest letter, or none (connectionist temporal
classification: A. Graves et al., ICML 2006). Decoded greedily, as PaddleOCR does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

NO_LETTER: Final = 0
"""The network's first class."""

SPACE: Final = " "
DOTS: Final = frozenset("·•")
LAST_LATIN: Final = 0x017F
MARKS: Final = frozenset("–—‘’“”„‚†•…‰′″€™−≤≥≠≈")
"""What German paper prints beyond the letters of Latin-1 and Latin Extended-A."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter or space; `start` and `end` are shares (0-1) of the line's width, `probability` is 0-1."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class LineWord:
    """A word; `start` and `end` are shares (0-1) of the line's width, `confidence` is 0-1."""

    text: str
    start: float
    end: float
    confidence: float


class Alphabet:
    """The network's letters as far as they are wanted: of its 18,000 only those of Latin script.

    A German letter holds no Chinese one, and a network that is free to name some does so in blots.
    """

    def __init__(self, letters: Sequence[str]) -> None:
        """`letters` are the network's own, without the class for none and without the space."""
        classes = ["", *letters, SPACE]
        wanted = [number for number, letter in enumerate(classes) if number == NO_LETTER or is_latin(letter)]
        self._classes: NDArray[np.intp] = np.array(wanted, dtype=np.intp)
        self._letters = [classes[number] for number in wanted]

    def letters(self, answer: NDArray[np.float32], filled: float) -> list[Letter]:
        """The letters of one line. `answer` is (steps, classes); `filled` the share of it that is line."""
        wanted = answer[:, self._classes]
        best = wanted.argmax(axis=1)
        surest = wanted.max(axis=1)
        step = 1.0 / (len(best) * filled)
        found = []
        for choice, run in groupby(range(len(best)), key=lambda number: int(best[number])):
            steps = list(run)
            if choice != NO_LETTER:
                probability = float(surest[steps].max())
                place = (steps[0] * step, min(1.0, (steps[-1] + 1) * step))
                found.append(Letter(self._letters[choice], *place, probability))
        return [letter for letter in found if letter.start < 1.0]


def is_latin(letter: str) -> bool:
    """Whether a letter, digit or mark may stand on paper in Latin script."""
    return len(letter) == 1 and (
        SPACE <= letter <= "~" or "\xa1" <= letter <= chr(LAST_LATIN) or letter in MARKS
    )


def with_spaces(letters: Sequence[Letter], gaps: Sequence[tuple[float, float]]) -> list[Letter]:
    """`letters` with a space in each of `gaps` (from, to: shares of the width) that they have none in.

    Where words stand far apart, as a name and its value on a letterhead, the network gives no space; nor,
    often, at a dot that parts the items of a line. A dot within a word ("Bürger·innen") stays there.
    """
    parted: list[Letter] = []
    for before, letter in zip((None, *letters), letters, strict=False):
        if before is not None and SPACE not in (before.text, letter.text):
            between = _centre(before), _centre(letter)
            found = [gap for gap in gaps if between[0] < (gap[0] + gap[1]) / 2 < between[1]]
            parted += [Letter(SPACE, *gap, 1.0) for gap in found[:1]]
        parted.append(letter)
    return _with_free_dots(parted)


def _with_free_dots(letters: Sequence[Letter]) -> list[Letter]:
    freed: list[Letter] = []
    for number, letter in enumerate(letters):
        around = [*letters[max(0, number - 1) : number], *letters[number + 1 : number + 2]]
        if letter.text in DOTS and not (len(around) == 2 and all(each.text.islower() for each in around)):
            before = Letter(SPACE, letter.start, letter.start, 1.0)
            freed += [before, letter, Letter(SPACE, letter.end, letter.end, 1.0)]
        else:
            freed.append(letter)
    return freed


def _centre(letter: Letter) -> float:
    return (letter.start + letter.end) / 2


def words_of(letters: Iterable[Letter]) -> list[LineWord]:
    """Words parted at spaces. Each reaches half way into the space on either side.

    A word is as sure as its letters on average, and a little less sure for the worst of them.
    """
    runs = [(space, list(run)) for space, run in groupby(letters, key=lambda letter: letter.text == SPACE)]
    words = []
    for number, (space, run) in enumerate(runs):
        if space:
            continue
        start = _middle(runs[number - 1][1]) if number > 0 else 0.0
        end = _middle(runs[number + 1][1]) if number + 1 < len(runs) else 1.0
        probabilities = [letter.probability for letter in run]
        mean = sum(probabilities) / len(probabilities)
        confidence = (mean + min(probabilities)) / 2
        words.append(LineWord("".join(letter.text for letter in run), start, end, confidence))
    return words


def _middle(spaces: Sequence[Letter]) -> float:
    return (spaces[0].start + spaces[-1].end) / 2
