"""What a word is: known, a name, a number, or as nobody writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.ocr.known_words import KnownWords, filter_of, is_compound, is_known
from dipro_scan.ocr.letter_triples import surprise
from dipro_scan.ocr.word_shapes import WordShape, core_of, shape_of


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("Straße,", WordShape.KNOWN),
        ("ÖFFNUNGSZEITEN", WordShape.KNOWN),
        ("which", WordShape.KNOWN),
        ("E-Mail", WordShape.KNOWN),
        ("Vorname(n)", WordShape.KNOWN),
        ("Verwaltungsgericht", WordShape.COMPOUND),
        ("Kassenzeichen:", WordShape.COMPOUND),
        ("Tlustek", WordShape.NAME),
        ("SGB", WordShape.CAPITALS),
        ("dcr", WordShape.UNKNOWN),
        ("v", WordShape.LETTER),
        ("e.V.", WordShape.LETTER),
        ("63.10-0007/2025", WordShape.NUMBER),
        ("DE06120300000000202051", WordShape.NUMBER),
        ("02.03.2026,", WordShape.NUMBER),
        ("post@musterstadt.example", WordShape.NUMBER),
        ("www.musterstadt.example", WordShape.NUMBER),
        ("§", WordShape.MARK),
        ("(€)", WordShape.MARK),
        ("|", WordShape.ODD_MARKS),
        ("_]", WordShape.ODD_MARKS),
        ("dieseWorte", WordShape.MIXED),
        ("Stra8e", WordShape.MIXED),
        ("GmbH", WordShape.KNOWN),
        ("AufenthG", WordShape.NAME),
    ],
)
def test_words_are_told_apart(word: str, shape: WordShape) -> None:
    assert shape_of(word) is shape


def test_umlauts_read_without_their_dots_are_not_known() -> None:
    assert is_known("Bürgermeister") and is_known("für")
    assert not is_known("Burgermeister") and not is_known("fiir")


def test_compounds_need_two_known_parts() -> None:
    assert is_compound("Ratsbüro")
    assert not is_compound("Ratsbxxro")
    assert not is_compound("und")


def test_noise_is_more_surprising_than_words() -> None:
    words = ["Verwaltung", "Gebührenbescheid", "Nohlmansgasse", "Geschwindigkeit", "Losekann"]
    noise = ["xqzw", "IIllIl", "oaanoe", "hgfkk", "tzrrwq"]
    assert max(map(surprise, words)) < min(map(surprise, noise))


@given(st.sets(st.text(st.characters(categories=("Ll",)), min_size=1, max_size=12), min_size=1, max_size=200))
def test_a_filter_holds_every_word_that_was_put_in(words: set[str]) -> None:
    held = KnownWords(filter_of(words))
    assert all(word in held for word in words)


def test_a_filter_holds_few_others() -> None:
    held = KnownWords(filter_of(f"wort{number}" for number in range(2000)))
    assert sum(f"anderes{number}" in held for number in range(4000)) < 80


@given(st.text(max_size=30) | st.text("aZß1-.(@|€§", max_size=8))
def test_any_text_has_a_shape(text: str) -> None:
    assert shape_of(text) in WordShape
    assert core_of(text) in text
    assert 0.0 <= surprise(text) <= 16.0
