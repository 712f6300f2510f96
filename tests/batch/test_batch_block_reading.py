"""A block of print that was read as rubbish is read by itself; all else stays as it was read."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from dipro_scan.batch.block_reading import MOST, with_blocks_apart
from dipro_scan.imaging.text_blocks import text_blocks
from dipro_scan.model import Block, Box, Line, PageText, ReadingImage, Word
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings import ReadingSettings

from ..pages_by_hand import line_of
from .hard_papers import coarse, gray, typeset

DPI = 200.0
PX = DPI / 25.4
ROW_MM = 5.0

ADDRESS = ("Frau", "Johanna Lehmann", "Lindenweg 14")
REFERENCE = ("Aktenzeichen", "Bearbeitung", "Telefon")


def sheet(*blocks: tuple[tuple[str, ...], float, float], height_mm: float = 120) -> ReadingImage:
    """Rows of print, each block with the place of its first baseline, mm."""
    pixels = np.full((round(height_mm * PX), round(200 * PX)), 250, dtype=np.uint8)
    for rows, x_mm, y_mm in blocks:
        for number, row in enumerate(rows):
            place = (round(x_mm * PX), round((y_mm + number * ROW_MM) * PX))
            cv2.putText(pixels, row, place, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2, cv2.LINE_AA)
    return ReadingImage(pixels, DPI)


def line(text: str, x0: float, y0: float, confidence: float, width: float = 26) -> Line:
    parts = text.split()
    step = width / len(parts)
    return line_of(
        Word(part, Box(x0 + at * step, y0, x0 + (at + 0.9) * step, y0 + 3.0), confidence)
        for at, part in enumerate(parts)
    )


def read(rows: tuple[str, ...], x0: float, y0: float, confidence: float) -> Block:
    """What `sheet` shows at baseline `y0`, as an engine gives it."""
    return Block.of(line(row, x0, y0 - 3 + at * ROW_MM, confidence) for at, row in enumerate(rows))


@dataclass
class Reader:
    """Reads every piece as the same rows, and remembers how often it was asked."""

    rows: tuple[str, ...]
    confidence: float
    asked: list[ReadingImage] = field(default_factory=list)

    def __call__(self, image: ReadingImage) -> PageText:
        self.asked.append(image)
        return PageText((read(self.rows, 1.2, 4.2, self.confidence),))


VIEW = sheet((ADDRESS, 20, 20), (REFERENCE, 120, 22))
RUBBISH = ("Fr ju", "Jo nn", "Lin eg")


def test_rubbish_within_a_block_is_replaced_by_the_surer_reading() -> None:
    text = PageText((read(RUBBISH, 20, 20, 0.3), read(REFERENCE, 120, 22, 0.95)))
    reader = Reader(ADDRESS, 0.95)
    better, taken = with_blocks_apart(VIEW, text, (), reader)
    assert (taken, len(reader.asked)) == (1, 1)
    assert "Johanna Lehmann" in better.text
    assert not {"ju", "nn", "eg"} & set(better.text.split())
    (address,) = [each for each in better.lines() if "Johanna" in each.text]
    assert address.box.x0 == pytest.approx(20, abs=1.5)
    assert 18 <= address.box.y0 <= 28


def test_words_outside_the_block_stay_untouched() -> None:
    beside = read(REFERENCE, 120, 22, 0.95)
    text = PageText((read(RUBBISH, 20, 20, 0.3), beside))
    better, _taken = with_blocks_apart(VIEW, text, (), Reader(ADDRESS, 0.95))
    assert beside in better.blocks


def test_of_a_line_through_both_blocks_only_the_words_within_give_way() -> None:
    left, right = line("Jo nn", 20, 22, 0.2), line("Aktenzeichen", 120, 19, 0.95)
    across = Line((*left.words, *right.words), Box.around([left.box, right.box]), (20, 25, right.box.x1, 25))
    text = PageText(
        (read(("Fräul ju",), 20, 20, 0.3), Block((across,), across.box), read(REFERENCE[1:], 120, 27, 0.95))
    )
    better, taken = with_blocks_apart(VIEW, text, (), Reader(ADDRESS, 0.95))
    assert taken >= 1
    assert right.words[0].text in better.text
    assert "nn" not in better.text.split()


def test_a_well_read_block_is_not_read_again() -> None:
    text = PageText((read(ADDRESS, 20, 20, 0.95), read(REFERENCE, 120, 22, 0.95)))
    reader = Reader(("etwas", "ganz", "anderes"), 0.99)
    assert with_blocks_apart(VIEW, text, (), reader) == (text, 0)
    assert reader.asked == []


@pytest.mark.parametrize("confidence", [0.3, 0.5])
def test_a_less_certain_reading_is_not_taken(confidence: float) -> None:
    text = PageText((read(ADDRESS, 20, 20, 0.58), read(REFERENCE, 120, 22, 0.95)))
    reader = Reader(RUBBISH, confidence)
    assert with_blocks_apart(VIEW, text, (), reader) == (text, 0)
    assert len(reader.asked) == 1


@pytest.mark.parametrize(("confidence", "taken"), [(0.76, 0), (0.9, 1)])
def test_more_that_is_less_sure_must_outweigh_by_more_than_chance(confidence: float, taken: int) -> None:
    surely = read(("Frau", "Johanna", "Lind"), 20, 20, 0.95)
    text = PageText((surely, read(RUBBISH, 120, 22, 0.3)))
    assert with_blocks_apart(VIEW, text, [Box(118, 16, 200, 40)], Reader(ADDRESS, confidence))[1] == taken


def test_a_block_of_which_little_was_read_is_read_again_however_sure_that_little_is() -> None:
    unsure = read(RUBBISH, 120, 22, 0.3)
    text = PageText((read(("Fr", "Jo", "Li"), 20, 20, 0.99), unsure))
    reader = Reader(ADDRESS, 0.95)
    better, _taken = with_blocks_apart(VIEW, text, [Box(118, 16, 200, 40)], reader)
    assert len(reader.asked) == 1
    assert "Johanna Lehmann" in better.text


def test_a_single_short_word_is_not_worth_reading_alone() -> None:
    view = sheet((("Nein",), 20, 20), (REFERENCE, 120, 22))
    text = PageText((read(("Ne in xx",), 20, 20, 0.2), read(REFERENCE, 120, 22, 0.95)))
    reader = Reader(("Nein",), 0.99)
    assert with_blocks_apart(view, text, (), reader) == (text, 0)
    assert reader.asked == []


def test_what_fills_the_page_is_no_part_of_it() -> None:
    rows = tuple("Haus an Haus steht in der Reihe hier am Weg, eng an eng" for _row in range(21))
    view = sheet((rows, 5, 8), height_mm=112)
    (block,) = text_blocks(view)
    assert block.box.width_mm * block.box.height_mm > 0.4 * 200 * 112
    reader = Reader(rows, 0.95)
    text = PageText((read(tuple("Gr nd be" for _row in rows), 5, 8, 0.3),))
    assert with_blocks_apart(view, text, (), reader) == (text, 0)
    assert reader.asked == []


def test_a_block_that_touches_a_place_without_text_of_the_page_is_left_alone() -> None:
    text = PageText((read(RUBBISH, 20, 20, 0.3), read(REFERENCE, 120, 22, 0.95)))
    reader = Reader(ADDRESS, 0.95)
    assert with_blocks_apart(VIEW, text, [Box(18, 16, 30, 24)], reader) == (text, 0)
    assert reader.asked == []


def test_no_more_than_a_few_blocks_are_read() -> None:
    places = [(x, y) for y in (15, 45, 75, 105) for x in (10, 75, 140)]
    view = sheet(*((("Grundsteuerbescheid",), x, y) for x, y in places))
    assert len(text_blocks(view)) == len(places) > MOST
    text = PageText(tuple(read(("Gr nd be",), x, y, 0.3) for x, y in places))
    reader = Reader(("Grundsteuerbescheid",), 0.95)
    _better, taken = with_blocks_apart(view, text, (), reader)
    assert taken == len(reader.asked) == MOST


def test_a_row_torn_in_two_gives_way_to_one_that_is_about_as_certain() -> None:
    view = sheet((("Bearbeitung Telefon",), 20, 20))
    torn = PageText(
        tuple(
            Block((each,), each.box)
            for each in (
                line("Bearbeitung Telefon", 20, 16.5, 0.93, 32),
                line("tung", 28, 17.5, 0.93, 8),
            )
        )
    )
    better, taken = with_blocks_apart(view, torn, (), Reader(("Bearbeitung Telefon",), 0.93))
    assert taken == 1
    assert better.text.split() == ["Bearbeitung", "Telefon"]


def test_the_engine_reads_an_address_that_the_page_reading_had_lost() -> None:
    view = ReadingImage(coarse(gray(typeset("letter")), 200), 200.0)
    page = TesseractEngine(ReadingSettings()).read(view)
    block = max(text_blocks(view), key=lambda each: each.letters if each.box.width_mm < 100 else 0)
    inside = [
        word
        for word in page.words()
        if block.box.x0 <= word.box.x0
        and word.box.x1 <= block.box.x1 + 1
        and block.box.y0 - 1 <= word.box.y0
        and word.box.y1 <= block.box.y1 + 1
    ]
    assert inside
    spoilt = PageText(
        tuple(
            Block(
                tuple(
                    Line(
                        tuple(
                            Word("w" * len(word.text), word.box, 0.2) if word in inside else word
                            for word in each.words
                        ),
                        each.box,
                        each.baseline,
                    )
                    for each in old.lines
                ),
                old.box,
            )
            for old in page.blocks
        )
    )
    reader = TesseractEngine(ReadingSettings(options={"page_segmentation_mode": 6}))
    better, taken = with_blocks_apart(view, spoilt, (), reader.read)
    assert taken >= 1
    told = set(better.text.split())
    assert len(told & {word.text for word in inside}) >= 0.8 * len({word.text for word in inside})


def test_lines_that_are_no_print_are_no_reason_to_look_at_the_ink() -> None:
    text = PageText((read(RUBBISH, 20, 20, 0.3), read(REFERENCE, 120, 22, 0.95)))
    reader = Reader(ADDRESS, 0.95)
    assert with_blocks_apart(VIEW, text, (), reader, lambda each: each.box.x0 > 100) == (text, 0)
    assert reader.asked == []
