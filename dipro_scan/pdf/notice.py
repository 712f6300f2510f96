"""A sheet of paper that speaks: printed where a page's own image cannot be shown."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from dipro_scan.model import (
    MM_PER_INCH,
    Block,
    Box,
    ColourSpace,
    ImageFilter,
    ImageStream,
    Line,
    PageText,
    Word,
)

NOTICE_DPI: Final = 150
_MARGIN_MM: Final = 25.0
_TYPE_MM: Final = 4.5
_LEADING: Final = 1.6
_SENTENCE_GAP: Final = 0.8
_SMALLEST_TYPE_MM: Final = 1.5
_PHOTOMETRIC, _STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_BYTES = 262, 273, 278, 279
_BLACK_IS_ZERO: Final = 1


def notice_page(
    sentences: Sequence[str], width_mm: float = 210.0, height_mm: float = 297.0
) -> tuple[ImageStream, PageText]:
    """A bitonal sheet (CCITT G4, 150 dpi) with `sentences` on it, and the text where it stands.

    The type shrinks until everything fits on the sheet; words wider than the sheet run over its margin.
    The text is upright, in millimetres from the sheet's top left corner.
    """
    size = (max(1, _pixels(width_mm)), max(1, _pixels(height_mm)))
    margin = min(_MARGIN_MM, width_mm / 8, height_mm / 8)
    type_mm = _fitting_type(sentences, width_mm - 2 * margin, height_mm - 2 * margin)
    image = Image.new("1", size, 1)
    draw = ImageDraw.Draw(image)
    font = _font(type_mm)
    base = margin + type_mm
    blocks: list[Block] = []
    for sentence in sentences:
        lines: list[Line] = []
        for words in _wrapped(sentence, font, _pixels(width_mm - 2 * margin)):
            lines.append(_print_line(draw, font, words, margin, base))
            base += type_mm * _LEADING
        if lines:
            blocks.append(Block(tuple(lines), Box.around([line.box for line in lines])))
        base += type_mm * _SENTENCE_GAP
    return _g4_stream(image), PageText(tuple(blocks))


_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def _font(type_mm: float) -> _Font:
    return ImageFont.load_default(size=type_mm / MM_PER_INCH * NOTICE_DPI)


def _fitting_type(sentences: Sequence[str], width_mm: float, height_mm: float) -> float:
    type_mm = _TYPE_MM
    while type_mm > _SMALLEST_TYPE_MM:
        font = _font(type_mm)
        lines = sum(len(list(_wrapped(sentence, font, _pixels(width_mm)))) for sentence in sentences)
        if (lines * _LEADING + len(sentences) * _SENTENCE_GAP) * type_mm <= height_mm:
            break
        type_mm *= 0.9
    return type_mm


def _wrapped(sentence: str, font: _Font, width_px: int) -> Iterator[list[str]]:
    """The sentence's words, a list per line."""
    line: list[str] = []
    for word in sentence.split():
        if line and font.getlength(" ".join([*line, word])) > width_px:
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _print_line(
    draw: ImageDraw.ImageDraw, font: _Font, words: list[str], left_mm: float, base_mm: float
) -> Line:
    base = _pixels(base_mm)
    x = float(_pixels(left_mm))
    printed: list[Word] = []
    for word in words:
        draw.text((x, base), word, font=font, fill=0, anchor="ls")
        x0, y0, x1, y1 = (
            edge * MM_PER_INCH / NOTICE_DPI for edge in draw.textbbox((x, base), word, font, "ls")
        )
        printed.append(Word(word, Box(x0, y0, x1, y1), 1.0))
        x += font.getlength(word + " ")
    box = Box.around([word.box for word in printed])
    level = base * MM_PER_INCH / NOTICE_DPI
    return Line(tuple(printed), box, (box.x0, level, box.x1, level))


def _g4_stream(image: Image.Image) -> ImageStream:
    """CCITT group 4 in one strip, as libtiff codes it, taken out of the TIFF."""
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: image.height})
    data = buffer.getvalue()
    with Image.open(io.BytesIO(data)) as tiff:
        tags = dict(tiff.getexif())
    start, length = (_only(tags[tag]) for tag in (_STRIP_OFFSETS, _STRIP_BYTES))
    parms: dict[str, int | bool] = {"K": -1, "Columns": image.width, "Rows": image.height}
    if tags[_PHOTOMETRIC] == _BLACK_IS_ZERO:
        parms["BlackIs1"] = True
    return ImageStream(
        filter=ImageFilter.CCITT,
        width_px=image.width,
        height_px=image.height,
        colour_space=ColourSpace.GRAY,
        bits_per_component=1,
        data=data[start : start + length],
        decode_parms=parms,
    )


def _only(value: int | tuple[int, ...]) -> int:
    """A tag's single value, however Pillow gives it."""
    return value if isinstance(value, int) else value[0]


def _pixels(millimetres: float) -> int:
    return round(millimetres / MM_PER_INCH * NOTICE_DPI)
