"""Layers → page: what a viewer shows that draws the background and then each ink through its mask."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.model.layers import BACKGROUND_STEP, PageLayers

BAND_ROWS: Final = 60 * BACKGROUND_STEP


def composed(layers: PageLayers) -> NDArray[np.uint8]:
    """The page that `layers` show, uint8, as large as their mask, gray or RGB as their background is."""
    height, width = layers.mask.shape
    rows, columns = layers.background.shape[:2]
    page = cv2.resize(
        layers.background,
        (columns * BACKGROUND_STEP, rows * BACKGROUND_STEP),
        interpolation=cv2.INTER_LINEAR,
    )
    page = np.asarray(page[:height, :width], dtype=np.uint8)
    page = np.ascontiguousarray(page)
    colours = np.zeros((256, 1, 3), dtype=np.uint8)
    colours[: len(layers.palette), 0] = layers.palette
    # Coloured while they are few, since a page has nine times as many pixels as numbers; and in bands of rows
    # that stay in the processor's cache.
    inks = colours[:, 0, 0][layers.numbers] if page.ndim == 2 else cv2.applyColorMap(layers.numbers, colours)
    for top in range(0, height, BAND_ROWS):
        mask = layers.mask[top : top + BAND_ROWS]
        band = inks[top // BACKGROUND_STEP : -(-(top + len(mask)) // BACKGROUND_STEP)]
        spread = np.ascontiguousarray(spread_numbers(band, mask.shape))
        cv2.copyTo(spread, np.ascontiguousarray(mask).view(np.uint8), page[top : top + len(mask)])
    return page


def spread_numbers(numbers: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Each number, or colour, on all pixels of its square of a page of `shape` (height, width).

    Rows are repeated apart from columns, which is faster.
    """
    size = (numbers.shape[1] * BACKGROUND_STEP, numbers.shape[0])
    wide = np.asarray(cv2.resize(numbers, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
    wide = wide.reshape(size[1], size[0], *numbers.shape[2:])
    return np.repeat(wide[:, : shape[1]], BACKGROUND_STEP, axis=0)[: shape[0]]
