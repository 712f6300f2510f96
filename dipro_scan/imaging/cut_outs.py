"""Pieces of a page turned so that their own lines are level, and where they lie on the page."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.levels import paper_level
from dipro_scan.model import MM_PER_INCH, Box, ReadingImage

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]
"""Shape (2, 3): turns and moves places (x, y)."""

MAX_PIXELS: Final = 25_000_000
SAMPLED: Final = 8
"""Of so many rows and columns one tells what paper looks like."""


@dataclass(frozen=True, slots=True)
class CutOut:
    """A level piece of a page. `image` has an origin of (0, 0); `to_page` brings its mm to the page's mm."""

    image: ReadingImage
    to_page: Matrix = field(repr=False)


@dataclass(frozen=True, slots=True)
class PageFrame:
    """Where the upright, straightened page lies on pixels that are neither turned nor straightened yet.

    `dpi` is that of the pixels, `width_px` and `height_px` their size; `rotation` and `skew_degrees` are
    those of `PageGeometry`.
    """

    width_px: int
    height_px: int
    dpi: float
    rotation: int = 0
    skew_degrees: float = 0.0

    def to_pixels(self) -> Matrix:
        """Page millimetres → continuous pixel places (the first pixel covers 0 to 1)."""
        width, height = (side * MM_PER_INCH / self.dpi for side in (self.width_px, self.height_px))
        if self.rotation in (90, 270):
            middle = np.array([height / 2, width / 2])
        else:
            middle = np.array([width / 2, height / 2])
        straight = _about(middle, middle, _turn(-self.skew_degrees))
        quarter = {
            0: [[1, 0, 0], [0, 1, 0]],
            90: [[0, 1, 0], [-1, 0, height]],
            180: [[-1, 0, width], [0, -1, height]],
            270: [[0, -1, width], [1, 0, 0]],
        }[self.rotation]
        return joined(joined(straight, np.array(quarter, dtype=np.float64)), _scale(self.dpi / MM_PER_INCH))


def piece_of(view: ReadingImage, box: Box, margin_mm: float = 0.0) -> ReadingImage:
    """The part of `view` within `box` and a margin, as it lies; its places stay those of the page.

    May be empty where the box lies beside the view.
    """
    px = view.dpi / MM_PER_INCH
    left, top = view.origin_mm
    height, width = view.pixels.shape
    x0, x1 = (round((edge - left) * px) for edge in (box.x0 - margin_mm, box.x1 + margin_mm))
    y0, y1 = (round((edge - top) * px) for edge in (box.y0 - margin_mm, box.y1 + margin_mm))
    x0, x1 = min(max(0, x0), width), min(max(0, x1), width)
    y0, y1 = min(max(0, y0), height), min(max(0, y1), height)
    pixels = np.ascontiguousarray(view.pixels[y0:y1, x0:x1])
    return ReadingImage(pixels, view.dpi, (left + x0 / px, top + y0 / px))


def turned_piece(view: ReadingImage, box: Box, rotation: int, margin_mm: float = 0.0) -> CutOut:
    """The part of `view` within `box` and a margin, turned clockwise by quarters (0, 90, 180, 270)."""
    piece = piece_of(view, box, margin_mm)
    height, width = (side * MM_PER_INCH / view.dpi for side in piece.pixels.shape)
    pixels = np.ascontiguousarray(np.rot90(piece.pixels, k=-rotation // 90))
    x, y = piece.origin_mm
    to_page = {
        0: [[1, 0, x], [0, 1, y]],
        90: [[0, 1, x], [-1, 0, y + height]],
        180: [[-1, 0, x + width], [0, -1, y + height]],
        270: [[0, -1, x + width], [1, 0, y]],
    }[rotation]
    return CutOut(ReadingImage(pixels, view.dpi), np.array(to_page, dtype=np.float64))


def level_pixels(
    pixels: Pixels, frame: PageFrame, middle: tuple[float, float], size_mm: tuple[float, float], climb: float
) -> tuple[Pixels, Matrix]:
    """Pixels, gray or RGB, of a rectangle of the page whose lines climb to the right by `climb` degrees.

    `middle` and `size_mm` (along its lines, across them) are the rectangle's, in page millimetres; with
    a climb of 90 degrees lines run upwards. The lines are level in the result, which has the resolution
    of `pixels`. With it comes the matrix from its millimetres to the page's. Beside the page all is paper.
    """
    width, height = (max(1, math.ceil(side * frame.dpi / MM_PER_INCH)) for side in size_mm)
    if width * height > MAX_PIXELS:
        raise ValueError(f"a piece of {width} by {height} pixels is no piece")
    own_middle = np.array([width, height]) * MM_PER_INCH / frame.dpi / 2
    to_page = _about(own_middle, np.array(middle), _turn(-climb))
    to_source = joined(joined(_scale(MM_PER_INCH / frame.dpi), to_page), frame.to_pixels())
    # Continuous places count from a pixel's edge, OpenCV's from its centre.
    to_source[:, 2] += to_source[:, :2] @ (0.5, 0.5) - 0.5
    sampled = pixels[::SAMPLED, ::SAMPLED]
    paper = paper_level(np.ascontiguousarray(sampled if pixels.ndim == 2 else sampled[:, :, 1]))
    level = cv2.warpAffine(
        pixels,
        to_source,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(paper,) * 3,
    )
    return np.asarray(level, dtype=np.uint8), to_page


def joined(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does `first` and `then`, one after the other."""
    return np.column_stack([then[:, :2] @ first[:, :2], then[:, :2] @ first[:, 2] + then[:, 2]])


def _turn(degrees_clockwise: float) -> Matrix:
    """As it looks on paper, with y downwards."""
    angle = math.radians(degrees_clockwise)
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def _about(middle: Matrix, new_middle: Matrix, turn: Matrix) -> Matrix:
    return np.column_stack([turn, new_middle - turn @ middle])


def _scale(factor: float) -> Matrix:
    return np.array([[factor, 0.0, 0.0], [0.0, factor, 0.0]])
