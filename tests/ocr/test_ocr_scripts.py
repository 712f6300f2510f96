"""Fraktur is known by what modern data make of it, and read with the best data that are there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dipro_scan.model import Block, Box, Line, PageText, ReadingImage, Word
from dipro_scan.ocr.scripts import fraktur_data, looks_like_fraktur, reads_better, trial_lines
from dipro_scan.ocr.tesseract import TesseractEngine

READ_AS_MODERN = """Jeder Menfch ift fo frei wie er fich felbft
dafür hält und auch
die Gefellfchaft foll ihn darin fchützen
fo lange er kein Gefetz verletzt"""


def text(lines: str, confidence: float = 0.7) -> PageText:
    made = []
    for row, line in enumerate(lines.splitlines()):
        box = Box(0, 10 * row, 90, 10 * row + 5)
        words = tuple(Word(word, box, confidence) for word in line.split())
        made.append(Line(words, box, (0, box.y1, 90, box.y1)))
    return PageText((Block(tuple(made), Box(0, 0, 90, 10 * len(made))),))


def test_the_best_data_that_are_there_are_taken() -> None:
    assert fraktur_data(["deu", "eng", "frk", "deu_latf"]) == "deu_latf"
    assert fraktur_data(["script/Fraktur", "frk", "frak2021"]) == "frak2021"
    assert fraktur_data(["deu", "eng", "osd"]) is None


def test_a_page_full_of_long_s_read_as_f_looks_like_fraktur() -> None:
    assert looks_like_fraktur(text(READ_AS_MODERN))


@pytest.mark.parametrize(
    "modern",
    [
        "Die Frist für die Fälligkeit der Forderung ist vom Finanzamt festgesetzt.",
        "Fich ist ein Name und so steht er hier, Frau Fo auch, Fein ist ein Wort.\n" + "Wort für Wort " * 200,
        "",
    ],
)
def test_modern_pages_do_not(modern: str) -> None:
    assert not looks_like_fraktur(text(modern))


def test_lines_with_slips_are_tried_first_and_short_ones_never() -> None:
    lines = trial_lines(text(READ_AS_MODERN + "\nSeite 7\n" + "ganz neue Worte stehen hier\n" * 6))
    assert len(lines) == 4
    assert lines[0].text.startswith("Jeder Menfch")
    assert all(len(line.words) >= 3 for line in lines)


def test_data_that_mend_the_slips_read_better_and_others_do_not() -> None:
    before = list(text(READ_AS_MODERN).lines())
    mended = READ_AS_MODERN.replace("f", "ſ")
    assert reads_better(before, list(text(mended, 0.8).lines()))
    assert not reads_better(before, list(text(READ_AS_MODERN, 0.9).lines())), "the slips are still there"
    assert not reads_better(before, list(text(mended, 0.4).lines())), "it is guessed"
    assert not reads_better(before, [])


def test_of_the_real_pages_the_one_in_fraktur_is_known(
    real_page: Callable[..., ReadingImage], tesseract: TesseractEngine
) -> None:
    assert looks_like_fraktur(tesseract.read(real_page("ocrd_clauren_mimil_1815_0031")))
    assert not looks_like_fraktur(tesseract.read(real_page("ocrd_bebel_frau_1879_0146")))
