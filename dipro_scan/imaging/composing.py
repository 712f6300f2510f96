"""Layers → page: what a viewer shows that draws the background and then each ink through its mask."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.model.layers import BACKGROUND_STEP, PageLayers


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
    if page.ndim == 2:
        for ink in layers.inks:
            np.copyto(page, np.uint8(ink.colour[0]), where=ink.mask)
        return np.ascontiguousarray(page)
    numbers = np.zeros((height, width), dtype=np.uint8)
    palette = np.zeros((256, 1, 3), dtype=np.uint8)
    for number, ink in enumerate(layers.inks):
        numbers += ink.mask.view(np.uint8) * np.uint8(number)
        palette[number] = ink.colour
    inked = cv2.applyColorMap(numbers, palette)
    return np.asarray(
        cv2.copyTo(inked, layers.mask.view(np.uint8), np.ascontiguousarray(page)), dtype=np.uint8
    )
