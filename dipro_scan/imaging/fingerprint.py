"""How a page looks, in 256 bits: nearly the same for the same paper, however it lay on the glass.

A hash of the kind called "perceptual": which of the lowest frequencies of the cosine transform are positive
(after Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions", pHash). It is taken
from the ink alone, within the paper's edges and about the ink's centre, so that light, paper colour, edges
and small shifts do not count. OpenCV has the transform; the libraries for such hashes bring SciPy with them
and know neither paper nor its edges.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import MM_PER_INCH, ReadingImage

DPI: Final = 50.0
EDGE_MM: Final = 8.0
"""Left out on every side: shadows, punch holes and what the feeder's edge adds change from scan to scan."""

WINDOW_MM: Final = (200.0, 280.0)
PAPER_WINDOW_MM: Final = 6.0
LEAST_DARKNESS: Final = 0.12
"""What is darker than the paper around it by less of the paper's own brightness is no ink."""

LEAST_INK_MM2: Final = 60.0
"""A page with less full black (a few words, some dots) looks like any other."""

_GRID: Final = 64
_FREQUENCIES: Final = 16


def image_hash(view: ReadingImage) -> str | None:
    """The hash of an upright, straightened page as 64 hexadecimal digits; None for one nearly without ink.

    Two hashes are compared by the share of their bits that differ.
    """
    gray, dpi = scaled_to(view, DPI)
    ink = _inner(_ink(gray, dpi), view, dpi)
    total = float(ink.sum())
    if total * (MM_PER_INCH / dpi) ** 2 < LEAST_INK_MM2:
        return None
    spread = np.sqrt(cv2.resize(_centred(ink, dpi), (_GRID, _GRID), interpolation=cv2.INTER_AREA))
    low = cv2.dct(spread)[:_FREQUENCIES, :_FREQUENCIES].ravel()
    # The first is the mean, which is positive on every page.
    return bytes(np.packbits(np.append(low[1:] > 0, False))).hex()


def _ink(gray: NDArray[np.uint8], dpi: float) -> NDArray[np.float32]:
    """How black each place is, 0–1, on paper of whatever colour under whatever light."""
    size = max(3, round(PAPER_WINDOW_MM / MM_PER_INCH * dpi)) | 1
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    paper = cv2.blur(paper, (size, size))
    darkness = 1 - cv2.divide(gray, paper, scale=255).astype(np.float32) / 255
    return np.asarray(np.where(darkness < LEAST_DARKNESS, 0, darkness), dtype=np.float32)


def _inner(ink: NDArray[np.float32], view: ReadingImage, dpi: float) -> NDArray[np.float32]:
    """Without the paper's edges; straightening made the image larger than the paper by its origin."""
    columns, rows = (round((EDGE_MM - min(0.0, origin)) / MM_PER_INCH * dpi) for origin in view.origin_mm)
    height, width = ink.shape
    if height <= 2 * rows or width <= 2 * columns:
        return np.zeros((1, 1), dtype=np.float32)
    return ink[rows : height - rows, columns : width - columns]


def _centred(ink: NDArray[np.float32], dpi: float) -> NDArray[np.float32]:
    """A window of always the same size about the ink's centre of mass."""
    size = tuple(round(side / MM_PER_INCH * dpi) for side in WINDOW_MM)
    columns, rows = ink.sum(axis=0), ink.sum(axis=1)
    total = columns.sum()
    centre = (
        float(np.dot(columns, np.arange(columns.size)) / total),
        float(np.dot(rows, np.arange(rows.size)) / total),
    )
    move = np.array([[1, 0, size[0] / 2 - centre[0]], [0, 1, size[1] / 2 - centre[1]]], dtype=np.float64)
    return np.asarray(cv2.warpAffine(ink, move, size), dtype=np.float32)
