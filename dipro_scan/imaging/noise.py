"""How noisy the bare paper of a scan is."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.levels import Gray

TILE: Final = 64
MAX_TILES: Final = 64
QUIETEST: Final = 0.3
"""Share of the tiles, those that vary least, that count: there is no ink on them."""

_KERNEL: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.int16)


def noise_levels(gray: Gray) -> float | None:
    """Standard deviation of the noise in gray levels, at the scan's own resolution; None for a tiny image.

    After Immerkaer 1996, "Fast Noise Variance Estimation": the mean of the absolute difference of two
    Laplacians, times sqrt(pi/2) / 6; here over the flattest of tiles spread evenly over the page, where no
    stroke takes part. Clipped tiles (all white, all black) say nothing about the noise and do not count.
    """
    height, width = gray.shape
    rows, columns = height // TILE, width // TILE
    if not rows or not columns:
        return None
    step = max(1, math.isqrt(rows * columns // MAX_TILES))
    found = []
    for row in range(step // 2, rows, step):
        for column in range(step // 2, columns, step):
            tile = gray[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
            mean = cv2.mean(tile)[0]
            if 4 < mean < 251:
                found.append(_sigma(tile))
    if not found:
        return 0.0
    found.sort()
    return float(np.median(found[: max(1, round(QUIETEST * len(found)))]))


def _sigma(tile: Gray) -> float:
    differences = cv2.filter2D(tile, cv2.CV_16S, _KERNEL)[1:-1, 1:-1]
    return math.sqrt(math.pi / 2) / 6 * float(np.abs(differences).mean())
