"""A decoded picture as an array, band by band: Pillow hands out a whole one in two further copies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND_ROWS: Final = 64
"""So many rows of a page fit into a processor's cache, and cost no more time than all rows at once."""


def samples(image: Image.Image) -> NDArray[np.uint8]:
    """The samples of an image of mode L or RGB: uint8, (height, width) or (height, width, 3), read-only."""
    height, width = image.height, image.width
    taken = np.empty((height, width) if image.mode == "L" else (height, width, 3), dtype=np.uint8)
    for top, band in _bands(image):
        taken[top : top + len(band)] = band
    taken.flags.writeable = False
    return taken


def shows(image: Image.Image, pixels: NDArray[np.uint8]) -> bool:
    """Whether an image of mode L or RGB holds exactly these pixels."""
    channels = () if image.mode == "L" else (3,)
    if pixels.shape != (image.height, image.width, *channels):
        return False
    return all((pixels[top : top + len(band)] == band).all() for top, band in _bands(image))


def _bands(image: Image.Image) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    for top in range(0, image.height, BAND_ROWS):
        yield top, np.asarray(image.crop((0, top, image.width, min(top + BAND_ROWS, image.height))))
