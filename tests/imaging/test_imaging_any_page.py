"""Any array that a file may hold, through all that looks at a page: a right answer, or a sentence why not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from dipro_scan.imaging import (
    crop_box,
    estimate_skew,
    find_codes,
    find_paper,
    find_spread,
    image_hash,
    judge_blank,
    letter_edges,
    line_direction,
    measure_page,
    measure_paper,
    small_page,
    straighten,
    thumbnail,
    thumbnail_pixels,
    treated_for_reading,
    upright_colours,
    upright_view,
)
from dipro_scan.imaging.composing import composed
from dipro_scan.imaging.layers import page_layers
from dipro_scan.model import BlankVerdict, PageFailed, PageGeometry, ReadingImage, Resolution
from dipro_scan.settings import BlankSettings, ImagingSettings, SeparationSettings
from dipro_scan.settings.border_settings import BorderSettings
from dipro_scan.settings.reading_image_settings import ReadingImageSettings

TYPES = st.sampled_from([np.uint8, np.uint8, np.uint8, np.bool_, np.int16, np.uint16, np.float32, np.float64])
SHAPES = st.one_of(
    array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=12),
    st.tuples(st.integers(1, 90), st.integers(1, 90)),
    st.tuples(st.integers(1, 60), st.integers(1, 60), st.sampled_from([0, 1, 2, 3, 3, 4])),
)


def is_page(pixels: NDArray[Any]) -> bool:
    """uint8, gray or RGB, of some size."""
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    return pixels.dtype == np.uint8 and pixels.size > 0 and pixels.ndim in (2, 3) and channels in (1, 3)


def assert_all_answer(view: ReadingImage, colour: NDArray[np.uint8] | None) -> None:
    height, width = view.pixels.shape
    pixels = view.pixels.copy()
    frame = PageGeometry(width * 25.4 / view.dpi, height * 25.4 / view.dpi)

    assert judge_blank(view, BlankSettings()).verdict in BlankVerdict
    for code in find_codes(view, SeparationSettings()):
        assert code.box is None or code.box.x0 <= code.box.x1
    page, borders = small_page(view), BorderSettings()
    paper = find_paper(page, borders)
    assert all(measured.value >= 0 for measured in measure_paper(paper))
    skew = estimate_skew(view, ImagingSettings())
    assert abs(skew.degrees) <= 15.0
    box = crop_box(view, page, paper, skew.degrees, borders)
    assert box is None or (box.x0 < box.x1 and box.y0 < box.y1)
    direction = line_direction(letter_edges(view), 15.0)
    assert direction is None or (math.isfinite(direction.level) and math.isfinite(direction.upright))
    treated = treated_for_reading(view, ReadingImageSettings(), colour)
    assert treated.image.pixels.shape == (height, width) and treated.image.pixels.dtype == np.uint8
    for measured in measure_page(view, colour=colour):
        assert math.isfinite(measured.value) and measured.verdict in ("ok", "notable")
    spread = find_spread(view)
    assert spread is None or 0.0 < spread.gutter_x_mm < frame.width_mm
    small = thumbnail_pixels(thumbnail(view))
    assert min(small.shape) >= 1 and small.shape[0] <= max(height, 1) and small.shape[1] <= max(width, 1)
    layers = page_layers(view.pixels if colour is None else colour, view.dpi)
    assert composed(layers).shape == (view.pixels if colour is None else colour).shape
    assert image_hash(view) is None or image_hash(view)
    straight = straighten(view, 7.5)
    assert straight.pixels.shape[0] >= height * math.cos(math.radians(7.5)) - 1
    assert np.array_equal(view.pixels, pixels)


@settings(max_examples=120, deadline=None)
@given(
    pixels=st.tuples(TYPES, SHAPES).flatmap(lambda asked: arrays(*asked)),
    orientation=st.integers(0, 9),
    resolution=st.tuples(st.floats(10, 2400), st.floats(10, 2400)),
)
def test_any_array_is_a_page_or_refused(
    pixels: NDArray[Any], orientation: int, resolution: tuple[float, float]
) -> None:
    try:
        view = upright_view(pixels, orientation, Resolution(*resolution), 300)
    except PageFailed as refused:
        assert not is_page(pixels) or not 1 <= orientation <= 8
        assert str(refused)
        return
    assert is_page(pixels)
    assert_all_answer(view, upright_colours(pixels, orientation, view))


@pytest.mark.parametrize("level", [0, 128, 255, None], ids=["black", "gray", "white", "noise"])
@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 2), (2, 1), (1, 6000), (6000, 1), (3, 2500), (700, 3), (64, 64)]
)
def test_strips_and_dots_are_pages_too(shape: tuple[int, int], level: int | None) -> None:
    chance = np.random.default_rng(4)
    pixels = (
        chance.integers(0, 256, shape, dtype=np.uint8) if level is None else np.full(shape, level, np.uint8)
    )
    for dpi in (72.0, 300.0, 600.0):
        assert_all_answer(ReadingImage(pixels, dpi), None)
        assert_all_answer(ReadingImage(pixels, dpi), np.dstack([pixels] * 3))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.tuples(st.integers(90, 700), st.integers(90, 700)),
    levels=st.tuples(st.integers(0, 255), st.integers(1, 128)),
    dpi=st.sampled_from([40.0, 100.0, 200.0, 300.0, 900.0]),
    in_colour=st.booleans(),
)
def test_noise_and_blots_of_any_size_are_looked_at(
    seed: int, size: tuple[int, int], levels: tuple[int, int], dpi: float, in_colour: bool
) -> None:
    chance = np.random.default_rng(seed)
    noise = chance.normal(levels[0], levels[1], (*size, 3))
    for _blot in range(int(chance.integers(0, 12))):
        row, column = chance.integers(0, size[0]), chance.integers(0, size[1])
        noise[row : row + chance.integers(1, 90), column : column + chance.integers(1, 90)] = chance.integers(
            256
        )
    pixels = np.clip(noise, 0, 255).astype(np.uint8)
    view = upright_view(pixels, 1, Resolution(dpi, dpi), round(dpi))
    assert_all_answer(view, upright_colours(pixels, 1, view) if in_colour else None)
