"""Lines that were read by themselves, put into the text of their page where they stand."""

from __future__ import annotations

from typing import Final

from dipro_scan.model import Block, Box, Line, PageText, Word

SAME_ROW: Final = 0.5
"""A word stands in a line's row where they share so much of the lower one's height."""

REACH_MM: Final = 40.0
"""Beyond its ends a line's row goes on so far at most, as rows of tables do."""


def with_each_row(text: PageText, seen: PageText) -> PageText:
    """`text` with `seen`, of which figures below each other go into the rows that they stand in."""
    lines = list(seen.lines())
    if len(lines) < 2 or any(len(line.words) > 1 for line in lines):
        return with_found(text, seen)
    for line in lines:
        text = with_found(text, PageText((Block.of([line]),)))
    return text


def with_found(text: PageText, seen: PageText) -> PageText:
    """`text` with `seen`: a word in the row of a line goes into that line, all else is a block of its own."""
    lines = list(seen.lines())
    for index, block in enumerate(text.blocks):
        for place, line in enumerate(block.lines):
            if len(lines) == 1 and lines[0].is_level and is_free_in_row(line, lines[0].box):
                words = tuple(sorted((*line.words, *lines[0].words), key=lambda word: word.box.x0))
                whole = with_other_words(line, words)
                changed = Block.of([*block.lines[:place], whole, *block.lines[place + 1 :]])
                return PageText((*text.blocks[:index], changed, *text.blocks[index + 1 :]))
    below = next(
        (index for index, block in enumerate(text.blocks) if _is_below(block.box, lines[0].box)),
        len(text.blocks),
    )
    return PageText((*text.blocks[:below], Block.of(lines), *text.blocks[below:]))


def is_free_in_row(line: Line, other: Box) -> bool:
    """Whether `other` lies in the row of `line`, where that has no word, and is as tall as its words."""
    if not line.is_level:
        return False
    own = line.box
    shared = own.shared_height_mm(other)
    if shared < SAME_ROW * min(own.height_mm, other.height_mm) or other.height_mm > 2 * own.height_mm:
        return False
    if other.x1 < own.x0 - REACH_MM or other.x0 > own.x1 + REACH_MM:
        return False
    return not any(word.box.x0 < other.x1 and other.x0 < word.box.x1 for word in line.words)


def with_other_words(line: Line, words: tuple[Word, ...]) -> Line:
    """`line` with other words on its baseline, which goes as far as they do."""
    box = Box.around([word.box for word in words])
    x0, y0, x1, y1 = line.baseline
    climb = (y1 - y0) / (x1 - x0) if x1 != x0 else 0.0
    return Line(words, box, (box.x0, y0 + climb * (box.x0 - x0), box.x1, y0 + climb * (box.x1 - x0)))


def _is_below(box: Box, other: Box) -> bool:
    return box.y0 >= (other.y0 + other.y1) / 2 and box.x0 < other.x1 and other.x0 < box.x1
