"""The page without what scanner and wear left: a black lid beside the paper, holes, staples, folded corners.

Only for reading. What is cleared becomes paper; print is never cleared, since of a fault only the one dark
piece goes that fills its box, and of the border only what is as dark as the lid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.paper_edge import PaperFrame, lid_mask
from dipro_scan.imaging.small_page import SmallPage
from dipro_scan.model import MM_PER_INCH, Box, PaperFault, ReadingImage
from dipro_scan.settings.border_settings import BorderSettings

DARK_SHARE: Final = 0.75
"""What is darker than this share of the brightest ground belongs to a hole, a wire or the lid."""

MIN_FILL: Final = 0.6
"""The piece that is cleared reaches over so much of its box, across and down."""

SOFT_MM: Final = 0.25
"""The outline of what is cleared is soft over so much."""


def without_border_and_faults(
    view: ReadingImage,
    page: SmallPage,
    frame: PaperFrame,
    faults: Sequence[PaperFault],
    settings: BorderSettings,
) -> ReadingImage:
    """`view` (not yet straightened) with paper where the lid and `faults` were; the same object without any.

    `page` and `frame` were made from a view of the same frame, `faults` lie in it.
    """
    lid = lid_mask(frame, page, settings)
    if not faults and not lid.any():
        return view
    pixels = view.pixels.copy()
    if lid.any():
        height, width = pixels.shape
        whole = cv2.resize(lid.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
        pixels[whole > 0] = page.bright
    for fault in faults:
        _clear(pixels, _window(fault.box, view), page.bright, view.dpi)
    return replace(view, pixels=pixels)


def _window(box: Box, view: ReadingImage) -> tuple[slice, slice]:
    """The rows and columns of `view` that `box` covers."""
    left, top = view.origin_mm
    scale = view.dpi / MM_PER_INCH
    height, width = view.pixels.shape

    def within(place_mm: float, size: int) -> int:
        return min(size, max(0, round(place_mm * scale)))

    rows = slice(within(box.y0 - top, height), within(box.y1 - top, height))
    columns = slice(within(box.x0 - left, width), within(box.x1 - left, width))
    return rows, columns


def _clear(pixels: NDArray[np.uint8], window: tuple[slice, slice], paper: int, dpi: float) -> None:
    """Fills the dark pieces of the window that reach over most of it."""
    part = pixels[window]
    if not part.size:
        return
    dark = (part < DARK_SHARE * paper).view(np.uint8)
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(dark, connectivity=8)
    height, width = part.shape
    large = (stats[:, cv2.CC_STAT_WIDTH] >= MIN_FILL * width) & (
        stats[:, cv2.CC_STAT_HEIGHT] >= MIN_FILL * height
    )
    large[0] = False
    if count > 1 and large.any():
        reach = 2 * max(1, round(SOFT_MM / MM_PER_INCH * dpi)) + 1
        gone = cv2.dilate(large[labels].view(np.uint8), np.ones((reach, reach), np.uint8))
        part[gone > 0] = paper
