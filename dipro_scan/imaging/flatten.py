"""Uneven light taken off a page: its print as it would look under even light on white paper."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.ground import BLACK, WINDOW_MM, Ground
from dipro_scan.imaging.levels import Gray
from dipro_scan.model import MM_PER_INCH

STEP: Final = 0.85
"""Ground that falls to this share within STEP_WINDOW squares has an edge there: print, not light."""

STEP_WINDOW: Final = 5
"""Squares of the reduced page: as far as its means and its median blur an edge."""

TILE: Final = 32
"""Edges are sharpened in parts of the page with so many squares a side."""


def full_levels(ground: Ground, shape: tuple[int, ...], top: int = 0) -> Gray:
    """The levels of `ground` for every pixel of the page, or of its part from row `top` on.

    `shape` is that of the page or part (height, width); `top` is a multiple of the ground's `step`.
    """
    height, width = shape[:2]
    first = top // ground.step
    levels = _lit(ground.levels[first : first - (-height // ground.step)], ground.paper)
    size = (levels.shape[1] * ground.step, levels.shape[0] * ground.step)
    full = cv2.resize(levels, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(full[:height, :width], dtype=np.uint8)


def with_sharp_edges(levels: Gray, ground: Ground, gray: Gray, dpi: float) -> Gray:
    """`levels` (of `full_levels`) with the edges of darker fields where the page's own pixels have them.

    Between the squares of the reduced page an edge is a ramp, and dividing by it leaves a line that strikes
    out the print across it. What each pixel there stands on is told by a closing of the page itself.
    """
    lit = _lit(ground.levels, ground.paper)
    window = np.ones((STEP_WINDOW, STEP_WINDOW), dtype=np.uint8)
    light, dark = cv2.dilate(lit, window), cv2.erode(lit, window)
    steep = cv2.compare(dark, cv2.convertScaleAbs(light, alpha=STEP), cv2.CMP_LT)
    if not cv2.countNonZero(steep):
        return levels
    sharp = levels.copy()
    for top in range(0, steep.shape[0], TILE):
        for left in range(0, steep.shape[1], TILE):
            squares = np.s_[top : top + TILE, left : left + TILE]
            if steep[squares].any():
                maps = light[squares], dark[squares], steep[squares]
                _sharpen(sharp, gray, (top * ground.step, left * ground.step), maps, (ground.step, dpi))
    return sharp


def _lit(levels: Gray, paper: int) -> Gray:
    """The levels, where black no darker than BLACK of the paper."""
    least = np.full(1, max(1, round(BLACK * paper)), dtype=np.uint8)
    return np.asarray(cv2.max(levels, least), dtype=np.uint8)


def _sharpen(
    sharp: Gray,
    gray: Gray,
    corner: tuple[int, int],
    maps: tuple[Gray, Gray, NDArray[np.uint8]],
    scale: tuple[int, float],
) -> None:
    """Changes the part of `sharp` at `corner` (row, column) where the squares of `maps` are steep."""
    step, dpi = scale
    light, dark, steep = maps
    top, left = corner
    height, width = sharp.shape
    bottom = min(height, top + step * steep.shape[0])
    right = min(width, left + step * steep.shape[1])
    side = round(WINDOW_MM / MM_PER_INCH * dpi) | 1
    above, before = min(top, side), min(left, side)
    part = np.ascontiguousarray(gray[top - above : bottom + side, left - before : right + side])
    window = np.ones((side, side), dtype=np.uint8)
    closed = cv2.morphologyEx(part, cv2.MORPH_CLOSE, window, borderType=cv2.BORDER_REPLICATE)
    closed = closed[above : above + bottom - top, before : before + right - left]

    def on_page(squares: NDArray[np.uint8]) -> NDArray[np.uint8]:
        size = (squares.shape[1] * step, squares.shape[0] * step)
        large = cv2.resize(squares, size, interpolation=cv2.INTER_NEAREST)
        return np.asarray(large[: bottom - top, : right - left], dtype=np.uint8)

    lights, darks = on_page(light), on_page(dark)
    is_light = closed > cv2.addWeighted(lights, 0.5, darks, 0.5, 0)
    place = sharp[top:bottom, left:right]
    place[...] = np.where(on_page(steep) > 0, np.where(is_light, lights, darks), place)


def flattened(gray: Gray, levels: Gray) -> Gray:
    """The page with its ground made white (255): each pixel divided by the level of its ground.

    Both arrays are uint8, shape (height, width). Black places (below BLACK of the paper) stay dark: their
    noise would become specks otherwise.
    """
    return np.asarray(cv2.divide(gray, levels, scale=255.0), dtype=np.uint8)
