"""How sharply points gather on parallel lines, and the angle at which they do so most.

The projection profile of Postl (US 4 723 297): along the right angle the points of text lines or rules
fall into few cells of a histogram, along a wrong one they spread; the sum of the squared cells tells.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.edges import Points

COARSE_DPI: Final = 75.0
FINE_STEP: Final = 0.02
FINE_REACH: Final = 0.2
MAX_WALKS: Final = 4
PARABOLA_REACH: Final = 3
"""Steps to either side of the best one through which the parabola is laid."""

MOST_PLACES: Final = 400_000
"""So many places are computed at once; more would not stay in the processor's cache."""

PHASES: Final = 4
_SMOOTHING: Final = np.convolve(
    1.0 - np.abs(np.arange(1 - PHASES, PHASES)) / PHASES,
    (0.25, *(0.0,) * (PHASES - 1), 0.5, *(0.0,) * (PHASES - 1), 0.25),
).astype(np.float32)[np.newaxis]
"""A point is shared between the two cells it lies between; then cells are smoothed by 1, 2, 1."""


def line_scores(points: Points, angles_degrees: NDArray[np.floating]) -> NDArray[np.floating]:
    """How sharply `points` gather on lines, per angle: sum of squares of the smoothed histogram.

    Cells of one unit are taken at every quarter of a unit. Cells at every unit would lock to the pixel
    rows and draw every clean page to the angle where they just begin to slip.
    """
    x, y = points[:, 0] * np.float32(PHASES), points[:, 1] * np.float32(PHASES)
    x -= x.mean(dtype=np.float64).astype(np.float32)
    angles = np.radians(angles_degrees)
    offsets = float(np.abs(x).max()) * np.abs(np.sin(angles)) + 1.0
    cells = math.ceil(float(y.max()) + 2 * float(offsets.max())) + PHASES
    scores = np.empty(len(angles))
    rows = max(1, MOST_PLACES // max(1, len(x)))
    for first in range(0, len(angles), rows):
        some = angles[first : first + rows, np.newaxis]
        places = np.cos(some).astype(np.float32) * y
        places += np.sin(some).astype(np.float32) * x
        places += offsets[first : first + rows, np.newaxis].astype(np.float32)
        numbers = places.astype(np.int32) + np.arange(len(some), dtype=np.int32)[:, np.newaxis] * cells
        counts = np.bincount(numbers.ravel(), minlength=len(some) * cells).reshape(len(some), cells)
        smooth = cv2.filter2D(counts.astype(np.float32), -1, _SMOOTHING, borderType=cv2.BORDER_CONSTANT)
        scores[first : first + rows] = np.einsum("ij,ij->i", smooth, smooth, dtype=np.float64) / PHASES
    return scores


def thinned(points: Points, enough: int) -> Points:
    """`points`, or every second, third, … of them, so that at most `enough` are left."""
    return points[:: max(1, math.ceil(len(points) / enough))]


def refined_angle(points: Points, about_degrees: float) -> float:
    """The best angle near `about_degrees`, between the steps by a parabola through the best ones.

    Where the best one lies at the end of the reach, the search goes on from there.
    """
    steps = round(FINE_REACH / FINE_STEP)
    about = about_degrees
    for _ in range(MAX_WALKS):
        angles = about + np.arange(-steps, steps + 1) * FINE_STEP
        scores = line_scores(points, angles)
        best = int(np.argmax(scores))
        if 0 < best < len(angles) - 1:
            break
        about = float(angles[best])
    low, high = max(0, best - PARABOLA_REACH), min(len(angles), best + PARABOLA_REACH + 1)
    a, b, _c = np.polyfit(angles[low:high] - angles[best], scores[low:high], 2)
    shift = -b / (2 * a) if a < 0 else 0.0
    return float(angles[best] + np.clip(shift, -FINE_STEP * PARABOLA_REACH, FINE_STEP * PARABOLA_REACH))
