"""The page at about 100 dpi, on which its borders, holes and edges are looked for; made once a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.levels import Gray, gray_percentile
from dipro_scan.model import MM_PER_INCH, ReadingImage

DPI: Final = 100.0
"""A quarter of a millimetre a pixel: finer than any lid's soft outline."""

ROUNDING: Final = 0.3
"""A scan of 270 dpi is still looked at with 90, one of 150 with all it has."""


@dataclass(frozen=True, slots=True)
class SmallPage:
    """`gray` has `dpi`, and `step` pixels of the view a pixel. `bright` is the level of its brightest ground
    (90th percentile): paper, unless the page is dark. `calm` is `gray` without single odd pixels."""

    gray: Gray
    calm: Gray
    dpi: float
    step: int
    bright: int
    origin_mm: tuple[float, float]

    def px(self, length_mm: float) -> int:
        """A length in pixels, at least one."""
        return max(1, round(length_mm / MM_PER_INCH * self.dpi))

    @property
    def mm(self) -> float:
        """Millimetres a pixel."""
        return MM_PER_INCH / self.dpi


def small_page(view: ReadingImage) -> SmallPage:
    """`view` averaged over whole squares of pixels down to about 100 dpi; at least one pixel is left.

    Up to `step` - 1 rows and columns at the far edges, less than a quarter of a millimetre, are left out.
    """
    height, width = view.pixels.shape
    step = max(1, min(int(view.dpi / DPI + ROUNDING), height, width))
    whole = view.pixels[: height // step * step, : width // step * step]
    gray = whole
    if step > 1:
        size = (width // step, height // step)
        gray = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    calm = np.asarray(cv2.medianBlur(np.ascontiguousarray(gray), 3), dtype=np.uint8)
    return SmallPage(gray, calm, view.dpi / step, step, gray_percentile(gray, 90), view.origin_mm)
