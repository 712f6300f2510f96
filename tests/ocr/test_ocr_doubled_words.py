"""A word that was read twice in one place is kept once; words beside each other all stay."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import Box, Line, PageText, Word
from dipro_scan.ocr.doubled_words import without_doubles

from ..pages_by_hand import line_of, text_of


def line(*words: Word) -> Line:
    return line_of(words)


def at(text: str, x0: float, x1: float, confidence: float = 0.9, y0: float = 10.0) -> Word:
    return Word(text, Box(x0, y0, x1, y0 + 3), confidence)


def test_of_two_lines_in_each_other_each_word_stays_once() -> None:
    upper = line(at("Stadt", 25, 30, 0.93), at("dt", 44.5, 45.7, 0.77), at("Rathausplatz", 53, 63.5, 0.96))
    lower = line(
        at("tadt", 26, 31, 0.87, 10.4),
        at("Musterstadt", 34, 47, 0.92, 10.4),
        at("Rathausplatz", 50.5, 64.8, 0.95),
    )
    assert sorted(word.text for word in without_doubles(text_of(upper, lower)).words()) == [
        "Musterstadt", "Rathausplatz", "Stadt",
    ]  # fmt: skip


def test_specks_over_a_word_go_and_the_word_stays() -> None:
    text = text_of(line(at("Ring", 20, 28, 0.99)), line(at(".", 21, 21.6, 0.03)), line(at("=", 22, 27, 0.1)))
    assert without_doubles(text).text == "Ring"


def test_an_unsure_word_stays_where_nothing_sure_lies_over_it() -> None:
    text = text_of(line(at("Hübel", 20, 28, 0.2)), line(at("Xq", 21, 27, 0.4)))
    assert without_doubles(text) is text


def test_neighbours_and_repeated_words_in_other_places_stay() -> None:
    text = text_of(line(at("der", 20, 24), at("der", 24, 28)), line(at("der", 20, 24, y0=14)))
    assert without_doubles(text) is text
    assert without_doubles(PageText()) == PageText()


BOXES = st.tuples(st.floats(0, 200), st.floats(0, 280), st.floats(0.1, 40), st.floats(0.1, 8))


@given(st.lists(st.tuples(st.text("abcX1", min_size=1, max_size=6), BOXES, st.floats(0, 1)), max_size=12))
def test_what_goes_lies_over_something_that_stays(read: list[tuple[str, tuple[float, ...], float]]) -> None:
    words = [Word(text, Box(x, y, x + w, y + h), sure) for text, (x, y, w, h), sure in read]
    text = text_of(*(line(word) for word in words))
    left = without_doubles(text)
    kept = list(left.words())
    assert without_doubles(left) == without_doubles(without_doubles(left))
    for word in words:
        if word not in kept:
            assert any(
                min(word.box.x1, other.box.x1) > max(word.box.x0, other.box.x0)
                and min(word.box.y1, other.box.y1) > max(word.box.y0, other.box.y0)
                for other in words
                if other is not word
            )
