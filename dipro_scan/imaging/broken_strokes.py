"""Strokes of black-and-white scans that fell apart, as on faxes of worn print: told, and joined again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.levels import Gray
from dipro_scan.model import MM_PER_INCH

FRAGMENT_MM: Final = 1.35
"""Smaller pieces of ink are dots, or fragments of letters (9-point print has an x-height of 1.6 mm)."""

LARGEST_LETTER_MM: Final = 12.0
"""Larger pieces are rules, pictures and edges; they tell nothing about letters."""

STRIP_MM: Final = 16.0
MAX_STRIPS: Final = 6
"""So many strips of a page, evenly spread, stand for the whole of it."""

DUST: Final = 4
"""Pixels; smaller pieces are dirt."""

GAP_MM: Final = 0.42
"""Gaps up to that width are closed: two lost rows of a fax of 196 lines an inch."""

COARSE_DPI: Final = 150.0
"""Below, as on a fax of 98 lines an inch, a lost row is a quarter of a millimetre and letters stand less than
two rows apart."""

COARSE_GAP_MM: Final = 0.25
COARSE_SOFTENING_MM: Final = 0.085
"""Standard deviation; takes the steps off strokes that were enlarged from so coarse rows."""


@dataclass(frozen=True, slots=True)
class Breaks:
    """`fragments`: pieces of ink smaller than letters, in shares of the number of letters.
    `area` (0-1): their share of the ink of both. Dots of print alone give 0.15 and 0.02."""

    fragments: float
    area: float


def measure_breaks(pixels: Gray, dpi: float) -> Breaks:
    """How far the letters of a black-and-white page, shape (height, width), are broken."""
    small = letters = 0
    small_area = letter_area = 0
    per_mm = dpi / MM_PER_INCH
    for strip in _strips(pixels, dpi):
        ink = cv2.threshold(strip, 127, 255, cv2.THRESH_BINARY_INV)[1]
        _count, _labels, stats, _centroids = cv2.connectedComponentsWithStats(ink, connectivity=8)
        pieces = stats[1:]
        top, height = pieces[:, cv2.CC_STAT_TOP], pieces[:, cv2.CC_STAT_HEIGHT]
        area = pieces[:, cv2.CC_STAT_AREA]
        size = np.maximum(height, pieces[:, cv2.CC_STAT_WIDTH]) / per_mm
        whole = (top > 0) & (top + height < len(strip)) & (area >= DUST)
        is_small = whole & (size < FRAGMENT_MM)
        is_letter = whole & (size >= FRAGMENT_MM) & (size <= LARGEST_LETTER_MM)
        small, letters = small + int(is_small.sum()), letters + int(is_letter.sum())
        small_area, letter_area = (
            small_area + int(area[is_small].sum()),
            letter_area + int(area[is_letter].sum()),
        )
    return Breaks(small / max(1, letters), small_area / max(1, small_area + letter_area))


def with_joined_strokes(pixels: Gray, dpi: float, scanned_dpi: float | None = None) -> Gray:
    """The page with narrow gaps in its dark strokes closed.

    `scanned_dpi`: the lower resolution of the scan that `pixels` were enlarged from, where it is known.
    """
    is_coarse = scanned_dpi is not None and scanned_dpi < COARSE_DPI
    side = max(1, round((COARSE_GAP_MM if is_coarse else GAP_MM) / MM_PER_INCH * dpi)) | 1
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    # Dark ink on light paper: what closes the ink opens the light.
    joined = cv2.morphologyEx(pixels, cv2.MORPH_OPEN, window, borderType=cv2.BORDER_REPLICATE)
    if is_coarse:
        sigma = COARSE_SOFTENING_MM / MM_PER_INCH * dpi
        joined = cv2.GaussianBlur(joined, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(joined, dtype=np.uint8)


def _strips(pixels: Gray, dpi: float) -> list[Gray]:
    rows = max(1, round(STRIP_MM / MM_PER_INCH * dpi))
    if len(pixels) <= rows * MAX_STRIPS:
        return [pixels]
    starts = np.linspace(0, len(pixels) - rows, MAX_STRIPS).astype(int)
    return [pixels[start : start + rows] for start in starts]
