"""What is ink, judged against the paper around it and not by one threshold for the whole page."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import MM_PER_INCH

NEIGHBOURHOOD_MM: Final = 6.0
"""Wider than a text line with its gap, so that the mean around a letter lies nearer to paper than to ink."""

MIN_CONTRAST: Final = 0.18
"""By how much of its surroundings' brightness ink must be darker than they are."""

MIN_DIFFERENCE: Final = 16
"""The same in gray levels, for dark surroundings, where a share is within the noise."""


def text_ink(gray: NDArray[np.uint8], dpi: float) -> NDArray[np.bool_]:
    """Pixels clearly darker than the mean of the square of 6 mm around them; good for letters."""
    side = max(3, round(NEIGHBOURHOOD_MM / MM_PER_INCH * dpi) | 1)
    mean = cv2.blur(gray, (side, side), borderType=cv2.BORDER_REPLICATE)
    limit = cv2.min(
        cv2.convertScaleAbs(mean, alpha=1 - MIN_CONTRAST),
        # Saturated, as `cv2.subtract` would, which takes an image of four by one pixels for a number.
        cv2.addWeighted(mean, 1.0, mean, 0.0, -MIN_DIFFERENCE),
    )
    return np.asarray(gray < limit)
