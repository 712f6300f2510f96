"""Text that the reading of a page missed, found and read by itself with real Tesseract."""

from __future__ import annotations

import numpy as np
import pytest

from dipro_scan.batch.side_text import MAX_IN_VAIN, MAX_REGIONS, SideText, with_side_text
from dipro_scan.model import Block, Box, Line, PageText, ReadingImage, Word
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings import ReadingSettings

from ..pages_by_hand import line_of, text_of
from .hard_papers import DPI, coarse, gray, typeset


@pytest.fixture(scope="module")
def engine() -> TesseractEngine:
    return TesseractEngine(ReadingSettings())


@pytest.fixture(scope="module")
def blocks() -> TesseractEngine:
    return TesseractEngine(ReadingSettings(options={"page_segmentation_mode": 6}))


def page(name: str) -> ReadingImage:
    return ReadingImage(coarse(gray(typeset(name)), 200), 200.0)


def completed(
    view: ReadingImage, text: PageText, engine: TesseractEngine, blocks: TesseractEngine, *others: Box
) -> SideText:
    return with_side_text(view, text, others, engine.read_line, blocks.read)


def line_with(text: PageText, words: str) -> Line:
    return next(line for line in text.lines() if words in line.text)


def without(text: PageText, *gone: str) -> PageText:
    """`text` as if the words of some lines had been missed."""
    blocks = []
    for block in text.blocks:
        lines = []
        for line in block.lines:
            words = tuple(word for word in line.words if word.text not in gone)
            if words:
                lines.append(Line(words, Box.around([word.box for word in words]), line.baseline))
        if lines:
            blocks.append(Block(tuple(lines), block.box))
    return PageText(tuple(blocks))


def test_notes_in_both_margins_read_in_their_own_direction(
    engine: TesseractEngine, blocks: TesseractEngine
) -> None:
    view = page("margin_notes")
    seen = completed(view, engine.read(view), engine, blocks)
    upwards = line_with(seen.text, "Aktenzeichen 63.10-0007 bitte stets angeben")
    assert upwards.baseline[1] > upwards.baseline[3] + 40
    downwards = line_with(seen.text, "Vertraulich behandeln und zurückgeben")
    assert downwards.baseline[3] > downwards.baseline[1] + 40
    assert downwards.box.x0 > 190 and downwards.box.width_mm < 6
    tops = [word.box.y0 for word in downwards.words]
    assert tops == sorted(tops)
    assert seen.turned == 1


def test_margin_notes_that_were_missed_altogether_are_found(
    engine: TesseractEngine, blocks: TesseractEngine
) -> None:
    view = page("margin_notes")
    level = PageText(tuple(block for block in engine.read(view).blocks if block.box.width_mm > 20))
    seen = completed(view, level, engine, blocks)
    assert seen.regions == 2
    assert line_with(seen.text, "Vertraulich behandeln und zurückgeben").box.x0 > 190
    upwards = line_with(seen.text, "bitte stets angeben")
    assert upwards.baseline[1] > upwards.baseline[3]


def test_a_page_number_that_the_layout_missed_is_read(
    engine: TesseractEngine, blocks: TesseractEngine
) -> None:
    view = page("ruled_table")
    seen = completed(view, without(engine.read(view), "7"), engine, blocks)
    assert seen.text.blocks[-1].lines[-1].text == "7"
    assert seen.added == 1


def test_a_missed_cell_goes_into_its_row(engine: TesseractEngine, blocks: TesseractEngine) -> None:
    view = page("ruled_table")
    whole = engine.read(view)
    assert "Mauerwerk aus Ziegeln 9 615,20 5.536,80" in whole.text
    seen = completed(view, without(whole, "9", "5.536,80"), engine, blocks)
    row = line_with(seen.text, "Mauerwerk")
    assert row.text == "3 Mauerwerk aus Ziegeln 9 615,20 5.536,80"
    assert row.box.x1 == pytest.approx(row.words[-1].box.x1)


def test_a_missed_paragraph_comes_before_what_stands_below_it(
    engine: TesseractEngine, blocks: TesseractEngine
) -> None:
    view = page("letter")
    whole = engine.read(view)
    missed = next(block for block in whole.blocks if "Rückfragen" in block.lines[0].text)
    seen = completed(
        view, PageText(tuple(block for block in whole.blocks if block is not missed)), engine, blocks
    )
    words = seen.text.text.split()
    assert words.index("Rückfragen") < words.index("Verwaltungsgebührensatzung.") < words.index("Sommer")
    assert words.index("zurückweisen.") < words.index("Rückfragen")
    assert words.count("Rückfragen") == 1


def test_rubbish_gives_way_to_what_is_read_in_its_place(
    engine: TesseractEngine, blocks: TesseractEngine
) -> None:
    view = page("letter")
    whole = engine.read(view)
    target = line_with(whole, "Bärbel Sommer")
    rubbish = Line((Word("‚rb~", target.box, 0.2),), target.box, target.baseline)
    text = PageText(
        tuple(
            Block(tuple(rubbish if line is target else line for line in block.lines), block.box)
            for block in whole.blocks
        )
    )
    seen = completed(view, text, engine, blocks)
    assert "‚rb~" not in seen.text.text
    assert seen.text.text.count("Bärbel Sommer") == 1


def test_of_a_page_that_was_read_whole_nothing_is_read_again(engine: TesseractEngine) -> None:
    view = page("letter")
    text = engine.read(view)

    def refuse(_image: ReadingImage) -> PageText:
        raise AssertionError("nothing is left to be read")

    assert with_side_text(view, text, (), refuse, refuse) == SideText(text)


def test_drawings_do_not_become_words(engine: TesseractEngine, blocks: TesseractEngine) -> None:
    view = page("no_text")
    assert completed(view, PageText(), engine, blocks).text == PageText()


def test_places_that_hold_no_text_are_not_looked_at(engine: TesseractEngine, blocks: TesseractEngine) -> None:
    view = page("letter")
    whole = Box(0, 0, 210, 297)
    assert completed(view, PageText(), engine, blocks, whole) == SideText(PageText())


def one_word(text: str, box: Box, confidence: float) -> PageText:
    return text_of(line_of([Word(text, box, confidence)]))


def test_many_places_are_read_only_while_that_gives_words() -> None:
    asked: list[ReadingImage] = []

    def nothing(image: ReadingImage) -> PageText:
        asked.append(image)
        return PageText()

    def always(image: ReadingImage) -> PageText:
        asked.append(image)
        return one_word("Stempel", Box(2, 2, 20, 6), 0.95)

    view = ReadingImage(np.tile(gray(typeset("receipt_stamp")), (7, 7)), DPI)
    assert with_side_text(view, PageText(), (), nothing, nothing).text == PageText()
    assert len(asked) == 4
    asked.clear()
    seen = with_side_text(view, PageText(), (), always, always)
    assert seen.regions == seen.added == len(asked) == MAX_REGIONS


def test_of_a_page_that_cannot_be_read_nothing_is_read_again() -> None:
    def refuse(_image: ReadingImage) -> PageText:
        raise AssertionError("nothing better is to be hoped for")

    view = page("letter")
    rubbish = one_word("rnbmn", Box(100, 280, 110, 284), 0.3)
    assert with_side_text(view, rubbish, (), refuse, refuse) == SideText(rubbish)


def test_figures_below_each_other_go_each_into_the_row_that_they_stand_in(
    engine: TesseractEngine, blocks: TesseractEngine
) -> None:
    view = page("figure_column")
    whole = engine.read(view)
    figures = [word for word in whole.words() if word.text in ("2", "3", "5")]
    seen = completed(view, without(whole, "2", "3", "5"), engine, blocks)
    assert len(figures) == 3 and seen.added == 3
    for item in ("Winterlinde 2 273,82", "Streusalz 3 86,30", "Ordner 5 223,30"):
        assert item in seen.text.text


def test_a_headline_that_was_read_letter_by_letter_is_one_word_and_a_cell_is_found_before_drawings() -> None:
    """The page's frame of lines comes to nothing; the cell beside its label is read all the same."""
    pixels = np.full((1400, 1000), 250, dtype=np.uint8)
    for number in range(MAX_IN_VAIN + 2):
        for dash in range(12):
            pixels[100 + number * 180 : 124 + number * 180, 20 + dash * 24 : 28 + dash * 24] = 20
    for letter in range(5):
        pixels[600:624, 640 + letter * 22 : 652 + letter * 22] = 20
    view = ReadingImage(pixels, 150.0)
    mm = 25.4 / 150
    label = Word("Familienname", Box(430 * mm, 600 * mm, 620 * mm, 624 * mm), 0.96)
    letters = [
        Word(each, Box((430 + at * 30) * mm, 1200 * mm, (450 + at * 30) * mm, 1230 * mm), sure)
        for at, (each, sure) in enumerate([("G", 0.91), ("S", 0.49), ("1", 0.41), ("d", 0.6), ("—", 0.6)])
    ]
    torn = Block.of(line_of([each]) for each in letters)
    text = PageText((Block.of([line_of([label])]), torn))
    headline = Word("Geburtsurkunde", Box(428 * mm, 1200 * mm, 575 * mm, 1232 * mm), 0.96)
    rows = PageText(
        (
            Block(
                (Line((headline,), headline.box, (headline.box.x0, 208.0, headline.box.x1, 208.0)),),
                label.box,
            ),
        )
    )

    def read_cell(image: ReadingImage) -> PageText:
        height, width = image.pixels.shape
        if width > 200:
            return PageText()
        box = Box(1.6, 1.6, width * mm - 1.6, height * mm - 1.6)
        return one_word("Beier", box, 0.96)

    seen = with_side_text(view, text, (), read_cell, read_cell, lambda _image: rows)
    assert seen.in_rows
    assert seen.text.text.split() == ["Familienname", "Beier", "Geburtsurkunde"]
