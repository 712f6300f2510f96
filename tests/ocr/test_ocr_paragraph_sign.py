"""The sign § is known by its shape, whatever the engine took it for; figures and other signs stay."""

from __future__ import annotations

from importlib.metadata import files
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.model import Box, ReadingImage, Word
from dipro_scan.ocr.paragraph_sign import with_paragraph_signs

FONTS: Final = {
    "serif": ("font-source-serif-pro", "SourceSerifPro-Regular"),
    "bold": ("font-source-serif-pro", "SourceSerifPro-Bold"),
    "sans": ("font-source-sans-pro", "SourceSansPro-Regular"),
    "lato": ("font-lato", "Lato-Regular"),
    "caladea": ("font-caladea", "Caladea-Regular"),
    "open": ("ttf-opensans", "OpenSans-Regular"),
}

KNOWN: Final = [name for name in FONTS if name != "caladea"]


def font_file(name: str) -> Path:
    package, style = FONTS[name]
    found = [file for file in files(package) or () if file.name.startswith(style + ".")]
    return Path(str(found[0].locate()))


def signs_in(printed: str, read: str, font: str, *, points: float = 11, dpi: int = 200) -> list[str]:
    """The words that come of `printed` when it was read as `read`."""
    face = ImageFont.truetype(str(font_file(font)), round(points / 72 * dpi))
    sheet = Image.new("L", (500, 120), 245)
    draw = ImageDraw.Draw(sheet)
    draw.text((40, 70), printed, font=face, fill=25, anchor="ls")
    mm = 25.4 / dpi
    left, top, right, bottom = draw.textbbox((40, 70), printed, font=face, anchor="ls")
    usual = draw.textbbox((40, 70), "Hg", font=face, anchor="ls")
    word = Word(read, Box(left * mm, top * mm, right * mm, bottom * mm), 0.4)
    image = ReadingImage(np.array(sheet), float(dpi))
    found = with_paragraph_signs(word, image, (usual[3] - usual[1]) * mm)
    return [each.text for each in found]


@pytest.mark.parametrize("font", KNOWN)
@pytest.mark.parametrize("taken_for", ["$", "&", "8", "S", "$&", "5"])
@pytest.mark.parametrize("points", [9, 11, 14])
def test_the_sign_alone(font: str, taken_for: str, points: float) -> None:
    assert signs_in("§", taken_for, font, points=points) == ["§"]


@pytest.mark.parametrize("font", KNOWN)
@pytest.mark.parametrize("dpi", [200, 300])
def test_the_sign_grown_together_with_its_number(font: str, dpi: int) -> None:
    assert signs_in("§ 2", "82", font, dpi=dpi) == ["§", "2"]
    assert signs_in("§ 55", "855", font, dpi=dpi) == ["§", "55"]
    assert signs_in("§ 14a", "$14a", font, dpi=dpi) == ["§", "14a"]
    assert signs_in("§ 4", "84", font, dpi=dpi) == ["§", "4"]


@pytest.mark.parametrize("font", KNOWN)
def test_two_signs_for_two_paragraphs(font: str) -> None:
    assert signs_in("§§", "$$", font) == ["§§"]
    assert signs_in("§§ 48", "8848", font) == ["§§", "48"]


@pytest.mark.parametrize("font", KNOWN)
@pytest.mark.parametrize("dpi", [200, 300])
def test_the_sign_behind_a_bracket(font: str, dpi: int) -> None:
    assert signs_in("(§", "($", font, dpi=dpi) == ["(§"]
    assert signs_in("[§", "[8", font, dpi=dpi) == ["[§"]
    assert signs_in("(§ 3)", "(83)", font, dpi=dpi) == ["(§", "3)"]
    assert signs_in("(§§", "(88", font, dpi=dpi) == ["(§§"]


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("printed", ["(8", "(88", "(6)", "(9)", "(5)", "($50)", "[B]", "(38)"])
def test_figures_behind_a_bracket_stay(font: str, printed: str) -> None:
    assert signs_in(printed, printed, font) == [printed]


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize(
    "printed", ["8", "82", "855", "$", "$50", "&", "S", "5", "B", "6", "9", "0", "38", "£5"]
)
@pytest.mark.parametrize("points", [9, 11, 14])
def test_what_is_no_paragraph_sign_stays(font: str, printed: str, points: float) -> None:
    assert signs_in(printed, printed, font, points=points) == [printed]


def test_words_that_cannot_hold_one_are_not_looked_at() -> None:
    word = Word("Satzung", Box(0, 0, 10, 3), 0.9)
    blank = ReadingImage(np.full((10, 10), 255, np.uint8), 200.0)
    assert list(with_paragraph_signs(word, blank, 3.0)) == [word]
    sign = Word("$", Box(0, 0, 1, 1), 0.9)
    assert list(with_paragraph_signs(sign, blank, 3.0)) == [sign]
