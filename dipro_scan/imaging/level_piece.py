"""A piece of a page straightened by itself: a few lines cost a twentieth of what the whole page costs."""

from __future__ import annotations

from dipro_scan.imaging.cut_outs import PageFrame, level_pixels
from dipro_scan.model import Box, ReadingImage


def level_piece(view: ReadingImage, skew_degrees: float, box: Box) -> ReadingImage:
    """What `straighten(view, skew_degrees)` shows within `box` (mm of the straightened page).

    `view` is upright, not yet straightened, with its origin at (0, 0), as `upright_view` and `turn_quarter`
    make it. What lies beside it is paper. Raises ValueError for a box that is larger than any page.
    """
    height, width = view.pixels.shape
    frame = PageFrame(width, height, view.dpi, skew_degrees=skew_degrees)
    pixels, to_page = level_pixels(view.pixels, frame, box.middle, (box.width_mm, box.height_mm), 0.0)
    return ReadingImage(pixels, view.dpi, (float(to_page[0, 2]), float(to_page[1, 2])))
