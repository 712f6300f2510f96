"""Where lines are cut, how large their type is taken to be, and what is dirt; and real pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from dipro_scan.model import Box, Line, ReadingImage, Word
from dipro_scan.ocr.reading_order import in_reading_order
from dipro_scan.ocr.segments import cleaned, segments_of
from dipro_scan.ocr.tesseract import TesseractEngine

from ..pages_by_hand import line_of

EM = 3.5


def line(base: float, *words: tuple[float, str], em: float = EM, confidence: float = 0.9) -> Line:
    """Words of capitals and figures, beginning at the given places."""
    return line_of(
        Word(text, Box(x, base - 0.71 * em, x + 0.6 * em * len(text), base), confidence) for x, text in words
    )


def texts(*lines: Line) -> list[str]:
    return [segment.text for segment in segments_of(lines)]


def test_a_line_is_cut_at_a_gap_wider_than_a_space_can_be() -> None:
    assert texts(line(50, (20, "ABC"), (29, "DEF"), (60, "GHI"))) == ["ABC DEF", "GHI"]


def test_a_narrow_gap_cuts_only_where_another_line_begins_at_its_end() -> None:
    narrow = line(50, (20, "ABC"), (30.8, "DEF"))
    assert texts(narrow) == ["ABC DEF"]
    assert texts(narrow, line(60, (30.8, "XYZ"))) == ["ABC", "DEF", "XYZ"]


def test_the_wide_spaces_of_a_justified_paragraph_are_no_gaps() -> None:
    stretched = line(50, (20, "ABC"), (33, "DEF"), (46, "GHI"))
    full = line(54.5, *[(20 + 7.5 * at, "ABC") for at in range(5)])
    assert texts(stretched) == ["ABC", "DEF", "GHI"]
    assert texts(stretched, full) == ["ABC DEF GHI", "ABC ABC ABC ABC ABC"]


def test_equal_spaces_all_along_a_line_are_those_of_a_justified_one_whatever_begins_below() -> None:
    stretched = line(50, *[(20 + 10.3 * at, "ABC") for at in range(6)])
    below = line(60, (50.9, "XYZ"))
    assert texts(stretched, below) == ["ABC ABC ABC ABC ABC ABC", "XYZ"]
    one_wider = line(50, *[(20 + 9.5 * at, "ABC") for at in range(5)], (20 + 9.5 * 4 + 10.5, "ABC"))
    assert texts(one_wider, line(60, (68.5, "XYZ"))) == ["ABC ABC ABC ABC ABC", "ABC", "XYZ"]


def test_the_lines_of_a_table_read_as_signs_bridge_no_gap() -> None:
    assert texts(line(50, (20, "ABC"), (40, "|"), (60, "DEF"))) == ["ABC |", "DEF"]


@pytest.mark.parametrize("text", ["Haus", "nass", "Berge", "aqua", "12.50"])
def test_the_size_of_type_is_found_whatever_letters_there_are(text: str) -> None:
    top = 0.71 if any(letter in "HhBb125" for letter in text) else 0.49
    depth = 0.21 if any(letter in "gq" for letter in text) else 0.0
    width = 0.5 * EM * len(text)
    word = Word(text, Box(20, 50 - top * EM, 20 + width, 50 + depth * EM), 0.9)
    (segment,) = segments_of([Line((word,), word.box, (20, 49, 20 + width, 49))])
    assert segment.em == pytest.approx(EM, rel=0.05)
    assert segment.base == pytest.approx(50, abs=0.05)


def test_a_word_stretched_to_dirt_below_it_takes_its_size_from_its_width_and_stands_on_its_line() -> None:
    word = Word("Zwischensumme", Box(20, 47.5, 44, 52.5), 0.9)
    (segment,) = segments_of([Line((word,), word.box, (20, 50, 44, 50))])
    assert segment.em == pytest.approx(EM, rel=0.1)
    assert segment.base == 50


def test_signs_tiny_print_and_short_doubtful_words_are_dirt_but_figures_are_not() -> None:
    print_lines = [line(50 + 5 * row, (20, "TEXT"), (32, "TEXT")) for row in range(5)]
    dirt = [line(100, (20, "~")), line(110, (20, "AB"), em=0.9), line(120, (20, "AY"), confidence=0.2)]
    figures = [line(130, (20, "4"), confidence=0.2), line(140, (20, "OK"), confidence=0.9)]
    clean, alone = cleaned(segments_of([*print_lines, *dirt, *figures]))
    assert [segment.text for segment in alone] == ["~", "AB", "AY"]
    assert [segment.text for segment in clean] == ["TEXT"] * 10 + ["4", "OK"]


def test_dirt_stays_with_the_words_beside_it_and_counts_for_nothing() -> None:
    clean, alone = cleaned(segments_of([line(50, (20, "ABC"), (40, "~"), (50, "DEF"), (150, "="))]))
    assert [(segment.text, len(segment.dirt)) for segment in clean] == [("ABC", 0), ("DEF", 1)]
    assert clean[1].box.x0 == 50 and [word.text for word in clean[1].all_words()] == ["~", "DEF"]
    assert [segment.text for segment in alone] == ["="]


@pytest.mark.parametrize(("name", "most_of_before"), [("unlv_8506_001", 0.5), ("tess_8071_093_3B", 1.0)])
def test_real_pages_are_read_in_a_better_order(
    name: str,
    most_of_before: float,
    tesseract: TesseractEngine,
    real_page: Callable[..., ReadingImage],
    truth: Callable[[str], str],
    error_rate: Callable[[str, str], float],
) -> None:
    text = tesseract.read(real_page(name))
    ordered = in_reading_order(text)
    before, after = error_rate(text.text, truth(name)), error_rate(ordered.text, truth(name))
    assert after <= most_of_before * before
    assert Counter(ordered.words()) == Counter(text.words())
