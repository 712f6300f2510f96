"""Lines of words with boxes → where each word and the space after it stand along their line.

Two ways of reading a PDF's text bear on this. PDFium sorts what stands on one height by where it begins, so
a space must begin after its word and before any other word of the line, even where boxes overlap. And
pdfminer.six joins whatever stands side by side and breaks whatever does not, letter by letter: so a space
follows the last word of a line too, and a word whose letters stand above each other is marked `whole`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, NamedTuple

from dipro_scan.model import Box, Line
from dipro_scan.pdf.alphabet import clusters
from dipro_scan.pdf.glyphless_font import RAISED, UNITS_PER_EM, shape_of

_SMALLEST_WIDTH_MM: Final = 0.02
_SMALLEST_SIZE_MM: Final = 0.2
_LARGEST_SIZE_MM: Final = 500.0
_SMALLEST_GAP_EM: Final = 0.05
_LARGEST_LOSS: Final = 0.7
_DECIMALS_MM: Final = 3
"""Words begin on whole micrometres: what begins together or apart does so in PDFium's short floats too."""
_LARGEST_DROP: Final = 0.8
"""pdfminer parts letters that lie less than half a letter's height beside each other: at a drop of 1."""
_MOST_TEXT_BYTES: Final = 512
"""Of the Unicode text of one code: ISO 32000-1, 9.10.3."""


@dataclass(frozen=True, slots=True)
class Span:
    """A word on its line: from `start` for `length`, its baseline at `base` across the line, all in mm.

    The space after it begins at `space` and is `space_length` long. A `whole` word is better written as one
    glyph than letter by letter.
    """

    text: tuple[str, ...]
    start: float
    length: float
    base: float
    space: float
    space_length: float
    whole: bool


class LineFrame(NamedTuple):
    """Turns paper by quarter turns until the line runs from left to right, sloping by `slope` at most 1.

    In this frame s runs along the line and t across it, downwards as one reads.
    """

    quarter: int
    slope: float
    s0: float
    t0: float

    @staticmethod
    def of(line: Line) -> LineFrame:
        x0, y0, x1, y1 = line.baseline
        quarter = (0 if x1 >= x0 else 2) if line.is_level else (1 if y1 > y0 else 3)
        s0, t0 = _into(quarter, x0, y0)
        s1, t1 = _into(quarter, x1, y1)
        return LineFrame(quarter, (t1 - t0) / (s1 - s0) if s1 > s0 else 0.0, s0, t0)

    def box(self, box: Box) -> Box:
        s0, t0 = _into(self.quarter, box.x0, box.y0)
        s1, t1 = _into(self.quarter, box.x1, box.y1)
        return Box(min(s0, s1), min(t0, t1), max(s0, s1), max(t0, t1))

    def base_at(self, s: float) -> float:
        return self.t0 + self.slope * (s - self.s0)

    def paper(self, s: float, t: float) -> tuple[float, float]:
        return ((s, t), (-t, s), (-s, -t), (t, -s))[self.quarter]

    @property
    def along(self) -> float:
        """Millimetres along the line for one millimetre of s."""
        return math.hypot(1.0, self.slope)

    @property
    def angle(self) -> float:
        """Radians clockwise on paper by which the line is turned from left-to-right."""
        return self.quarter * math.pi / 2 + math.atan(self.slope)


def font_size_mm(line: Line, frame: LineFrame) -> float:
    """The size at which the words' boxes rise as high above the baseline as their ink does (median)."""
    sizes = [
        (frame.base_at(box.x0) - box.y0) * UNITS_PER_EM / max(shape_of(cluster).top for cluster in text)
        for word in line.words
        if (text := clusters(word.text)) and _has_letters(text)
        for box in (frame.box(word.box),)
    ]
    size = statistics.median(sizes) if sizes else frame.box(line.box).height_mm
    return min(max(size, _SMALLEST_SIZE_MM), _LARGEST_SIZE_MM)


def spans_of(line: Line, frame: LineFrame, size_mm: float) -> Iterator[Span]:
    """The line's words in the order of reading, with room for a space between them, at a font's size."""
    smallest_gap = _SMALLEST_GAP_EM * size_mm
    words = list(_placed_words(line, frame, size_mm))
    for index, (word, following) in enumerate(zip_longest(words, words[1:])):
        length = word.length
        if following is not None and following.start > word.start:
            room = following.start - word.start - smallest_gap
            length = min(length, max(room, (1.0 - _LARGEST_LOSS) * length))
        space = _space_start(words, index, word.start + length)
        gap = following.start - space if following is not None else 0.0
        whole = _fits_one_code(word.text) and _falls_apart(length / len(word.text), size_mm, frame)
        yield Span(word.text, word.start, length, word.base, space, max(gap, smallest_gap), whole)


class _PlacedWord(NamedTuple):
    text: tuple[str, ...]
    start: float
    length: float
    base: float


def _placed_words(line: Line, frame: LineFrame, size_mm: float) -> Iterator[_PlacedWord]:
    for word in line.words:
        text = clusters(word.text.strip())
        if not text:
            continue
        box = frame.box(word.box)
        base = frame.base_at(box.x0)
        # A dash or a middle dot stands above the baseline, and its box is no higher than its ink.
        raised = size_mm if shape_of("".join(text)) is RAISED else 0.0
        if not box.y0 < base < box.y1 + max(box.height_mm, raised):
            base = box.y1
        start, length = round(box.x0 * frame.along, _DECIMALS_MM), box.width_mm * frame.along
        yield _PlacedWord(text, start, max(length, _SMALLEST_WIDTH_MM), base)


def _space_start(words: Sequence[_PlacedWord], index: int, end: float) -> float:
    """`end` of the word, or just before the next beginning of any word on the line, where that is earlier."""
    start = words[index].start
    if any(word.start == start for word in words[index + 1 :]):
        return start
    nearest = min((word.start for word in words if word.start > start), default=None)
    if nearest is None:
        return end
    return min(end, nearest - min(_SMALLEST_WIDTH_MM, (nearest - start) / 2))


def _fits_one_code(text: Sequence[str]) -> bool:
    return len(text) > 1 and len("".join(text).encode("utf-16-be")) <= _MOST_TEXT_BYTES


def _falls_apart(advance_mm: float, size_mm: float, frame: LineFrame) -> bool:
    """Whether each letter lies so far above or below the one before that readers take it for another line."""
    angle = frame.angle
    return advance_mm * abs(math.sin(angle)) > _LARGEST_DROP * size_mm * abs(math.cos(angle))


def _has_letters(text: Iterable[str]) -> bool:
    return any(cluster[0].isalnum() for cluster in text)


def _into(quarter: int, x: float, y: float) -> tuple[float, float]:
    return ((x, y), (y, -x), (-x, -y), (-y, x))[quarter]
