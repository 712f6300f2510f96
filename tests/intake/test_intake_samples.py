from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dipro_scan.intake.samples import BAND_ROWS, samples, shows

SHAPES = st.tuples(st.integers(1, 3 * BAND_ROWS + 1), st.integers(1, 9), st.sampled_from([(), (3,)]))


@given(shape=SHAPES, seed=st.integers(0, 999))
def test_every_sample_is_taken_over(shape: tuple[int, int, tuple[int, ...]], seed: int) -> None:
    height, width, channels = shape
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, *channels), dtype=np.uint8)
    taken = samples(Image.fromarray(pixels))
    assert taken.dtype == np.uint8 and taken.flags.c_contiguous and not taken.flags.writeable
    assert np.array_equal(taken, pixels)
    assert shows(Image.fromarray(pixels), pixels)


@pytest.mark.parametrize("row", [0, BAND_ROWS, 2 * BAND_ROWS + 4])
def test_one_other_sample_is_seen_wherever_it_lies(row: int) -> None:
    pixels = np.full((2 * BAND_ROWS + 5, 7, 3), 200, dtype=np.uint8)
    other = pixels.copy()
    other[row, 3, 1] = 201
    assert not shows(Image.fromarray(pixels), other)


def test_an_image_of_another_shape_shows_something_else() -> None:
    gray = np.full((5, 7), 200, dtype=np.uint8)
    assert not shows(Image.fromarray(gray), gray[:4])
    assert not shows(Image.fromarray(gray), np.dstack([gray] * 3))
