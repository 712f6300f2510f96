"""Sheets of paper drawn on a scanner's lid, for the tests of borders: what lies where is known exactly."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import MM_PER_INCH, ReadingImage

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]


def sheet_corners(
    width_mm: float, height_mm: float, place_mm: tuple[float, float], climbs_degrees: float, dpi: float
) -> Points:
    """The corners of a sheet in pixels: its unturned top left at `place_mm`, turned about its middle."""
    px = dpi / MM_PER_INCH
    upright = np.array([(0, 0), (width_mm, 0), (width_mm, height_mm), (0, height_mm)], dtype=np.float64)
    middle = np.array([width_mm / 2, height_mm / 2])
    angle = math.radians(-climbs_degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return ((upright - middle) @ turn.T + middle + np.array(place_mm)) * px


def scan_of(
    size_mm: tuple[float, float], corners: Points, *, lid: int = 10, paper: int = 235, dpi: float = 150.0
) -> Pixels:
    """A scan of `size_mm` with the sheet on the lid."""
    width, height = (max(1, round(side * dpi / MM_PER_INCH)) for side in size_mm)
    pixels = np.full((height, width), lid, dtype=np.uint8)
    cv2.fillConvexPoly(pixels, np.rint((corners - 0.5) * 256).astype(np.int32), paper, cv2.LINE_AA, 8)
    return pixels


def write_lines(pixels: Pixels, corners: Points, *, ink: int = 30, dpi: float = 150.0) -> None:
    """Ragged lines of letter-like strokes on the sheet, 15 mm from its edges, level with it."""
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    px = dpi / MM_PER_INCH
    width, height = float(np.linalg.norm(across)) / px, float(np.linalg.norm(down)) / px
    right, below = across / np.linalg.norm(across) * px, down / np.linalg.norm(down) * px
    chance = np.random.default_rng(7)
    for y in np.arange(15, height - 15, 6.0):
        for x in np.arange(15, (width - 15) * chance.uniform(0.6, 1.0), 2.2):
            start = corners[0] + x * right + y * below
            end = start + (chance.uniform(0.2, 1.2) * right + chance.uniform(1.5, 2.2) * below)
            cv2.line(pixels, tuple(map(int, start)), tuple(map(int, end)), ink, max(1, round(0.35 * px)))


def view_of(pixels: Pixels, dpi: float = 150.0) -> ReadingImage:
    return ReadingImage(np.ascontiguousarray(pixels), dpi)
