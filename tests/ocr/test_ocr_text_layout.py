"""What engines report becomes clean words in millimetres."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import PageText, ReadingImage
from dipro_scan.ocr.text_layout import SeenLine, SeenWord, clean_word, page_text

IMAGE = ReadingImage(np.full((254, 254), 255, np.uint8), 25.4, (-1.0, -2.0))
"""One pixel is one millimetre."""


def test_words_are_composed_and_free_of_what_cannot_be_seen() -> None:
    assert clean_word("Gebu\u0308hr") == "Gebühr"
    assert clean_word(" a\u200b\u00ad\x07b\n\u202e") == "ab"
    assert clean_word("\ud800x") == "x"
    assert clean_word("\t \u00a0") == ""


@given(st.text())
def test_no_text_leaves_anything_that_breaks_a_file(text: str) -> None:
    cleaned = clean_word(text)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in cleaned)
    assert clean_word(cleaned) == cleaned


def test_places_are_millimetres_on_the_page_and_confidence_is_a_share() -> None:
    line = SeenLine(
        [SeenWord("eins", (10, 20, 30, 24), 96.5), SeenWord("zwei", (35, 19, 50, 25), 120)], (50, 23, 10, 24)
    )
    (block,) = page_text([[line]], IMAGE).blocks
    first, second = block.lines[0].words
    assert first.box == pytest.approx((9, 18, 29, 22)) and first.confidence == pytest.approx(0.965)
    assert second.confidence == 1.0
    assert block.box == block.lines[0].box == pytest.approx((9, 17, 49, 23))
    assert block.lines[0].baseline == pytest.approx(
        (9, 22, 49, 21)
    )  # from left to right, whichever way it came


def test_empty_words_lines_and_blocks_vanish() -> None:
    empty = SeenLine([SeenWord("  ", (0, 0, 9, 9), 90)])
    full = SeenLine([SeenWord("da", (0, 0, 9, 9), 90), SeenWord("\u200b", (20, 0, 99, 9), 1)])
    text = page_text([[empty], [], [full, empty]], IMAGE)
    assert text.text == "da" and len(text.blocks) == 1 and text.blocks[0].box.x1 == pytest.approx(8)
    assert text.blocks[0].lines[0].baseline == pytest.approx((-1, 7, 8, 7))
    assert page_text([[empty]], IMAGE) == PageText()
