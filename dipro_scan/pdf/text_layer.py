"""Words with boxes → PDF operators that lay them, invisibly, over their ink.

Each word starts at its box's left edge on the line's baseline and is stretched to its box's width; the space
to the next word is stretched to the gap. So a viewer marks what one sees, and extraction finds the words of
a line with single spaces, lines in the order of reading.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Final, NamedTuple

from dipro_scan.model import Box, Line, PageText
from dipro_scan.pdf.alphabet import SPACE, Alphabet, clusters
from dipro_scan.pdf.glyphless_font import ADVANCE, UNITS_PER_EM, shape_of
from dipro_scan.pdf.placement import Matrix, PageFrame, number

INVISIBLE: Final = 3
"""Text rendering mode: neither fill nor stroke (ISO 32000-1, 9.3.6)."""

_SMALLEST_WIDTH_MM: Final = 0.02
_SMALLEST_SIZE_MM: Final = 0.2
_LARGEST_SIZE_MM: Final = 500.0
_SMALLEST_GAP_EM: Final = 0.05
_LARGEST_LOSS: Final = 0.7
_ADVANCE_EM: Final = ADVANCE / UNITS_PER_EM


def used_clusters(text: PageText) -> Iterator[str]:
    """Every cluster that the page's words need from the font."""
    for word in text.words():
        yield from clusters(word.text)


def text_operators(
    text: PageText, frame: PageFrame, alphabet: Alphabet, font_name: str, render_mode: int = INVISIBLE
) -> bytes:
    """The text object of a page; empty where there is nothing to say."""
    operators = [
        operator for line in text.lines() for operator in _line_operators(line, frame, alphabet, font_name)
    ]
    if not operators:
        return b""
    return "\n".join(["BT", f"{render_mode} Tr", *operators, "ET"]).encode("ascii")


class _Span(NamedTuple):
    """A word on its line: from `start` for `length` (mm along the line), its baseline at `base` across it."""

    text: tuple[str, ...]
    start: float
    length: float
    base: float


class _LineFrame(NamedTuple):
    """Turns paper by quarter turns until the line runs from left to right, sloping by `slope` at most 1.

    In this frame s runs along the line and t across it, downwards as one reads.
    """

    quarter: int
    slope: float
    s0: float
    t0: float

    @staticmethod
    def of(line: Line) -> _LineFrame:
        x0, y0, x1, y1 = line.baseline
        level = abs(x1 - x0) >= abs(y1 - y0)
        quarter = (0 if x1 >= x0 else 2) if level else (1 if y1 > y0 else 3)
        s0, t0 = _into(quarter, x0, y0)
        s1, t1 = _into(quarter, x1, y1)
        return _LineFrame(quarter, (t1 - t0) / (s1 - s0) if s1 > s0 else 0.0, s0, t0)

    def box(self, box: Box) -> Box:
        s0, t0 = _into(self.quarter, box.x0, box.y0)
        s1, t1 = _into(self.quarter, box.x1, box.y1)
        return Box(min(s0, s1), min(t0, t1), max(s0, s1), max(t0, t1))

    def base_at(self, s: float) -> float:
        return self.t0 + self.slope * (s - self.s0)

    def paper(self, s: float, t: float) -> tuple[float, float]:
        return ((s, t), (-t, s), (-s, -t), (t, -s))[self.quarter]

    @property
    def angle(self) -> float:
        """Radians clockwise on paper by which the line is turned from left-to-right."""
        return self.quarter * math.pi / 2 + math.atan(self.slope)


def _into(quarter: int, x: float, y: float) -> tuple[float, float]:
    return ((x, y), (y, -x), (-x, -y), (-y, x))[quarter]


def _line_operators(line: Line, frame: PageFrame, alphabet: Alphabet, font_name: str) -> Iterator[str]:
    line_frame = _LineFrame.of(line)
    size_mm = _font_size_mm(line, line_frame)
    spans = _with_gaps(list(_spans(line, line_frame)), _SMALLEST_GAP_EM * size_mm)
    stretch = 100.0 / (_ADVANCE_EM * size_mm)
    for index, span in enumerate(spans):
        if index == 0:
            yield f"/{font_name} {number(size_mm * frame.units_per_mm)} Tf"
        yield f"{number(span.length * stretch / len(span.text))} Tz"
        yield f"{_text_matrix(line_frame, frame, span).operands()} Tm"
        yield f"{alphabet.encode(span.text)} Tj"
        if index + 1 < len(spans):
            gap = max(spans[index + 1].start - span.start - span.length, _SMALLEST_WIDTH_MM)
            yield f"{number(gap * stretch)} Tz"
            yield f"{alphabet.encode((SPACE,))} Tj"


def _with_gaps(spans: list[_Span], smallest_gap_mm: float) -> list[_Span]:
    """Words end early enough for a space before the next: PDFium swallows spaces that have no room.

    Boxes of neighbours often touch or overlap (`i j`). No word loses more than `_LARGEST_LOSS` of itself.
    """
    spaced: list[_Span] = []
    for span, following in zip_longest(spans, spans[1:]):
        length = span.length
        if following is not None and following.start > span.start:
            room = following.start - span.start - smallest_gap_mm
            length = min(length, max(room, (1.0 - _LARGEST_LOSS) * length))
        spaced.append(span._replace(length=length))
    return spaced


def _spans(line: Line, line_frame: _LineFrame) -> Iterator[_Span]:
    along = math.hypot(1.0, line_frame.slope)
    for word in line.words:
        text = clusters(word.text.strip())
        if not text:
            continue
        box = line_frame.box(word.box)
        base = line_frame.base_at(box.x0)
        if not box.y0 < base < box.y1 + box.height_mm:
            base = box.y1
        yield _Span(text, box.x0 * along, max(box.width_mm * along, _SMALLEST_WIDTH_MM), base)


def _font_size_mm(line: Line, line_frame: _LineFrame) -> float:
    """The size at which the words' boxes rise as high above the baseline as their ink does (median)."""
    sizes = [
        (line_frame.base_at(box.x0) - box.y0) * UNITS_PER_EM / max(shape_of(cluster).top for cluster in text)
        for word in line.words
        if (text := clusters(word.text)) and _has_letters(text)
        for box in (line_frame.box(word.box),)
    ]
    size = statistics.median(sizes) if sizes else line_frame.box(line.box).height_mm
    return min(max(size, _SMALLEST_SIZE_MM), _LARGEST_SIZE_MM)


def _has_letters(text: Iterable[str]) -> bool:
    return any(cluster[0].isalnum() for cluster in text)


def _text_matrix(line_frame: _LineFrame, frame: PageFrame, span: _Span) -> Matrix:
    along = math.hypot(1.0, line_frame.slope)
    x, y = frame.point(*line_frame.paper(span.start / along, span.base))
    cos, sin = math.cos(line_frame.angle), math.sin(line_frame.angle)
    return Matrix(cos, -sin, sin, cos, x, y)
