"""Where print stands together, told by its ink alone: an address, the reference lines beside it, a table.

Run-length smoothing (Wong, Casey and Wahl 1982): letters near each other in a row, and rows near each other,
grow together to one block; a wide white gutter parts them, whatever the heights of their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.blocks import block_means
from dipro_scan.imaging.components import components
from dipro_scan.imaging.ink import text_ink
from dipro_scan.model import MM_PER_INCH, Box, ReadingImage

LOOKED_AT_DPI: Final = 100.0

LETTER_MM: Final = (0.6, 9.0)
"""Sides of letters; larger ink is drawn, and frames would join everything."""

ACROSS_MM: Final = 7.0
DOWN_MM: Final = 2.6
"""Letters no farther apart are of one block: the gap between a label and its value, and between two rows."""

LEAST_MM: Final = (4.0, 1.5)
"""Smallest width and height of a block."""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Where the print stands, in page millimetres, and how many letters it has, as far as ink tells."""

    box: Box
    letters: int


def text_blocks(view: ReadingImage) -> tuple[TextBlock, ...]:
    """The blocks of print on `view`, upright and straightened, from the top."""
    step = max(1, round(view.dpi / LOOKED_AT_DPI))
    small = block_means(view.pixels, step)
    px = view.dpi / step / MM_PER_INCH
    if min(small.shape) < 3 * px:
        return ()
    ink = text_ink(small, view.dpi / step)
    _total, labels, stats, centres = components(ink)
    shorter = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) / px
    longer = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) / px
    is_letter = (longer >= LETTER_MM[0]) & (longer <= LETTER_MM[1]) & (shorter > 0)
    is_letter[0] = False
    letters = is_letter[labels].astype(np.uint8)
    rows = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, np.ones((1, round(ACROSS_MM * px) | 1), np.uint8))
    joined = cv2.morphologyEx(rows, cv2.MORPH_CLOSE, np.ones((round(DOWN_MM * px) | 1, 1), np.uint8))
    _total, blocks, stats_of, _middles = components(np.asarray(joined, np.uint8))
    inside = blocks[tuple(centres[is_letter].round().astype(int).T[::-1])]
    letters_of = np.bincount(inside, minlength=len(stats_of))
    found = [
        TextBlock(_box(row[:4].tolist(), step, view), int(count))
        for row, count in zip(stats_of[1:], letters_of[1:], strict=True)
    ]
    kept = [each for each in found if each.box.width_mm >= LEAST_MM[0] and each.box.height_mm >= LEAST_MM[1]]
    return tuple(sorted(kept, key=lambda each: (each.box.y0, each.box.x0)))


def _box(place: list[int], step: int, view: ReadingImage) -> Box:
    left, top, width, height = place
    return view.box_mm(left * step, top * step, (left + width) * step, (top + height) * step)
