"""Whether ink that lies together has the shape of a stamp: a frame, a ring, or lines between rules."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import cv2
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

SIDE_SHARE: Final = 0.12
"""And no farther than this share of the shorter side: the loops of a signature fill a low box anyhow."""

SIDE_COVER: Final = 0.72
RULE_COVER: Final = 0.75
"""A line of letters covers about half of its length in any row."""

RING_COVER: Final = 0.7
ROUND: Final = 0.85
OVAL: Final = 0.45
"""The shorter axis of a ring and of an oval is at least this share of the longer one."""

RULED_MM: Final = 25.0
"""Stamps with rules and no frame are at least so wide; a signature's strokes run level over less."""

RULE_MM: Final = 1.0
"""A rule of a stamp, as it is printed on paper, is no wider than this; bars of letterheads are."""

LEVEL_DEGREES: Final = 0.25
"""What is turned by less lies as print does; a hand does not press a stamp so straight, or hardly ever."""

SAME_ENDS: Final = 0.75
"""Rules of one stamp share this much of their common length."""

APART_MM: Final = (3.5, 40.0)
"""Between the rules of a stamp there is room for a line of print, and not for a paragraph."""

TURNED_DEGREES: Final = 0.6
"""What is turned by this much against the page's lines was not printed with them."""

A_HINT: Final = 0.4
"""Confidence of lines with a single rule: it may be handwriting that is underlined."""

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
    if abs(angle) < LEVEL_DEGREES:
        return None
    turned = min(1.0, abs(angle) / TURNED_DEGREES)
    if _is_oval(along, down, (left, top, right, bottom)):
        return Shape(StampShape.RING, angle, 0.65 + 0.25 * turned)
    if _frame_cover(along, down, (left, top, right, bottom)) >= SIDE_COVER:
        return Shape(StampShape.FRAME, angle, 0.7 + 0.25 * turned)
    rules = _rules(along, down, (left, top, right, bottom), pixel_mm)
    if rules >= 2 and width >= RULED_MM:
        return Shape(StampShape.RULES, angle, 0.55 + 0.35 * turned)
    if rules == 1 and turned == 1.0 and _lines(down) >= 2 and width >= RULED_MM:
        return Shape(StampShape.LINES, angle, A_HINT)
    return None


def ruled_part(points: Points) -> NDArray[np.bool_] | None:
    """Which of `points` two rules of a stamp, or its frame, hold together; None where there are none.

    points: as of `stamp_shape`, of a stamp that is grown together with handwriting of the same colour.
    """
    angle = _angle(points[:: -(-len(points) // MAX_POINTS)])
    along, down = _turned(points, angle)
    runs = _long_runs(along, down)
    pairs = [
        (upper, lower)
        for upper in runs
        for lower in runs
        if APART_MM[0] <= lower[0] - upper[0] <= APART_MM[1] and _share_ends(upper, lower)
    ]
    if not pairs:
        return None
    upper, lower = max(pairs, key=lambda pair: pair[1][0] - pair[0][0])
    left, right = max(upper[1], lower[1]) - SIDE_MM, min(upper[2], lower[2]) + SIDE_MM
    # Handwriting may lengthen one of the rules.
    within = (along >= left) & (along <= right)
    # Beyond both rules of a stamp without a frame there may be one more line, beyond a frame nothing.
    for beyond in (2 * BIN_MM, 0.8 * (lower[0] - upper[0])):
        part = within & (down >= upper[0] - beyond) & (down <= lower[0] + beyond)
        shape = stamp_shape(points[part], BIN_MM)
        if shape is not None and shape.kind in (StampShape.FRAME, StampShape.RULES):
            return np.asarray(part)
    return None


def _long_runs(along: Points, down: Points) -> list[tuple[float, float, float]]:
    """Where long rules lie: how far down, from where and to where along, millimetres."""
    first, top = float(along.min()), float(down.min())
    column = ((along - first) / BIN_MM).astype(np.int64)
    row = ((down - top) / BIN_MM).astype(np.int64)
    seen = np.zeros((int(row.max()) + 2, int(column.max()) + 3), dtype=np.int8)
    seen[row, column + 1] = 1
    # A rule may fall on the border of two rows, and worn rubber leaves gaps of a millimetre.
    seen[:-1] |= seen[1:]
    closed = np.asarray(cv2.morphologyEx(seen.view(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8)))
    runs: list[tuple[float, float, float]] = []
    for number in np.flatnonzero(closed.sum(axis=1) * BIN_MM >= RULED_MM):
        edges = np.diff(closed[number].astype(np.int8), prepend=0, append=0)
        starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        longest = int(np.argmax(ends - starts))
        start, end = (float(places[longest] - 1) * BIN_MM + first for places in (starts, ends))
        whole = float(seen[number, starts[longest] : ends[longest]].mean())
        if end - start >= RULED_MM and whole >= RULE_COVER:
            runs.append((float(number + 1) * BIN_MM + top, start, end))
    return runs


def _share_ends(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    common = min(one[2], other[2]) - max(one[1], other[1])
    return common >= SAME_ENDS * (max(one[2], other[2]) - min(one[1], other[1]))


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
    reach = min(SIDE_MM, SIDE_SHARE * min(right - left, bottom - top))
    sides = (
        (along, down - top, left, right),
        (along, bottom - down, left, right),
        (down, along - left, top, bottom),
        (down, right - along, top, bottom),
    )
    return min(_cover(places[np.abs(depth) <= reach], low, high) for places, depth, low, high in sides)


def _cover(places: Points, low: float, high: float) -> float:
    bins = max(1, int((high - low) / BIN_MM))
    inside = ((places - low) / (high - low) * bins).astype(np.int64)
    return len(np.unique(inside[(inside >= 0) & (inside < bins)])) / bins


def _rules(along: Points, down: Points, box: tuple[float, float, float, float], pixel_mm: float) -> int:
    """How many rules run through the stamp: full along its width, and thin."""
    left, top, right, bottom = box
    rows = max(1, int((bottom - top) / BIN_MM))
    columns = max(1, int((right - left) / BIN_MM))
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


def _lines(down: Points, least_mm: float = 1.5) -> int:
    """How many lines of at least that height the ink lies in that bare paper parts."""
    counts = np.bincount(((down - down.min()) / BIN_MM).astype(np.int64))
    inked = counts > 0.08 * counts.max()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    return int(np.count_nonzero((edges[1::2] - edges[::2]) * BIN_MM >= least_mm))


def _ring(points: Points) -> Shape | None:
    low, high = np.percentile(points, 0.2, axis=0), np.percentile(points, 99.8, axis=0)
    width, height = high - low
    if not (LONG_MM[0] <= min(width, height) and max(width, height) <= SHORT_MM[1]):
        return None
    if min(width, height) < ROUND * max(width, height):
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


def _is_oval(along: Points, down: Points, box: tuple[float, float, float, float]) -> bool:
    """Whether the ink ends in an ellipse with the axes of `box`, and little of it lies beyond."""
    left, top, right, bottom = box
    wide, high = (right - left) / 2, (bottom - top) / 2
    if min(wide, high) < OVAL * max(wide, high):
        return False
    x, y = (along - (left + right) / 2) / wide, (down - (top + bottom) / 2) / high
    radius = np.hypot(x, y)
    rim = radius >= 1 - SIDE_MM / min(wide, high)
    if np.mean(radius > 1.12) > 0.01 or np.mean(rim) < 0.2:
        return False
    reach = (wide + high) / 2
    return _cover(np.arctan2(y, x)[rim] * np.float32(reach), *_half_turns(reach)) >= RING_COVER


def _half_turns(radius_mm: float) -> tuple[float, float]:
    return -math.pi * radius_mm, math.pi * radius_mm
