"""A sheet of paper that speaks: printed where a page's own image cannot be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from PIL import Image

from dipro_scan.model import MM_PER_INCH, Block, Box, ImageStream, Line, PageText, Word
from dipro_scan.pdf.group4 import group4_stream
from dipro_scan.pdf.typesetting import Sheet

NOTICE_DPI: Final = 150
_MARGIN_MM: Final = 25.0
_TYPE_MM: Final = 4.5
_SMALLEST_TYPE_MM: Final = 1.5
_LEADING: Final = 1.6
_SENTENCE_GAP: Final = 0.8


class _PrintedLine(NamedTuple):
    """Words with the places they took on the line (left and right end), and the line's own place, mm."""

    words: tuple[tuple[str, float, float], ...]
    base: float
    type_mm: float


def notice_page(
    sentences: Sequence[str], width_mm: float = 210.0, height_mm: float = 297.0
) -> tuple[ImageStream, PageText]:
    """A bitonal sheet (CCITT G4, 150 dpi) with `sentences` on it, and the text where it stands.

    The type shrinks until everything fits on the sheet; words wider than the sheet run over its margin.
    The text is upright, in millimetres from the sheet's top left corner.
    """
    margin = min(_MARGIN_MM, width_mm / 8, height_mm / 8)
    with Sheet(width_mm, height_mm) as sheet:
        type_mm = _fitting_type(sheet, sentences, width_mm - 2 * margin, height_mm - 2 * margin)
        base = margin + type_mm
        printed: list[list[_PrintedLine]] = []
        for sentence in sentences:
            paragraph: list[_PrintedLine] = []
            for words in _wrapped(sheet, sentence, type_mm, width_mm - 2 * margin):
                paragraph.append(_print_line(sheet, words, type_mm, margin, base))
                base += type_mm * _LEADING
            printed.append(paragraph)
            base += type_mm * _SENTENCE_GAP
        image = sheet.render(NOTICE_DPI)
    blocks = (_block(image, paragraph) for paragraph in printed if paragraph)
    return group4_stream(image), PageText(tuple(blocks))


def _fitting_type(sheet: Sheet, sentences: Sequence[str], width_mm: float, height_mm: float) -> float:
    type_mm = _TYPE_MM
    while type_mm > _SMALLEST_TYPE_MM:
        lines = sum(len(list(_wrapped(sheet, sentence, type_mm, width_mm))) for sentence in sentences)
        if (lines * _LEADING + len(sentences) * _SENTENCE_GAP) * type_mm <= height_mm:
            break
        type_mm *= 0.9
    return type_mm


def _wrapped(sheet: Sheet, sentence: str, type_mm: float, width_mm: float) -> Iterator[list[str]]:
    """The sentence's words, a list per line."""
    line: list[str] = []
    for word in sentence.split():
        if line and sheet.width_mm(" ".join([*line, word]), type_mm) > width_mm:
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _print_line(
    sheet: Sheet, words: list[str], type_mm: float, left_mm: float, base_mm: float
) -> _PrintedLine:
    places: list[tuple[str, float, float]] = []
    for word in words:
        right_mm = left_mm + sheet.width_mm(word, type_mm)
        sheet.print(word, type_mm, left_mm, base_mm)
        places.append((word, left_mm, right_mm))
        left_mm = right_mm + sheet.width_mm(" ", type_mm)
    return _PrintedLine(tuple(places), base_mm, type_mm)


def _block(image: Image.Image, paragraph: list[_PrintedLine]) -> Block:
    lines: list[Line] = []
    for printed in paragraph:
        words = tuple(
            Word(text, _ink_box(image, left, right, printed), 1.0) for text, left, right in printed.words
        )
        box = Box.around([word.box for word in words])
        lines.append(Line(words, box, (box.x0, printed.base, box.x1, printed.base)))
    return Block.of(lines)


def _ink_box(image: Image.Image, left_mm: float, right_mm: float, line: _PrintedLine) -> Box:
    """The box around a word's ink; its whole place where nothing was printed."""
    place = Box(left_mm, line.base - line.type_mm, right_mm, line.base + line.type_mm * 0.3)
    scale = NOTICE_DPI / MM_PER_INCH
    x0, y0, x1, y1 = (round(edge * scale) for edge in place)
    ink = image.crop((x0, y0, x1, y1)).convert("L").point(lambda value: 255 - value).getbbox()
    if ink is None:
        return place
    return Box((x0 + ink[0]) / scale, (y0 + ink[1]) / scale, (x0 + ink[2]) / scale, (y0 + ink[3]) / scale)
