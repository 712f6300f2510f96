"""The rates that benchmarks report."""

from __future__ import annotations

import pytest
from error_rates import Errors, errors, folded, total
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "extracted",
    [
        "Bauge-\nnehmigung",
        "Bauge-\r\nnehmigung",
        "Bauge\ufffenehmigung",
        "Bauge\u00ad\nnehmigung",
        "Bauge\x02nehmigung",
    ],
)
def test_a_line_end_hyphen_is_the_same_however_it_was_extracted(extracted: str) -> None:
    assert folded(extracted) == folded("Bauge-\nnehmigung") == "Bauge-nehmigung"


def test_a_dash_between_words_and_a_minus_stay() -> None:
    assert folded("Montag - Freitag") == "Montag - Freitag"
    assert folded("Summe -12,50") == "Summe -12,50"


def test_decomposed_letters_and_white_space_do_not_count() -> None:
    assert errors("Müller  und\nSöhne", "Mu\u0308ller und So\u0308hne\n").character_errors == 0


def test_letter_case_counts() -> None:
    assert errors("Amt", "amt").character_errors == 1


def test_known_counts() -> None:
    found = errors("das alte Haus", "das Haus")
    assert (found.characters, found.character_errors) == (13, 5)
    assert (found.ordered_words, found.word_errors) == (3, 1)
    assert found.word_f1 == pytest.approx(2 * 2 / (3 + 2))


def test_order_does_not_change_the_bag_but_changes_the_rest() -> None:
    found = errors("eins zwei drei", "drei zwei eins")
    assert found.word_f1 == 1.0
    assert found.word_error_rate == pytest.approx(2 / 3)


def test_a_word_read_twice_is_found_once() -> None:
    found = errors("ja nein", "ja ja")
    assert found.found_words == 1


def test_where_the_order_is_debatable_there_is_no_character_error() -> None:
    found = errors("a b", "b a", order_free=True)
    assert found.character_error_rate is None
    assert found.word_error_rate is None
    assert found.word_f1 == 1.0


def test_a_page_that_was_not_read_is_all_errors() -> None:
    found = errors("ganz leer", "")
    assert found.character_error_rate == 1.0
    assert found.word_error_rate == 1.0
    assert found.word_f1 == 0.0


def test_a_total_weighs_pages_by_length() -> None:
    long, short = errors("a" * 99, "a" * 99), errors("b", "")
    assert total([long, short]).character_error_rate == pytest.approx(0.01)
    assert total([]) == Errors()


@given(st.text(max_size=40), st.text(max_size=40))
def test_errors_are_bounded_and_only_equal_texts_have_none(truth: str, read: str) -> None:
    found = errors(truth, read)
    assert 0 <= found.character_errors <= max(len(folded(truth)), len(folded(read)))
    assert (found.character_errors == 0) == (folded(truth) == folded(read))
    assert found.found_words <= min(found.words, found.read_words)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
