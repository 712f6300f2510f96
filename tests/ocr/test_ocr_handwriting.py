"""Writing is told from print by its strokes, stays in the text, and is not read again."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.model import Block, Box, Line, PageText, ReadingImage, Word
from dipro_scan.ocr.handwriting import is_handwriting, with_handwriting_apart

from ..pages_by_hand import line_of
from .test_ocr_paragraph_sign import font_file

WRITTEN: Final = Path(__file__).parents[2] / "samples" / "municipal_paper" / "fonts"
LEFT, BASE = 60, 120


def drawn(
    text: str, font: Path, *, points: float = 15, dpi: int = 200, confidence: float = 0.5, rule: bool = False
) -> tuple[Line, ReadingImage]:
    """A line of words and the paper it stands on; `rule`: on a line to write on."""
    face = ImageFont.truetype(str(font), round(points / 72 * dpi))
    sheet = Image.new("L", (1900, 240), 246)
    draw = ImageDraw.Draw(sheet)
    draw.text((LEFT, BASE), text, font=face, fill=30, anchor="ls")
    mm = 25.4 / dpi
    words = []
    for number, word in enumerate(text.split(" ")):
        before = "".join(f"{each} " for each in text.split(" ")[:number])
        x0 = LEFT + draw.textlength(before, font=face)
        left, top, right, bottom = draw.textbbox((x0, BASE), word, font=face, anchor="ls")
        words.append(Word(word, Box(left * mm, top * mm, right * mm, bottom * mm), confidence))
    if rule:
        end = words[-1].box.x1 / mm
        draw.line([(LEFT - 2, BASE + 12), (end + 2, BASE + 12)], fill=30, width=3)
    return line_of(words, BASE * mm), ReadingImage(np.array(sheet), float(dpi))


@pytest.mark.parametrize(
    "name", ["Reni Nohlmans", "Edmund Kallert", "Ausbau des Dachgeschosses zu einer Wohnung"]
)
@pytest.mark.parametrize("dpi", [200, 300])
@pytest.mark.parametrize("points", [15, 22])
def test_joined_thin_tall_strokes_are_a_hand(name: str, dpi: int, points: float) -> None:
    line, image = drawn(name, WRITTEN / "dancing-script.ttf", dpi=dpi, points=points)
    assert is_handwriting(line, image)


def test_the_line_that_is_written_on_joins_nothing() -> None:
    signature, image = drawn("Bozena Karge", WRITTEN / "dancing-script.ttf", rule=True)
    assert is_handwriting(signature, image)
    printed, image = drawn("Bozena Karge", font_file("serif"), points=20, rule=True)
    assert not is_handwriting(printed, image)


@pytest.mark.parametrize("font", ["serif", "bold", "sans", "lato", "caladea", "open"])
@pytest.mark.parametrize("points", [11, 16, 24])
@pytest.mark.parametrize("text", ["Musterstadt", "Haushaltssatzung 2026", "FRISTVERLÄNGERUNG"])
def test_print_of_any_size_is_no_hand_however_badly_it_was_read(font: str, points: float, text: str) -> None:
    line, image = drawn(text, font_file(font), points=points, confidence=0.1)
    assert not is_handwriting(line, image)


def test_what_reads_surely_or_says_too_little_is_taken_for_print() -> None:
    sure, image = drawn("Reni Nohlmans", WRITTEN / "dancing-script.ttf", confidence=0.92)
    assert not is_handwriting(sure, image)
    short, image = drawn("Nöl", WRITTEN / "dancing-script.ttf")
    assert not is_handwriting(short, image)


def test_writing_no_taller_than_print_is_taken_for_print() -> None:
    line, image = drawn("Reni Nohlmans", WRITTEN / "dancing-script.ttf", points=8)
    assert not is_handwriting(line, image)


def test_paper_without_ink_is_no_hand() -> None:
    line, image = drawn("Reni Nohlmans", WRITTEN / "dancing-script.ttf")
    empty = ReadingImage(np.full_like(image.pixels, 250), image.dpi)
    assert not is_handwriting(line, empty)


def test_a_signature_among_print_becomes_a_block_in_its_place() -> None:
    signature, image = drawn("Reni Nohlmans", WRITTEN / "dancing-script.ttf")
    above = line_of([Word("Mit", Box(7, 2, 14, 5), 0.95), Word("freundlichen", Box(15, 2, 40, 5), 0.4)])
    below = line_of([Word("Musterstadt", Box(7, 24, 30, 27), 0.95)])
    stamp = Block.of([signature], "stamp")
    text = PageText((Block.of([above, signature, below]), stamp))
    parted = with_handwriting_apart(text, image)
    assert [(block.kind, len(block.lines)) for block in parted.blocks] == [
        ("print", 1),
        ("handwriting", 1),
        ("print", 1),
        ("stamp", 1),
    ]
    assert list(parted.lines()) == [above, signature, below, signature]
    assert with_handwriting_apart(PageText((Block.of([above, below]),)), image).blocks == (
        Block.of([above, below]),
    )
