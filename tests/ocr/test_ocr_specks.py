"""Dirt that was read as a sign of its own goes; signs beside words, and larger ones, stay."""

from __future__ import annotations

from dipro_scan.model import Block, Box, Line, PageText, Word
from dipro_scan.ocr.specks import without_specks

from ..pages_by_hand import line_of


def line(*words: tuple[str, float, float]) -> Line:
    """Words with their place and size, mm."""
    return line_of(Word(text, Box(x, 10, x + size, 10 + size), 0.9) for text, x, size in words)


def page(*lines: Line) -> PageText:
    return PageText((Block.of(lines),))


def test_a_speck_alone_on_its_line_goes_with_its_block() -> None:
    assert without_specks(page(line(('"', 90, 0.3)))) == PageText()
    both = page(line(("falten.", 10, 3)), line(("'", 90, 0.2), (".", 95, 0.3)))
    assert without_specks(both).text == "falten."
    assert without_specks(both).blocks[0].box == both.blocks[0].lines[0].box


def test_signs_beside_words_larger_ones_and_figures_stay() -> None:
    for kept in (
        line(("Ort", 10, 3), ("·", 20, 0.3)),
        line(("—", 50, 4)),
        line(("•", 10, 0.6)),
        line(("1", 10, 0.4)),
    ):
        assert without_specks(page(kept)) == page(kept)
    text = page(line(("Ort", 10, 3)))
    assert without_specks(text) is text
