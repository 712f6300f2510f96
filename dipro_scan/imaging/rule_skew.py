"""By how much rules, table lines and frames climb: the witness that is heard where two estimates differ.

Rules are straighter than any text, but a rule need not belong to it: the edge of a photograph or of a
scanner's bed has an angle of its own. So they decide nothing alone.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from dipro_scan.imaging.edges import LetterEdges
from dipro_scan.imaging.projection import COARSE_DPI, line_scores, refined_angle, thinned
from dipro_scan.model import MM_PER_INCH

MIN_EDGE_MM: Final = 60.0
"""Least length of the edges of large things; less is no rule to speak of."""

STEP_DEGREES: Final = 0.25
MIN_DISTINCTNESS: Final = 2.0
"""Least ratio of the best angle's score to the median score."""

ENOUGH_POINTS: Final = 20_000


def rule_skew(letters: LetterEdges, max_skew_degrees: float) -> float | None:
    """The angle at which the edges of large components lie on fewest lines; None where none stands out.

    Positive where they climb to the right. Edges below and edges to the right are judged apart; the sharper
    ones count.
    """
    least = MIN_EDGE_MM / MM_PER_INCH * letters.dpi
    steps = math.ceil(max_skew_degrees / STEP_DEGREES)
    angles = np.arange(-steps, steps + 1) * STEP_DEGREES
    best: tuple[float, float] | None = None
    for points, sign in ((letters.large_below(), 1.0), (letters.large_right(), -1.0)):
        if len(points) < least:
            continue
        kept = thinned(points, ENOUGH_POINTS)
        scores = line_scores(kept * np.float32(min(1.0, COARSE_DPI / letters.dpi)), angles)
        peak = int(np.argmax(scores))
        distinctness = float(scores[peak] / np.median(scores))
        if distinctness >= MIN_DISTINCTNESS and (best is None or distinctness > best[0]):
            best = (distinctness, sign * refined_angle(kept, float(angles[peak])))
    return None if best is None else best[1]
