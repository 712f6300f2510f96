"""Where on a page a barcode could lie, by cheap evidence on a reduced image.

Half of a code is ink, whatever its kind, and edges stand all over it: of lines of text a quarter is ink at
most, and pictures and borders have few edges for what they span from light to dark. All is measured against
the darkest and the lightest gray nearby, so that faint codes and gray paper count like any other.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.components import components
from dipro_scan.imaging.levels import Gray
from dipro_scan.imaging.view import scaled_to, straighten
from dipro_scan.model import MM_PER_INCH, ReadingImage

HALVED_DPI: Final = 150.0
NEARLY_HALF: Final = 0.05
"""Relative deviation from twice the wanted resolution up to which halving is near enough: it is exact
and takes a tenth of the time of any other factor."""

NEARBY_MM: Final = 3.0
"""Less than the smallest code is wide (a DataMatrix of 5 mm), more than lines of small print are high."""

INK_SHARE: Final = 0.34
SURE_INK_SHARE: Final = 0.46
"""Reached somewhere on all codes of 5 mm and more, and by half of what else comes into question."""

EDGE_SHARE: Final = 0.22
"""Mean step between neighbours at 75 dpi by the span from light to dark: 0.25 to 0.6 on codes."""

CONTRAST: Final = 30
"""Gray levels; zxing needs 24 to tell ink from paper."""

LEAST_MM: Final = 1.3
"""What of a code is beyond doubt is smaller than the code by nearly `NEARBY_MM`."""

JOINED_MM: Final = 3.0
"""Parts that lie nearer together than twice this are one."""

MARGIN_MM: Final = 6.0
"""From what is beyond doubt to the end of a code's quiet zone."""


class Extent(NamedTuple):
    """In pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Extent) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def covers(self, other: Extent, slack: float) -> bool:
        """Whether `other` lies in this one, or reaches beyond it by less than `slack` pixels."""
        return (
            self.left - other.left < slack
            and other.right - self.right < slack
            and self.top - other.top < slack
            and other.bottom - self.bottom < slack
        )


def halved(view: ReadingImage) -> ReadingImage:
    """`view` at about 150 dpi, where nearly all codes read; itself where it is no finer."""
    if abs(view.dpi / (2 * HALVED_DPI) - 1) <= NEARLY_HALF and min(view.pixels.shape) >= 2:
        return ReadingImage(_half(view.pixels), view.dpi / 2, view.origin_mm)
    if HALVED_DPI < view.dpi < 2 * HALVED_DPI:
        # Skips no pixel, and takes a quarter of the time that averaging does.
        return straighten(view, 0.0, HALVED_DPI)
    pixels, dpi = scaled_to(view, HALVED_DPI)
    return ReadingImage(pixels, dpi, view.origin_mm)


def quartered(half: ReadingImage) -> tuple[Gray, float]:
    """What `halved` made at about 75 dpi, with its resolution; as it is where that is coarse already."""
    if half.dpi < HALVED_DPI * (1 - NEARLY_HALF) or min(half.pixels.shape) < 2:
        return half.pixels, half.dpi
    return _half(half.pixels), half.dpi / 2


def code_places(half: ReadingImage, scale: float) -> list[Extent]:
    """Where a code could lie, its quiet zone included, on an image `scale` times as fine as `half`.

    The likely ones first, and of these the small ones. They may overlap. A page of text has none or a few
    small ones, a picture may fill one of its size.
    """
    gray, dpi = quartered(half)
    dense, sure = _dense(gray, dpi)
    joined = round(JOINED_MM / MM_PER_INCH * dpi)
    near = cv2.dilate(dense, np.ones((2 * joined + 1, 2 * joined + 1), np.uint8))
    count, labels, parts, _centres = components(np.asarray(near, np.uint8))
    likely = np.bincount(labels[sure > 0], minlength=count) > 0
    order = sorted(range(1, count), key=lambda part: (not likely[part], parts[part, cv2.CC_STAT_AREA]))
    margin = round((MARGIN_MM - JOINED_MM) / MM_PER_INCH * dpi)
    finer = scale * half.dpi / dpi
    return [_widened(parts[part].tolist(), margin, gray.shape, finer) for part in order]


def _widened(part: list[int], margin: int, shape: tuple[int, ...], finer: float) -> Extent:
    left, top, across, down, _area = part
    return Extent(
        max(0, left - margin) * finer,
        max(0, top - margin) * finer,
        min(shape[1], left + across + margin) * finer,
        min(shape[0], top + down + margin) * finer,
    )


def _dense(gray: Gray, dpi: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Where a good part is ink and edges stand close, and where that is plain: 255, else 0."""
    side = max(3, round(NEARBY_MM / MM_PER_INCH * dpi))
    nearby = np.ones((side, side), np.uint8)
    lightest = cv2.dilate(gray, nearby)
    span = cv2.subtract(lightest, cv2.erode(gray, nearby))
    ink = cv2.subtract(lightest, cv2.blur(gray, (side, side)))
    edges = cv2.blur(cv2.morphologyEx(gray, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)), (side, side))
    dense = cv2.compare(ink, cv2.convertScaleAbs(span, alpha=INK_SHARE), cv2.CMP_GT)
    dense &= cv2.compare(edges, cv2.convertScaleAbs(span, alpha=EDGE_SHARE), cv2.CMP_GT)
    dense &= cv2.threshold(span, CONTRAST - 1, 255, cv2.THRESH_BINARY)[1]
    least = max(2, round(LEAST_MM / MM_PER_INCH * dpi))
    opened = cv2.morphologyEx(dense, cv2.MORPH_OPEN, np.ones((least, least), np.uint8))
    sure = cv2.compare(ink, cv2.convertScaleAbs(span, alpha=SURE_INK_SHARE), cv2.CMP_GT) & opened
    return np.asarray(opened, dtype=np.uint8), np.asarray(sure, dtype=np.uint8)


def _half(pixels: Gray) -> Gray:
    height, width = pixels.shape
    even = pixels[: height // 2 * 2, : width // 2 * 2]
    return np.asarray(cv2.resize(even, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)
