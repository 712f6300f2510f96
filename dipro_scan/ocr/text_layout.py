"""Words as engines report them → blocks, lines and words in millimetres. Shared by all engines."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dipro_scan.model import Block, Box, Line, PageText, ReadingImage, Word

PixelBox = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the reading image."""


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word as an engine reports it; `confidence` 0–100."""

    text: str
    box: PixelBox
    confidence: float


@dataclass(frozen=True, slots=True)
class SeenLine:
    """Words of a line; `baseline` from (x0, y0) to (x1, y1) in pixels, None where the engine has none."""

    words: Sequence[SeenWord]
    baseline: PixelBox | None = None


def page_text(blocks: Sequence[Sequence[SeenLine]], image: ReadingImage) -> PageText:
    """The page's text with places in millimetres; words without a visible character are left out."""
    laid_out = (_block([_line(line, image) for line in lines]) for lines in blocks)
    return PageText(tuple(block for block in laid_out if block is not None))


def clean_word(text: str) -> str:
    """`text` in NFC without white space, control and format characters, and lone surrogates."""
    kept = (
        character
        for character in unicodedata.normalize("NFC", text)
        if not character.isspace() and unicodedata.category(character)[0] != "C"
    )
    # What was taken out may have stood between a letter and its accent.
    return unicodedata.normalize("NFC", "".join(kept))


def _block(lines: Sequence[Line | None]) -> Block | None:
    kept = tuple(line for line in lines if line is not None)
    return Block.of(kept) if kept else None


def _line(seen: SeenLine, image: ReadingImage) -> Line | None:
    words = tuple(
        Word(text, image.box_mm(*word.box), min(1.0, max(0.0, word.confidence / 100)))
        for word in seen.words
        if (text := clean_word(word.text))
    )
    if not words:
        return None
    box = Box.around([word.box for word in words])
    if seen.baseline is None:
        return Line(words, box, (box.x0, box.y1, box.x1, box.y1))
    x0, y0, x1, y1 = image.box_mm(*seen.baseline)
    # Engines may name the ends of a level line either way round; those of a standing one as one reads.
    backwards = x0 > x1 and abs(x1 - x0) >= abs(y1 - y0)
    return Line(words, box, (x1, y1, x0, y0) if backwards else (x0, y0, x1, y1))
