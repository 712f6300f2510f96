"""The ink of one word on a page: which pixels are ink, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import MM_PER_INCH, Box, ReadingImage

INK_LEVEL: Final = 0.35
"""What is darker than the paper by this share of the word's contrast is ink: hairlines too, noise not."""

MIN_CONTRAST: Final = 40


@dataclass(frozen=True, slots=True)
class WordInk:
    """`mask`, shape (height, width), is cut to the ink; `box` is where that lies on the page, mm."""

    mask: NDArray[np.bool_]
    box: Box
    mm_per_pixel: float


def ink_of(box: Box, image: ReadingImage) -> WordInk | None:
    """The ink in `box` on `image`; None where there is next to no contrast."""
    scale = image.dpi / MM_PER_INCH
    left_mm, top_mm = image.origin_mm
    x0, x1 = (round((value - left_mm) * scale) for value in (box.x0, box.x1))
    y0, y1 = (round((value - top_mm) * scale) for value in (box.y0, box.y1))
    x0, y0 = max(0, x0 - 1), max(0, y0 - 1)
    part = image.pixels[y0 : y1 + 1, x0 : x1 + 1]
    if part.size == 0 or int(part.max()) - int(part.min()) < MIN_CONTRAST:
        return None
    mask = part < int(part.max()) - INK_LEVEL * (int(part.max()) - int(part.min()))
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    mask = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    place = image.box_mm(x0 + columns[0], y0 + rows[0], x0 + columns[-1] + 1, y0 + rows[-1] + 1)
    return WordInk(mask, Box(*(float(value) for value in place)), 1 / scale)
