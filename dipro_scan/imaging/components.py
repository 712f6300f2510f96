"""Connected pieces of ink, numbered in 16 bits where that holds them all: a third of the time of 32 bits."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

MOST: Final = int(np.iinfo(np.uint16).max)

BEFORE: Final = {
    4: np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], np.uint8),
    8: np.array([[1, 1, 1], [1, 0, 0], [0, 0, 0]], np.uint8),
}
"""By connectivity: the neighbours that come before a pixel, row by row. A first pixel of a piece has none."""


class Components(NamedTuple):
    """`labels` has the mask's shape, 0 is what is not in it. `stats` has a row a label, as OpenCV gives it
    (left, top, width, height, area); `centres` their middles (x, y)."""

    total: int
    labels: NDArray[np.uint16] | NDArray[np.int32]
    stats: NDArray[np.int32]
    centres: NDArray[np.float64]


def components(mask: NDArray[np.uint8] | NDArray[np.bool_], connectivity: int = 8) -> Components:
    """The pieces of `mask`, shape (height, width); not zero is in it. `connectivity` is 4 or 8."""
    ink = mask.view(np.uint8) if mask.dtype == np.bool_ else np.asarray(mask, np.uint8)
    few = _most_pieces(ink, connectivity) < MOST
    count, labels, stats, centres = cv2.connectedComponentsWithStats(
        ink, connectivity=connectivity, ltype=cv2.CV_16U if few else cv2.CV_32S
    )
    return Components(count, np.asarray(labels), np.asarray(stats, np.int32), np.asarray(centres))


def _most_pieces(ink: NDArray[np.uint8], connectivity: int) -> int:
    """No piece is missing from the count of pixels that may begin one."""
    if ink.size < MOST:
        return ink.size
    before = cv2.dilate(ink, BEFORE[connectivity], borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return cv2.countNonZero(cv2.compare(ink, before, cv2.CMP_GT))
