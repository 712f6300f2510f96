"""Dots, dashes and gaps as they are printed, in fonts of several makes, whatever the engine took them for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import files
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.model import Box, PageText, ReadingImage, Word
from dipro_scan.ocr.ink_shapes import mended_by_ink

from ..pages_by_hand import line_of, text_of

DPI: Final = 200
FONTS: Final = {
    "serif": ("font-source-serif-pro", "SourceSerifPro-Regular"),
    "sans": ("font-source-sans-pro", "SourceSansPro-Regular"),
    "lato": ("font-lato", "Lato-Regular"),
    "caladea": ("font-caladea", "Caladea-Regular"),
}


def font_file(name: str) -> Path:
    package, style = FONTS[name]
    found = [file for file in files(package) or () if file.name.startswith(style + ".")]
    return Path(str(found[0].locate()))


def printed(words: Sequence[str], font: str, points: float = 11) -> tuple[ReadingImage, list[Box], float]:
    """One line of `words` at 200 dpi, with the box of each, and its baseline, mm."""
    type_face = ImageFont.truetype(str(font_file(font)), round(points / 72 * DPI))
    sheet = Image.new("L", (1600, 120), 250)
    draw = ImageDraw.Draw(sheet)
    space = type_face.getlength(" ")
    x, baseline = 40.0, 70
    boxes = []
    for word in words:
        draw.text((x, baseline), word, font=type_face, fill=30, anchor="ls")
        left, _top, right, _bottom = draw.textbbox((x, baseline), word, font=type_face, anchor="ls")
        letters = draw.textbbox((x, baseline), "Hg", font=type_face, anchor="ls")
        boxes.append(Box(*(edge * 25.4 / DPI for edge in (left, letters[1], right, letters[3]))))
        x += type_face.getlength(word) + space
    return ReadingImage(np.array(sheet), float(DPI)), boxes, baseline * 25.4 / DPI


def as_read(read: Sequence[str], boxes: Sequence[Box], baseline: float) -> PageText:
    words = (Word(text, box, 0.8) for text, box in zip(read, boxes, strict=True))
    return text_of(line_of(words, baseline))


def read_as(printed_words: Sequence[str], read: Sequence[str], font: str, points: float = 11) -> str:
    """What is left when `printed_words` were read as `read`, word by word."""
    image, boxes, baseline = printed(printed_words, font, points)
    return mended_by_ink(as_read(read, boxes, baseline), image).text


def joined_read_as(printed_words: Sequence[str], read: str, font: str, points: float = 11) -> str:
    """What is left when `printed_words` were read as one word, `read`, behind the word `Frist`."""
    image, boxes, baseline = printed(["Frist", *printed_words], font, points)
    return mended_by_ink(as_read(["Frist", read], [boxes[0], Box.around(boxes[1:])], baseline), image).text


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("taken_for", "-–:+*·")
def test_a_middle_dot_is_told_by_its_shape(font: str, taken_for: str) -> None:
    assert (
        read_as(["Rathaus", "·", "Telefon"], ["Rathaus", taken_for, "Telefon"], font) == "Rathaus · Telefon"
    )


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("taken_for", "-–—")
@pytest.mark.parametrize("dash", "-–—")
def test_dashes_are_told_by_their_length(font: str, dash: str, taken_for: str) -> None:
    assert read_as(["montags", dash, "freitags"], ["montags", taken_for, "freitags"], font) == (
        f"montags {dash} freitags"
    )


@pytest.mark.parametrize("font", FONTS)
def test_what_is_a_colon_a_plus_or_a_star_stays(font: str) -> None:
    signs = [":", "+", "*", "=", ".", ",", "/"]
    words = [part for sign in signs for part in ("Wort", sign)]
    assert read_as(words, words, font) == " ".join(words)


def test_a_bullet_is_no_quotation_mark() -> None:
    assert read_as(["•", "Ordner", "grau"], ["«", "Ordner", "grau"], "sans") == "• Ordner grau"
    assert read_as(["«", "Ordner", "grau"], ["«", "Ordner", "grau"], "sans") == "« Ordner grau"


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("points", [11, 14])
@pytest.mark.parametrize("pair", [("A", "358"), ("TOP", "4"), ("1", "Stk."), ("Zu", "TOP"), ("24", "Grund:")])
def test_words_grown_together_are_parted_at_their_gap(
    font: str, points: float, pair: tuple[str, str]
) -> None:
    assert joined_read_as(pair, "".join(pair), font, points) == f"Frist {pair[0]} {pair[1]}"


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize(
    "word", ["A358", "DE89", "MUSTDEM8XXX", "H9RHWUE", "3a", "80-l-Gefäß", "McDonald", "II2"]
)
def test_what_is_one_word_on_paper_stays_one(font: str, word: str) -> None:
    assert joined_read_as([word], word, font) == f"Frist {word}"


@pytest.mark.parametrize("pair", [("DE", "114268236"), ("DE89", "A704"), ("1", "/1"), ("51-20", "a")])
def test_numbers_that_are_written_in_one_stay_whole_whatever_their_white(pair: tuple[str, str]) -> None:
    assert joined_read_as(pair, "".join(pair), "sans") == f"Frist {''.join(pair)}"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("Aa1§$-·:. ", min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=6),
    st.integers(0, 255),
)
def test_nothing_read_is_lost_whatever_the_ink(texts: list[str], level: int) -> None:
    rng = np.random.default_rng(level)
    image = ReadingImage(rng.integers(0, level + 1, (60, 300), dtype=np.uint8), 200.0)
    boxes = [Box(5.0 * number, 1.0, 5.0 * number + 4, 4.0) for number in range(len(texts))]
    before = as_read(texts, boxes, 3.5)
    after = mended_by_ink(before, image)
    assert len("".join(after.text.split())) >= len("".join("".join(texts).split())) - 2 * len(texts)
    assert len(list(after.words())) >= len(texts)
    assert mended_by_ink(before, image) == after
    assert all(word.text for word in after.words())
