"""Lines that are written by hand, told by their strokes: they join, they are thin, and they stand tall.

Engines that read print make words of signatures too, now and then the right ones. Such lines stay in the
text, in blocks of their own kind, and are not read again by themselves: nothing came of it.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from itertools import groupby
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import Block, Line, PageText, ReadingImage
from dipro_scan.model.text import BlockKind
from dipro_scan.ocr.word_ink import ink_of

PRINT_IS_SURE: Final = 0.9
"""A line that an engine for print reads surer than this is print; its ink is not looked at."""

LEAST_CHARACTERS: Final = 4
"""Letters and digits; the strokes of fewer tell nothing."""

TALL_MM: Final = 3.3
"""The usual height of a word; print of 14 points reaches it with its ascenders and descenders."""

JOINED: Final = 0.75
"""At most so many pieces of ink for each letter read: print has one or more, writing joins its letters."""

WIDE: Final = 1.6
"""A piece of ink so many times as wide as words are high holds several letters, or is a long stroke."""

WIDE_SHARE: Final = 0.3
"""At least so much of the ink lies in wide pieces."""

THIN: Final = 0.28
"""At most so much of the boxes of wide pieces is ink; bold print that runs together is denser."""

RULE: Final = 0.8
"""A row of which so much is ink holds a rule, under which or on which was written; it joins nothing."""

_Mask = NDArray[np.uint8]


def with_handwriting_apart(text: PageText, image: ReadingImage) -> PageText:
    """`text` with the lines written by hand in blocks of their kind, everything in the order it had.

    `image` is the upright, straightened one on which `text` was read.
    """
    blocks = tuple(part for block in text.blocks for part in _parted(block, image))
    return text if blocks == text.blocks else PageText(blocks)


def is_handwriting(line: Line, image: ReadingImage) -> bool:
    """Whether the strokes of `line` are those of a hand.

    On 84 generated pages of the set `tuning`, faxes among them, these limits told 57 lines, no print among
    them. Block letters, single words of few letters and lines in which print prevails are taken for print.
    """
    letters = sum(map(str.isalnum, line.text))
    if letters < LEAST_CHARACTERS or line.mean_confidence >= PRINT_IS_SURE:
        return False
    height_mm = statistics.median(word.box.height_mm for word in line.words)
    ink = ink_of(line.box, image) if height_mm >= TALL_MM and line.is_level else None
    if ink is None:
        return False
    mask = _without_rules(ink.mask.view(np.uint8))
    return _is_joined_and_thin(mask, letters, WIDE * height_mm / ink.mm_per_pixel)


def _is_joined_and_thin(mask: _Mask, letters: int, wide_pixels: float) -> bool:
    pieces, _labels, stats, _middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if pieces - 1 > JOINED * letters:
        return False
    own = stats[1:]
    wide = own[own[:, cv2.CC_STAT_WIDTH] > wide_pixels]
    inked = int(wide[:, cv2.CC_STAT_AREA].sum())
    boxes = int((wide[:, cv2.CC_STAT_WIDTH] * wide[:, cv2.CC_STAT_HEIGHT]).sum())
    return inked > 0 and inked >= WIDE_SHARE * int(mask.sum()) and inked <= THIN * boxes


def _without_rules(mask: _Mask) -> _Mask:
    full = mask.mean(axis=1) >= RULE
    if not full.any():
        return mask
    left = mask.copy()
    left[full] = 0
    return left


def _parted(block: Block, image: ReadingImage) -> Iterator[Block]:
    if block.kind != "print":
        yield block
        return
    for by_hand, lines in groupby(block.lines, key=lambda line: is_handwriting(line, image)):
        own = tuple(lines)
        kind: BlockKind = "handwriting" if by_hand else "print"
        yield block if own == block.lines and not by_hand else Block.of(own, kind)
