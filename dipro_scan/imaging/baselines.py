"""By how much the text lines climb, told from the lines themselves: a second opinion on the skew.

Each letter is linked to the one it is followed by; through the feet of every chain of letters a line is
laid that does not mind descenders. Nothing is projected and nothing is compared over the page, so that
what misleads a projection (several columns, pictures, regular patterns) does not mislead this too; after
the nearest-neighbour clustering of O'Gorman (The document spectrum, IEEE PAMI 15, 1993).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.edges import LetterEdges
from dipro_scan.model import MM_PER_INCH

ROW_MM: Final = 4.0
"""Height of the rows into which letters are sorted to find neighbours quickly."""

CANDIDATES: Final = 5
"""Letters looked at in each row."""

MAX_GAP: Final = 1.6
"""Widest gap to the next letter, in heights of the higher one: more than that between two words."""

MAX_OVERLAP: Final = 0.3
HEIGHT_RATIO: Final = 2.2
"""Capital to small letter, with room for what touches; above it is no neighbour."""

BEYOND_DEGREES: Final = 2.0
MIN_CHAIN: Final = 5
MIN_CHAIN_MM: Final = 10.0
MIN_TOTAL_MM: Final = 30.0
"""Least length of all chains; a single line of three words."""

OUTLIER_MM: Final = 0.18
"""Distance from the line from which a letter's foot counts less: descenders reach 0.6 mm and more below."""

FOOT_MM: Final = 0.05
"""By how much a letter's foot misses its line at least: an ideal line is known no better than that."""

ROUNDS: Final = 6
ALIKE_DEGREES: Final = 0.6
"""Chains that deviate more from the median are no text lines, or belong to another text."""

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class BaselineEstimate:
    """`degrees` by which lines climb to the right, and its standard error; `share` (0-1) of the length of
    all lines that agree on it."""

    degrees: float
    error_degrees: float
    lines: int
    share: float


def baseline_skew(letters: LetterEdges, max_skew_degrees: float) -> BaselineEstimate | None:
    """The skew by the lines through the letters' feet; None where there are too few of them."""
    if letters.letters < MIN_CHAIN:
        return None
    boxes = letters.boxes.astype(np.float64) / letters.dpi * MM_PER_INCH
    middles = boxes[:, 0] + boxes[:, 2] / 2
    feet = boxes[:, 1] + boxes[:, 3]
    following = _following(boxes, middles, feet, max_skew_degrees + BEYOND_DEGREES)
    chains = _chains(following)
    slopes, weights, lengths = _fitted(middles, feet, chains)
    if lengths.sum() < MIN_TOTAL_MM:
        return None
    angles = -np.degrees(np.arctan(slopes))
    return _combined(angles, weights, lengths)


def _following(boxes: Floats, middles: Floats, feet: Floats, reach_degrees: float) -> Indices:
    """For each letter the index of the one that follows it on its line, or -1."""
    count = len(boxes)
    row = (feet // ROW_MM).astype(np.int64)
    stride = float(middles.max()) + 1000.0
    key = row * stride + middles
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    best = np.full(count, -1, dtype=np.intp)
    nearest = np.full(count, np.inf)
    climb = math.tan(math.radians(reach_degrees))
    for step in (-1, 0, 1):
        place = np.searchsorted(ordered, (row + step) * stride + middles, side="right")
        for nth in range(CANDIDATES):
            other = order[np.minimum(place + nth, count - 1)]
            across = middles[other] - middles
            height = np.maximum(boxes[:, 3], boxes[other, 3])
            lower = np.minimum(boxes[:, 3], boxes[other, 3])
            gap = across - (boxes[:, 2] + boxes[other, 2]) / 2
            fits = (
                (place + nth < count)
                & (row[other] == row + step)
                & (across > 0)
                & (gap < MAX_GAP * height)
                & (gap > -MAX_OVERLAP * height)
                & (height < HEIGHT_RATIO * lower)
                & (np.abs(feet[other] - feet) < climb * across + 0.25 * height)
            )
            distance = np.hypot(across, 2 * (feet[other] - feet))
            better = fits & (distance < nearest)
            best[better] = other[better]
            nearest[better] = distance[better]
    return _mutual(best, nearest)


def _mutual(following: Indices, distance: Floats) -> Indices:
    """Of all letters that are followed by the same one, only the nearest keeps it."""
    linked = np.nonzero(following >= 0)[0]
    # The nearest comes last, and so is the one that stays.
    linked = linked[np.argsort(-distance[linked], kind="stable")]
    before = np.full(len(following), -1, dtype=np.intp)
    before[following[linked]] = linked
    kept = np.full(len(following), -1, dtype=np.intp)
    ends = np.nonzero(before >= 0)[0]
    kept[before[ends]] = ends
    return kept


def _chains(following: Indices) -> Indices:
    """The number of each letter's chain: chains are followed to their last letter, twice as far each time."""
    last = np.where(following >= 0, following, np.arange(len(following)))
    for _ in range(max(1, math.ceil(math.log2(len(following) + 1)))):
        last = last[last]
    return np.unique(last, return_inverse=True)[1]


def _fitted(middles: Floats, feet: Floats, chains: Indices) -> tuple[Floats, Floats, Floats]:
    """Slope of each chain that is long enough, the certainty of the slope (mm²), and the length (mm)."""
    count = int(chains.max()) + 1
    weight: Floats = np.ones(len(middles))
    slope: Floats = np.zeros(count)
    spread: Floats = np.zeros(count)
    x, y = middles - middles.mean(), feet - feet.mean()
    for _ in range(ROUNDS):
        total = np.maximum(_sums(chains, weight, count), 1e-9)
        mean_x = _sums(chains, weight * x, count) / total
        mean_y = _sums(chains, weight * y, count) / total
        from_x, from_y = x - mean_x[chains], y - mean_y[chains]
        spread = _sums(chains, weight * from_x * from_x, count)
        slope = _sums(chains, weight * from_x * from_y, count) / np.maximum(spread, 1e-9)
        offset = (from_y - slope[chains] * from_x) / OUTLIER_MM
        weight = 1.0 / (1.0 + offset * offset) ** 2
    left, right = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(left, chains, x)
    np.maximum.at(right, chains, x)
    lengths = right - left
    long = (np.bincount(chains, minlength=count) >= MIN_CHAIN) & (lengths >= MIN_CHAIN_MM)
    return slope[long], spread[long], lengths[long]


def _sums(chains: Indices, values: Floats, count: int) -> Floats:
    """The sum of `values` over each chain."""
    return np.asarray(np.bincount(chains, values, count), dtype=np.float64)


def _combined(angles: Floats, weights: Floats, lengths: Floats) -> BaselineEstimate:
    order = np.argsort(angles)
    sums = np.cumsum(lengths[order])
    median = angles[order][int(np.searchsorted(sums, sums[-1] / 2))]
    alike = np.abs(angles - median) <= np.maximum(
        ALIKE_DEGREES, np.degrees(np.arctan(3 * OUTLIER_MM / lengths))
    )
    chosen, weight = angles[alike], weights[alike]
    mean = float(np.average(chosen, weights=weight))
    scatter = float(np.average((chosen - mean) ** 2, weights=weight))
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    least = math.degrees(FOOT_MM / math.sqrt(float(weight.sum())))
    error = max(least, math.sqrt(scatter / max(1.0, effective - 1)))
    return BaselineEstimate(mean, error, len(chosen), float(lengths[alike].sum() / lengths.sum()))
