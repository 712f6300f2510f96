"""How much darker than the paper around it each place of a page is.

An empty page has one gray, not two, so no threshold of the whole page finds its ink: whatever it picks cuts
through the paper's own texture. The paper's gray is followed by a morphological closing (Serra 1982; its
difference from the image is the "black top-hat"): shadows, falling light and the slopes beside a fold pass
it unchanged, strokes do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.levels import Gray, median_and_noise, paper_level
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import MM_PER_INCH, ReadingImage

DPI: Final = 150.0
"""Averaging to this resolution calms the paper's noise and still leaves a pencil stroke two pixels."""

PAPER_MM: Final = 4.0
"""What is dark and narrower than this lies on the paper; what is wider is paper, or a solid area."""

SMOOTHING_PX: Final = 0.9
"""Standard deviation at 150 dpi: two thirds of the noise go, three quarters of a pencil stroke stay."""

SOLID_SHARE: Final = 0.7
"""Whole areas darker than this share of the page's paper are ink too, though nothing around is lighter."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class PaperContrast:
    """A page at about 150 dpi. `gray`: as averaged; `darkness`: by how many gray levels each place, smoothed,
    is darker than the paper around it; `solid`: wide areas that are darker than the page's paper; all of
    one shape (height, width). `level`: the gray of the page's paper; `median`, `noise`: of the darkness.
    """

    gray: Gray = field(repr=False)
    darkness: Gray = field(repr=False)
    solid: Mask = field(repr=False)
    level: int
    median: int
    dpi: float
    origin_mm: tuple[float, float] = (0.0, 0.0)

    @property
    def mm(self) -> float:
        """Side of a pixel."""
        return MM_PER_INCH / self.dpi

    @cached_property
    def noise(self) -> float:
        """Standard deviation of the darkness of bare paper, in gray levels."""
        return median_and_noise(self.darkness)[1]

    def share(self, levels: float) -> float:
        """Gray levels as a share (0-1) of the paper's brightness."""
        return levels / max(1, self.level)

    def pixels(self, length_mm: float) -> int:
        """A length in whole pixels, at least one."""
        return max(1, round(length_mm / self.mm))


def paper_contrast(view: ReadingImage) -> PaperContrast:
    """The contrast of `view` with its paper, looked at with 150 dots per inch."""
    gray, dpi = scaled_to(view, DPI)
    smooth = cv2.GaussianBlur(gray, (5, 5), SMOOTHING_PX)
    paper = _paper(smooth, dpi)
    darkness = np.asarray(cv2.subtract(paper, smooth), dtype=np.uint8)
    level = paper_level(gray)
    solid = paper < SOLID_SHARE * level
    return PaperContrast(gray, darkness, solid, level, median_and_noise(darkness)[0], dpi, view.origin_mm)


def _paper(gray: Gray, dpi: float) -> Gray:
    """The gray of the paper at each pixel: the closing of averages over 4 x 4 pixels, smoothed."""
    height, width = gray.shape
    small = cv2.resize(gray, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    side = max(3, round(PAPER_MM / MM_PER_INCH * dpi / 4) | 1)
    closed = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE
    )
    smooth = cv2.blur(closed, (3, 3), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
