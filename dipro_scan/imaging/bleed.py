"""The other side of the sheet: paler than print and soft, because it shone through the paper's fibres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.levels import Gray
from dipro_scan.model import MM_PER_INCH

PRINT: Final = 0.55
"""Print reaches at least this share of the full depth of ink somewhere in each stroke."""

CLEAR_OF_PRINT_MM: Final = 0.35
"""So far from print, gray is no soft edge of a letter."""

FAINTEST: Final = 0.09
"""Gray of a lower depth (share of white) is texture of the paper."""

LITTLE: Final = 0.2
"""Less gray than that, in areas of print, is not looked at any further: most pages have as much."""

SEAM_ROWS: Final = 2
"""So many rows on either side of a seam hold its slope."""

STEEPEST: Final = 85.0
"""The percentile of slopes that tells: letters that touch the print's surroundings leave a few steep ones."""

SOFT: Final = 0.2
"""Gray whose steepest edges climb by less than this share of its depth in a pixel at 300 dpi is soft; what
shines through reaches 0.15, and print of any gray has 0.25 and more."""


@dataclass(frozen=True, slots=True)
class ShowThrough:
    """`share`: area of the gray beside the print, in areas of print. `depth` (0-1 of white): of nearly all
    of that gray. `steepness`: of its edges, see SOFT. Of LITTLE gray the last two are 0 and 1."""

    share: float
    depth: float
    steepness: float

    @property
    def is_soft(self) -> bool:
        return self.steepness < SOFT


def measure_show_through(flat: Gray, ink: float, dpi: float, band_rows: int = 0) -> ShowThrough:
    """What there is of gray beside the print, on a page with white ground and print `ink` deep.

    `band_rows`: the page is made of bands of so many rows, and their seams are no edges of it.
    """
    calm = cv2.blur(flat, (3, 3), borderType=cv2.BORDER_REPLICATE)
    strong = cv2.compare(calm, round(255 * (1 - PRINT * ink)), cv2.CMP_LT)
    area = max(1, cv2.countNonZero(strong))
    side = 2 * max(1, round(CLEAR_OF_PRINT_MM / MM_PER_INCH * dpi)) + 1
    near = cv2.dilate(strong, np.ones((side, side), dtype=np.uint8))
    gray = cv2.compare(calm, round(255 * (1 - FAINTEST)), cv2.CMP_LT)
    beside = cv2.bitwise_and(gray, cv2.bitwise_not(near))
    if band_rows and len(beside) % band_rows == 0:
        bands = beside.reshape(-1, band_rows, beside.shape[1])
        bands[:, :SEAM_ROWS] = bands[:, -SEAM_ROWS:] = 0
    count = cv2.countNonZero(beside)
    if count < LITTLE * area:
        return ShowThrough(count / area, 0.0, 1.0)
    depth = 1 - _percentile(calm, beside, 5) / 255
    steepest = _percentile(_slope(calm), beside, STEEPEST) / 255 * dpi / 300
    return ShowThrough(count / area, depth, steepest / max(depth, 1e-6))


def without_show_through(flat: Gray, ink: float, through: ShowThrough) -> Gray:
    """The page with everything as pale as `through` made white, and print left as dark as it is."""
    white = 255 * (1 - min(1.15 * through.depth, 0.7 * ink))
    black = 255 * (1 - ink)
    levels = (np.arange(256) - black) * 255 / max(1.0, white - black)
    return np.asarray(cv2.LUT(flat, np.clip(np.rint(levels), 0, 255).astype(np.uint8)), dtype=np.uint8)


def _slope(calm: Gray) -> Gray:
    """Levels a pixel, across or down, whichever is more: a thin gray rule is steep only across itself."""
    across, down = (
        cv2.convertScaleAbs(cv2.Sobel(calm, cv2.CV_16S, *direction, ksize=3), alpha=1 / 8)
        for direction in ((1, 0), (0, 1))
    )
    return np.asarray(cv2.max(across, down), dtype=np.uint8)


def _percentile(values: Gray, mask: Gray, percent: float) -> int:
    counts = np.asarray(cv2.calcHist([values], [0], mask, [256], [0, 256]), dtype=np.float64).ravel()
    cumulated = np.cumsum(counts)
    return int(np.searchsorted(cumulated, percent / 100 * cumulated[-1]))
