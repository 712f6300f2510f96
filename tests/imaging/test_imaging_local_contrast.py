"""Print told from paper by its surroundings, whatever light fell on it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.imaging.local_contrast import local_contrast
from dipro_scan.model import ReadingImage


def shaded(dpi: float = 300.0) -> tuple[ReadingImage, np.ndarray]:
    """Bars of print, each 60 levels darker than paper that falls from 250 to 90; and where they are."""
    height, width = 120, 1200
    paper = np.tile(np.linspace(250, 90, width), (height, 1))
    ink = np.zeros((height, width), dtype=bool)
    ink[30:90, 20::40] = ink[30:90, 21::40] = ink[30:90, 22::40] = ink[30:90, 23::40] = True
    return ReadingImage(np.where(ink, paper - 60, paper).astype(np.uint8), dpi, (3.0, 4.0)), ink


def test_print_is_found_on_shaded_paper() -> None:
    image, ink = shaded()
    seen = local_contrast(image)
    assert set(np.unique(seen.pixels)) == {0, 255}
    assert np.array_equal(seen.pixels == 0, ink)
    assert (seen.dpi, seen.origin_mm) == (300.0, (3.0, 4.0))
    # No one threshold does it: the ink on the left is brighter than the paper on the right.
    assert image.pixels[ink].max() > image.pixels[~ink].min()


def test_the_threshold_is_sauvolas() -> None:
    chance = np.random.default_rng(5)
    pixels = chance.integers(0, 256, (60, 60), dtype=np.uint8)
    seen = local_contrast(ReadingImage(pixels, 101.6)).pixels  # a window of 15 pixels
    for row, column in ((30, 30), (20, 41), (45, 12)):
        window = pixels[row - 7 : row + 8, column - 7 : column + 8].astype(float)
        threshold = window.mean() * (1 + 0.2 * (window.std() / 128 - 1))
        assert seen[row, column] == (0 if pixels[row, column] <= threshold else 255)


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([72.0, 200.0, 600.0]), st.integers(0, 255))
def test_any_size_is_treated(height: int, width: int, dpi: float, level: int) -> None:
    image = ReadingImage(np.full((height, width), level, dtype=np.uint8), dpi)
    treated = local_contrast(image)
    assert treated.pixels.shape == (height, width)
    assert treated.pixels.dtype == np.uint8
