"""Coloured ink over black print, taken away from scans in colour so that the print under it can be read.

Seen in the brightest of its three colours, coloured ink is paler than black; what it still lacks to white
there is at most about its chroma (brightest less darkest colour) for the inks of stamp pads and markers.
Adding the chroma to the brightest colour therefore makes such ink white and leaves black black.

Coloured ink that crosses no black print stays: a blue letterhead, red figures or a stamp on bare paper are
themselves to be read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.blocks import block_means
from dipro_scan.imaging.ground import step_of
from dipro_scan.imaging.levels import Gray, gray_percentile
from dipro_scan.model import MM_PER_INCH, Box

Colours = NDArray[np.uint8]
Rectangle = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""

COLOURED: Final = 24
"""Chroma, in gray levels on white paper, from which ink is coloured, averaged over a millimetre."""

FRINGE_PIXELS: Final = 3
"""Of the page averaged down to 75 dpi."""

NEUTRAL: Final = 40
"""Chroma up to which print is black, averaged down to 75 dpi."""

BLACK: Final = 140
"""The brightest colour of black print, averaged down to 75 dpi, is darker than that."""

JOINED_MM: Final = 6.0
"""Coloured strokes that close to each other belong together."""

MIN_CROSSING_MM2: Final = 3.0
CROSSING_SHARE: Final = (0.02, 0.6)
"""Black print that touches coloured ink, as an area and as a share of the coloured ink's area. Where there is
more of it, the colour is the fringe of a punch hole or of the scanner's bed."""

MARGIN_MM: Final = 1.0
FRINGE_LEVELS: Final = 12
"""Chroma of a scanner whose colours are not quite in register; it is no ink."""


@dataclass(frozen=True, slots=True)
class ColouredInk:
    """A place where coloured ink crosses black print."""

    rectangle: Rectangle
    area_mm2: float


def crossing_ink(colour: Colours, dpi: float) -> tuple[ColouredInk, ...]:
    """Where coloured ink crosses black print. colour: uint8 RGB, shape (height, width, 3)."""
    step = step_of(dpi)
    small = _balanced(block_means(colour, step))
    small_dpi = dpi / step
    # A stroke's two fringes of opposite colours cancel out within a millimetre; ink does not.
    chroma, _brightest = _chroma(cv2.blur(small, (FRINGE_PIXELS, FRINGE_PIXELS)))
    coloured = cv2.compare(chroma, COLOURED, cv2.CMP_GT)
    mm2 = (MM_PER_INCH / small_dpi) ** 2
    if cv2.countNonZero(coloured) * mm2 < MIN_CROSSING_MM2:
        return ()
    sharp_chroma, brightest = _chroma(small)
    black = cv2.bitwise_and(
        cv2.compare(brightest, BLACK, cv2.CMP_LT), cv2.compare(sharp_chroma, NEUTRAL, cv2.CMP_LE)
    )
    touching = cv2.bitwise_and(black, cv2.dilate(coloured, np.ones((3, 3), dtype=np.uint8)))
    side = max(1, round(JOINED_MM / MM_PER_INCH * small_dpi)) | 1
    joined = cv2.dilate(coloured, np.ones((side, side), dtype=np.uint8))
    count, labels, stats, _centroids = cv2.connectedComponentsWithStats(joined, connectivity=8)
    inked = np.bincount(labels[coloured > 0], minlength=count) * mm2
    crossed = np.bincount(labels[touching > 0], minlength=count) * mm2
    least, most = CROSSING_SHARE
    crossing = (crossed >= MIN_CROSSING_MM2) & (crossed >= least * inked) & (crossed <= most * inked)
    margin = round(MARGIN_MM / MM_PER_INCH * dpi)
    return tuple(
        ColouredInk(_enlarged(stats[label], step, margin, colour.shape), round(float(inked[label]), 1))
        for label in range(1, count)
        if crossing[label]
    )


def coloured_place(box: Box, dpi: float, shape: tuple[int, ...]) -> ColouredInk:
    """`box` (mm of the page), with a margin, as a place of an image of that shape and resolution."""
    px = dpi / MM_PER_INCH
    left, top = (max(0, math.floor((edge - MARGIN_MM) * px)) for edge in (box.x0, box.y0))
    right, bottom = (math.ceil((edge + MARGIN_MM) * px) for edge in (box.x1, box.y1))
    rectangle = left, top, min(shape[1], right) - left, min(shape[0], bottom) - top
    return ColouredInk(rectangle, round(box.area_mm2, 1))


def without_coloured_ink(gray: Gray, colour: Colours, places: tuple[ColouredInk, ...]) -> Gray:
    """A copy of `gray` in which coloured ink within `places` is white. Both arrays show the same frame."""
    cleaned = gray.copy()
    for place in places:
        left, top, width, height = place.rectangle
        part = np.ascontiguousarray(colour[top : top + height, left : left + width])
        chroma, brightest = _chroma(part)
        ink = cv2.subtract(chroma, np.full(1, FRINGE_LEVELS, dtype=np.uint8))
        cleaned[top : top + height, left : left + width] = cv2.add(brightest, ink)
    return cleaned


def _chroma(colour: Colours) -> tuple[Gray, Gray]:
    """The brightest less the darkest colour of each pixel, and the brightest."""
    red, green, blue = cv2.split(colour)
    brightest = np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8)
    darkest = cv2.min(cv2.min(red, green), blue)
    return np.asarray(cv2.subtract(brightest, darkest), dtype=np.uint8), brightest


def _balanced(small: Colours) -> Colours:
    """With the paper's own tint taken off: its level of each colour made white."""
    channels = [
        cv2.convertScaleAbs(channel, alpha=255 / max(1, gray_percentile(channel, 75)))
        for channel in cv2.split(small)
    ]
    return np.asarray(cv2.merge(channels), dtype=np.uint8)


def _enlarged(stats: NDArray[np.int32], step: int, margin: int, shape: tuple[int, ...]) -> Rectangle:
    left = max(0, int(stats[cv2.CC_STAT_LEFT]) * step - margin)
    top = max(0, int(stats[cv2.CC_STAT_TOP]) * step - margin)
    right = int(stats[cv2.CC_STAT_LEFT] + stats[cv2.CC_STAT_WIDTH]) * step + margin
    bottom = int(stats[cv2.CC_STAT_TOP] + stats[cv2.CC_STAT_HEIGHT]) * step + margin
    return left, top, min(shape[1], right) - left, min(shape[0], bottom) - top
