"""What its life and the scanner leave on an empty page: lid, punch holes, staple, dog-ear, streaks.

Each function takes ink found on a sparse page and gives the mask of what is no writing. Each kind is told by
a shape and a place that writing does not have; what only resembles it stays ink.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.levels import Gray
from dipro_scan.imaging.paper_contrast import Mask, PaperContrast

SCANNER_EDGE_MM: Final = 15.0
"""So far in from its edge a scan may show what is no paper: the dark lid beside a sheet 3° askew."""

LID_SOFT_MM: Final = 1.2
"""How far the shadow of the paper's edge reaches beside the lid."""

FRAME_MM: Final = 1.5
"""So near to the edge of the scan nothing is printed; edges and shadows are."""

SLIVER_MM: Final = 5.0
"""From this length on a thin, straight, level piece beside the scan's edge is the paper's own edge."""

SLIVER_REACH_MM: Final = 9.0
SLIVER_SPREAD_MM: Final = 0.4
SLIVER_SLANT_DEGREES: Final = 6.0

HOLE_MM: Final = (4.5, 7.5)
"""Diameter of a punch hole (ISO 838: 6 mm), with what scanning adds or takes away."""

HOLE_DISTANCE_MM: Final = (78.5, 81.5)
"""Between the centres of two punch holes (ISO 838: 80 mm)."""

HOLE_RIM_MM: Final = 0.8

STAPLE_MM: Final = (9.0, 16.0)
"""Length of a staple with its shadow (24/6 and 26/6: 13 mm wide)."""

STAPLE_CORNER_MM: Final = 28.0
STAPLE_SPREAD_MM: Final = 0.75
"""Standard deviation across its length of the pixels of a wire and its shadow."""

STAPLE_SLANT: Final = (15.0, 75.0)
STAPLE_CONTRAST: Final = 0.25

EAR_MM: Final = (4.0, 30.0)
EAR_SHADOW_MM: Final = 5.0

STREAK_SHARE: Final = 0.3
"""Share of the page's length from which a straight line along it is dirt on the scanner's glass (in 80 % it
is certain; a faint streak is broken) and no writing."""

STREAK_MM: Final = 0.8
"""What is broader is no streak."""

STREAK_BANDS: Final = 8
STREAK_LEVELS: Final = 2.0
"""A streak too faint for its pixels still darkens the mean of its column, in 7 of 8 bands of the page."""


def lid(contrast: PaperContrast) -> Mask:
    """What is dark, reaches the edge of the scan, and lies near it: the lid beside the paper."""
    dark = (contrast.gray < contrast.level // 2).view(np.uint8)
    if not (dark[0].any() or dark[-1].any() or dark[:, 0].any() or dark[:, -1].any()):
        return np.zeros(dark.shape, dtype=bool)
    _count, labels = cv2.connectedComponents(dark, connectivity=8)
    at_edge = np.zeros(int(labels.max()) + 1, dtype=bool)
    for line in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        at_edge[line] = True
    at_edge[0] = False
    found = at_edge[labels]
    soft = 2 * contrast.pixels(LID_SOFT_MM / 2) + 1
    found = np.asarray(cv2.dilate(found.view(np.uint8), np.ones((soft, soft), np.uint8)) > 0)
    reach = contrast.pixels(SCANNER_EDGE_MM)
    found[reach:-reach, reach:-reach] = False
    return found


def frame(contrast: PaperContrast) -> Mask:
    """The outermost strip of the scan; none of a slip that would be nothing else."""
    edge = contrast.pixels(FRAME_MM)
    found = np.ones(contrast.gray.shape, dtype=bool)
    found[edge:-edge, edge:-edge] = False
    if min(found.shape) < 12 * edge:
        found[:] = False
    return found


def edge_slivers(ink: Mask, contrast: PaperContrast) -> Mask:
    """Thin straight pieces along the sides of the scan: where the paper ends, or the lid begins."""
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    height, width = ink.shape
    reach, length = SLIVER_REACH_MM / contrast.mm, SLIVER_MM / contrast.mm
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    along_rows = (wide >= length) & (wide > 4 * high) & ((top + high < reach) | (top > height - reach))
    along_columns = (high >= length) & (high > 4 * wide) & ((left + wide < reach) | (left > width - reach))
    slivers = np.zeros(count, dtype=bool)
    for label in np.flatnonzero(along_rows | along_columns):
        if label == 0:
            continue
        rows = slice(top[label], top[label] + high[label])
        columns = slice(left[label], left[label] + wide[label])
        across_mm, slant = _spread(labels[rows, columns] == label, contrast.mm)
        slanting = min(slant, 90 - slant)
        slivers[label] = across_mm <= SLIVER_SPREAD_MM and slanting <= SLIVER_SLANT_DEGREES
    return np.asarray(slivers[labels])


def _spread(piece: Mask, mm: float) -> tuple[float, float]:
    """Standard deviation (mm) across the length of `piece`, and its slant (degrees, 0-90)."""
    rows, columns = np.nonzero(piece)
    values, vectors = np.linalg.eigh(np.cov(np.stack([columns, rows]) * mm))
    slant = float(np.degrees(np.arctan2(abs(vectors[1, 1]), abs(vectors[0, 1]))))
    return float(max(0.0, values[0])) ** 0.5, slant


def dog_ears(contrast: PaperContrast) -> Mask:
    """The squares of corners at which the lid shows as a triangle: the folded corner lies there."""
    found = np.zeros(contrast.gray.shape, dtype=bool)
    low, high = (contrast.pixels(leg) for leg in EAR_MM)
    shadow = contrast.pixels(EAR_SHADOW_MM)
    for rows in (slice(None), slice(None, None, -1)):
        for columns in (slice(None), slice(None, None, -1)):
            dark = contrast.gray[rows, columns][:high, :high] < contrast.level // 2
            leg = _triangle_leg(dark)
            if leg is not None and leg >= low:
                found[rows, columns][: leg + shadow, : leg + shadow] = True
    return found


def _triangle_leg(dark: Mask) -> int | None:
    """The leg of the triangle that fills the top left corner of `dark`, or None for another shape."""
    if not dark[0, 0]:
        return None
    diagonal = np.diagonal(dark)
    if diagonal.all():
        return None
    leg = 2 * int(np.argmin(diagonal))
    flipped = np.fliplr(dark)
    inside, outside = (
        np.diagonal(flipped, offset=dark.shape[1] - 1 - steps) for steps in (leg * 4 // 5, leg * 6 // 5)
    )
    if not inside.size or not outside.size:
        return None
    return leg if float(inside.mean()) > 0.85 and float(outside.mean()) < 0.45 else None


def punch_holes(ink: Mask, contrast: PaperContrast) -> Mask:
    """Circles (or their rims) as large as punch holes, of which another lies as far away as punches do."""
    mm = contrast.mm
    contours, _ = cv2.findContours(ink.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    low, high = HOLE_MM
    large = [contour for contour in contours if min(cv2.boundingRect(contour)[2:]) * mm >= low - mm]
    filled = np.zeros(ink.shape, dtype=np.uint8)
    cv2.drawContours(filled, large, -1, 1, cv2.FILLED)
    # Opened, so that a streak or fold that runs through a hole does not belong to it.
    side = contrast.pixels(1.5) | 1
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    opened = cv2.morphologyEx(filled, cv2.MORPH_OPEN, brush)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(opened, connectivity=8)
    width, height = stats[:, cv2.CC_STAT_WIDTH] * mm, stats[:, cv2.CC_STAT_HEIGHT] * mm
    full = stats[:, cv2.CC_STAT_AREA] * mm**2 / (width * height)
    round_ones = (
        (np.minimum(width, height) >= low)
        & (np.maximum(width, height) <= high)
        & (np.abs(full - np.pi / 4) < 0.08)
        & (np.abs(width - height) < 0.8)
    )
    round_ones[0] = False
    places = centres[round_ones] * mm
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    paired = ((apart > HOLE_DISTANCE_MM[0]) & (apart < HOLE_DISTANCE_MM[1])).any(axis=1)
    holes = np.zeros(count, dtype=bool)
    holes[np.flatnonzero(round_ones)[paired]] = True
    rim = 2 * contrast.pixels(HOLE_RIM_MM) + 1
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rim, rim))
    return np.asarray(cv2.dilate(holes[labels].view(np.uint8), brush) > 0)


def staples(ink: Mask, contrast: PaperContrast) -> Mask:
    """Dark straight wires of a staple's length, slanting, in a corner."""
    found = np.zeros(ink.shape, dtype=bool)
    size = contrast.pixels(STAPLE_CORNER_MM)
    for rows in (slice(None, size), slice(-size, None)):
        for columns in (slice(None, size), slice(-size, None)):
            corner = ink[rows, columns]
            count, labels = cv2.connectedComponents(corner.astype(np.uint8), connectivity=8)
            for label in range(1, min(count, 64)):
                wire = labels == label
                if _is_staple(wire, contrast.darkness[rows, columns], contrast):
                    reach = 2 * contrast.pixels(1.0) + 1
                    near = cv2.dilate(wire.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
                    found[rows, columns] |= near
    return found


def _is_staple(wire: Mask, darkness: Gray, contrast: PaperContrast) -> bool:
    ys, xs = np.nonzero(wire)
    if len(xs) * contrast.mm**2 < 3.0:
        return False
    if contrast.share(float(np.percentile(darkness[ys, xs], 90))) < STAPLE_CONTRAST:
        return False
    places = np.column_stack([xs, ys]) * contrast.mm
    values, vectors = np.linalg.eigh(np.cov(places.T))
    along = places @ vectors[:, 1]
    length = float(along.max() - along.min())
    slant = float(np.degrees(np.arctan2(abs(vectors[1, 1]), abs(vectors[0, 1]))))
    return (
        STAPLE_MM[0] <= length <= STAPLE_MM[1]
        and float(values[0]) ** 0.5 <= STAPLE_SPREAD_MM
        and STAPLE_SLANT[0] <= slant <= STAPLE_SLANT[1]
    )


def streaks(ink: Mask, contrast: PaperContrast) -> Mask:
    """Thin lines that run straight along the rows or columns of the scan, over much of it."""
    found = np.zeros(ink.shape, dtype=bool)
    widest = max(3, round(STREAK_MM / contrast.mm))
    for across, darkness, marked in (
        (ink, contrast.darkness, found),
        (ink.T, contrast.darkness.T, found.T),
    ):
        beside = across.copy()
        beside[:, 1:] |= across[:, :-1]
        beside[:, :-1] |= across[:, 1:]
        long = (beside.mean(axis=0) > STREAK_SHARE) | _faint_streaks(darkness, widest)
        row = long.astype(np.uint8)[None, :]
        broad = cv2.morphologyEx(row, cv2.MORPH_OPEN, np.ones((1, widest + 2), np.uint8))
        thin = cv2.dilate(cv2.subtract(row, broad), np.ones((1, 3), np.uint8))
        marked[:, thin[0] > 0] = True
    return found


def _faint_streaks(darkness: Gray, widest: int) -> NDArray[np.bool_]:
    """Columns whose mean darkness stands out from those beside it in nearly all bands of the page."""
    height, width = darkness.shape
    if height < 10 * STREAK_BANDS or width < 4 * widest:
        return np.zeros(width, dtype=bool)
    bands = cv2.resize(
        np.minimum(darkness, 60).astype(np.float32), (width, STREAK_BANDS), interpolation=cv2.INTER_AREA
    )
    around = cv2.blur(bands, (6 * widest | 1, 1), borderType=cv2.BORDER_REPLICATE)
    out = (bands - around > STREAK_LEVELS).sum(axis=0)
    return np.asarray(out >= STREAK_BANDS - 1)
