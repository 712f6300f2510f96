"""Noise is measured, and smoothed away without the letters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from dipro_scan.imaging.despeckle import measure_noise, smoothed

Pixels = NDArray[np.uint8]


@pytest.mark.parametrize("deviation", [3.0, 10.0, 25.0])
def test_the_grain_of_gray_paper_is_told(deviation: float) -> None:
    grain = np.random.default_rng(1).normal(150, deviation, (600, 600))

    noise = measure_noise(np.clip(np.rint(grain), 0, 255).astype(np.uint8))

    assert noise.grain_levels == pytest.approx(deviation, rel=0.15)


def test_letters_are_neither_grain_nor_specks(typed_page: Callable[..., Pixels]) -> None:
    noise = measure_noise(typed_page(1))

    assert noise.grain_levels < 0.5
    assert noise.speck_share < 0.002


def test_lone_pixels_are_counted_and_go(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(2)
    dirty = page.copy()
    chance = np.random.default_rng(3)
    dirty[chance.random(page.shape) < 0.015] = 10
    assert 0.008 < measure_noise(dirty).speck_share < 0.02

    clean = smoothed(dirty, 300)

    assert ((clean < 128) != (page < 128)).mean() < 0.004
    assert measure_noise(clean).speck_share < 0.0005
