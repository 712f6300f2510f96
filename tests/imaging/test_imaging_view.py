"""From stored pixels to the upright, straightened view: exact places, whatever the size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from PIL import Image, ImageOps

from dipro_scan.imaging import (
    reduced,
    small_colours,
    straighten,
    turn_quarter,
    upright_colours,
    upright_small_colours,
    upright_view,
)
from dipro_scan.imaging import view as view_module
from dipro_scan.model import PageFailed, PageGeometry, ReadingImage, Resolution

MANY = settings(deadline=None, max_examples=60)
sizes = st.integers(1, 90)
resolutions = st.floats(20.0, 1200.0)


def page_of(width: int, height: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)


@MANY
@given(sizes, sizes, st.integers(1, 8))
def test_the_eight_orientations_are_those_of_exif(width: int, height: int, orientation: int) -> None:
    pixels = page_of(width, height)
    image = Image.fromarray(pixels)
    image.getexif()[274] = orientation
    expected = np.asarray(ImageOps.exif_transpose(image))

    seen = upright_view(pixels, orientation, Resolution(300, 300), 300)

    assert np.array_equal(seen.pixels, expected)
    assert seen.dpi == 300 and seen.origin_mm == (0.0, 0.0)


@MANY
@given(sizes, sizes, resolutions, resolutions, st.integers(1, 8), st.booleans())
def test_any_page_becomes_square_pixels_of_the_same_paper(
    width: int, height: int, x_dpi: float, y_dpi: float, orientation: int, colour: bool
) -> None:
    pixels = page_of(width, height)
    stored = np.repeat(pixels[:, :, None], 3, axis=2) if colour else pixels

    seen = upright_view(stored, orientation, Resolution(x_dpi, y_dpi), 300)

    width_mm, height_mm = width / x_dpi * 25.4, height / y_dpi * 25.4
    if orientation >= 5:
        width_mm, height_mm = height_mm, width_mm
    one_pixel_mm = 25.4 / seen.dpi
    assert seen.pixels.dtype == np.uint8 and seen.pixels.ndim == 2 and min(seen.pixels.shape) >= 1
    assert seen.pixels.shape[1] * one_pixel_mm == pytest.approx(width_mm, abs=one_pixel_mm + 0.001 * width_mm)
    assert seen.pixels.shape[0] * one_pixel_mm == pytest.approx(
        height_mm, abs=one_pixel_mm + 0.001 * height_mm
    )


@pytest.mark.parametrize("stored_dpi", [298.0, 300.0, 305.9])
def test_a_resolution_close_to_the_wanted_one_keeps_its_pixels_and_its_true_scale(stored_dpi: float) -> None:
    pixels = page_of(200, 100)
    seen = upright_view(pixels, 1, Resolution(stored_dpi, stored_dpi), 300)
    assert np.array_equal(seen.pixels, pixels)
    assert seen.dpi == pytest.approx(stored_dpi)


def test_a_fax_is_shrunk_along_one_axis_and_enlarged_along_the_other() -> None:
    fax = np.full((117, 400), 255, np.uint8)
    fax[:, 200:] = 0
    seen = upright_view(fax, 1, Resolution(400, 98), 300)
    assert seen.pixels.shape == (358, 300)
    assert (seen.pixels[:, :145] == 255).all() and (seen.pixels[:, 155:] == 0).all()


def test_colour_becomes_gray_by_luminance_with_red_first() -> None:
    red = np.zeros((4, 4, 3), np.uint8)
    red[:, :, 0] = 255
    assert int(upright_view(red, 1, Resolution(300, 300), 300).pixels[0, 0]) == 76


def test_a_huge_page_gets_fewer_dots_per_inch_and_keeps_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_module, "MAX_PIXELS", 10_000)
    seen = upright_view(page_of(400, 300), 1, Resolution(300, 300), 300)
    assert seen.pixels.size <= 10_300
    assert seen.pixels.shape[1] / seen.dpi == pytest.approx(400 / 300, rel=0.02)


def test_a_long_strip_stays_below_what_the_libraries_can_count() -> None:
    strip = upright_view(np.full((3, 20_000), 255, np.uint8), 1, Resolution(72, 72), 300)
    assert max(strip.pixels.shape) <= view_module.MAX_SIDE


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((0, 5), np.uint8),
        np.zeros((5, 5), np.float32),
        np.zeros((5, 5), np.uint16),
        np.zeros((5, 5, 4), np.uint8),
        np.zeros((2, 2, 2, 2), np.uint8),
        np.zeros(7, np.uint8),
    ],
)
def test_what_is_no_page_is_refused_with_a_sentence(pixels: np.ndarray) -> None:
    with pytest.raises(PageFailed, match="neither gray nor colour"):
        upright_view(pixels, 1, Resolution(300, 300), 300)


@pytest.mark.parametrize("orientation", [0, 9, -1])
def test_an_orientation_without_meaning_is_refused(orientation: int) -> None:
    with pytest.raises(PageFailed, match="orientation"):
        upright_view(page_of(5, 5), orientation, Resolution(300, 300), 300)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_resolution_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(PageFailed, match="resolution"):
        upright_view(page_of(5, 5), 1, Resolution(value, 300.0), 300)


@MANY
@given(st_numpy.arrays(np.uint8, st.tuples(sizes, sizes)), st.sampled_from([0, 90, 180, 270]))
def test_turning_goes_clockwise_and_there_and_back(pixels: np.ndarray, rotation: int) -> None:
    seen = ReadingImage(pixels, 300.0)
    there = turn_quarter(seen, rotation)
    if rotation == 90:
        assert there.pixels[0, -1] == pixels[0, 0]  # the top left corner comes to the top right
    assert np.array_equal(turn_quarter(there, (360 - rotation) % 360).pixels, pixels)


def test_only_quarter_turns_of_views_that_are_not_straightened() -> None:
    with pytest.raises(ValueError, match="rotation"):
        turn_quarter(ReadingImage(page_of(9, 9), 300.0), 45)
    with pytest.raises(ValueError, match="turn first"):
        turn_quarter(ReadingImage(page_of(9, 9), 300.0, (-1.0, -1.0)), 90)


def test_without_skew_nothing_is_copied() -> None:
    seen = ReadingImage(page_of(30, 40), 300.0)
    assert straighten(seen, 0.0) is seen


@MANY
@given(
    st.integers(120, 260),
    st.integers(120, 260),
    st.floats(0.05, 0.95),
    st.floats(0.05, 0.95),
    st.floats(-15.0, 15.0).filter(lambda degrees: abs(degrees) > 0.01),
)
def test_a_point_lands_where_the_geometry_says(
    width: int, height: int, across: float, down: float, skew: float
) -> None:
    dpi = 100.0
    mm = 25.4 / dpi
    column, row = int(across * (width - 9)) + 4, int(down * (height - 9)) + 4
    pixels = np.full((height, width), 255, np.uint8)
    pixels[row - 1 : row + 2, column - 1 : column + 2] = 0
    geometry = PageGeometry(width * mm, height * mm, skew_degrees=skew)

    straight = straighten(ReadingImage(pixels, dpi), skew)

    dark = 255.0 - straight.pixels
    rows, columns = np.indices(dark.shape)
    box = straight.box_mm(
        float((dark * (columns + 0.5)).sum() / dark.sum()),
        float((dark * (rows + 0.5)).sum() / dark.sum()),
        0,
        0,
    )
    x, y = (column + 0.5) * mm - geometry.width_mm / 2, (row + 0.5) * mm - geometry.height_mm / 2
    angle = math.radians(skew)  # clockwise, y downwards
    expected_x = x * math.cos(angle) - y * math.sin(angle) + geometry.width_mm / 2
    expected_y = x * math.sin(angle) + y * math.cos(angle) + geometry.height_mm / 2
    assert box.x0 == pytest.approx(expected_x, abs=0.03)
    assert box.y0 == pytest.approx(expected_y, abs=0.03)


@MANY
@given(
    st.integers(300, 500),
    st.integers(300, 500),
    st.floats(-15.0, 15.0),
    st.sampled_from([101, 150, 200, 280]),
)
def test_straightened_and_reduced_in_one_step_places_are_the_same(
    width: int, height: int, skew: float, dpi: int
) -> None:
    pixels = np.full((height, width), 250, np.uint8)
    row, column = height // 3, width // 4
    pixels[row : row + 12, column : column + 12] = 10
    view = ReadingImage(pixels, 300.0)
    one_step, two_steps = straighten(view, skew, dpi), straighten(reduced(view, dpi), skew)
    assert one_step.dpi == pytest.approx(two_steps.dpi, rel=0.01)
    assert one_step.pixels.shape == pytest.approx(two_steps.pixels.shape, abs=2)
    places = []
    for straight in (one_step, two_steps):
        rows, columns = np.nonzero(straight.pixels < 130)
        places.append(straight.box_mm(columns.mean() + 0.5, rows.mean() + 0.5, 0, 0)[:2])
    assert places[0] == pytest.approx(places[1], abs=0.12)


def test_reducing_in_the_same_step_reads_whatever_the_factor() -> None:
    pixels = np.tile(np.repeat(np.array([40, 250], np.uint8), 30), (600, 10))
    for dpi in (120.0, 149.0, 200.0, 299.0, 300.0, 600.0):
        straight = straighten(ReadingImage(pixels, 300.0), 0.0, dpi)
        assert straight.dpi == pytest.approx(min(dpi, 300.0), rel=0.3)
        assert straight.pixels.min() < 60 and straight.pixels.max() > 230


@MANY
@given(sizes, sizes, st.floats(-15.0, 15.0))
def test_the_canvas_is_the_hull_of_the_page(width: int, height: int, skew: float) -> None:
    straight = straighten(ReadingImage(page_of(width, height), 100.0), skew)
    rows, columns = straight.pixels.shape
    seen = straight.box_mm(0, 0, columns, rows)
    hull = PageGeometry(width * 0.254, height * 0.254, skew_degrees=skew).hull()
    assert np.allclose(seen, hull, atol=0.254)
    assert seen.x0 <= hull.x0 + 1e-6 and seen.y1 >= hull.y1 - 1e-6


def test_no_ink_is_cut_off_by_straightening() -> None:
    pixels = np.full((400, 300), 255, np.uint8)
    for corner in (np.s_[:9, :9], np.s_[:9, -9:], np.s_[-9:, :9], np.s_[-9:, -9:]):
        pixels[corner] = 0
    straight = straighten(ReadingImage(pixels, 300.0), 11.0)
    assert (255.0 - straight.pixels).sum() == pytest.approx((255.0 - pixels).sum(), rel=0.05)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("skew_degrees", [0.0, 3.5])
def test_small_colours_lie_where_the_view_has_them(rotation: int, skew_degrees: float) -> None:
    colours = np.full((900, 600, 3), 240, np.uint8)
    colours[300:360, 90:180] = (200, 20, 20)
    gray = upright_view(colours, 1, Resolution(300, 300), 300)
    shown, view = upright_small_colours(small_colours(colours, 300, 100), rotation, skew_degrees)
    assert shown.shape == (*view.pixels.shape, 3)
    straight = straighten(turn_quarter(gray, rotation), skew_degrees)
    places = []
    for seen, one in ((shown[:, :, 1] < 130, view), (straight.pixels < 130, straight)):
        rows, columns = np.nonzero(seen)
        places.append(one.box_mm(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    assert places[0] == pytest.approx(places[1], abs=0.4)
    red = shown[(shown[:, :, 1] < 130)]
    assert red[:, 0].mean() > 150


def test_colours_take_the_frame_of_their_view_and_gray_pages_have_none() -> None:
    pixels = np.zeros((30, 20, 3), np.uint8)
    pixels[0, 0] = (255, 0, 0)
    view = upright_view(pixels, 6, Resolution(150, 150), 300)
    colours = upright_colours(pixels, 6, view)
    assert colours is not None and colours.shape == (*view.pixels.shape, 3)
    assert tuple(colours[0, -1]) == (255, 0, 0)
    assert upright_colours(pixels[:, :, 0], 6, view) is None
