"""A stamp by itself: its own ink alone, dark on white, with its lines level, and without frame and rules."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.cut_outs import CutOut, PageFrame, level_pixels
from dipro_scan.imaging.ink import text_ink
from dipro_scan.imaging.levels import Gray, gray_percentile
from dipro_scan.model import MM_PER_INCH, Box, ReadingImage, Stamp, StampShape

Pixels = NDArray[np.uint8]

MARGIN_MM: Final = 1.0
OPEN_MARGIN_MM: Final = 2.5
"""Around stamps without a frame, whose edges are not straight."""

LETTER_MM: Final = (1.2, 8.0)
MIN_LETTERS: Final = 8
FEET_MM: Final = 0.3
MAX_CLIMB_DEGREES: Final = 15.0
LEVEL_DEGREES: Final = 0.5

MIN_CHROMA: Final = 24
"""Spread of the three colours, in gray levels, from which an ink is told from black print by its colour."""

BLACK_DEPTH: Final = 0.45
"""Absorbance beside that of the stamp's ink from which black print hides what the stamp has there."""

HIDDEN_MM: Final = 0.55
"""Wider than the strokes of common print that cross a stamp's letters."""

RULE_MM: Final = 9.0
"""Straight strokes longer than that are frame and rules; the tallest letters of stamps have 7 mm."""

RULE_EDGE_MM: Final = 0.25
PIECE_MM: Final = (4.0, 6.0)
"""What of a level and of an upright rule is whole between two gaps: longer than strokes of letters."""

RULE_COVER: Final = 0.7
"""So much of a rule is whole pieces; the feet of bold letters are less."""

THICK_MM: Final = 1.4
GAP_MM: Final = (3.0, 1.5)
"""Worn rubber leaves such gaps in level and in upright rules; between upright strokes lie lines of print."""


def stamp_cutout(pixels: Pixels, frame: PageFrame, stamp: Stamp, quarter: int = 0) -> CutOut:
    """The stamp's own ink, lines level; `quarter` (0, 90, 180, 270) is by how many degrees its lines
    climb beyond `stamp.angle_degrees`.

    pixels: gray or RGB, uint8, as `frame` says, neither turned nor straightened. In gray all other ink at
    the place is left in.
    """
    width, height = stamp_size(stamp)
    size = (height, width) if quarter in (90, 270) else (width, height)
    margin = MARGIN_MM if stamp.shape is StampShape.FRAME else OPEN_MARGIN_MM
    size = (size[0] + 2 * margin, size[1] + 2 * margin)
    middle = stamp.box.middle
    climb = stamp.angle_degrees + quarter
    level, to_page = level_pixels(pixels, frame, middle, size, climb)
    ink = _ink(level, stamp.ink, frame.dpi)
    if stamp.shape is StampShape.RING:
        # A ring lies in no direction; what is written in it does.
        further = lines_climb(ink, frame.dpi)
        if abs(further) >= LEVEL_DEGREES:
            level, to_page = level_pixels(pixels, frame, middle, size, climb + further)
            ink = _ink(level, stamp.ink, frame.dpi)
    return CutOut(ReadingImage(without_rules(ink, frame.dpi), frame.dpi), to_page)


def _ink(level: Pixels, ink: tuple[int, int, int], dpi: float) -> Gray:
    if level.ndim == 2:
        return level
    if max(ink) - min(ink) >= MIN_CHROMA:
        return own_ink(level, ink, dpi)
    return np.asarray(cv2.cvtColor(level, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def lines_climb(gray: Gray, dpi: float) -> float:
    """By how many degrees lines of letters climb to the right, so that letters' feet gather on fewest lines.

    0.0 where there are too few letters to tell.
    """
    px = dpi / MM_PER_INCH
    ink = text_ink(gray, dpi).view(np.uint8)
    _count, _labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    high, wide = stats[:, cv2.CC_STAT_HEIGHT] / px, stats[:, cv2.CC_STAT_WIDTH] / px
    is_letter = (high >= LETTER_MM[0]) & (high <= LETTER_MM[1]) & (wide <= LETTER_MM[1])
    if np.count_nonzero(is_letter) < MIN_LETTERS:
        return 0.0
    x = centres[is_letter, 0] / px
    feet = (stats[is_letter, cv2.CC_STAT_TOP] + stats[is_letter, cv2.CC_STAT_HEIGHT]) / px
    angles = np.arange(-MAX_CLIMB_DEGREES, MAX_CLIMB_DEGREES + 0.1, 0.5)
    return float(max(angles, key=lambda angle: (_gathered(x, feet, float(angle)), -abs(angle))))


def _gathered(x: NDArray[np.float64], feet: NDArray[np.float64], degrees: float) -> float:
    angle = math.radians(degrees)
    down = x * math.sin(angle) + feet * math.cos(angle)
    counts = np.bincount(((down - down.min()) / FEET_MM).astype(np.int64)).astype(np.float64)
    smooth = np.convolve(counts, (1, 2, 1))
    return float((smooth**2).sum())


def stamp_size(stamp: Stamp) -> tuple[float, float]:
    """Length along and across the stamp's lines, mm, from the upright box around it as it lies turned."""
    box = stamp.box
    if stamp.shape is StampShape.RING:
        return box.width_mm, box.height_mm
    angle = math.radians(abs(stamp.angle_degrees))
    cos, sin, double = math.cos(angle), math.sin(angle), math.cos(2 * angle)
    if double < 0.5:
        return box.width_mm, box.height_mm
    width = (box.width_mm * cos - box.height_mm * sin) / double
    height = (box.height_mm * cos - box.width_mm * sin) / double
    return max(width, 1.0), max(height, 1.0)


def covers(stamp: Stamp, box: Box) -> bool:
    """Whether the middle of `box` lies on the stamp as it lies turned."""
    width, height = stamp_size(stamp)
    own = stamp.box
    x = (box.x0 + box.x1 - own.x0 - own.x1) / 2
    y = (box.y0 + box.y1 - own.y0 - own.y1) / 2
    angle = math.radians(stamp.angle_degrees)
    along = x * math.cos(angle) - y * math.sin(angle)
    across = x * math.sin(angle) + y * math.cos(angle)
    return abs(along) <= width / 2 and abs(across) <= height / 2


def own_ink(colours: Pixels, ink: tuple[int, int, int], dpi: float) -> Gray:
    """How much of `ink` (RGB) lies in each place, as a gray image on white; black print is left out.

    Inks on paper multiply, so that what they absorb (the logarithm of what paper gives back) adds up: what
    each pixel absorbs is split into a share of the ink and one of black (Beer-Lambert law). Where black hides
    what else there is, strokes of the stamp are continued from both sides.
    """
    paper = np.array([gray_percentile(np.ascontiguousarray(plane), 80) for plane in cv2.split(colours)])
    paper = np.maximum(paper, 8) + 4.0
    levels = np.arange(256)[:, None] + 4.0
    absorbed = cv2.LUT(colours, -np.log(levels / paper).astype(np.float32)[:, None, :])
    own = np.maximum(-np.log((np.array(ink) + 4.0) / paper), 0.02)
    # Least squares for A = s * own + k * (1, 1, 1).
    shares = cv2.transform(absorbed, np.linalg.pinv(np.column_stack([own, np.ones(3)])).astype(np.float32))
    stamp_share, black = cv2.split(shares)
    cover = cv2.convertScaleAbs(cv2.max(stamp_share, 0.0), alpha=255.0)
    hidden = cv2.compare(black, BLACK_DEPTH, cv2.CMP_GT)
    side = max(3, round(HIDDEN_MM * dpi / MM_PER_INCH) | 1)
    bridged = cv2.morphologyEx(cover, cv2.MORPH_CLOSE, np.ones((side, side), dtype=np.uint8))
    cover = np.asarray(cv2.copyTo(bridged, hidden, cover), dtype=np.uint8)
    return np.asarray(cv2.bitwise_not(cover), dtype=np.uint8)


def without_rules(gray: Gray, dpi: float) -> Gray:
    """`gray` with long level and upright strokes made paper."""
    ink = text_ink(gray, dpi).view(np.uint8)
    edge = 2 * max(1, round(RULE_EDGE_MM * dpi / MM_PER_INCH)) + 1
    px = dpi / MM_PER_INCH
    level = _level_rules(ink, px, PIECE_MM[0], GAP_MM[0])
    upright = _level_rules(np.ascontiguousarray(ink.T), px, PIECE_MM[1], GAP_MM[1])
    rules = level | upright.T
    if not rules.any():
        return gray
    wide = cv2.dilate(np.ascontiguousarray(rules), np.ones((edge, edge), dtype=np.uint8))
    paper = np.full_like(gray, gray_percentile(gray, 80))
    return np.asarray(cv2.copyTo(paper, wide, gray), dtype=np.uint8)


def _level_rules(ink: Gray, px: float, piece_mm: float, gap_mm: float) -> Gray:
    """Where level rules lie: straight, long, and nowhere as thick as letters are tall."""
    pieces = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(3, round(piece_mm * px))), dtype=np.uint8))
    thick = cv2.morphologyEx(
        pieces, cv2.MORPH_OPEN, np.ones((max(3, round(THICK_MM * px)), 1), dtype=np.uint8)
    )
    pieces = cv2.bitwise_and(pieces, cv2.bitwise_not(thick * np.uint8(255)))
    joined = cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, np.ones((3, round(gap_mm * px) | 1), dtype=np.uint8))
    _count, labels, stats, _centroids = cv2.connectedComponentsWithStats(joined, connectivity=8)
    is_rule = stats[:, cv2.CC_STAT_WIDTH] >= RULE_MM * px
    is_rule[0] = False
    for rule in np.flatnonzero(is_rule):
        left, top, wide, high = (int(edge) for edge in stats[rule, :4])
        place = np.s_[top : top + high, left : left + wide]
        whole = (pieces[place] > 0) & (labels[place] == rule)
        is_rule[rule] = whole.any(axis=0).mean() >= RULE_COVER
    return np.asarray(is_rule[labels] & (ink > 0)).astype(np.uint8)
