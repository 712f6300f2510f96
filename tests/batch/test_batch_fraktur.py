"""Which pages are read again with data for Fraktur."""

from __future__ import annotations

import numpy as np

from dipro_scan.batch.fraktur import fraktur_languages
from dipro_scan.model import Block, Box, Line, PageText, ReadingImage, Word

PAGE = ReadingImage(np.full((1000, 800), 255, dtype=np.uint8), 100.0)
SLIPS = "Jeder Menfch ift fo frei wie er fich felbft\ndie Gefellfchaft foll ihn darin laffen"


def text(lines: str, confidence: float = 0.7) -> PageText:
    made = []
    for row, line in enumerate(lines.splitlines()):
        box = Box(10, 10 * row, 150, 10 * row + 5)
        made.append(Line(tuple(Word(word, box, confidence) for word in line.split()), box, (10, 5, 150, 5)))
    return PageText((Block(tuple(made), Box(10, 0, 150, 50)),))


class Reader:
    """Reads the lines of `answers` one after the other, and notes where and how it was asked."""

    def __init__(self, *answers: PageText) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[ReadingImage, tuple[str, ...]]] = []

    def __call__(self, image: ReadingImage, languages: tuple[str, ...]) -> PageText:
        self.asked.append((image, languages))
        return self.answers.pop(0)


def test_a_page_whose_lines_read_better_is_read_with_the_data_for_fraktur() -> None:
    reader = Reader(*(text(line.replace("f", "s"), 0.9) for line in SLIPS.splitlines()))
    assert fraktur_languages(PAGE, text(SLIPS), "frk", reader) == ("frk",)
    assert [languages for _image, languages in reader.asked] == [("frk",), ("frk",)]
    heights = {round(image.pixels.shape[0] / 100 * 25.4) for image, _languages in reader.asked}
    assert heights <= {6, 7}, "a line and its margin"


def test_a_page_whose_lines_read_no_better_stays() -> None:
    reader = Reader(*(text(line, 0.9) for line in SLIPS.splitlines()))
    assert fraktur_languages(PAGE, text(SLIPS), "frk", reader) is None


def test_for_a_modern_page_nobody_is_asked() -> None:
    reader = Reader()
    assert (
        fraktur_languages(PAGE, text("Sehr geehrte Damen und Herren\nmit freundlichen Grüßen"), "frk", reader)
        is None
    )
    assert reader.asked == []
