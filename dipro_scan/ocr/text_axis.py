"""Do the lines of text run across the page or up and down? Cheap evidence against a wrong quarter turn.

Across its lines text alternates between ink and gaps; along them it does not. So the profile of ink
over the rows is rough where lines are level, the one over the columns where they stand upright.
Skew smears profiles over the whole page and short lines drown in narrow strips of it; so strips of two
widths are looked at, and the one that says more counts.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import MM_PER_INCH, ReadingImage

DPI: Final = 75.0
STRIPS_MM: Final = (15.0, 60.0)
MAX_LETTER_MM: Final = 12.0
MIN_LETTERS: Final = 30
DECIDED: Final = 0.3
"""Least |log ratio| of both roughnesses that decides."""


def text_axis(image: ReadingImage) -> float | None:
    """Log ratio of roughness over rows to that over columns: positive for level lines.

    Beyond ±`DECIDED` it is evidence. None where fewer than 30 letters are seen.
    """
    letters = _letters(image)
    if letters is None:
        return None
    lying = np.ascontiguousarray(letters.T)
    strips_px = [round(width_mm / MM_PER_INCH * min(DPI, image.dpi)) for width_mm in STRIPS_MM]
    ratios = [
        math.log((_roughness(letters, strip) + 1e-9) / (_roughness(lying, strip) + 1e-9))
        for strip in strips_px
    ]
    return max(ratios, key=abs)


def _letters(image: ReadingImage) -> NDArray[np.float32] | None:
    factor = min(1.0, DPI / image.dpi)
    gray = image.pixels
    if factor < 1.0:
        size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
        gray = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    dpi = image.dpi * factor
    side = max(3, round(6.0 / MM_PER_INCH * dpi) | 1)
    mean = cv2.blur(gray, (side, side), borderType=cv2.BORDER_REPLICATE)
    ink = gray < mean.astype(np.float32) * 0.82
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    limit = MAX_LETTER_MM / MM_PER_INCH * dpi
    letter = (
        (stats[:, cv2.CC_STAT_WIDTH] <= limit)
        & (stats[:, cv2.CC_STAT_HEIGHT] <= limit)
        & (stats[:, cv2.CC_STAT_AREA] >= 3)
    )
    letter[0] = False
    if np.count_nonzero(letter) < MIN_LETTERS:
        return None
    return np.asarray(letter[labels], dtype=np.float32)


def _roughness(letters: NDArray[np.float32], strip_px: int) -> float:
    width = max(1, strip_px)
    total = 0.0
    for left in range(0, letters.shape[1], width):
        profile = letters[:, left : left + width].sum(axis=1)
        steps = np.diff(np.convolve(profile, (0.25, 0.5, 0.25)))
        total += float(steps @ steps)
    return total
