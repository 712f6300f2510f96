"""Printed page numbers are found where they stand, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import (
    Box,
    Line,
    PageReading,
    Word,
)
from dipro_scan.separate import PageNumber, page_number

from ..pages_by_hand import page_reading, text_of

HEAD_MM, MIDDLE_MM, FOOT_MM = 15.0, 150.0, 285.0


def line(text: str, y_mm: float = FOOT_MM, confidence: float = 0.95) -> Line:
    """Words of 2 mm a character; three spaces or more make a gap of 30 mm."""
    words, x = [], 20.0
    for part in text.replace("   ", " \t ").split(" "):
        if part == "\t":
            x += 30
        elif part:
            words.append(Word(part, Box(x, y_mm, x + 2 * len(part), y_mm + 3), confidence))
            x += 2 * len(part) + 1
    return Line(tuple(words), Box(20, y_mm, max(x, 21), y_mm + 3), (20, y_mm + 3, max(x, 21), y_mm + 3))


def reading(*lines: Line) -> PageReading:
    return page_reading(text=text_of(*lines))


COUNTED = [
    "Seite %d von %d",
    "Seite: %d von %d",
    "SEITE %d VON %d",
    "Seite %d / %d",
    "Seite %d/%d",
    "Seite %d (von %d)",
    "Seite %d von insgesamt %d Seiten",
    "Blatt %d von %d",
    "Page %d of %d",
    "S. %d/%d",
    "Bescheid vom 01.02.2025 Seite %d von %d",
    "Stadt Musterstadt | Seite %d von %d",
    "Seite %d von %d   Aktenzeichen 63.10-0007/2025",
]


@given(
    st.sampled_from(COUNTED), st.integers(1, 120), st.integers(0, 120), st.sampled_from([HEAD_MM, FOOT_MM])
)
def test_a_number_with_its_total_is_read_at_head_and_foot(
    form: str, number: int, more: int, y: float
) -> None:
    found = page_number(reading(line(form % (number, number + more), y)))
    assert found == PageNumber(number, number + more)


@given(st.sampled_from(["Seite %d", "- %d -", "– %d –", "-%d-", "Blatt %d", "S. %d"]), st.integers(1, 999))
def test_a_number_alone_is_read_near_the_edges_only(form: str, number: int) -> None:
    assert page_number(reading(line(form % number, HEAD_MM))) == PageNumber(number)
    assert page_number(reading(line(form % number, FOOT_MM))) == PageNumber(number)
    assert page_number(reading(line(form % number, 60))) is None
    assert page_number(reading(line(form % number, MIDDLE_MM))) is None


@given(st.integers(1, 400), st.integers(1, 400))
def test_a_number_above_its_total_is_none(number: int, of: int) -> None:
    found = page_number(reading(line(f"Seite {number} von {of}")))
    assert found == (PageNumber(number, of) if number <= of else None)


@pytest.mark.parametrize(
    "text",
    [
        "siehe Seite 2 von 6",
        "Die Frist finden Sie auf Seite 2 von 6",
        "Die Begründung auf Seite 2 von 6 der Anlage ist Teil des Bescheids",
        "vgl. Seite 3",
        "§ 3 Abs. 1 S. 2",
        "§ 3 Abs. 1 S. 2/3",
        "3/25",
        "12/2025",
        "02/6",
        "Seite 0 von 3",
        "Rückseite 2 von 3",
        "Blatt 2 der Rechnung",
        "Telefon 02841 - 2 - 15",
        "2",
        "Vordruck 4/12 Stadt Musterstadt",
    ],
)
def test_references_dates_and_numbers_of_forms_are_no_page_numbers(text: str) -> None:
    assert page_number(reading(line(text))) is None


def test_a_slashed_number_stands_alone_or_counts_for_nothing() -> None:
    assert page_number(reading(line("2/6"))) == PageNumber(2, 6)
    assert page_number(reading(line("Fax 2/6"))) is None


def test_a_number_with_a_total_counts_more_than_one_without() -> None:
    assert page_number(reading(line("- 7 -", HEAD_MM), line("Seite 2 von 6"))) == PageNumber(2, 6)


def test_two_numbers_that_disagree_are_none() -> None:
    assert page_number(reading(line("Seite 2 von 6", HEAD_MM), line("Seite 3 von 6"))) is None
    assert page_number(reading(line("Seite 2 von 6", HEAD_MM), line("Seite 2 von 6"))) == PageNumber(2, 6)
    assert page_number(reading(line("- 2 -", HEAD_MM), line("- 3 -"))) is None


def test_a_number_read_badly_is_none() -> None:
    assert page_number(reading(line("Seite 2 von 6", confidence=0.3))) is None


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_gives_a_valid_number_or_none(texts: list[str]) -> None:
    found = page_number(reading(*(line(text) for text in texts)))
    assert found is None or found.of is None or 1 <= found.number <= found.of
