"""What Tesseract takes for an image; the same for the library and for the command."""

from __future__ import annotations

from typing import Final

from dipro_scan.model import PageFailed, ReadingImage
from dipro_scan.translation import _

MIN_SIDE_PX: Final = 10
"""Below this no letter can be seen, and Tesseract complains."""

MAX_SIDE_PX: Final = 32_767
"""Tesseract counts places in 16 bits."""

MIN_DPI: Final = 70
MAX_DPI: Final = 2400
"""What Tesseract takes for a resolution; beyond that it guesses."""


def is_too_small(image: ReadingImage) -> bool:
    """Whether no letter can be on it."""
    return bool(min(image.pixels.shape) < MIN_SIDE_PX)


def is_too_long(image: ReadingImage) -> bool:
    return bool(max(image.pixels.shape) > MAX_SIDE_PX)


def refuse_too_long(image: ReadingImage) -> None:
    """Raises PageFailed for an image with a side that Tesseract cannot count."""
    if is_too_long(image):
        raise PageFailed(
            _("The page is too long to be read in one piece; scan it at a lower resolution or in parts.")
        )


def source_dpi(image: ReadingImage) -> int:
    """The image's resolution as Tesseract takes it."""
    return round(min(max(image.dpi, MIN_DPI), MAX_DPI))
