"""Signs of a second document inside one: told with the command that parts it, never cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dipro_scan.model import (
    Box,
    Line,
    PageGeometry,
    PageRef,
    ReadPage,
    Word,
)
from dipro_scan.separate import separate_pages
from dipro_scan.settings import SeparationSettings

from ..pages_by_hand import page_reading, text_of


def line(text: str, x0: float, y0: float) -> Line:
    words, left = [], x0
    for part in text.split():
        words.append(Word(part, Box(left, y0, left + 2 * len(part), y0 + 3), 0.95))
        left += 2 * len(part) + 1.5
    box = Box(x0, y0, left, y0 + 3)
    return Line(tuple(words), box, (x0, y0 + 3, left, y0 + 3))


def page(number: int, *lines: Line, size: tuple[float, float] = (210, 297)) -> ReadPage:
    reading = page_reading(
        content_sha256=f"{number:064x}",
        geometry=PageGeometry(*size),
        text=text_of(*lines),
    )
    return ReadPage(PageRef("a" * 64, "x.pdf", number), reading, Path("s"))


def numbered(number: int, text: str) -> ReadPage:
    return page(number, line("Etwas Text mitten auf der Seite", 25, 150), line(text, 150, 285))


def letter(number: int, head: str, *, address: bool = True, salutation: bool = True) -> ReadPage:
    lines = [line(head, 25, 15)]
    if address:
        lines += [
            line("Stadt Musterstadt", 25, 60),
            line("Rathausplatz 1", 25, 65),
            line("12345 Musterstadt", 25, 70),
        ]
    if salutation:
        lines.append(line("Sehr geehrte Damen und Herren,", 25, 120))
    return page(number, *lines)


def proposed(*pages: ReadPage, propose: bool = True) -> list[str]:
    (document,) = separate_pages(pages, SeparationSettings(propose=propose)).documents
    assert len(document.pages) == len(pages)
    commands = [doubt.text for doubt in document.doubts if doubt.code == "new_document_likely"]
    assert all(f"dipro-scan review split {document.id} --before " in text for text in commands)
    return [text.rsplit(" ", 1)[1] for text in commands]


@pytest.mark.parametrize(
    ("texts", "before"),
    [
        (["Seite 1 von 2", "Seite 2 von 2", "Seite 1 von 3"], ["3"]),
        (["Seite 1 von 1", "Seite 1 von 1", "Seite 1 von 1"], ["2", "3"]),
        (["Seite 2 von 2", "Seite 2 von 3"], ["2"]),
        (["- 1 -", "- 2 -", "- 1 -"], ["3"]),
        (["Seite 1 von 3", "Seite 2 von 3", "Seite 3 von 3"], []),
        (["Seite 1 von 6", "Seite 2 von 8"], []),  # a total misread
        (["Anschreiben", "Seite 1 von 2", "Seite 2 von 2"], []),  # an enclosure with numbers of its own
        (["Seite 1", "Seite 3"], []),
    ],
)
def test_page_numbers_that_begin_anew(texts: list[str], before: list[str]) -> None:
    assert proposed(*(numbered(number, text) for number, text in enumerate(texts, start=1))) == before


def test_another_letterhead_with_address_and_salutation() -> None:
    first = letter(1, "Muster GmbH Hauptstraße Musterstadt")
    other = letter(2, "Finanzamt Neustadt Steuernummer Vollstreckung")
    assert proposed(first, other) == ["2"]
    assert proposed(first, other, propose=False) == []
    assert proposed(first, letter(2, "Muster GmbH Hauptstrasse Musterstadt")) == []
    assert proposed(first, letter(2, "Finanzamt Neustadt Steuernummer", salutation=False)) == []
    assert proposed(first, letter(2, "")) == []


def test_another_size_of_paper_says_nothing_alone_and_something_beside_a_letterhead() -> None:
    first = letter(1, "Muster GmbH Hauptstraße Musterstadt")
    other = letter(2, "Finanzamt Neustadt Steuernummer Vollstreckung", address=False)
    assert proposed(first, other) == []
    wide = replace(other, reading=replace(other.reading, geometry=PageGeometry(297, 210)))
    assert proposed(first, wide) == ["2"]
    assert proposed(first, page(2, line("Lageplan", 25, 15), size=(420, 297))) == []


def test_a_page_that_could_not_be_read_proposes_nothing() -> None:
    last = numbered(2, "Seite 1 von 1")
    failed = replace(last, reading=replace(last.reading, failed="broken"))
    assert proposed(numbered(1, "Seite 1 von 1"), failed) == []
