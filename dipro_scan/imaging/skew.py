"""By how much the text lines climb: two estimates that know nothing of each other, and a witness.

Text stands on lines. The bottom edges of its letters, projected along the right angle, fall into few
cells of a histogram; along a wrong one they spread (`projection`). Only edges of letters are projected, so
that rules, photographs and margins do not mislead. The second estimate lays a line through the feet of
each chain of letters (`baselines`). Where the two differ, rules and frames are heard (`rule_skew`); where
they side with neither, the page stays as it is, and says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.baselines import BaselineEstimate, baseline_skew
from dipro_scan.imaging.edges import LetterEdges, letter_edges
from dipro_scan.imaging.projection import COARSE_DPI, line_scores, refined_angle
from dipro_scan.imaging.rule_skew import rule_skew
from dipro_scan.model import MM_PER_INCH, ReadingImage
from dipro_scan.settings import ImagingSettings

COARSE_STEP: Final = 0.25
COARSE_POINTS: Final = 10_000
"""Of a dense page every second or third point tells the coarse angle as well as all of them do."""

LINE_MM: Final = 2.5
"""Height of a small line of text."""

MIN_LETTERS: Final = 12
MIN_DISTINCTNESS: Final = 1.25
"""Least ratio of the best angle's score to the median score; pictures and noise stay near 1."""

MAX_RIVAL: Final = 0.9
"""What another angle may reach of the best score. Maps and charts have broad peaks and several."""

MIN_CLIMB_MM: Final = 0.1
"""A climb over the whole width of the text that no one sees; straightening would only blur."""

SAME_DEGREES: Final = 0.04
SAME_ERRORS: Final = 2.5
"""So far apart, or so many standard errors of the second estimate, two estimates are one; the projection,
whose error is the smaller one on most pages, then counts. Beyond, on pages of columns that do not line up
and on pages drawn by a computer, the lines themselves are right."""

DIFFERENT_DEGREES: Final = 0.15
DIFFERENT_PRECISE: Final = 0.25
PRECISE_DEGREES: Final = 0.03
"""From where on two estimates contradict each other; where the second has a standard error of at most
PRECISE_DEGREES it is taken up to DIFFERENT_PRECISE."""

WITNESS_DEGREES: Final = 0.1
"""How near to an estimate a rule must be to bear it out."""

WEIGHTY_LINES: Final = 4
WEIGHTY_ERROR: Final = 0.08
WEIGHTY_SHARE: Final = 0.8
"""Fewer lines, vaguer ones (degrees), or lines that differ make no angle where the projection shows none."""

SLIGHT_DEGREES: Final = 0.15
"""Below it a page is turned only where both estimates say so: nothing straight is ever made crooked."""


@dataclass(frozen=True, slots=True)
class SkewEstimate:
    """`degrees` by which lines climb to the right (counter-clockwise positive); 0.0 wherever in doubt.

    `confidence` is 0–1. `doubt` is None, `skew_unsure` or `skew_out_of_range`. `measured_degrees` is what
    was measured also where it is too little to be corrected; None where in doubt.
    """

    degrees: float
    confidence: float
    doubt: str | None = None
    measured_degrees: float | None = None


@dataclass(frozen=True, slots=True)
class _Peak:
    """Where the projection is sharpest; not `distinct` where other angles are nearly as sharp."""

    degrees: float
    confidence: float
    distinct: bool
    at_limit: bool


@dataclass(frozen=True, slots=True)
class _Opinion:
    """The angle that is taken, and the one that bears it out."""

    degrees: float
    second_degrees: float


def estimate_skew(view: ReadingImage, settings: ImagingSettings) -> SkewEstimate:
    """The skew of an upright page within ±`max_skew_degrees`; below `min_skew_degrees` it is 0.0.

    Takes 30–80 ms for A4 on one core, whatever the resolution of `view`.
    """
    return skew_of(letter_edges(view), settings)


def skew_of(letters: LetterEdges, settings: ImagingSettings) -> SkewEstimate:
    """`estimate_skew` of a page whose letters are known."""
    if letters.letters < MIN_LETTERS:
        return SkewEstimate(0.0, 0.0, "skew_unsure")
    limit = settings.max_skew_degrees
    edges = letters.bottom()
    width_mm = float(np.ptp(edges[:, 0])) / letters.dpi * MM_PER_INCH
    peak = _projected(letters, edges, limit, width_mm)
    lines = baseline_skew(letters, limit)
    opinion = _agreed(peak, lines) or _borne_out(peak, lines, rule_skew(letters, limit))
    if opinion is None:
        return SkewEstimate(0.0, peak.confidence, "skew_unsure")
    beyond = peak.at_limit and abs(opinion.degrees - peak.degrees) < COARSE_STEP
    if abs(opinion.degrees) > limit or beyond:
        return SkewEstimate(0.0, peak.confidence, "skew_out_of_range")
    level = _is_level(opinion, width_mm, settings.min_skew_degrees)
    return SkewEstimate(0.0 if level else opinion.degrees, peak.confidence, None, opinion.degrees)


def _projected(letters: LetterEdges, edges: NDArray[np.float32], limit: float, width_mm: float) -> _Peak:
    steps = math.ceil(limit / COARSE_STEP)
    angles = np.arange(-steps, steps + 1) * COARSE_STEP
    some = edges[:: max(1, math.ceil(len(edges) / COARSE_POINTS))]
    scores = line_scores(some * np.float32(min(1.0, COARSE_DPI / letters.dpi)), angles)
    best = int(np.argmax(scores))
    return _Peak(
        degrees=refined_angle(edges, float(angles[best])),
        confidence=1.0 - float(np.median(scores) / scores[best]) ** 2,
        distinct=_is_distinct(angles, scores, width_mm),
        at_limit=best in (0, len(angles) - 1),
    )


def _is_distinct(angles: NDArray[np.floating], scores: NDArray[np.floating], width_mm: float) -> bool:
    """Whether one angle stands out. A narrow text tells angles apart less well, so its peak is wider."""
    best = int(np.argmax(scores))
    if scores[best] < MIN_DISTINCTNESS * np.median(scores):
        return False
    peak_degrees = max(1.0, math.degrees(math.atan2(LINE_MM, width_mm)))
    rivals = scores[np.abs(angles - angles[best]) > peak_degrees]
    return rivals.size == 0 or bool(rivals.max() < MAX_RIVAL * scores[best])


def _agreed(peak: _Peak, lines: BaselineEstimate | None) -> _Opinion | None:
    """The angle on which projection and lines agree; None where they do not, or one of them is silent.

    A peak that is not distinct says something only where several lines meet it: by chance they hardly do.
    """
    if lines is None:
        return None
    apart = abs(peak.degrees - lines.degrees)
    if not peak.distinct and (apart > WITNESS_DEGREES or not _is_weighty(lines)):
        return None
    by_projection = _Opinion(peak.degrees, lines.degrees)
    if apart <= min(DIFFERENT_DEGREES, max(SAME_DEGREES, SAME_ERRORS * lines.error_degrees)):
        return by_projection
    if apart <= DIFFERENT_PRECISE and lines.error_degrees <= PRECISE_DEGREES:
        return _Opinion(lines.degrees, peak.degrees)
    return by_projection if apart <= DIFFERENT_DEGREES else None


def _borne_out(peak: _Peak, lines: BaselineEstimate | None, rules: float | None) -> _Opinion | None:
    """The estimate that the rules of the page bear out, if one."""
    if rules is None:
        return None
    if peak.distinct and abs(peak.degrees - rules) <= WITNESS_DEGREES:
        return _Opinion(peak.degrees, rules)
    if lines is None or not _is_weighty(lines):
        return None
    return _Opinion(lines.degrees, rules) if abs(lines.degrees - rules) <= WITNESS_DEGREES else None


def _is_weighty(lines: BaselineEstimate) -> bool:
    enough = lines.lines >= WEIGHTY_LINES and lines.share >= WEIGHTY_SHARE
    return enough and lines.error_degrees <= WEIGHTY_ERROR


def _is_level(opinion: _Opinion, width_mm: float, min_skew_degrees: float) -> bool:
    degrees = abs(opinion.degrees)
    climb_mm = math.tan(math.radians(degrees)) * width_mm
    if degrees < min_skew_degrees or climb_mm < MIN_CLIMB_MM:
        return True
    doubted = math.copysign(1.0, opinion.degrees) * opinion.second_degrees < min_skew_degrees
    return degrees < SLIGHT_DEGREES and doubted
