"""Words with boxes → PDF operators that lay them, invisibly, over their ink.

Each word starts at its box's left edge on the line's baseline and is stretched to its box's width; the space
after it is stretched to the gap before the next. So a viewer marks what one sees, and extraction finds the
words of a line with single spaces, lines in the order of reading.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from dipro_scan.model import Line, PageText
from dipro_scan.pdf.alphabet import SPACE, Alphabet, clusters
from dipro_scan.pdf.glyphless_font import ADVANCE, UNITS_PER_EM
from dipro_scan.pdf.placement import Matrix, PageFrame, number
from dipro_scan.pdf.text_lines import LineFrame, Span, font_size_mm, spans_of

INVISIBLE: Final = 3
"""Text rendering mode: neither fill nor stroke (ISO 32000-1, 9.3.6)."""

_ADVANCE_EM: Final = ADVANCE / UNITS_PER_EM


def used_clusters(text: PageText) -> Iterator[str]:
    """Every cluster that the page's words need from the font."""
    for word in text.words():
        yield from clusters(word.text)


def whole_words(text: PageText) -> Iterator[str]:
    """Words on steep lines, which readers would take apart: each is better written as one glyph."""
    for line in text.lines():
        frame = LineFrame.of(line)
        for span in spans_of(line, frame, font_size_mm(line, frame)):
            if span.whole:
                yield "".join(span.text)


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


def _line_operators(line: Line, frame: PageFrame, alphabet: Alphabet, font_name: str) -> Iterator[str]:
    line_frame = LineFrame.of(line)
    size_mm = font_size_mm(line, line_frame)
    stretch = 100.0 / (_ADVANCE_EM * size_mm)
    for index, span in enumerate(spans_of(line, line_frame, size_mm)):
        if index == 0:
            yield f"/{font_name} {number(size_mm * frame.units_per_mm)} Tf"
        text = _coded(span, alphabet)
        yield f"{number(span.length * stretch / len(text))} Tz"
        yield f"{_text_matrix(line_frame, frame, span.start, span.base).operands()} Tm"
        yield f"{alphabet.encode(text)} Tj"
        yield f"{number(span.space_length * stretch)} Tz"
        if span.space < span.start + span.length:
            yield f"{_text_matrix(line_frame, frame, span.space, span.base).operands()} Tm"
        yield f"{alphabet.encode((SPACE,))} Tj"


def _coded(span: Span, alphabet: Alphabet) -> tuple[str, ...]:
    whole = "".join(span.text)
    return (whole,) if span.whole and whole in alphabet else span.text


def _text_matrix(line_frame: LineFrame, frame: PageFrame, start_mm: float, base_mm: float) -> Matrix:
    x, y = frame.point(*line_frame.paper(start_mm / line_frame.along, base_mm))
    cos, sin = math.cos(line_frame.angle), math.sin(line_frame.angle)
    return Matrix(cos, -sin, sin, cos, x, y)
