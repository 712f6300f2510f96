"""Which way the lines of a page run, and which way up they stand: cheap evidence from the letters' edges.

Lines that run across the page line up the lower and upper edges of their letters; lines that run down
it line up the left and right ones. Latin letters stand sharply on their baseline, while their upper
ends are spread over small and tall letters: so the lower edges gather more than the upper ones where
the page stands upright, and less where it stands on its head.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.edges import LetterEdges, Points
from dipro_scan.imaging.projection import COARSE_DPI, line_scores, refined_angle, thinned
from dipro_scan.imaging.skew import MIN_LETTERS

STEP_DEGREES: Final = 0.5
ENOUGH_POINTS: Final = 8000
"""Of a dense page every second or third point says as much as all of them."""

SOFTENING: Final = 0.02
"""Added to each peak's height above the median, so that two flat curves do not give a wild ratio."""


@dataclass(frozen=True, slots=True)
class LineDirection:
    """`level`: log ratio of how sharply lines across and lines down the page stand out; positive for lines
    across. `upright`: log ratio of how sharply their letters stand on lower and upper edges; positive for
    letters that stand on their feet, seen with the page as it lies (`level` positive) or turned clockwise
    by a quarter (`level` negative)."""

    level: float
    upright: float


def line_direction(letters: LetterEdges, max_skew_degrees: float) -> LineDirection | None:
    """What the edges of `letters` say. None where there are fewer than 12 letters.

    Lines may climb by up to `max_skew_degrees` either way.
    """
    if letters.letters < MIN_LETTERS or not letters.lying.any():
        return None
    bottom, top, left, right = (
        thinned(points, ENOUGH_POINTS)
        for points in (letters.bottom(), letters.top(), letters.left(), letters.right())
    )
    steps = math.ceil(max_skew_degrees / STEP_DEGREES)
    angles = np.arange(-steps, steps + 1) * STEP_DEGREES
    reduction = np.float32(min(1.0, COARSE_DPI / letters.dpi))
    across = [line_scores(points * reduction, angles) for points in (bottom, top)]
    down = [line_scores(points * reduction, angles) for points in (left, right)]
    level = math.log(max(map(_sharpness, across)) / max(map(_sharpness, down)))
    # Turned clockwise by a quarter, what was on the right is below.
    feet, heads, scores = (bottom, top, across) if level > 0 else (right, left, [down[1], down[0]])
    return LineDirection(
        level, math.log(_density(feet, angles, scores[0]) / _density(heads, angles, scores[1]))
    )


def _sharpness(scores: NDArray[np.floating]) -> float:
    return float(np.max(scores) / np.median(scores)) - 1.0 + SOFTENING


def _density(points: Points, angles: NDArray[np.floating], scores: NDArray[np.floating]) -> float:
    """How sharply the points gather at their best angle, whatever their number."""
    best = refined_angle(points, float(angles[int(np.argmax(scores))]))
    return float(line_scores(points, np.array([best]))[0]) / len(points) ** 2
