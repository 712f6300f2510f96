"""Ticks in a form's boxes are marks, not letters: the engine reads them as Y, v, x or [X].

Boxes side by side, wall to wall, are no boxes for ticks: a date or an IBAN is entered there, a character
each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dipro_scan.model import Block, Box, Line, Mark, PageText, Word

LONGEST: Final = 3
"""So many characters a tick, with what was left of its box, is read as at most."""

INSIDE: Final = 0.6
"""Share of a word's box that lies in the form's box if the word is its tick."""

SLACK_MM: Final = 0.6
"""A tick may stick out of its box by so much and still be one."""


ADJOINING_MM: Final = 1.2
"""Boxes of one row of characters stand no farther apart."""

SURE: Final = 0.9
"""A figure alone in a box was entered if it is read as surely as that."""


def without_ticks(text: PageText, marks: Sequence[Mark]) -> PageText:
    """`text` without what was read inside the boxes for ticks; `marks` tells what is there."""
    if not marks:
        return text
    boxes = [mark.box for mark in marks]
    places = [box.grown(SLACK_MM) for box in boxes if not any(_adjoin(box, other) for other in boxes)]
    blocks = []
    for block in text.blocks:
        lines = tuple(kept for line in block.lines if (kept := _without_ticks(line, places)) is not None)
        if lines == block.lines:
            blocks.append(block)
        elif lines:
            blocks.append(Block.of(lines))
    return PageText(tuple(blocks))


def _without_ticks(line: Line, places: Sequence[Box]) -> Line | None:
    words = tuple(word for word in line.words if not _is_tick(word, places))
    if len(words) == len(line.words):
        return line
    return line.with_words(words) if words else None


def _adjoin(one: Box, other: Box) -> bool:
    """Whether they stand side by side in one row, as high as each other."""
    shared, gap = one.shared_height_mm(other), abs(one.shared_width_mm(other))
    return one != other and gap <= ADJOINING_MM and shared >= 0.8 * max(one.height_mm, other.height_mm)


def _is_tick(word: Word, places: Sequence[Box]) -> bool:
    if word.text.isdigit() and word.confidence >= SURE:
        return False
    return len(word.text) <= LONGEST and any(word.box.share_within(place) >= INSIDE for place in places)
