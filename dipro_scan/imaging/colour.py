"""Is there colour on a page, or only paper that yellowed and the fringes of a scanner?"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import MM_PER_INCH

CELL_MM: Final = 0.35
SPREAD_CELLS: Final = 1.7
"""Standard deviation over which colour is averaged: 0.6 mm. A scanner's fringe is red on one side of a stroke
and blue on the other, so it cancels; a coloured stroke stays coloured."""

CHROMA: Final = 14.0
"""Distance of both colour differences (ITU-R BT.601, Cb and Cr) from gray, in levels, from which a cell is
coloured: thrice what noise and fringes leave, a third of a faint blue pen's."""

PAPER_CHROMA: Final = 22.0
"""Paper less coloured than this yellowed or is recycled; beyond it, its colour was chosen and counts."""

SAMPLED: Final = 4
"""Every so many cells, across and down, tell the paper's colour well enough."""

Colours = NDArray[np.uint8]


def colour_share(colour: Colours, dpi: float) -> float:
    """Share (0-1) of the page's area that shows colour other than the paper's own faint tint.

    colour: uint8, shape (height, width, 3), RGB at `dpi`.
    """
    height, width = colour.shape[:2]
    # A whole number of pixels to a cell: averaging is several times faster then.
    cell = max(1, min(round(CELL_MM / MM_PER_INCH * dpi), height, width))
    rows, columns = height // cell, width // cell
    whole = colour[: rows * cell, : columns * cell]
    small = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    planes = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    tint, paper = _paper(planes[::SAMPLED, ::SAMPLED].reshape(-1, 3))
    # Tinted paper lies under all ink; the darker the ink, the less of the tint shows.
    shown = np.minimum(planes[:, :, 0] * np.float32(1 / max(1.0, paper)), np.float32(1))
    ink = np.ascontiguousarray(planes[:, :, 1:]) - np.float32(128) - shown[:, :, None] * tint
    calm = cv2.GaussianBlur(ink, (0, 0), SPREAD_CELLS)
    return float(np.mean(cv2.magnitude(*cv2.split(calm)) > CHROMA))


def _paper(sample: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """The chroma of the paper, none where its colour was chosen, and its brightness."""
    luma = sample[:, 0]
    bright = sample[luma >= np.median(luma)]
    brightness, *chroma = np.median(bright, axis=0)
    tint = np.array(chroma, dtype=np.float32) - np.float32(128)
    if float(np.hypot(*tint)) > PAPER_CHROMA:
        tint = np.zeros(2, dtype=np.float32)
    return tint, float(brightness)
