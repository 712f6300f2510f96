"""Two readings of a line: the surer words are taken, nothing that was read is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import Box, Word
from dipro_scan.ocr.line_combining import (
    FOUND,
    NOT_SURER,
    NUMBER,
    SAME,
    SHORTER,
    SURER,
    Margins,
    combined,
)

MARGINS = Margins(score=0.1, number=0.2, least=0.7)


def read(*words: tuple[str, float], at: float = 0.0) -> list[Word]:
    """Words set with 2 mm to a character."""
    found = []
    for text, confidence in words:
        found.append(Word(text, Box(at, 0.0, at + 2.0 * len(text), 4.0), confidence))
        at += 2.0 * len(text) + 2
    return found


def texts(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def test_a_surer_word_replaces_a_doubtful_one_and_the_rest_stays() -> None:
    before = read(("am", 0.95), ("Tag", 0.95), ("enipfohlen.", 0.6))
    again = read(("am", 0.5), ("Tag", 0.5), ("empfohlen.", 0.9))
    result = combined(before, again, MARGINS)
    assert (texts(result.words), result.why, result.changed) == ("am Tag empfohlen.", SURER, True)
    assert result.words[0].confidence == 0.95
    assert result.words[2].box == again[2].box


def test_words_grown_together_are_parted() -> None:
    before = read(("Esschreibtihnen", 0.6), ("Frau", 0.95))
    again = read(("Es", 0.9), ("schreibt", 0.9), ("Ihnen", 0.9), ("Frau", 0.95))
    assert texts(combined(before, again, MARGINS).words) == "Es schreibt Ihnen Frau"


def test_parts_of_a_number_are_not_joined() -> None:
    before = read(("IBAN", 0.9), ("7041", 0.5), ("30", 0.5))
    again = read(("IBAN", 0.9), ("704130", 0.99))
    result = combined(before, again, MARGINS)
    assert (texts(result.words), result.why) == ("IBAN 7041 30", SAME)


def test_a_number_needs_more_to_be_replaced() -> None:
    before = read(("den", 0.95), ("23.05.2026", 0.75))
    hardly = combined(before, read(("den", 0.95), ("28.05.2026", 0.9)), MARGINS)
    assert (texts(hardly.words), hardly.changed) == ("den 23.05.2026", False)
    doubtful = read(("den", 0.95), ("23.05.2026", 0.3))
    surely = combined(doubtful, read(("den", 0.95), ("28.05.2026", 0.95)), MARGINS)
    assert (texts(surely.words), surely.why) == ("den 28.05.2026", SURER)


@pytest.mark.parametrize(
    ("number", "other"),
    [
        ("DE114268236", "DE114268286"),
        ("DE69999476116298935803", "DE69999476116298935808"),
        ("MUSTDEH5XXX", "MUSTDEHSXXX"),
        ("22.30-3578/2026", "22.80-3578/2026"),
    ],
)
def test_a_number_stays_as_it_was_read_unless_the_other_reading_is_much_surer(
    number: str, other: str
) -> None:
    for confidence in (0.5, 0.7, 0.89):
        kept = combined(read((number, 0.7)), read((other, confidence)), MARGINS)
        assert (texts(kept.words), kept.changed) == (number, False)
    taken = combined(read((number, 0.4)), read((other, 0.95)), MARGINS)
    assert texts(taken.words) == other


def test_letters_do_not_become_a_number_by_a_better_score_alone() -> None:
    before = read(("dcr", 0.75))
    result = combined(before, read(("123", 0.85)), MARGINS)
    assert (texts(result.words), result.why) == ("dcr", NUMBER)


def test_a_reading_cut_short_is_refused() -> None:
    before = read(("Gewährlelstungsfristen", 0.6))
    result = combined(before, read(("Gewähr", 0.96)), MARGINS)
    assert (texts(result.words), result.why) == ("Gewährlelstungsfristen", SHORTER)


def test_words_that_only_one_reading_has() -> None:
    before = read(("Tag", 0.95), ("nw", 0.4))
    again = [*read(("Tag", 0.95)), *read(("Musterstadt", 0.97), at=60.0)]
    result = combined(before, [again[0]], MARGINS)
    assert texts(result.words) == "Tag nw"
    added = combined([before[0]], again, MARGINS)
    assert (texts(added.words), added.why) == ("Tag Musterstadt", FOUND)


def test_words_on_top_of_others_are_not_added() -> None:
    before = read(("Rathausplatz", 0.95), ("Musterstadt", 0.95))
    again = [*before, Word("Musterstadt", before[1].box, 0.97)]
    assert not combined(before, again, MARGINS).changed


def test_hardly_surer_is_not_enough() -> None:
    before = read(("Datum", 0.90))
    result = combined(before, read(("Datnm", 0.91)), MARGINS)
    assert (texts(result.words), result.why) == ("Datum", NOT_SURER)


readings = st.lists(
    st.tuples(st.text("abnrstue12.-|ßÄ", min_size=1, max_size=9), st.floats(0.0, 1.0)), max_size=7
)


@given(readings, readings)
def test_nothing_is_lost(before: list[tuple[str, float]], again: list[tuple[str, float]]) -> None:
    first, second = read(*before), read(*again)
    result = combined(first, second, MARGINS)
    pool = {*first, *second}
    assert all(word in pool for word in result.words)
    assert result.changed == (result.why in (SURER, FOUND))
    if not result.changed:
        assert list(result.words) == first
    letters = sum(character.isalnum() for word in first for character in word.text)
    kept = sum(character.isalnum() for word in result.words for character in word.text)
    assert kept >= 0.75 * letters
    assert combined(first, first, MARGINS).why == SAME
