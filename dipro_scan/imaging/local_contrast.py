"""Ink told from paper by what is around it: rescues print on crumpled, shaded or stained paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from dipro_scan.model import MM_PER_INCH, ReadingImage

WINDOW_MM: Final = 3.8
"""About a letter of 10 points and the white around it: the window holds ink and paper."""

SENSITIVITY: Final = 0.2
"""k of Sauvola's threshold; 0.2 to 0.5 in the paper, the lower the more pale ink is kept."""

DEVIATION_RANGE: Final = 128.0
"""R of Sauvola's threshold: the greatest standard deviation that gray levels can have."""


def local_contrast(image: ReadingImage) -> ReadingImage:
    """`image` in black and white, by Sauvola's threshold around each pixel.

    Sauvola and Pietikäinen, Adaptive document image binarization, Pattern Recognition 33 (2000), equation 5:
    the threshold is m (1 + k (s / R - 1)) with mean m and standard deviation s of the window.
    """
    if image.pixels.size == 0:
        return image
    side = max(3, round(WINDOW_MM / MM_PER_INCH * image.dpi) | 1)
    gray = image.pixels.astype(np.float32)
    mean = cv2.blur(gray, (side, side), borderType=cv2.BORDER_REPLICATE)
    square = cv2.sqrBoxFilter(gray, cv2.CV_32F, (side, side), borderType=cv2.BORDER_REPLICATE)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
    threshold = mean * (1.0 + SENSITIVITY * (deviation / DEVIATION_RANGE - 1.0))
    return replace(image, pixels=np.where(gray <= threshold, 0, 255).astype(np.uint8))
