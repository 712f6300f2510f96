"""Squares of pixels: exact means at any size, and maps that cover the page they came from."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.imaging.blocks import block_means, spread


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(1, 7), st.sampled_from([(), (3,)]), st.integers(0, 99)
)
def test_each_square_holds_the_mean_of_its_pixels(
    height: int, width: int, step: int, channels: tuple[int, ...], seed: int
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, *channels), dtype=np.uint8)
    means = block_means(pixels, step)
    assert means.shape == (-(-height // step), -(-width // step), *channels)
    for row in range(means.shape[0]):
        for column in range(means.shape[1]):
            square = pixels[row * step : (row + 1) * step, column * step : (column + 1) * step]
            assert np.abs(means[row, column] - square.mean(axis=(0, 1))).max() <= 1.0


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 7))
def test_a_spread_map_has_the_value_of_its_square_everywhere(height: int, width: int, step: int) -> None:
    means = np.arange(-(-height // step) * -(-width // step), dtype=np.uint8).reshape(-(-height // step), -1)
    page = spread(means, step, (height, width))
    rows, columns = np.indices((height, width))
    assert page.shape == (height, width)
    assert np.array_equal(page, means[rows // step, columns // step])
