"""Two pages on one scan: an open book, or a sheet of A3 printed as two of A4.

Only asked for by a pipeline. The fold of a book throws a shadow; a sheet leaves a gap without print. Where
print runs across the middle (a plan, a wide table) nothing is split.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.small_page import SmallPage, small_page
from dipro_scan.model import Box, ReadingImage

MIN_RATIO: Final = 1.2
"""A spread is so many times as wide as high, at least."""

MIN_WIDTH_MM: Final = 180.0
"""Two pages of a pocket book; a bank card is no spread."""

MIDDLE_SHARE: Final = 0.16
"""The gutter lies so near to the middle, in shares of the width (both ways together)."""

SHADOW_SHARE: Final = 0.08
"""By this share of its brightness the paper is darker in the fold than beside it."""

MIN_GAP_MM: Final = 5.0
INK_SHARE: Final = 0.78
MAX_CROSSING: Final = 0.004
"""Share of the height on which dust, or a hole, may lie in the gap."""

SHADOW_WINDOW_MM: Final = 3.0
MIN_INK_BESIDE: Final = 0.0005
"""Both halves bear print on such a share of their area; else it is a landscape page."""


class Gutter(StrEnum):
    SHADOW = "shadow"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Spread:
    """Where a spread falls into `left` and `right`, in mm on the upright page, and what shows it.

    `confidence` (0-1): of a shadow by its depth, of a gap by its width.
    """

    gutter_x_mm: float
    left: Box
    right: Box
    gutter: Gutter
    confidence: float


def find_spread(view: ReadingImage) -> Spread | None:
    """The gutter of `view`, upright and straightened; None where it is no spread or none can be told."""
    page = small_page(view)
    height, width = page.gray.shape
    if width < MIN_RATIO * height or width * page.mm < MIN_WIDTH_MM:
        return None
    half = max(1, round(MIDDLE_SHARE / 2 * width))
    first = width // 2 - half
    middle = page.calm[:, first : first + 2 * half]
    ink = page.calm < INK_SHARE * page.bright
    halves = ink[:, : width // 2], ink[:, width // 2 :]
    if min(float(part.mean()) for part in halves) < MIN_INK_BESIDE:
        return None
    seen = _shadow(middle, page)
    kind = Gutter.SHADOW
    if seen is None:
        seen, kind = _gap(ink[:, first : first + 2 * half], page), Gutter.GAP
    if seen is None:
        return None
    column, confidence = seen
    return _split_at(first + column, kind, confidence, page)


def split_spread(view: ReadingImage, spread: Spread) -> tuple[ReadingImage, ReadingImage]:
    """The two halves; together they hold every pixel of `view` once, and give places on the same page."""
    width = view.pixels.shape[1]
    left_mm, top_mm = view.origin_mm
    mm = 25.4 / view.dpi
    column = min(max(1, round((spread.gutter_x_mm - left_mm) / mm)), width - 1)
    return (
        ReadingImage(np.ascontiguousarray(view.pixels[:, :column]), view.dpi, (left_mm, top_mm)),
        ReadingImage(
            np.ascontiguousarray(view.pixels[:, column:]), view.dpi, (left_mm + column * mm, top_mm)
        ),
    )


def _shadow(middle: NDArray[np.uint8], page: SmallPage) -> tuple[float, float] | None:
    """Column and confidence of the fold's shadow: where the paper itself, print apart, is darkest."""
    side = page.px(SHADOW_WINDOW_MM) | 1
    # Along the columns only: print in the fold is filled, the fold is not.
    ground = cv2.morphologyEx(middle, cv2.MORPH_CLOSE, np.ones((2 * side + 1, 1), np.uint8))
    levels = np.percentile(ground, 40, axis=0)
    usual = float(np.percentile(levels, 75))
    depth = 1.0 - levels / max(1.0, usual)
    deepest = int(np.argmax(depth))
    inner = 0 < deepest < len(depth) - 1
    if not inner or depth[deepest] < SHADOW_SHARE or min(depth[0], depth[-1]) > depth[deepest] / 2:
        return None
    # A shadow runs from top to bottom; a picture or field in the middle does not.
    rows = ground[:, deepest] < (1 - SHADOW_SHARE / 2) * usual
    if float(rows.mean()) < 0.85:
        return None
    return deepest + 0.5, min(1.0, float(depth[deepest]) * 4)


def _gap(ink: NDArray[np.bool_], page: SmallPage) -> tuple[float, float] | None:
    """Column and confidence of the middle of the widest strip without print near the page's middle."""
    free = ink.mean(axis=0) <= MAX_CROSSING
    steps = np.diff(np.concatenate([[0], free.view(np.int8), [0]]))
    runs = list(zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True))
    if not runs:
        return None
    first, end = max(runs, key=lambda run: int(run[1] - run[0]))
    width_mm = float(end - first) * page.mm
    if width_mm < MIN_GAP_MM:
        return None
    return float(first + end) / 2, min(1.0, width_mm / (3 * MIN_GAP_MM))


def _split_at(column: float, kind: Gutter, confidence: float, page: SmallPage) -> Spread:
    height, width = page.gray.shape
    left, top = page.origin_mm
    right, bottom = left + width * page.mm, top + height * page.mm
    gutter = left + column * page.mm
    return Spread(
        gutter, Box(left, top, gutter, bottom), Box(gutter, top, right, bottom), kind, round(confidence, 3)
    )
