"""Pages seen in squares of whole pixels: their means, and maps of them spread over the page again."""

from __future__ import annotations

from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)


def block_means(pixels: NDArray[Number], step: int) -> NDArray[Number]:
    """`pixels` averaged over squares of `step` pixels; those at the right and lower edge may hold fewer.

    uint8 or float32, shape (height, width) or (height, width, channels); the result has
    ceil(height / step) rows and ceil(width / step) columns.
    """
    if step == 1:
        return pixels
    height, width = pixels.shape[:2]
    rows, columns = height // step, width // step
    small = np.empty((-(-height // step), -(-width // step), *pixels.shape[2:]), dtype=pixels.dtype)
    upper, lower = slice(0, rows * step), slice(rows * step, None)
    left, right = slice(0, columns * step), slice(columns * step, None)
    for part, target in (
        (pixels[upper, left], small[:rows, :columns]),
        (pixels[upper, right], small[:rows, columns:]),
        (pixels[lower, left], small[rows:, :columns]),
        (pixels[lower, right], small[rows:, columns:]),
    ):
        if part.size and target.size:
            # Whole factors in both directions are what makes this fast.
            means: Any = cv2.resize(part, target.shape[1::-1], interpolation=cv2.INTER_AREA)
            target[...] = means.reshape(target.shape)
    return small


def spread(means: NDArray[Number], step: int, shape: tuple[int, ...]) -> NDArray[Number]:
    """A map of squares on the page of `shape` (height, width, …): each value on all pixels of its square."""
    rows, columns = means.shape[:2]
    large: Any = cv2.resize(means, (columns * step, rows * step), interpolation=cv2.INTER_NEAREST)
    return np.asarray(large[: shape[0], : shape[1]], dtype=means.dtype)
