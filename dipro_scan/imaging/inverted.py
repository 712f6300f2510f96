"""Blocks of light print on a dark ground, turned into dark print on a light one."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.blocks import spread
from dipro_scan.imaging.components import components
from dipro_scan.imaging.ground import Ground
from dipro_scan.imaging.levels import Gray
from dipro_scan.model import MM_PER_INCH

DARK: Final = 0.5
"""A block's ground is darker than this share of the paper's level."""

STROKE_MM: Final = 1.6
"""Light strokes narrower than that are taken for print within the block."""

LETTER_MM: Final = 3.0
"""Dark places narrower than that are print themselves."""

MIN_HEIGHT_MM: Final = 4.0
MIN_WIDTH_MM: Final = 15.0
"""Lower or narrower dark places are bold rules, boxes, bars of codes, or letters of headlines."""

PRINT_SHARE: Final = (0.02, 0.5)
"""How much of a block is light print."""

LIGHT: Final = 0.7
"""Half of the light print is at least that bright, in shares of the paper's level; in a shadow nothing is."""

EVEN_LEVELS: Final = 14.0
"""Standard deviation of a block's dark pixels up to which it is ground and no photograph."""

PRINT_DARKER: Final = 0.35
MAX_DARK_PRINT: Final = 0.01
"""Where more of the ground than MAX_DARK_PRINT is by PRINT_DARKER darker than its median, print is dark."""

BLACK_LEVEL: Final = 30
"""On darker ground no print could be darker; what differs there is noise."""

FILLED: Final = 0.85
"""A block fills at least this share of the rectangle around it."""

EDGE_PIXELS: Final = 1
"""Of the reduced page: so far the edge of a block may lie from where it was seen."""


def inverted_blocks(ground: Ground, dpi: float) -> NDArray[np.uint8] | None:
    """A mask (0, 255) in the frame of `ground.page`, whose resolution is `dpi`; None without such blocks."""
    page = ground.page
    dark = cv2.compare(page, round(DARK * ground.paper), cv2.CMP_LT)
    if cv2.countNonZero(dark) * (MM_PER_INCH / dpi) ** 2 < MIN_HEIGHT_MM * MIN_WIDTH_MM / 2:
        return None
    stroke, letter = (_window(size_mm, dpi) for size_mm in (STROKE_MM, LETTER_MM))
    edge = len(letter)
    # Paper around the page keeps the closing from joining blocks to its edge.
    framed = cv2.copyMakeBorder(dark, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=0)
    solid = cv2.morphologyEx(cv2.morphologyEx(framed, cv2.MORPH_CLOSE, stroke), cv2.MORPH_OPEN, letter)
    solid = np.ascontiguousarray(solid[edge:-edge, edge:-edge])
    if not any(_is_large(width, height, dpi) for width, height in _sizes(solid)):
        return None
    count, labels, stats, _centres = components(solid, connectivity=4)
    mask = np.zeros(page.shape, dtype=np.uint8)
    for label in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[label])
        if not _is_large(width, height, dpi) or area < FILLED * width * height:
            continue
        place = np.s_[top : top + height, left : left + width]
        if _holds_light_print(page[place], dark[place] > 0, labels[place] == label, ground.paper):
            mask[place][labels[place] == label] = 255
    return mask if mask.any() else None


def _sizes(solid: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Width and height of its pieces, in a fraction of the time that labelling all of their pixels takes."""
    outlines, _hierarchy = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    rectangles = [cv2.boundingRect(outline) for outline in outlines]
    return [(width, height) for _left, _top, width, height in rectangles]


def _is_large(width: int, height: int, dpi: float) -> bool:
    shorter, longer = sorted(side * MM_PER_INCH / dpi for side in (width, height))
    return shorter >= MIN_HEIGHT_MM and longer >= MIN_WIDTH_MM


def with_blocks_turned(gray: Gray, mask: NDArray[np.uint8], step: int) -> Gray:
    """`gray` with the blocks of `mask`, in squares of `step` pixels, inverted and their edges made white."""
    edge = 2 * EDGE_PIXELS + 1
    window = np.ones((edge, edge), dtype=np.uint8)
    wider = np.asarray(cv2.dilate(mask, window), dtype=np.uint8)
    left, top, width, height = cv2.boundingRect(wider)
    squares = np.s_[top : top + height, left : left + width]
    place = np.s_[top * step : (top + height) * step, left * step : (left + width) * step]
    turned = gray.copy()
    part = turned[place]
    narrower = np.asarray(cv2.erode(mask, window), dtype=np.uint8)
    inner = spread(np.ascontiguousarray(narrower[squares]), step, part.shape) > 0
    outer = spread(np.ascontiguousarray(wider[squares]), step, part.shape) > 0
    part[inner] = ~part[inner]
    part[outer & ~inner] = 255
    return turned


def _window(size_mm: float, dpi: float) -> NDArray[np.uint8]:
    side = max(1, round(size_mm / MM_PER_INCH * dpi)) | 1
    return np.ones((side, side), dtype=np.uint8)


def _holds_light_print(page: Gray, dark: NDArray[np.bool_], block: NDArray[np.bool_], paper: int) -> bool:
    ground, print_ = page[block & dark], page[block & ~dark]
    share = print_.size / (ground.size + print_.size)
    if not PRINT_SHARE[0] <= share <= PRINT_SHARE[1] or np.percentile(print_, 75) < LIGHT * paper:
        return False
    level = float(np.median(ground))
    if (
        np.count_nonzero(ground < (1 - PRINT_DARKER) * level) > MAX_DARK_PRINT * ground.size
        and level > BLACK_LEVEL
    ):
        return False
    # Pixels that are half print lie between; the darker three quarters are ground alone.
    return float(np.sort(ground)[: max(1, ground.size * 3 // 4)].std()) <= EVEN_LEVELS
