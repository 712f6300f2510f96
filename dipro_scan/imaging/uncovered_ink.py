"""Ink that has the size of letters and lies where no word was read: a sign of text that was missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.blocks import block_means
from dipro_scan.imaging.components import components
from dipro_scan.imaging.ink import text_ink
from dipro_scan.model import MM_PER_INCH, Box, ReadingImage

LOOKED_AT_DPI: Final = 100.0

COVER_MM: Final = 0.8
"""So far around a word's box its own ink reaches: accents, tails, shadows of bold print."""

HEIGHT_MM: Final = (0.9, 12.0)
WIDTH_MM: Final = (0.3, 14.0)
"""Letters of 6 points and small ones joined to syllables; larger ink is drawn."""

SOLID_SHARE: Final = 0.85
"""What fills more of its box is a bar or a dot, unless it is as slim as an l."""

LARGE_MM: Final = 6.0
SLIMMEST: Final = 0.2
THINNEST: Final = 0.2
"""Shorter over longer side of large letters, and how much of their box is ink; less is a piece of a frame."""

LARGEST_MM: Final = 4.4
"""Median of the longer sides of letters: capitals of 17 points. Regions of larger ones are signatures."""

LOWEST_MM: Final = 1.3
"""Regions are at least so high, or wide where they stand: rows of dots and dashes are lower."""

JOINED_MM: Final = 2.4
"""Letters no farther apart, across or down, are of one region."""

FEW_LETTERS: Final = 3
SINGLE_MM: Final = (1.4, 6.0)
"""Height of a figure that stands alone."""

SLIM: Final = 0.2
EVEN: Final = 0.6
"""So many letters of a region lie between half and twice the height of its median letter."""

PATTERN_LETTERS: Final = 24
PATTERN_SPREAD: Final = 0.1
"""So many pieces of ink, nearly all of one size, are a raster; letters differ."""

MAX_LETTERS: Final = 4000
MAX_REGION_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class InkRegion:
    """Where letters may be, in page millimetres. `letters` counts pieces of ink, `letter_mm` is the median
    of the longer sides of those."""

    box: Box
    letters: int
    letter_mm: float

    @property
    def stands(self) -> bool:
        """Whether it is a strip that runs up or down the page, as turned print does."""
        return self.box.height_mm >= 2.5 * self.box.width_mm and self.box.width_mm <= 4.5 * self.letter_mm


def uncovered_ink(view: ReadingImage, covered: Iterable[Box]) -> tuple[InkRegion, ...]:
    """Regions of letter-sized ink outside of `covered` (page millimetres), those with most letters first.

    `view` is the upright, straightened page. A single piece of ink counts where it looks like a figure.
    """
    step = max(1, round(view.dpi / LOOKED_AT_DPI))
    small = block_means(view.pixels, step)
    px = view.dpi / step / MM_PER_INCH
    if min(small.shape) < 3 * px:
        return ()
    ink = text_ink(small, view.dpi / step).view(np.uint8)
    for box in covered:
        left, top, right, bottom = _in_pixels(box, view, px)
        ink[top:bottom, left:right] = 0
    if not ink.any():
        return ()
    _count, _labels, stats, _centres = components(ink)
    letters = _letter_sized(stats, px)
    if not letters.any() or np.count_nonzero(letters) > MAX_LETTERS:
        return ()
    regions = _regions(stats[letters], small.shape, px)
    found = [region for each in regions if (region := _region(each, small.shape, view, px)) is not None]
    return tuple(sorted(found, key=lambda region: (-region.letters, region.box.y0, region.box.x0)))


def _in_pixels(box: Box, view: ReadingImage, px: float) -> tuple[int, int, int, int]:
    left, top = view.origin_mm
    return (
        max(0, int((box.x0 - COVER_MM - left) * px)),
        max(0, int((box.y0 - COVER_MM - top) * px)),
        max(0, int(np.ceil((box.x1 + COVER_MM - left) * px))),
        max(0, int(np.ceil((box.y1 + COVER_MM - top) * px))),
    )


def _letter_sized(stats: NDArray[np.int32], px: float) -> NDArray[np.bool_]:
    width, height = stats[:, cv2.CC_STAT_WIDTH] / px, stats[:, cv2.CC_STAT_HEIGHT] / px
    shorter, longer = np.minimum(width, height), np.maximum(width, height)
    share = stats[:, cv2.CC_STAT_AREA] / (stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT])
    fits = (
        (longer >= HEIGHT_MM[0])
        & (longer <= WIDTH_MM[1])
        & (shorter >= WIDTH_MM[0])
        & (shorter <= HEIGHT_MM[1])
    )
    fits &= (share <= SOLID_SHARE) | (shorter <= 0.5 * longer)
    fits &= (longer <= LARGE_MM) | ((shorter >= SLIMMEST * longer) & (share >= THINNEST))
    fits[0] = False
    return np.asarray(fits)


def _regions(letters: NDArray[np.int32], shape: tuple[int, ...], px: float) -> list[NDArray[np.int32]]:
    """The letters, a row of statistics each, of every region."""
    coarse = max(1, round(px))
    boxes = np.zeros((shape[0] // coarse + 2, shape[1] // coarse + 2), dtype=np.uint8)
    left, top = letters[:, cv2.CC_STAT_LEFT], letters[:, cv2.CC_STAT_TOP]
    right, bottom = left + letters[:, cv2.CC_STAT_WIDTH] - 1, top + letters[:, cv2.CC_STAT_HEIGHT] - 1
    for x0, y0, x1, y1 in np.column_stack([left, top, right, bottom]) // coarse:
        boxes[y0 : y1 + 1, x0 : x1 + 1] = 1
    side = max(1, round(JOINED_MM * px / coarse)) | 1
    near = cv2.dilate(boxes, np.ones((side, side), dtype=np.uint8))
    count, labels = cv2.connectedComponents(near, connectivity=8)
    own = np.asarray(labels)[top // coarse, left // coarse]
    return [letters[own == number] for number in range(1, count)]


def _region(
    letters: NDArray[np.int32], shape: tuple[int, ...], view: ReadingImage, px: float
) -> InkRegion | None:
    if not len(letters):
        return None
    left, top = letters[:, cv2.CC_STAT_LEFT].min(), letters[:, cv2.CC_STAT_TOP].min()
    right = (letters[:, cv2.CC_STAT_LEFT] + letters[:, cv2.CC_STAT_WIDTH]).max()
    bottom = (letters[:, cv2.CC_STAT_TOP] + letters[:, cv2.CC_STAT_HEIGHT]).max()
    sides = np.maximum(letters[:, cv2.CC_STAT_WIDTH], letters[:, cv2.CC_STAT_HEIGHT]) / px
    median = float(np.median(sides))
    if min(right - left, bottom - top) < LOWEST_MM * px and len(letters) >= FEW_LETTERS:
        return None
    if median > LARGEST_MM or (right - left) * (bottom - top) > MAX_REGION_SHARE * shape[0] * shape[1]:
        return None
    is_text = _is_single(letters, px) if len(letters) < FEW_LETTERS else _is_even(sides, median)
    if not is_text:
        return None
    x, y = view.origin_mm
    box = Box(left / px + x, top / px + y, right / px + x, bottom / px + y)
    return InkRegion(box, len(letters), median)


def _is_even(sides: NDArray[np.float64], median: float) -> bool:
    even = np.mean((sides >= median / 2) & (sides <= median * 2)) >= EVEN
    is_pattern = len(sides) >= PATTERN_LETTERS and np.std(sides) < PATTERN_SPREAD * median
    return bool(even and not is_pattern)


def _is_single(letters: NDArray[np.int32], px: float) -> bool:
    """Whether one or two pieces of ink look like figures side by side."""
    height = letters[:, cv2.CC_STAT_HEIGHT] / px
    shape = letters[:, cv2.CC_STAT_WIDTH] / letters[:, cv2.CC_STAT_HEIGHT]
    tops, bottoms = letters[:, cv2.CC_STAT_TOP], letters[:, cv2.CC_STAT_TOP] + letters[:, cv2.CC_STAT_HEIGHT]
    level = float(np.ptp(tops)) <= px and float(np.ptp(bottoms)) <= px
    fits = (height >= SINGLE_MM[0]) & (height <= SINGLE_MM[1]) & (shape >= SLIM) & (shape <= 1.2)
    return bool(level and fits.all())
