"""Blocks of print that the reading of the page made rubbish of are read by themselves.

Where an address and the reference lines beside it stand on rows of different height, Tesseract takes both for
one column: a row of the one swallows two of the other, or is torn in two itself. The ink shows the white
between them.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final

from dipro_scan.imaging.cut_outs import turned_piece
from dipro_scan.imaging.text_blocks import TextBlock, text_blocks
from dipro_scan.model import Block, Box, Line, PageText, ReadingImage, Word
from dipro_scan.ocr.believable import believable, certainty
from dipro_scan.ocr.ink_shapes import mended_by_ink
from dipro_scan.ocr.placing import placed

LEAST_LETTERS: Final = 8
COVERED: Final = 0.72
"""So many characters must have been read for each letter that the ink shows."""

SURE: Final = 0.6
"""Mean confidence of a block that need not be read again."""

BETTER: Final = 1.15
"""So many times more certain must the new reading be."""

AS_GOOD: Final = 0.75
"""In place of a torn row one that is as certain as that will do: of what is torn, much is read twice."""

ONE_ROW: Final = 1.6
"""A block up to so many times as high as its words holds a single row."""

MOST: Final = 6
"""So many blocks of a page at most; a page with more is read badly as a whole."""

SURE_LINE: Final = 0.65
LEAST_UNSURE: Final = 6
"""Mean confidence of lines, and so many characters in lines less sure than that are reason to look at ink."""

SAME_ROW: Final = 0.5
"""Lines that overlap by more of the lower one's height lie in and out of each other."""

LARGEST_SHARE: Final = 0.4
"""Of the page: a larger block is no part of it but the page."""

MARGIN_MM: Final = 1.2


def with_blocks_apart(
    view: ReadingImage,
    text: PageText,
    others: Sequence[Box],
    read_block: Callable[[ReadingImage], PageText],
    is_print: Callable[[Line], bool] = lambda _line: True,
) -> tuple[PageText, int]:
    """`text`, read on the upright, straightened `view`, with blocks read better by themselves, and how many.

    `others` are places that hold no text of the page. Where all lines are sure and lie apart, but for those
    that `is_print` denies, the ink is not looked at. Raises what `read_block` raises.
    """
    printed = [line for line in text.lines() if is_print(line)]
    if not _has_doubts(printed):
        return text, 0
    doubtful = [
        block
        for block in text_blocks(view)
        if block.letters >= LEAST_LETTERS
        and (_is_doubtful(block, text) or _is_torn(text, block.box))
        and not any(block.box.overlaps(place) for place in others)
    ]
    height, width = view.pixels.shape
    page = view.box_mm(0, 0, width, height)
    taken = 0
    for block in sorted(doubtful, key=lambda each: -each.letters)[:MOST]:
        if block.box.width_mm * block.box.height_mm > LARGEST_SHARE * page.width_mm * page.height_mm:
            continue
        piece = turned_piece(view, block.box, 0, MARGIN_MM)
        seen = mended_by_ink(placed(read_block(piece.image), piece.to_page), view)
        better = AS_GOOD if _is_torn(text, block.box) and not _is_torn(seen, block.box) else BETTER
        if certainty(believable(seen).words()) > better * certainty(_inside(text, block.box)):
            text = _with_block(text, seen, block.box)
            taken += 1
    return text, taken


def _has_doubts(lines: Iterable[Line]) -> bool:
    lines = sorted(lines, key=lambda line: line.box.y0)
    if sum(len(line.text) for line in lines if line.mean_confidence < SURE_LINE) >= LEAST_UNSURE:
        return True
    for number, upper in enumerate(lines):
        for lower in lines[number + 1 :]:
            if lower.box.y0 >= upper.box.y1:
                break
            if _share_a_row(upper.box, lower.box):
                return True
    return False


def _share_a_row(one: Box, other: Box) -> bool:
    down = one.shared_height_mm(other)
    return one.shared_width_mm(other) > 0 and down > SAME_ROW * min(one.height_mm, other.height_mm)


def _is_doubtful(block: TextBlock, text: PageText) -> bool:
    words = _inside(text, block.box)
    characters = sum(len(word.text) for word in words)
    sure = sum(len(word.text) * word.confidence for word in words)
    return characters < COVERED * block.letters or sure < SURE * characters


def _is_torn(text: PageText, box: Box) -> bool:
    """Whether the one row in `box` was read as lines that lie in and out of each other."""
    inside = ([word for word in line.words if box.holds_middle_of(word.box)] for line in text.lines())
    rows = [words for words in inside if words]
    if len(rows) < 2:
        return False
    height_mm = statistics.median(word.box.height_mm for words in rows for word in words)
    if box.height_mm > ONE_ROW * height_mm:
        return False
    spans = sorted((words[0].box.x0, words[-1].box.x1) for words in rows)
    return any(after[0] < before[1] for before, after in pairwise(spans))


def _inside(text: PageText, box: Box) -> list[Word]:
    return [word for word in text.words() if box.holds_middle_of(word.box)]


def _with_block(text: PageText, seen: PageText, box: Box) -> PageText:
    """`text` with `seen` for all that was read within `box`."""
    blocks = []
    for block in text.blocks:
        lines = tuple(left for line in block.lines if (left := _line_without(line, box)) is not None)
        if lines == block.lines:
            blocks.append(block)
        elif lines:
            blocks.append(Block.of(lines, block.kind))
    return PageText((*blocks, *seen.blocks))


def _line_without(line: Line, box: Box) -> Line | None:
    words = tuple(word for word in line.words if not box.holds_middle_of(word.box))
    if len(words) == len(line.words):
        return line
    if not words:
        return None
    around = Box.around([word.box for word in words])
    x0, y0, x1, y1 = line.baseline
    climb = (y1 - y0) / (x1 - x0) if abs(x1 - x0) > abs(y1 - y0) else 0.0
    ends = (around.x0, y0 + climb * (around.x0 - x0), around.x1, y0 + climb * (around.x1 - x0))
    return Line(words, around, ends)
