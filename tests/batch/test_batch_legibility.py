"""How much of what was read is words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.batch.legibility import legibility_of
from dipro_scan.model import Box, PageText

from ..pages_by_hand import words_in

BOX = Box(0, 0, 10, 5)
LEVEL = (0.0, 5.0, 50.0, 5.0)
UP = (5.0, 50.0, 5.0, 0.0)


def text(*words: tuple[str, float], baseline: tuple[float, float, float, float] = LEVEL) -> PageText:
    return words_in(BOX, words, baseline)


def test_only_words_count() -> None:
    seen = legibility_of(text(("Stadt,", 0.9), ("12.345", 0.99), ("B7", 0.99), ("am", 0.9), ("IBAN42", 0.9)))
    assert (seen.words, seen.sure_words) == (1, 1)
    assert seen.score == pytest.approx(5 * 0.8)


def test_guesses_count_as_words_but_not_as_read() -> None:
    seen = legibility_of(text(("Bescheid", 0.9), ("Gebühr", 0.7), ("uayas", 0.4)))
    assert (seen.words, seen.sure_words) == (3, 1)
    assert seen.sure_share == pytest.approx(1 / 3)
    assert seen.score == pytest.approx(8 * 0.8 + 6 * 0.4)


def test_lines_that_run_up_do_not_count() -> None:
    seen = legibility_of(text(("Bescheid", 0.9), baseline=UP))
    assert (seen.words, seen.score, seen.level_share) == (0, 0.0, 0.0)


def test_nothing_read_is_nothing() -> None:
    assert legibility_of(PageText()).sure_share == 0.0


@given(st.lists(st.tuples(st.text(max_size=12), st.floats(0, 1))))
def test_the_score_never_exceeds_the_letters(words: list[tuple[str, float]]) -> None:
    seen = legibility_of(text(*words))
    assert 0 <= seen.score <= sum(len(word) for word, _ in words) + 0.001
    assert seen.sure_words <= seen.words <= len(words)
