"""How deep the scanner's lid reaches into a scan from each side, and the straight edge where it ends.

From each side one looks inwards until something is seen that is not the lid. Paper ends in a straight line,
so these depths lie on one; the lid takes at least one corner of the scan with it, because paper bulges
nowhere. What ends raggedly, or lies between paper on both sides, is print that runs off the page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.levels import Gray
from dipro_scan.imaging.small_page import SmallPage

MAX_SLOPE: Final = 0.27
"""Tangent of 15 degrees, the most that a page is straightened by."""

SLOPES: Final = np.linspace(-MAX_SLOPE, MAX_SLOPE, 217)
SAMPLES: Final = 240
NEAR_PX: Final = 1.6
"""A depth so near to a line lies on it."""

MIN_RUN_MM: Final = 12.0
"""Over so much of its length the edge must be seen, or a fifth of the side of a small page."""

MIN_RUN_SHARE: Final = 0.2
MIN_AGREEING: Final = 0.8
"""Share of the places along an edge at which it is where the line says, of those where paper or edge is."""

LID_SHARE_OF_PAPER: Final = 0.45
"""A black lid is darker than this share of the brightest ground."""

SKIPPED_PX: Final = 1
"""The outermost pixel may be a scanner's white line."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SideEdge:
    """The paper's edge along one side: `depth(t) = offset + slope * t`, in pixels of the small page.

    t runs along the side, from the left or from the top; depth is measured inwards from the scan's edge.
    `agreeing` (0-1) is the share of places that lie on the line; `share` (0-1) is how much of the side of the
    scan shows the lid.
    """

    offset: float
    slope: float
    agreeing: float
    share: float

    def depth(self, place: float) -> float:
        return self.offset + self.slope * place


def dark_lid(page: SmallPage, max_level: int) -> Mask:
    """What is as dark as a black lid."""
    return np.asarray(page.calm < min(max_level, round(LID_SHARE_OF_PAPER * page.bright)))


def seen_from(pixels: NDArray[np.generic], side: int) -> NDArray[np.generic]:
    """`pixels` so that the side 0-3 (top, right, bottom, left) is the upper row, in reading order."""
    return (pixels, pixels.T[::-1], pixels[::-1], pixels.T)[side]


def find_edge(lid: Mask, page: SmallPage, side: int, min_depth_mm: float) -> SideEdge | None:
    """The straight edge at which `lid` ends along side 0-3 (top, right, bottom, left); None for none."""
    looked = seen_from(lid, side)
    min_run = min(page.px(MIN_RUN_MM), MIN_RUN_SHARE * looked.shape[1])
    if np.count_nonzero(looked[SKIPPED_PX : SKIPPED_PX + 1]) < min_run:
        return None
    depths = _depths(np.asarray(looked))
    places = np.flatnonzero((depths > SKIPPED_PX) & (depths < len(looked)))
    if len(places) < max(8, min_run):
        return None
    found = _line(places, depths)
    if found is None:
        return None
    offset, slope = found
    expected = offset + slope * np.arange(len(depths))
    open_ended = depths >= len(looked)
    within = (expected > SKIPPED_PX + NEAR_PX) & ~open_ended
    on_line = within & (np.abs(depths - expected) <= NEAR_PX)
    agreeing = _agreeing(on_line, within, within & (depths < expected - NEAR_PX))
    if on_line.sum() < max(6, min_run) or agreeing < MIN_AGREEING:
        return None
    visible = np.flatnonzero(expected > SKIPPED_PX)
    deepest = float(max(expected[0], expected[-1])) * page.mm
    reaches_corner = visible[0] == 0 or visible[-1] == len(depths) - 1
    corner_is_lid = (
        (depths[: page.px(2)] > SKIPPED_PX).mean() > 0.5,
        (depths[-page.px(2) :] > SKIPPED_PX).mean() > 0.5,
    )
    if deepest < min_depth_mm or not reaches_corner or not any(corner_is_lid):
        return None
    return SideEdge(offset, slope, agreeing, round(len(visible) / len(depths), 4))


def _depths(lid: Mask) -> NDArray[np.int64]:
    """For each column, how many pixels of lid there are before anything else; the height where nothing is."""
    other = ~lid
    other[:SKIPPED_PX] = False
    ends = np.argmax(other, axis=0)
    ends[~other.any(axis=0)] = len(lid)
    return np.asarray(ends, dtype=np.int64)


def _agreeing(on_line: Mask, within: Mask, shallower: Mask) -> float:
    """The share of places on the line, of all between its ends and of those where paper lies beyond it.

    Further out than its ends, what is deeper belongs to the next side, or to a folded corner.
    """
    places = np.flatnonzero(on_line)
    if not len(places):
        return 0.0
    counted = shallower.copy()
    counted[places[0] : places[-1] + 1] |= within[places[0] : places[-1] + 1]
    return float(len(places) / np.count_nonzero(counted | on_line))


def _line(places: NDArray[np.int64], depths: NDArray[np.int64]) -> tuple[float, float] | None:
    """Offset and slope of the line through most of the depths: a Hough transform, then least squares."""
    picked = places[:: max(1, math.ceil(len(places) / SAMPLES))]
    rests = np.rint(depths[picked][None, :] - SLOPES[:, None] * picked[None, :]).astype(np.int64)
    rests -= rests.min()
    span = int(rests.max()) + 2
    votes = np.bincount(
        (rests + np.arange(len(SLOPES))[:, None] * span).ravel(), minlength=span * len(SLOPES)
    )
    votes[1:] += votes[:-1]  # An edge between two whole pixels votes for both.
    best = int(np.argmax(votes)) // span
    slope = float(SLOPES[best])
    rest = depths[places] - slope * places
    offset = float(np.median(rest[np.abs(rest - _mode(rest)) <= 2 * NEAR_PX]))
    for reach in (2 * NEAR_PX, NEAR_PX, NEAR_PX):
        near = np.abs(depths[places] - offset - slope * places) <= reach
        if near.sum() < 6:
            return None
        slope, offset = (float(value) for value in np.polyfit(places[near], depths[places][near], 1))
    return (offset, slope) if abs(slope) <= MAX_SLOPE * 1.05 else None


def _mode(values: NDArray[np.float64]) -> float:
    whole = np.rint(values).astype(np.int64)
    counts = np.bincount(whole - whole.min())
    counts[1:] += counts[:-1]
    return float(np.argmax(counts) + whole.min()) - 0.5


def light_lid(page: SmallPage, blurred: Gray, side: int, tolerance: float) -> tuple[Mask, float]:
    """What looks like the strip along that side of the scan, and the level of that strip."""
    strip = np.asarray(seen_from(blurred, side))[: page.px(1.0)]
    level = float(np.median(strip))
    seen = cv2.inRange(blurred, np.array(level - tolerance), np.array(level + tolerance))
    return np.asarray(seen > 0), level
