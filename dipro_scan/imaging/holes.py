"""Punch holes, staples and dog-ears: places on the paper that are no writing.

Each is told by its shape, its size and where it lies. What only resembles one stays writing: a hole alone, a
line that is no wire, a corner that is printed black. Nothing is sought on a page without paper-like ground.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.border import Mask, dark_lid
from dipro_scan.imaging.components import components
from dipro_scan.imaging.paper_edge import MIN_PAPER_LEVEL, PaperFrame
from dipro_scan.imaging.small_page import SmallPage
from dipro_scan.model import Box, FaultKind, PaperFault
from dipro_scan.settings.border_settings import BorderSettings

HOLE_MM: Final = (4.5, 7.5)
"""Diameter of a punch hole (ISO 838: 6 mm), with what scanning adds or takes away."""

HOLE_DISTANCE_MM: Final = (78.5, 81.5)
"""Between the centres of two holes (ISO 838: 80 mm)."""

HOLE_INWARDS_MM: Final = 18.0
"""ISO 838: the centres lie 12 mm from the paper's edge; a crooked punch or a wide lid moves them."""

HOLE_LEVEL: Final = 0.6
"""Through a hole one sees less than this share of the paper's brightness."""

OPENING_MM: Final = 1.5
RIM_MM: Final = 0.6
STAPLE_LEVEL: Final = 0.75
STAPLE_MM: Final = (9.0, 17.0)
"""A staple 24/6 or 26/6 is 13 mm wide; its shadow adds to it."""

STAPLE_WIDTH_MM: Final = 2.2
STAPLE_SLANT: Final = (18.0, 72.0)
STAPLE_CORNER_MM: Final = 28.0
STAPLE_SOLID: Final = 0.9
"""So much of its length shows, seen along it: a wire has no gaps, a word has."""

EAR_MM: Final = (4.0, 32.0)
EAR_FILL: Final = (0.8, 1.2)
"""Dark area by that of the triangle between its legs."""

EAR_RATIO: Final = 2.2
EAR_EDGE_MM: Final = 1.5


def find_faults(page: SmallPage, frame: PaperFrame, settings: BorderSettings) -> tuple[PaperFault, ...]:
    """What wear left on the paper; empty for a page that is dark all over."""
    if page.bright < MIN_PAPER_LEVEL:
        return ()
    return (*_holes(page, frame), *_staples(page, frame), *_dog_ears(page, frame, settings))


def _box(page: SmallPage, left: float, top: float, right: float, bottom: float) -> Box:
    x, y = page.origin_mm
    return Box(left * page.mm + x, top * page.mm + y, right * page.mm + x, bottom * page.mm + y)


def _holes(page: SmallPage, frame: PaperFrame) -> list[PaperFault]:
    dark = (page.calm < HOLE_LEVEL * page.bright).view(np.uint8)
    side = page.px(OPENING_MM) | 1
    if min(dark.shape) < side:
        return []
    # Opened, so that a rule or fold through a hole does not belong to it.
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, brush)
    _count, _labels, stats, centres = components(np.asarray(solid, np.uint8))
    width, height = stats[:, cv2.CC_STAT_WIDTH] * page.mm, stats[:, cv2.CC_STAT_HEIGHT] * page.mm
    filled = stats[:, cv2.CC_STAT_AREA] * page.mm**2 / (width * height)
    fits = (
        (np.minimum(width, height) >= HOLE_MM[0])
        & (np.maximum(width, height) <= HOLE_MM[1])
        & (np.abs(filled - np.pi / 4) < 0.08)
        & (np.abs(width - height) < 0.9)
    )
    fits[0] = False
    chosen = np.flatnonzero(fits)
    chosen = chosen[[_near_edge(centres[one], page, frame) for one in chosen]] if len(chosen) else chosen
    places = centres[chosen] * page.mm
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    low, high = HOLE_DISTANCE_MM
    rim = page.px(RIM_MM)
    found = []
    for index, row in zip(chosen, apart, strict=True):
        if ((row > low) & (row < high)).any():
            left, top, across, down = (int(value) for value in stats[index, : cv2.CC_STAT_AREA])
            box = _box(page, left - rim, top - rim, left + across + rim, top + down + rim)
            found.append(PaperFault(FaultKind.HOLE, box))
    return found


def _near_edge(centre: NDArray[np.float64], page: SmallPage, frame: PaperFrame) -> bool:
    corners = np.array(frame.corners_px, dtype=np.float32) / page.step
    inwards = cv2.pointPolygonTest(
        corners, (float(centre[0]) + 0.5, float(centre[1]) + 0.5), measureDist=True
    )
    return 0 < inwards * page.mm <= HOLE_INWARDS_MM


def _corner_windows(page: SmallPage, frame: PaperFrame, reach_mm: float) -> list[tuple[slice, slice]]:
    """Squares of the scan around the corners of the paper, those that the scan shows nothing of left out."""
    height, width = page.gray.shape
    reach = page.px(reach_mm)
    windows = []
    for x, y in frame.corners_px:
        column, row = round(x / page.step), round(y / page.step)
        rows = slice(max(0, row - reach), max(0, min(height, row + reach)))
        columns = slice(max(0, column - reach), max(0, min(width, column + reach)))
        if rows.stop - rows.start > reach // 2 and columns.stop - columns.start > reach // 2:
            windows.append((rows, columns))
    return windows


def _staples(page: SmallPage, frame: PaperFrame) -> list[PaperFault]:
    found = []
    for rows, columns in _corner_windows(page, frame, STAPLE_CORNER_MM):
        dark = (page.gray[rows, columns] < STAPLE_LEVEL * page.bright).view(np.uint8)
        joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        count, labels, stats, _centres = cv2.connectedComponentsWithStats(joined, connectivity=8)
        for label in range(1, count):
            left, top, across, down, _area = (int(value) for value in stats[label])
            length = float(np.hypot(across, down)) * page.mm
            if STAPLE_MM[0] <= length <= STAPLE_MM[1] + 2 and _is_wire(labels == label, page):
                x, y = columns.start + left, rows.start + top
                box = _box(page, x - 2, y - 2, x + across + 2, y + down + 2)
                found.append(PaperFault(FaultKind.STAPLE, box))
    return found


def _is_wire(mask: Mask, page: SmallPage) -> bool:
    """A straight, narrow, slanting piece as long as a staple, without gaps."""
    rows, columns = np.nonzero(mask)
    if len(rows) < 12:
        return False
    points = np.column_stack([columns, rows]).astype(np.float64)
    points -= points.mean(axis=0)
    _values, axes = np.linalg.eigh(points.T @ points)
    along, beside = points @ axes[:, 1] * page.mm, points @ axes[:, 0] * page.mm
    slant = abs(float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1]))))
    slant = min(slant, 180 - slant)
    length, width = float(np.ptp(along)) + page.mm, float(np.ptp(beside)) + page.mm
    filled = len(rows) * page.mm**2 / (length * width)
    steps = np.unique(np.floor((along - along.min()) / (2 * page.mm))).size * 2 * page.mm
    return (
        STAPLE_MM[0] <= length <= STAPLE_MM[1]
        and width <= STAPLE_WIDTH_MM
        and STAPLE_SLANT[0] <= slant <= STAPLE_SLANT[1]
        and filled >= 0.4
        and float(np.std(beside)) >= 0.9 * page.mm
        and steps / length >= STAPLE_SOLID
    )


def _dog_ears(page: SmallPage, frame: PaperFrame, settings: BorderSettings) -> list[PaperFault]:
    """Corners in whose place a black lid shows as a triangle; the flap fills the rest of its square."""
    lid = dark_lid(page, settings.max_lid_level)
    found = []
    corners = np.array(frame.corners_px, dtype=np.float64) / page.step
    for index in range(4):
        corner, before, after = corners[index], corners[index - 1], corners[(index + 1) % 4]
        legs = [_leg(lid, corner, other, page) for other in (before, after)]
        low, high = (length / page.mm for length in EAR_MM)
        if not all(low <= leg <= high for leg in legs) or max(legs) > EAR_RATIO * min(legs):
            continue
        ends = [
            corner + (other - corner) / np.linalg.norm(other - corner) * leg
            for other, leg in zip((before, after), legs, strict=True)
        ]
        if _is_triangle(lid, corner, ends):
            flap = ends[0] + ends[1] - corner
            square = np.array([corner, *ends, flap])
            margin = page.px(EAR_EDGE_MM)
            (left, top), (right, bottom) = square.min(axis=0) - margin, square.max(axis=0) + margin
            found.append(PaperFault(FaultKind.DOG_EAR, _box(page, left, top, right, bottom)))
    return found


def _leg(lid: Mask, corner: NDArray[np.float64], other: NDArray[np.float64], page: SmallPage) -> float:
    """How far from the corner of the paper, along its edge, the lid shows a little inside it, in pixels."""
    length = float(np.linalg.norm(other - corner))
    way = (other - corner) / max(length, 1.0)
    centre_ward = np.array([-way[1], way[0]])
    steps = np.arange(0, int(min(length, page.px(EAR_MM[1] + 4))))
    height, width = lid.shape
    middle = np.array([width / 2, height / 2])
    if (middle - corner) @ centre_ward < 0:
        centre_ward = -centre_ward
    places = corner + steps[:, None] * way + page.px(1.0) * centre_ward
    # Where the edge itself lies beyond the scan, the scan's outermost pixels stand for it.
    columns, rows = np.floor(places).astype(int).T
    bare = lid[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
    paper = np.flatnonzero(~bare)
    end = int(paper[0]) if len(paper) else len(steps)
    return float(end + page.px(1.0)) if end else 0.0


def _is_triangle(lid: Mask, corner: NDArray[np.float64], ends: list[NDArray[np.float64]]) -> bool:
    """Whether the lid shows within the triangle of the legs, and not within the rest of their square."""
    flap = ends[0] + ends[1] - corner
    parts = []
    for outline in ([corner, ends[0], ends[1]], [flap, ends[0], ends[1]]):
        mask = np.zeros(lid.shape, dtype=np.uint8)
        cv2.fillConvexPoly(mask, np.rint(np.array(outline) * 16).astype(np.int32), 1, shift=4)
        parts.append(mask.view(np.bool_))
    if not all(part.any() for part in parts):
        return False
    near, far = (float(lid[part].mean()) for part in parts)
    return near >= EAR_FILL[0] and far <= EAR_FILL[1] - 1.0
