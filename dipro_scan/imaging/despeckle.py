"""Grain of the sensor and specks of dirt: measured on the bare paper, and smoothed away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.levels import Gray
from dipro_scan.model import MM_PER_INCH

GRAIN_PER_MEDIAN: Final = 1.65
"""Standard deviation of normal noise per median distance of its pixels from the median of 3 x 3."""

LONE_LEVELS: Final = 60
"""By how much a speck is darker than the mean of the 7 x 7 pixels around it."""

BARE: Final = 0.85
"""Around a speck there is bare paper: the mean there is at least this share of white."""

SMOOTHING_MM: Final = 0.085
"""Standard deviation: one pixel at 300 dpi, less than half a hair stroke of 9-point print."""


@dataclass(frozen=True, slots=True)
class Noise:
    """`grain_levels`: standard deviation in gray levels. `speck_share` (0-1): lone dark pixels."""

    grain_levels: float
    speck_share: float


def measure_noise(flat: Gray) -> Noise:
    """The noise of a page whose ground is white (`flattened`)."""
    distance = cv2.absdiff(flat, cv2.medianBlur(flat, 3))
    counts = np.asarray(cv2.calcHist([distance], [0], None, [256], [0, 256]), dtype=np.float64).ravel()
    around = cv2.blur(flat, (7, 7), borderType=cv2.BORDER_REPLICATE)
    lone = cv2.compare(cv2.subtract(around, flat), LONE_LEVELS, cv2.CMP_GT)
    bare = cv2.compare(around, round(BARE * 255), cv2.CMP_GE)
    specks = cv2.countNonZero(cv2.bitwise_and(lone, bare))
    return Noise(GRAIN_PER_MEDIAN * _median(counts), specks / flat.size)


def smoothed(gray: Gray, dpi: float) -> Gray:
    """Without lone pixels (median of 3 x 3) and with less grain (Gauss)."""
    calm = cv2.medianBlur(gray, 3)
    sigma = SMOOTHING_MM / MM_PER_INCH * dpi
    return np.asarray(cv2.GaussianBlur(calm, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)


def _median(counts: np.ndarray) -> float:
    """Of whole values counted from 0, taken as spread evenly over their unit."""
    cumulated = np.cumsum(counts)
    half = cumulated[-1] / 2
    value = int(np.searchsorted(cumulated, half))
    if value == 0:
        return 0.0
    return value - 0.5 + float((half - cumulated[value - 1]) / counts[value])
