"""Random numbers for pixels: one seed, one stream of chance for each effect."""

from __future__ import annotations

import zlib
from functools import cache
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def chance(seed: int, effect: str) -> np.random.Generator:
    """A generator of the effect's own, so that one effect more or less does not change the others."""
    return np.random.default_rng([seed, zlib.crc32(effect.encode())])


def clouds(rng: np.random.Generator, shape: tuple[int, int], cell: float) -> Field:
    """A smooth random field [height, width], mean 0, deviation about 1, whose clouds are `cell` wide."""
    rows, columns = (max(4, round(size / cell) + 3) for size in shape)
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    # Cubic interpolation evens out the extremes; the factor restores the deviation.
    field = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC) * np.float32(1.35)
    return np.asarray(field, dtype=np.float32)


def white_noise(rng: np.random.Generator, shape: tuple[int, ...], deviation: float) -> NDArray[np.int8]:
    """Normal deviates rounded to whole gray levels, at a tenth of the cost of drawing them one by one."""
    draws = np.frombuffer(rng.bytes(int(np.prod(shape))), dtype=np.uint8)
    return _levels(round(deviation, 3))[draws].reshape(shape)


@cache
def _levels(deviation: float) -> NDArray[np.int8]:
    """The gray level for each of 256 equally likely draws."""
    normal = NormalDist()
    places = [deviation * normal.inv_cdf((index + 0.5) / 256) for index in range(256)]
    return np.clip(np.rint(places), -127, 127).astype(np.int8)
