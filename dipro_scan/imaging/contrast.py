"""Print that is too pale: pencil, worn ribbons, dot matrix."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.levels import Gray, median_and_noise
from dipro_scan.model import MM_PER_INCH

MIN_INK_SHARE: Final = 0.0005
"""With less ink than that there is nothing to tell its depth by."""

DARKEST_INK: Final = 0.05
"""The share of the print that is darker than the depth told."""

MIN_DEPTH: Final = 0.06
"""Below that share of white, what Otsu's threshold parts is the texture of bare paper."""

SMOOTHING_MM: Final = 0.127
"""Standard deviation: joins the dots of a needle printer (a third of a millimetre apart) and pencil grain."""

WINDOW_MM: Final = 3.0
"""About a letter: within that, ink is taken to be equally dark."""

TEXTURE_DEVIATIONS: Final = 2.0
"""Grain reaches so many standard deviations above the median of the paper; less than that is taken off."""

MIN_FULL_DEPTH: Final = 16
"""Gray levels: what is paler than that is not made black, because it may be grain."""

FULL_INK: Final = 0.9
"""How dark the darkest ink of a neighbourhood becomes (0-1)."""

GAIN_STEP: Final = 4
"""The local depth of ink is looked at on a grid that many times as coarse."""


def ink_depth(flat: Gray) -> float | None:
    """How much darker than its paper print is (0-1), on a page whose ground is white; None without print.

    Otsu's threshold parts print from paper; the darkest of the print tells, because thin strokes are paler
    than the ink they were drawn with, and what shines through from the back may count as print here.
    """
    calm = cv2.blur(flat, (3, 3), borderType=cv2.BORDER_REPLICATE)
    threshold = int(cv2.threshold(calm, 0, 255, cv2.THRESH_OTSU)[0])
    counts = np.asarray(cv2.calcHist([calm], [0], None, [256], [0, 256]), dtype=np.float64).ravel()
    ink = counts[: threshold + 1]
    if ink.sum() < MIN_INK_SHARE * flat.size:
        return None
    level = int(np.searchsorted(np.cumsum(ink), DARKEST_INK * ink.sum()))
    depth = 1.0 - level / 255
    return depth if depth >= MIN_DEPTH else None


def evened_ink(flat: Gray, dpi: float) -> Gray:
    """All print about equally dark: its depth divided by the greatest depth within the letter around it."""
    sigma = SMOOTHING_MM / MM_PER_INCH * dpi
    calm = cv2.GaussianBlur(flat, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    depth = cv2.bitwise_not(calm)
    depth = cv2.subtract(depth, np.full(1, _texture(depth), dtype=np.uint8))
    full = cv2.max(_greatest(depth, dpi), np.full(1, MIN_FULL_DEPTH, dtype=np.uint8))
    height, width = flat.shape
    full = cv2.resize(full, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.bitwise_not(cv2.divide(depth, full, scale=255 * FULL_INK)), dtype=np.uint8)


def _texture(depth: Gray) -> int:
    """The depth below which nearly all bare paper stays: most of a page is paper."""
    median, deviation = median_and_noise(depth)
    return min(255, round(median + TEXTURE_DEVIATIONS * deviation))


def _greatest(depth: Gray, dpi: float) -> Gray:
    """The greatest depth around each place, smoothed, on a grid of GAIN_STEP pixels."""
    height, width = depth.shape
    size = (max(1, width // GAIN_STEP), max(1, height // GAIN_STEP))
    coarse = cv2.resize(cv2.dilate(depth, np.ones((3, 3), np.uint8)), size, interpolation=cv2.INTER_NEAREST)
    side = max(1, round(WINDOW_MM / MM_PER_INCH * dpi / GAIN_STEP)) | 1
    greatest = cv2.dilate(coarse, np.ones((side, side), dtype=np.uint8))
    return np.asarray(cv2.blur(greatest, (side, side), borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)
