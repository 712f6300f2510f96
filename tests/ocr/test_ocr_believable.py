"""What is read where nobody knows of words: words are believed, rubbish is not."""

from __future__ import annotations

import pytest

from dipro_scan.model import Block, Box, Line, PageText, Word
from dipro_scan.ocr.believable import (
    believable,
    believable_figures,
    believable_number,
    certainty,
    looks_written,
)


def text(*lines: list[tuple[str, float]]) -> PageText:
    """Lines of words with their confidences."""
    made = []
    for row, words in enumerate(lines):
        box = Box(0, 10 * row, 50, 10 * row + 5)
        placed = tuple(
            Word(word, Box(9 * place, box.y0, 9 * place + 8, box.y1), confidence)
            for place, (word, confidence) in enumerate(words)
        )
        made.append(Line(placed, box, (0, box.y1, 50, box.y1)))
    return PageText((Block(tuple(made), Box(0, 0, 50, 10 * len(made))),))


@pytest.mark.parametrize(
    "word",
    ["Eingang", "EINGEGANGEN", "12.03.2026", "VwVfG", "GmbH", "Mrz.", "DE89", "63.10-0007", "C126", "Straße"],
)
def test_what_people_write_looks_written(word: str) -> None:
    assert looks_written(word)


@pytest.mark.parametrize(
    "word", ["", "|", "~--", "«“‘", "mBeiH", "l1lI1l", "rtznkl", "......", "a|||", "_—_"]
)
def test_what_bars_and_dots_read_as_does_not(word: str) -> None:
    assert not looks_written(word)


def test_doubtful_words_beside_sure_ones_go() -> None:
    seen = believable(text([("Eingang", 0.96), ("~:-", 0.9)], [("12.03.2026", 0.8)], [("Danubervitn", 0.2)]))
    assert [line.text for line in seen.lines()] == ["Eingang", "12.03.2026"]
    first = next(seen.lines())
    assert first.box == first.words[0].box


def test_where_too_little_is_sure_nothing_is_believed() -> None:
    assert believable(text([("Ser", 0.6), ("ak", 0.7)], [("en", 0.8)])) == PageText()
    assert believable(text([("VW", 0.4), ("Nonne", 0.5)])) == PageText()
    assert believable(PageText()) == PageText()


def test_a_few_sure_words_among_much_rubbish_are_chance() -> None:
    rubbish = [("nern", 0.6), ("iteil", 0.58), ("ar", 0.65), ("einem", 0.6)]
    assert believable(text([("alle", 0.87), ("Ham", 0.82)], rubbish)) == PageText()
    assert believable(text([("alle", 0.87), ("Ham", 0.82)], rubbish[:1])) != PageText()


def test_a_few_words_beyond_doubt_need_no_others() -> None:
    assert believable(text([("C126", 0.88)])) != PageText()
    assert believable(text([("Uhr", 0.95)])) != PageText()
    assert believable(text([("Uhr", 0.86)])) == PageText()


@pytest.mark.parametrize("words", [["7"], ["12"], ["1", "/", "2"], ["-2-"], ["1.250,00"], ["24,90", "€"]])
def test_numbers_that_stand_alone_are_believed(words: list[str]) -> None:
    seen = text([(word, 0.93) for word in words])
    assert believable_number(seen) == seen


@pytest.mark.parametrize(
    ("word", "confidence"), [("7", 0.6), ("api", 0.95), ("|", 0.95), ("1234567890123", 0.95)]
)
def test_what_is_no_number_or_unsure_is_not(word: str, confidence: float) -> None:
    assert believable_number(text([(word, confidence)])) == PageText()


def test_certainty_counts_letters_by_how_far_they_are_from_guessed() -> None:
    words = tuple(text([("Amt", 1.0), ("ab.", 0.75), ("xyz", 0.5), ("qq", 0.1)]).words())
    assert certainty(words) == pytest.approx(3 + 1)


def test_a_letter_alone_on_its_line_is_the_frame_of_something() -> None:
    seen = believable(text([("r", 0.9)], [("Posteingang", 0.96)], [("05.09.2026", 0.95)]))
    assert [line.text for line in seen.lines()] == ["Posteingang", "05.09.2026"]


def test_a_column_of_figures_is_believed_where_nearly_all_are_sure() -> None:
    column = text([("2", 0.84)], [("1.250,00", 0.96)], [("3", 0.97)], [("4", 0.6)])
    assert [line.text for line in believable_figures(column).lines()] == ["2", "1.250,00", "3"]
    assert believable_figures(text([("2", 0.6)], [("3", 0.97)])) == PageText()
    assert believable_figures(text([("2", 0.95)])) == PageText()
    assert believable_figures(text([("2", 0.95)], [("Stk.", 0.97)])) == PageText()
    assert believable_figures(text([("2", 0.95), ("3", 0.95)], [("4", 0.97)])) == PageText()
