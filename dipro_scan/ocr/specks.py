"""Specks of dirt that were read as signs: they stand alone and are smaller than any print."""

from __future__ import annotations

from typing import Final

from dipro_scan.model import Block, Line, PageText

SMALLER_MM: Final = 0.5
"""Both sides of a speck; a full stop of 12 points has that size, but it does not stand alone."""


def without_specks(text: PageText) -> PageText:
    """`text` without lines on which nothing but specks was read."""
    blocks = []
    for block in text.blocks:
        lines = tuple(line for line in block.lines if not _is_dirt(line))
        if len(lines) == len(block.lines):
            blocks.append(block)
        elif lines:
            blocks.append(Block.of(lines, block.kind))
    return (
        text if len(blocks) == len(text.blocks) and tuple(blocks) == text.blocks else PageText(tuple(blocks))
    )


def _is_dirt(line: Line) -> bool:
    return all(
        not any(map(str.isalnum, word.text)) and max(word.box.width_mm, word.box.height_mm) < SMALLER_MM
        for word in line.words
    )
