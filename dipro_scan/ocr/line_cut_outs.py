"""Pieces of a page for reading them by themselves: a line, or some words of it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from dipro_scan.model import MM_PER_INCH, Box, ReadingImage

ABOVE_MM: Final = 0.15
BESIDE_MM: Final = 0.4
"""So much of the page around the words is cut out with them; more would bring in the lines next to it."""

FRAME_PX: Final = 10
"""Tesseract wants some paper around a line (tessdoc, ImproveQuality: missing borders)."""

PAPER_PERCENTILE: Final = 90
"""Of a line's pixels that many per cent are at most as bright as its paper."""


def cut_out(image: ReadingImage, box: Box) -> ReadingImage:
    """What the straight `image` shows of words in `box` (page mm), framed; empty beside the image."""
    px = image.dpi / MM_PER_INCH
    left, top = image.origin_mm
    height, width = image.pixels.shape
    around = surroundings(box)
    x0 = min(width, max(0, math.floor((around.x0 - left) * px)))
    y0 = min(height, max(0, math.floor((around.y0 - top) * px)))
    x1 = min(width, max(x0, math.ceil((around.x1 - left) * px)))
    y1 = min(height, max(y0, math.ceil((around.y1 - top) * px)))
    return framed(ReadingImage(image.pixels[y0:y1, x0:x1], image.dpi, (left + x0 / px, top + y0 / px)))


def surroundings(box: Box) -> Box:
    """`box` and the little around it that is cut out with words."""
    return Box(box.x0 - BESIDE_MM, box.y0 - ABOVE_MM, box.x1 + BESIDE_MM, box.y1 + ABOVE_MM)


def framed(piece: ReadingImage) -> ReadingImage:
    """`piece` in a frame of the colour of its paper; an empty one stays empty."""
    if piece.pixels.size == 0:
        return piece
    paper = round(float(np.percentile(piece.pixels, PAPER_PERCENTILE)))
    left, top = piece.origin_mm
    frame_mm = FRAME_PX / piece.dpi * MM_PER_INCH
    pixels = np.pad(piece.pixels, FRAME_PX, constant_values=paper)
    return ReadingImage(pixels, piece.dpi, (left - frame_mm, top - frame_mm))
