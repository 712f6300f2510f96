"""A page small enough to travel with its reading: 100 dots per inch, gray, some ten kilobytes.

Enough to compare the two sides of a sheet. A page of text needs no fine grays for that and an empty one has
few, so the coding is made coarser until it fits. JPEG takes a millisecond, WebP fifty for half the bytes.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.levels import Gray
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import PageFailed, ReadingImage
from dipro_scan.translation import _

DPI: Final = 100.0
MAX_BYTES: Final = 30_000
QUALITIES: Final = (85, 60, 40, 25, 15)
MIDDLE: Final = 3
MAX_SIDE: Final = 65_000
"""JPEG's limit is 65,535 pixels."""


def thumbnail(view: ReadingImage) -> bytes:
    """`view` at no more than 100 dpi as JPEG, mostly of at most 30 KB; a dense page may need more."""
    gray, dpi = scaled_to(view, DPI)
    if max(gray.shape) > MAX_SIDE:
        gray, _dpi = scaled_to(ReadingImage(gray, dpi), dpi * MAX_SIDE / max(gray.shape))
    # Noise is most of what an empty page costs, and tells nothing.
    calm = cv2.GaussianBlur(gray, (3, 3), 0.6)
    # Most pages of text fit at the middle one; finer ones are tried only where there is room for more.
    coded = _coded(calm, QUALITIES[MIDDLE])
    if len(coded) > MAX_BYTES:
        for quality in QUALITIES[MIDDLE + 1 :]:
            coded = _coded(calm, quality)
            if len(coded) <= MAX_BYTES:
                break
        return coded
    for quality in reversed(QUALITIES[:MIDDLE]):
        finer = _coded(calm, quality)
        if len(finer) > MAX_BYTES:
            break
        coded = finer
    return coded


def _coded(gray: Gray, quality: int) -> bytes:
    _done, data = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(data)


def thumbnail_pixels(coded: bytes) -> Gray:
    """The pixels of a thumbnail, shape (height, width). Raises PageFailed where `coded` is none."""
    data = np.frombuffer(coded, dtype=np.uint8)
    pixels = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    if pixels is None:
        raise PageFailed(_("The small picture kept of a page cannot be read; read the page again."))
    return np.asarray(pixels, dtype=np.uint8)
