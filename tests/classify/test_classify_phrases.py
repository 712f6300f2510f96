"""Phrases are found in spite of reading errors, and only where they stand as words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.classify.phrases import PhraseSearch
from dipro_scan.classify.text import PageWords, fold
from dipro_scan.model import PageReading

Typed = Callable[..., PageReading]


def found(reading: PageReading, phrase: str) -> bool:
    return bool(PhraseSearch([phrase], [PageWords(1, reading)], 8).find(phrase))


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Ihre Rechnungs-Nr.: 5", "Rechnungs-Nr."),
        ("Ihre Rechnungs- Nr.: 5", "Rechnungs-Nr."),
        ("Ihre Rechnungs-\nNummer: 5", "Rechnungsnummer"),
        ("HUNDESTEUERBESCHEID", "Hundesteuerbescheid"),
        ("Hundesteuerbescheld", "Hundesteuerbescheid"),
        ("Hundesteucrbeschcid", "Hundesteuerbescheid"),
        ("Hundesteuer bescheid", "Hundesteuerbescheid"),
        ("Hundesteuer-\nbescheid", "Hundesteuerbescheid"),
        ("Bussgeldbescheid", "Bußgeldbescheid"),
        ("Saumniszuschlag", "Säumniszuschlag"),
        ("der vereinfachtes\nVerfahren wegen", "vereinfachtes Verfahren"),
        ("vereinfachtesVerfahren", "vereinfachtes Verfahren"),
        ("nach §64 BauO NRW", "§ 64 BauO NRW"),
    ],
)
def test_found(typed: Typed, text: str, phrase: str) -> None:
    assert found(typed(text), phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Ermahnung", "Mahnung"),
        ("Mahnungen", "Mahnung"),
        ("Rechnungsprüfung", "Rechnung"),
        ("Berechnung", "Rechnung"),
        ("Rechnungs-Nr.", "Rechnung"),
        ("nach § 65 BauO NRW", "§ 64 BauO NRW"),
        ("1. Mahnung", "2. Mahnung"),
        ("Hundcstcucrbcscheid", "Hundesteuerbescheid"),
        ("", "Mahnung"),
    ],
)
def test_not_found(typed: Typed, text: str, phrase: str) -> None:
    assert not found(typed(text), phrase)


def test_a_phrase_without_words_is_nowhere(typed: Typed) -> None:
    assert PhraseSearch(["---"], [PageWords(1, typed("--- a"))], 8).find("---") == []


def test_every_place_is_named_titles_first(typed: Typed) -> None:
    pages = [PageWords(1, typed("ein Wort in der Mahnung hier und jetzt\n\n\nMahnung"))]
    pages.append(PageWords(2, typed("Mahnung")))
    places = [
        (item.page, item.start, item.title) for item in PhraseSearch(["Mahnung"], pages, 8).find("Mahnung")
    ]
    assert places == [(1, 8, True), (1, 4, False), (2, 0, False)]


LETTERS = st.text("abcdefgh", min_size=8, max_size=20)


@given(LETTERS, st.data())
def test_one_error_in_eight_characters_is_forgiven(typed: Typed, word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    damaged = word[:at] + data.draw(st.sampled_from(["", "z", word[at] + "z"])) + word[at + 1 :]
    assert found(typed(f"vorn {damaged} hinten"), word)


@given(st.text("abcdefgh", min_size=1, max_size=7), st.data())
def test_short_words_must_agree(typed: Typed, word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    damaged = word[:at] + "z" + word[at + 1 :]
    assert fold(damaged) != fold(word)
    assert not found(typed(f"vorn {damaged} hinten"), word)
