"""Dirt on the scanner's glass: lines that run straight down the whole scan, under one place of the sensor.

A feeder draws the paper past the dirt, so the line follows the columns of the scan exactly, from its first
row to its last, however crooked the paper lay. A rule of a table ends, and turns with its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.small_page import SmallPage
from dipro_scan.model import Measurement
from dipro_scan.settings.border_settings import BorderSettings

BANDS: Final = 16
MIN_BANDS: Final = 14
"""In so many of the bands, cut across the scan, a streak shows; a speckle may hide it, or a rule along it."""

MIN_SEEN: Final = 10
"""And in so many of them on bare paper."""

MIN_LEVELS: Final = 2.0
"""By so many gray levels a streak darkens the mean of the bare paper in its column."""

NOISE_TIMES: Final = 5.0
AROUND_MM: Final = 2.0
MAX_WIDTH_MM: Final = 1.0
EDGE_MM: Final = 2.0
"""So near to the edge of the scan lies the shadow of the paper's own edge."""

INK_SHARE: Final = 0.6
MIN_BARE: Final = 0.3
MIN_SIDE_PX: Final = 64
"""A smaller scan holds too few rows to tell a streak from a stroke."""


@dataclass(frozen=True, slots=True)
class Streaks:
    """`columns_mm` are the places of the streaks from the left of the view. `measurements` are
    `vertical_streaks` (count) and `vertical_streak_share` (of the page's width, 1)."""

    columns_mm: tuple[float, ...]
    measurements: tuple[Measurement, Measurement]


def find_streaks(page: SmallPage, settings: BorderSettings) -> Streaks:
    """Streaks along the columns of `page`, which must lie as it was scanned: not turned, not straightened."""
    gray = page.gray
    runs = _runs(page) if min(gray.shape) >= MIN_SIDE_PX else []
    columns = tuple(round((first + end) / 2 * page.mm, 2) for first, end in runs)
    share = sum(end - first for first, end in runs) / gray.shape[1]
    limit = settings.max_streaks
    return Streaks(
        columns,
        (
            Measurement(
                "vertical_streaks",
                float(len(runs)),
                "count",
                float(limit),
                "notable" if len(runs) > limit else "ok",
            ),
            Measurement("vertical_streak_share", round(share, 6), "1"),
        ),
    )


def _runs(page: SmallPage) -> list[tuple[int, int]]:
    """First column and the one behind the last of each streak."""
    depths = np.array(
        [_depths(band, page.px(AROUND_MM)) for band in np.array_split(page.gray, BANDS, axis=0)]
    )
    hidden = np.isnan(depths)
    depths[hidden] = 0.0
    noise = 1.4826 * np.median(np.abs(depths), axis=1, keepdims=True)
    dark = depths > np.maximum(MIN_LEVELS, NOISE_TIMES * noise)
    open_ends = (dark | hidden)[0] & (dark | hidden)[-1]
    bands = dark.sum(axis=0)
    shows = open_ends & (bands >= MIN_SEEN) & (bands + hidden.sum(axis=0) >= MIN_BANDS)
    margin = page.px(EDGE_MM)
    shows[:margin] = shows[-margin:] = False
    steps = np.diff(np.concatenate([[0], shows.view(np.int8), [0]]))
    widest = page.px(MAX_WIDTH_MM)
    pairs = zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True)
    return [(int(first), int(end)) for first, end in pairs if end - first <= widest]


def _depths(band: NDArray[np.uint8], reach: int) -> NDArray[np.float64]:
    """By how many levels each column's bare paper is darker than that beside it; nan where there is none."""
    limit = INK_SHARE * float(np.percentile(band[::4, ::4], 75))
    bare = cv2.compare(band, limit, cv2.CMP_GE)
    counts = cv2.reduce(bare, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel() / 255.0
    sums = cv2.reduce(cv2.bitwise_and(band, bare), 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
    seen = counts >= MIN_BARE * len(band)
    means = np.divide(sums, counts, out=np.full(len(sums), np.nan, dtype=np.float32), where=seen)
    padded = np.pad(means, reach, mode="reflect" if len(means) > reach else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    filled = np.where(np.isnan(windows), -1.0, windows)
    beside = np.partition(filled, reach, axis=1)[:, reach]
    return np.asarray(np.where(seen & (beside > 0), beside - means, np.nan), dtype=np.float64)
