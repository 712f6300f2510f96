"""The part of a page that has ink on it: layout analysis looks at every pixel, also at empty margins."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from dipro_scan.model import MM_PER_INCH, ReadingImage
from dipro_scan.ocr.limits import source_dpi

CELL_MM: Final = 1.5
MARGIN_MM: Final = 6.0
MIN_DROP: Final = 6.0
"""A cell whose mean is so many levels below the paper around it may hold ink: less than a dot of 0.2 mm of
black ink in a cell of 1.5 mm would take it down by."""

WORTH_CUTTING: Final = 0.95
"""Share of the page above which cutting gains nothing."""


def inked_part(image: ReadingImage) -> ReadingImage | None:
    """`image` cut to its ink and `MARGIN_MM` of paper around it; None for an image without any ink.

    Places keep their millimetres: `origin_mm` moves with the cut.
    """
    height, width = image.pixels.shape
    dpi = source_dpi(image)
    cell_px = max(1, round(CELL_MM / MM_PER_INCH * dpi))
    size = (max(1, width // cell_px), max(1, height // cell_px))
    # Every other row shows all that is worth reading.
    cells = cv2.resize(image.pixels[::2], size, interpolation=cv2.INTER_AREA).astype(np.float32)
    paper = cv2.dilate(cells, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_REPLICATE)
    dark = paper - cells >= MIN_DROP
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not rows.size:
        return image if cells.size < 4 else None
    margin_px = round(MARGIN_MM / MM_PER_INCH * dpi)
    across, down = width / size[0], height / size[1]
    left = max(0, int(columns[0] * across) - margin_px)
    right = min(width, int((columns[-1] + 1) * across) + margin_px)
    top = max(0, int(rows[0] * down) - margin_px)
    bottom = min(height, int((rows[-1] + 1) * down) + margin_px)
    if (right - left) * (bottom - top) >= WORTH_CUTTING * width * height:
        return image
    mm_per_pixel = MM_PER_INCH / image.dpi
    x_mm, y_mm = image.origin_mm
    return ReadingImage(
        np.ascontiguousarray(image.pixels[top:bottom, left:right]),
        image.dpi,
        (x_mm + left * mm_per_pixel, y_mm + top * mm_per_pixel),
    )
