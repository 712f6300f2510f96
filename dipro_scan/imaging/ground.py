"""What a page's print stands on: paper in uneven light, tinted paper, darker fields of forms.

A morphological closing fills everything dark that is narrower than its window, so that only the ground is
left; unlike a blurred mean it keeps the edges of a field where they are (Serra 1982; for uneven light on
documents e.g. Leptonica's `pixBackgroundNormMorph`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.blocks import block_means
from dipro_scan.imaging.levels import Gray, gray_percentile
from dipro_scan.model import MM_PER_INCH

DPI: Final = 75.0
"""Enough to tell a field of a form from its neighbour; grain is averaged away."""

WINDOW_MM: Final = 3.0
"""Wider than the strokes of headlines, narrower than the fields of forms."""

DARKER: Final = 0.88
"""Ground below this share of the paper's level is darker than folds and unclean light make it."""

BLACK: Final = 0.2
"""What is darker than that share is a punch hole, the scanner's bed or a photograph: nobody prints on it."""

MARGIN_MM: Final = 4.0
"""At the edge of the page the ground is of no interest: there lies the shadow of the paper's edge."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Levels at about 75 dpi, in squares of `step` pixels: of the page itself, and of the ground without its
    print.

    `paper` is the level of most of the ground; `dark_share` (0-1) is how much of it is clearly darker and
    not black.
    """

    page: Gray
    levels: Gray
    step: int
    paper: int
    dark_share: float


def step_of(dpi: float) -> int:
    """The side in pixels of the squares whose means are the page at about 75 dpi."""
    return max(1, round(dpi / DPI))


def find_ground(gray: Gray, dpi: float) -> Ground:
    """The ground of a page, uint8, shape (height, width)."""
    step = step_of(dpi)
    page = block_means(gray, step)
    side = round(WINDOW_MM / MM_PER_INCH * DPI) | 1
    window = np.ones((side, side), dtype=np.uint8)
    closed = cv2.morphologyEx(page, cv2.MORPH_CLOSE, window, borderType=cv2.BORDER_REPLICATE)
    levels = np.asarray(cv2.medianBlur(closed, 5), dtype=np.uint8)
    paper = max(1, gray_percentile(levels, 75))
    return Ground(page, levels, step, paper, _dark_share(levels, paper))


def _dark_share(levels: Gray, paper: int) -> float:
    margin = min(round(MARGIN_MM / MM_PER_INCH * DPI), min(levels.shape) // 4)
    inner = levels[margin : levels.shape[0] - margin, margin : levels.shape[1] - margin]
    dark = np.count_nonzero((inner < DARKER * paper) & (inner >= BLACK * paper))
    return float(dark / inner.size)
