"""Measurements that tell a good scan from a poor one, and the picture that explains a reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dipro_scan.imaging import draw_boxes, measure_page, straighten
from dipro_scan.imaging.marked import pixel_box
from dipro_scan.model import Box, Colour, Measurement, PageFailed, ReadingImage, Unwritable
from dipro_scan.settings.measurement_settings import MeasurementSettings

Pixels = NDArray[np.uint8]


def measured(pixels: Pixels, **options: object) -> dict[str, Measurement]:
    found = measure_page(ReadingImage(pixels, 300.0), **options)  # type: ignore[arg-type]
    return {one.name: one for one in found}


def scanned(page: Pixels, noise: float = 2.0, blur: float = 0.5) -> Pixels:
    """As from a scanner: gray ink on gray paper, softened by the lens, with the sensor's noise."""
    soft = cv2.GaussianBlur(page.astype(np.float32) * 0.8 + 40, (0, 0), blur)
    return np.clip(soft + np.random.default_rng(7).normal(0, noise, page.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def page(typed_page: Callable[..., Pixels]) -> Pixels:
    return typed_page(1, lines=45)


def test_a_good_scan_is_all_right(page: Pixels) -> None:
    found = measured(scanned(page))
    assert {one.name for one in found.values() if one.verdict != "ok"} == set()
    assert found["effective_dpi"].value == 300.0 and found["effective_dpi"].unit == "dpi"


def test_a_blurred_page_is_less_sharp_and_a_pale_one_has_less_contrast(page: Pixels) -> None:
    good, blurred = measured(scanned(page)), measured(scanned(page, blur=3.0))
    pale = measured((scanned(page) // 4 + 180).astype(np.uint8))
    assert blurred["sharpness"].value > 1.8 * good["sharpness"].value
    assert blurred["sharpness"].verdict == "notable"
    assert pale["contrast"].value < 0.5 * good["contrast"].value
    assert pale["contrast"].verdict == "notable"


@pytest.mark.parametrize("dpi", [100, 150])
@pytest.mark.parametrize("way", [cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4])
def test_a_coarse_scan_that_was_enlarged_is_noticed(page: Pixels, dpi: int, way: int) -> None:
    height, width = page.shape
    size = (round(width * dpi / 300), round(height * dpi / 300))
    coarse = cv2.resize(scanned(page), size, interpolation=cv2.INTER_AREA)
    enlarged = np.asarray(cv2.resize(coarse, (width, height), interpolation=way), dtype=np.uint8)
    found = measured(enlarged)["effective_dpi"]
    assert found.verdict == "notable" and found.value < 240


@pytest.mark.parametrize("deviation", [1.5, 4.0, 9.0])
def test_the_noise_of_the_paper_is_measured(page: Pixels, deviation: float) -> None:
    found = measured(scanned(page, noise=deviation, blur=0.3))["noise"]
    assert found.value == pytest.approx(deviation, rel=0.12)
    assert (found.verdict == "notable") == (deviation > MeasurementSettings().max_noise)


def test_burnt_out_paper_and_drowned_shadows_are_told(page: Pixels) -> None:
    white = np.where(page > 128, 255, 60).astype(np.uint8)
    dark = scanned(page)
    dark[: dark.shape[0] // 3] = 0
    assert measured(white)["clipped_white"].value > 0.8
    strict = MeasurementSettings(max_clipped_white=0.5)
    assert measured(white, settings=strict)["clipped_white"].verdict == "notable"
    assert measured(dark)["clipped_black"].value == pytest.approx(1 / 3, abs=0.01)
    assert measured(dark)["clipped_black"].verdict == "notable"


def test_print_that_shows_through_is_measured(page: Pixels, typed_page: Callable[..., Pixels]) -> None:
    other = cv2.GaussianBlur(typed_page(4, lines=60)[:, ::-1], (0, 0), 3)
    thin = np.clip(scanned(page).astype(np.float32) - (255.0 - other) * 0.14, 0, 255).astype(np.uint8)
    clear, through = measured(scanned(page))["bleed_through"], measured(thin)["bleed_through"]
    assert clear.verdict == "ok" and through.verdict == "notable"
    assert through.value > 3 * clear.value


def in_colour(gray: Pixels) -> Pixels:
    return np.ascontiguousarray(np.repeat(gray[:, :, None], 3, axis=2))


def test_colour_that_is_not_kept_is_notable(page: Pixels) -> None:
    gray = scanned(page)
    stamped = in_colour(gray)
    cv2.rectangle(stamped, (1500, 400), (1900, 600), (60, 80, 190), 8)
    assert measured(gray, colour=stamped, kept=Colour.GRAY)["colour_share"].verdict == "notable"
    assert measured(gray, colour=stamped)["colour_share"].verdict == "ok"
    assert "colour_share" not in measured(gray)


@pytest.mark.parametrize("tint", [(1.0, 1.0, 1.0), (1.0, 0.97, 0.88)], ids=["white", "yellowed"])
def test_fringes_noise_and_yellowed_paper_are_no_colour(page: Pixels, tint: tuple[float, ...]) -> None:
    gray = scanned(page)
    colour = in_colour(gray).astype(np.float32) * np.array(tint, dtype=np.float32)
    colour = np.clip(colour + np.random.default_rng(3).normal(0, 3, colour.shape), 0, 255).astype(np.uint8)
    colour[:, :, 0] = np.roll(colour[:, :, 0], 1, axis=0)
    colour[:, :, 2] = np.roll(colour[:, :, 2], -1, axis=0)
    found = measured(gray, colour=colour, kept=Colour.GRAY)["colour_share"]
    assert found.verdict == "ok" and found.value < 0.0002


def test_coloured_paper_is_colour(page: Pixels) -> None:
    gray = scanned(page)
    pink = (in_colour(gray) * np.array([1.0, 0.72, 0.75])).astype(np.uint8)
    assert measured(gray, colour=pink, kept=Colour.BITONAL)["colour_share"].value > 0.9


def test_colours_of_another_size_are_refused(page: Pixels) -> None:
    with pytest.raises(PageFailed, match="do not fit"):
        measured(page, colour=np.zeros((10, 10, 3), np.uint8))


def test_a_bitonal_page_has_no_grays_to_measure(page: Pixels) -> None:
    black = np.where(page > 128, 255, 0).astype(np.uint8)
    assert set(measured(black)) == {"effective_dpi"}


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(1, 400), width=st.integers(1, 400), level=st.integers(0, 255), seed=st.integers(0, 9)
)
def test_any_size_is_measured(height: int, width: int, level: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, level + 1, (height, width), dtype=np.uint8)
    for one in measured(pixels, colour=in_colour(pixels)).values():
        assert np.isfinite(one.value) and one.verdict in ("ok", "notable")


def test_the_picture_frames_words_and_codes_where_they_lie(tmp_path: Path) -> None:
    view = straighten(ReadingImage(np.full((300, 400), 255, np.uint8), 100.0), 5.0)
    word, code = Box(10.0, 10.0, 40.0, 20.0), Box(50.0, 30.0, 70.0, 50.0)
    draw_boxes(view, [word], [code], tmp_path / "page.png")
    picture = cv2.imread(str(tmp_path / "page.png"))
    assert picture.shape[:2] == view.pixels.shape
    left, top, right, _bottom = pixel_box(view, word)
    blue, _green, red = (int(value) for value in picture[top, (left + right) // 2])
    assert blue > 150 > red
    left, top, right, _bottom = pixel_box(view, code)
    blue, _green, red = (int(value) for value in picture[top, (left + right) // 2])
    assert red > 150 > blue
    assert np.allclose(view.box_mm(*pixel_box(view, word)), word, atol=0.2)


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    page = ReadingImage(np.full((30, 40), 255, np.uint8), 100.0)
    with pytest.raises(Unwritable, match="cannot be written"):
        draw_boxes(page, [], [], tmp_path / "no folder" / "page.png")


def test_a_coarse_scan_is_held_against_what_its_file_claims_and_not_what_it_is_looked_at_with(
    typed_page: Callable[..., Pixels],
) -> None:
    pixels = scanned(typed_page(3, dpi=200), noise=1.0, blur=0.4)
    height, width = pixels.shape
    size = (width * 3 // 2, height * 3 // 2)
    view = ReadingImage(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8), 300.0)
    blind, told = (
        next(item for item in measure_page(view, scanned_dpi=dpi) if item.name == "effective_dpi")
        for dpi in (None, 200.0)
    )
    assert (blind.threshold, told.threshold) == (240.0, 160.0)
    assert told.verdict == "ok"
