"""Blocks of a typeset page that its reading made rubbish of, read alone by real Tesseract."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dipro_scan.batch.block_reading import MOST, with_blocks_apart
from dipro_scan.model import MM_PER_INCH, Block, Box, Line, PageText, ReadingImage, Word
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings import ReadingSettings

from ..pages_by_hand import line_of, text_of
from .hard_papers import coarse, gray, typeset

DPI = 200
REFERENCES = ["Rechnungsnummer 2026-6314", "Kundennummer 658702", "Rechnungsdatum 03.09.2026"]


@pytest.fixture(scope="module")
def engine() -> TesseractEngine:
    return TesseractEngine(ReadingSettings())


@pytest.fixture(scope="module")
def view() -> ReadingImage:
    return ReadingImage(coarse(gray(typeset("two_blocks")), DPI), float(DPI))


@pytest.fixture(scope="module")
def whole(view: ReadingImage, engine: TesseractEngine) -> PageText:
    """What stands there, read well: the references apart from all else."""
    left, right = view.pixels.copy(), view.pixels.copy()
    top, middle, bottom = (round(edge * DPI / MM_PER_INCH) for edge in (48, 100, 68))
    left[top:bottom, middle:] = 255
    right[:, :middle] = right[bottom:] = 255
    halves = [engine.read(ReadingImage(pixels, float(DPI))) for pixels in (left, right)]
    return PageText(tuple(block for half in halves for block in half.blocks))


def changed(text: PageText, change: Callable[[Word], Word | None]) -> PageText:
    blocks = []
    for block in text.blocks:
        lines = []
        for line in block.lines:
            words = tuple(new for word in line.words if (new := change(word)) is not None)
            if words:
                lines.append(Line(words, Box.around([word.box for word in words]), line.baseline))
        if lines:
            blocks.append(Block(tuple(lines), block.box))
    return PageText(tuple(blocks))


def is_of_the_references(word: Word) -> bool:
    return word.box.x0 > 100 and word.box.y1 < 70


def as_rubbish(word: Word) -> Word:
    return Word("~|" + word.text[:2], word.box, 0.2) if is_of_the_references(word) else word


def never(_image: ReadingImage) -> PageText:
    raise AssertionError("nothing is to be read here")


def test_rubbish_gives_way_to_what_is_read_of_its_block_alone(
    view: ReadingImage, whole: PageText, engine: TesseractEngine
) -> None:
    before = changed(whole, as_rubbish)
    after, taken = with_blocks_apart(view, before, (), engine.read_block)
    assert taken == 1
    lines = [line.text for line in after.lines()]
    assert [line for line in lines if line in REFERENCES] == REFERENCES
    assert not any("~|" in line for line in lines)
    kept = [line for line in before.lines() if not any(map(is_of_the_references, line.words))]
    assert [line for line in after.lines() if line in kept] == kept, "all else stays as it is"


def test_a_row_torn_in_two_is_read_as_one(
    view: ReadingImage, whole: PageText, engine: TesseractEngine
) -> None:
    row = next(line for line in whole.lines() if line.text.startswith("Malerbetrieb"))
    torn = tuple(
        Line(words, Box.around([word.box for word in words]), row.baseline)
        for words in (row.words[::2], row.words[1::2])
    )
    rest = changed(whole, lambda word: None if word in row.words else word)
    after, taken = with_blocks_apart(
        view, PageText((Block(torn, row.box), *rest.blocks)), (), engine.read_block
    )
    assert taken == 1
    assert row.text in [line.text for line in after.lines()]
    assert len(list(after.words())) == len(list(whole.words()))


def test_a_page_that_reads_well_is_not_looked_at(view: ReadingImage, whole: PageText) -> None:
    assert with_blocks_apart(view, whole, (), never) == (whole, 0)
    assert with_blocks_apart(ReadingImage(view.pixels[:1, :1], float(DPI)), whole, (), never) == (whole, 0)


def test_blocks_on_stamps_and_codes_are_left_alone(view: ReadingImage, whole: PageText) -> None:
    before = changed(whole, as_rubbish)
    assert with_blocks_apart(view, before, [Box(100, 0, 210, 297)], never) == (before, 0)


def test_a_page_that_reads_badly_everywhere_is_read_in_so_many_blocks_at_most() -> None:
    asked = []

    def nothing(image: ReadingImage) -> PageText:
        asked.append(image)
        return PageText()

    view = ReadingImage(coarse(gray(typeset("many_blocks")), DPI), float(DPI))
    text = text_of(line_of([Word("rubbish", Box(10, 10, 20, 14), 0.1)]))
    assert with_blocks_apart(view, text, (), nothing) == (text, 0)
    assert len(asked) == MOST
