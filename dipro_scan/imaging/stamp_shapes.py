"""Whether ink that lies together has the shape of a stamp: a frame, a ring, or lines between rules."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dipro_scan.model.marks import StampShape

Points = NDArray[np.float32]

LONG_MM: Final = (12.0, 95.0)
SHORT_MM: Final = (5.0, 65.0)
"""Sides of what can be a stamp: a date stamp of one hand, and a form's whole stamp of receipt."""

MAX_TURN_DEGREES: Final = 20.0
STEPS_DEGREES: Final = (1.0, 0.2)
"""The angle is looked for in coarse steps first, and in fine ones around the best."""

BIN_MM: Final = 0.5
SIDE_MM: Final = 1.5
"""How far inside of a stamp's edge its frame may lie: rubber presses unevenly."""

SIDE_COVER: Final = 0.6
RULE_COVER: Final = 0.65
RING_COVER: Final = 0.7
RULED_MM: Final = 25.0
"""Stamps with rules and no frame are at least so wide; a signature's strokes run level over less."""

RULE_MM: Final = 1.0
"""A rule of a stamp, as it is printed on paper, is no wider than this; bars of letterheads are."""

TURNED_DEGREES: Final = 0.6
"""What is turned by this much against the page's lines was not printed with them."""

MAX_POINTS: Final = 6000


class Shape(NamedTuple):
    """A stamp's shape, its angle (positive: it climbs to the right) and how sure (0-1) it is one."""

    kind: StampShape
    angle_degrees: float
    confidence: float


def stamp_shape(points: Points, pixel_mm: float) -> Shape | None:
    """What shape the ink at `points` has, None for no stamp's.

    points: shape (n, 2), millimetres (x, y) on the straightened page, y downwards, of ink in squares of
    `pixel_mm`.
    """
    if len(points) > MAX_POINTS:
        points = points[:: -(-len(points) // MAX_POINTS)]
    if len(points) < 40:
        return None
    ring = _ring(points)
    if ring is not None:
        return ring
    angle = _angle(points)
    along, down = _turned(points, angle)
    # One speck of ink beyond its edge must not make a stamp larger than its frame.
    left, right = np.percentile(along, (0.3, 99.7))
    top, bottom = np.percentile(down, (0.3, 99.7))
    width, height = right - left, bottom - top
    if not (
        LONG_MM[0] <= max(width, height) <= LONG_MM[1] and SHORT_MM[0] <= min(width, height) <= SHORT_MM[1]
    ):
        return None
    turned = min(1.0, abs(angle) / TURNED_DEGREES)
    if _frame_cover(along, down, (left, top, right, bottom)) >= SIDE_COVER:
        return Shape(StampShape.FRAME, angle, 0.7 + 0.25 * turned)
    rules = _rules(along, down, (left, top, right, bottom), pixel_mm)
    if rules >= 2 and width >= RULED_MM:
        return Shape(StampShape.RULES, angle, 0.55 + 0.35 * turned)
    if rules == 1 and turned == 1.0 and _lines(down) >= 2:
        return Shape(StampShape.LINES, angle, 0.5)
    return None


def _turned(points: Points, degrees: float) -> tuple[Points, Points]:
    """Places along and down a stamp whose lines climb to the right by `degrees`."""
    angle = math.radians(degrees)
    x, y = points[:, 0], points[:, 1]
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)


def _angle(points: Points) -> float:
    """The angle at which lines and rules of the ink gather in the fewest places."""
    best = 0.0
    reach = MAX_TURN_DEGREES
    for step in STEPS_DEGREES:
        tried = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(tried, key=lambda degrees: _gathered(points, float(degrees))))
        reach = step
    return round(best, 2)


def _gathered(points: Points, degrees: float) -> float:
    _along, down = _turned(points, degrees)
    counts = np.bincount(((down - down.min()) / BIN_MM).astype(np.int64)).astype(np.float64)
    return float((counts**2).sum())


def _frame_cover(along: Points, down: Points, box: tuple[float, float, float, float]) -> float:
    """The least share of a side, of all four, along which there is ink within the frame's reach."""
    left, top, right, bottom = box
    sides = (
        (along, down - top, left, right),
        (along, bottom - down, left, right),
        (down, along - left, top, bottom),
        (down, right - along, top, bottom),
    )
    return min(_cover(places[np.abs(depth) <= SIDE_MM], low, high) for places, depth, low, high in sides)


def _cover(places: Points, low: float, high: float) -> float:
    bins = max(1, int((high - low) / (2 * BIN_MM)))
    inside = ((places - low) / (high - low) * bins).astype(np.int64)
    return len(np.unique(inside[(inside >= 0) & (inside < bins)])) / bins


def _rules(along: Points, down: Points, box: tuple[float, float, float, float], pixel_mm: float) -> int:
    """How many rules run through the stamp: full along its width, and thin."""
    left, top, right, bottom = box
    rows = max(1, int((bottom - top) / BIN_MM))
    columns = max(1, int((right - left) / (2 * BIN_MM)))
    row = ((down - top) / (bottom - top) * rows).astype(np.int64)
    column = ((along - left) / (right - left) * columns).astype(np.int64)
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    seen = np.zeros((rows, columns), dtype=np.bool_)
    seen[row[inside], column[inside]] = True
    full = seen.mean(axis=1) >= RULE_COVER
    # A rule may fall on the border of two rows; neither is full then, and both together are.
    full[1:] |= (seen[1:] | seen[:-1]).mean(axis=1) >= 0.9
    edges = np.flatnonzero(np.diff(np.concatenate([[0], full.astype(np.int8), [0]])))
    thick = (edges[1::2] - edges[::2]) * BIN_MM
    return int(np.count_nonzero(thick <= RULE_MM + 2 * max(BIN_MM, pixel_mm)))


def _lines(down: Points) -> int:
    """How many lines the ink lies in that bare paper parts."""
    counts = np.bincount(((down - down.min()) / BIN_MM).astype(np.int64))
    inked = counts > 0.08 * counts.max()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    return int(np.count_nonzero((edges[1::2] - edges[::2]) * BIN_MM >= 1.5))


def _ring(points: Points) -> Shape | None:
    low, high = np.percentile(points, 0.2, axis=0), np.percentile(points, 99.8, axis=0)
    width, height = high - low
    if not (LONG_MM[0] <= min(width, height) and max(width, height) <= SHORT_MM[1]):
        return None
    if min(width, height) < 0.85 * max(width, height):
        return None
    centred = (points - (low + high) / 2) / ((high - low) / 2)
    radius = np.hypot(centred[:, 0], centred[:, 1])
    if np.mean(radius > 1.1) > 0.01:
        return None
    bearing = np.arctan2(centred[:, 1], centred[:, 0])
    rim = radius >= 1 - 2 * SIDE_MM / max(width, height)
    cover = _cover(bearing[rim] * np.float32(max(width, height) / 2), *_half_turns(max(width, height) / 2))
    if cover < RING_COVER or np.mean(rim) < 0.2:
        return None
    return Shape(StampShape.RING, 0.0, 0.9)


def _half_turns(radius_mm: float) -> tuple[float, float]:
    return -math.pi * radius_mm, math.pi * radius_mm
