"""By how much the text lines climb.

Text stands on lines. The bottom edges of its letters, projected along the right angle, fall into few
cells of a histogram; along a wrong one they spread. The sum of the squared cells is highest at the
angle of the lines (the projection profile of Postl, US 4 723 297, on the bottom edges of components
only, which rules, photographs and margins do not mislead).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.edges import LetterEdges, Points, letter_edges
from dipro_scan.model import MM_PER_INCH, ReadingImage
from dipro_scan.settings import ImagingSettings

COARSE_DPI: Final = 75.0
COARSE_STEP: Final = 0.25
FINE_STEP: Final = 0.02
FINE_REACH: Final = 0.3
PARABOLA_REACH: Final = 3
"""Steps to either side of the best one through which the parabola is laid."""

LINE_MM: Final = 2.5
"""Height of a small line of text."""

MIN_LETTERS: Final = 12
MIN_DISTINCTNESS: Final = 1.25
"""Least ratio of the best angle's score to the median score; pictures and noise stay near 1."""

MAX_RIVAL: Final = 0.9
"""What another angle may reach of the best score. Maps and charts have broad peaks and several."""

MIN_CLIMB_MM: Final = 0.1
"""A climb over the whole width of the text that no one sees; straightening would only blur."""


@dataclass(frozen=True, slots=True)
class SkewEstimate:
    """`degrees` by which lines climb to the right (counter-clockwise positive); 0.0 wherever in doubt.

    `confidence` is 0–1. `doubt` is None, `skew_unsure` or `skew_out_of_range`.
    """

    degrees: float
    confidence: float
    doubt: str | None = None


def estimate_skew(view: ReadingImage, settings: ImagingSettings) -> SkewEstimate:
    """The skew of an upright page within ±`max_skew_degrees`; below `min_skew_degrees` it is 0.0.

    Takes 30–80 ms for A4 on one core, whatever the resolution of `view`.
    """
    return skew_of(letter_edges(view), settings)


def skew_of(letters: LetterEdges, settings: ImagingSettings) -> SkewEstimate:
    """`estimate_skew` of a page whose letters are known."""
    edges, dpi = letters.bottom(), letters.dpi
    if letters.letters < MIN_LETTERS:
        return SkewEstimate(0.0, 0.0, "skew_unsure")
    width_mm = float(np.ptp(edges[:, 0])) / dpi * MM_PER_INCH
    limit = settings.max_skew_degrees
    steps = math.ceil(limit / COARSE_STEP)
    angles = np.arange(-steps, steps + 1) * COARSE_STEP
    scores = line_scores(edges * np.float32(min(1.0, COARSE_DPI / dpi)), angles)
    best = int(np.argmax(scores))
    confidence = _confidence(scores)
    if not _is_distinct(angles, scores, width_mm):
        return SkewEstimate(0.0, confidence, "skew_unsure")
    degrees = refined_angle(edges, float(angles[best]))
    if best in (0, len(angles) - 1) or abs(degrees) > limit:
        return SkewEstimate(0.0, confidence, "skew_out_of_range")
    climb_mm = math.tan(math.radians(abs(degrees))) * width_mm
    level = abs(degrees) < settings.min_skew_degrees or climb_mm < MIN_CLIMB_MM
    return SkewEstimate(0.0 if level else degrees, confidence)


def _is_distinct(angles: NDArray[np.floating], scores: NDArray[np.floating], width_mm: float) -> bool:
    """Whether one angle stands out. A narrow text tells angles apart less well, so its peak is wider."""
    best = int(np.argmax(scores))
    if scores[best] < MIN_DISTINCTNESS * np.median(scores):
        return False
    peak_degrees = max(1.0, math.degrees(math.atan2(LINE_MM, width_mm)))
    rivals = scores[np.abs(angles - angles[best]) > peak_degrees]
    return rivals.size == 0 or bool(rivals.max() < MAX_RIVAL * scores[best])


def _confidence(scores: NDArray[np.floating]) -> float:
    """0 for a flat curve of scores, near 1 for the sharp peak of a page of text."""
    return 1.0 - float(np.median(scores) / np.max(scores)) ** 2


def line_scores(points: Points, angles_degrees: NDArray[np.floating]) -> NDArray[np.floating]:
    """How sharply `points` gather on lines, per angle: sum of squares of the smoothed histogram.

    A point is shared between the two cells it lies between; nearest cells would lock to the pixel
    rows and draw every clean page to the angle where they just begin to slip.
    """
    x, y = points[:, 0], points[:, 1]
    x = x - x.mean(dtype=np.float64).astype(np.float32)
    reach = float(np.abs(x).max())
    scores = np.empty(len(angles_degrees))
    for index, angle in enumerate(np.radians(angles_degrees)):
        offset = reach * abs(math.sin(angle)) + 1.0
        places = y * np.float32(math.cos(angle)) + (x * np.float32(math.sin(angle)) + np.float32(offset))
        cell = places.astype(np.int32)
        beyond = places - cell
        upper = np.bincount(cell, weights=beyond)
        cells = np.bincount(cell).astype(np.float64) - upper
        cells[1:] += upper[:-1]
        smooth = np.convolve(cells, (0.25, 0.5, 0.25))
        scores[index] = float(smooth @ smooth)
    return scores


def refined_angle(points: Points, about_degrees: float) -> float:
    """The best angle near `about_degrees`, between the steps by a parabola through the best ones."""
    steps = round(FINE_REACH / FINE_STEP)
    angles = about_degrees + np.arange(-steps, steps + 1) * FINE_STEP
    scores = line_scores(points, angles)
    best = int(np.argmax(scores))
    low, high = max(0, best - PARABOLA_REACH), min(len(angles), best + PARABOLA_REACH + 1)
    a, b, _c = np.polyfit(angles[low:high] - angles[best], scores[low:high], 2)
    shift = -b / (2 * a) if a < 0 else 0.0
    return float(angles[best] + np.clip(shift, -FINE_STEP * PARABOLA_REACH, FINE_STEP * PARABOLA_REACH))
