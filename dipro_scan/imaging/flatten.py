"""Uneven light taken off a page: its print as it would look under even light on white paper."""

from __future__ import annotations

import cv2
import numpy as np

from dipro_scan.imaging.ground import BLACK, Ground
from dipro_scan.imaging.levels import Gray


def full_levels(ground: Ground, shape: tuple[int, int]) -> Gray:
    """The levels of `ground` for every pixel of the page, whose shape is (height, width)."""
    least = np.full(1, max(1, round(BLACK * ground.paper)), dtype=np.uint8)
    levels = cv2.max(ground.levels, least)
    return np.asarray(cv2.resize(levels, shape[::-1], interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def flattened(gray: Gray, levels: Gray) -> Gray:
    """The page with its ground made white (255): each pixel divided by the level of its ground.

    Both arrays are uint8, shape (height, width). Black places (below BLACK of the paper) stay dark: their
    noise would become specks otherwise.
    """
    return np.asarray(cv2.divide(gray, levels, scale=255.0), dtype=np.uint8)
