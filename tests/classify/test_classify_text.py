"""Folding, joining, places of words, and what counts as a title."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.classify.phrases import PhraseSearch
from dipro_scan.classify.text import PageWords, fold, text_lines
from dipro_scan.model import PageReading

Typed = Callable[..., PageReading]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bußgeldbescheid", ["bussgeldbescheid"]),
        ("Rechnungs-Nr.:", ["rechnungsnr"]),
        ("§ 64 BauO NRW", ["§", "64", "bauo", "nrw"]),
        ("Grüße, ÄÖÜ!", ["gruesse", "aeoeue"]),
        (unicodedata.normalize("NFD", "Säumnis"), ["saeumnis"]),
        ("Café ﬁx", ["cafe", "fix"]),
        ("... – ", []),
    ],
)
def test_fold(text: str, words: list[str]) -> None:
    assert fold(text) == words


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(" ".join(fold(text))) == fold(text)


def words_of(reading: PageReading) -> list[str]:
    return [token.text for token in PageWords(1, reading).tokens]


def test_words_divided_at_a_line_end_are_joined(typed: Typed) -> None:
    assert words_of(typed("Das Finanz-\namt und die Hunde-\nSteuer Säumnis¬\nzuschlag Ende-")) == (
        ["das", "finanzamt", "und", "die", "hunde", "steuer", "saeumniszuschlag", "ende"]
    )


def test_a_dash_at_a_line_end_joins_nothing(typed: Typed) -> None:
    assert words_of(typed("Preis -\nneu")) == ["preis", "neu"]


def test_a_piece_of_a_line_knows_its_words(typed: Typed) -> None:
    reading = typed("Konto: DE89 3704 Ende", confidences={"3704": 0.4})
    (line,) = text_lines([typed("x"), reading])[1:]
    found = line.found(7, 16)
    assert (found.raw, found.confidence, found.page) == ("DE89 3704", 0.4, 2)
    assert found.box.x0 == pytest.approx(25 + 7 * 2)
    assert found.box.x1 == pytest.approx(25 + 16 * 2)
    assert line.found(0, 6).confidence == 0.95


def titles(reading: PageReading, phrase: str, number: int = 1) -> list[bool]:
    return [item.title for item in PhraseSearch([phrase], [PageWords(number, reading)], 8).find(phrase)]


FILLER = "\n".join(["Das ist ein Satz, der hier steht."] * 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mahnung", True),
        (f"{FILLER}\nMahnung", True),
        (f"{FILLER}\n# Unsere sehr wichtige Mahnung an alle unsere Leser", True),
        (f"{FILLER}\n\nMahnung zu unserer Rechnung vom letzten Mai\n\n{FILLER}", True),
        (f"{FILLER}\n\nzu unserer Mahnung vom letzten Mai\n\n{FILLER}", False),
        (f"{FILLER}\nMahnung zu unserer Rechnung vom letzten Mai\n{FILLER}", False),
        ("\n" * 25 + "Mahnung", False),
    ],
)
def test_what_stands_as_a_title(typed: Typed, text: str, expected: bool) -> None:
    assert titles(typed(text), "Mahnung") == [expected]


def test_only_the_first_page_has_titles(typed: Typed) -> None:
    assert titles(typed("Mahnung"), "Mahnung", 2) == [False]
