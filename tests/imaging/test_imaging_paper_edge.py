"""The paper's edges, corners and size on black and light lids; nothing where there is no paper to be told."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dipro_scan.imaging.paper_edge import Lid, PaperFrame, find_paper, lid_mask, measure_paper
from dipro_scan.imaging.small_page import small_page
from dipro_scan.settings.border_settings import BorderSettings

from .drawn_sheets import Pixels, scan_of, sheet_corners, view_of, write_lines

DEFAULT = BorderSettings()


def found(pixels: Pixels, dpi: float = 150.0) -> PaperFrame:
    return find_paper(small_page(view_of(pixels, dpi)), DEFAULT)


@settings(max_examples=12, deadline=None)
@given(
    climbs=st.floats(-12, 12),
    left=st.floats(3, 20),
    top=st.floats(3, 25),
    size=st.sampled_from([("A4", 210, 297), ("A5", 148, 210), ("A6", 105, 148), ("receipt", 80, 190)]),
)
def test_a_sheet_anywhere_on_a_black_lid_is_measured(
    climbs: float, left: float, top: float, size: tuple[str, float, float]
) -> None:
    name, width, height = size
    corners = sheet_corners(width, height, (left + 30, top + 25), climbs, 150)
    pixels = scan_of((330, 400), corners)
    write_lines(pixels, corners)
    frame = found(pixels)
    assert (frame.lid, frame.edges, frame.size_name) == (Lid.DARK, (True,) * 4, name)
    assert frame.width_mm == pytest.approx(width, abs=0.6)
    assert frame.height_mm == pytest.approx(height, abs=0.6)
    assert frame.angle_degrees == pytest.approx(climbs, abs=0.15)
    assert np.abs(np.array(frame.corners_px) - corners).max() * 25.4 / 150 <= 0.6


def test_wedges_beside_a_crooked_sheet_tell_its_true_size() -> None:
    corners = sheet_corners(210, 297, (0, 0), 1.5, 150)
    pixels = scan_of((210, 297), corners)
    write_lines(pixels, corners)
    frame = found(pixels)
    assert frame.edges == (True,) * 4
    assert (round(frame.width_mm), round(frame.height_mm)) == (210, 297)
    assert all(0.2 < share < 0.9 for share in frame.border_shares)


def test_one_black_side_is_told_from_the_three_where_paper_ends_with_the_scan() -> None:
    pixels = scan_of((215, 297), sheet_corners(210, 297, (0, 0), 0.0, 150))
    frame = found(pixels)
    assert frame.edges == (False, True, False, False)
    assert frame.border_shares == (0.0, 1.0, 0.0, 0.0)
    assert frame.width_mm == pytest.approx(210, abs=0.4)
    width, height = measure_paper(frame)
    assert (width.name, width.unit, height.name) == ("paper_width", "mm", "paper_height")
    assert width.value == pytest.approx(210, abs=0.4)


def test_a_sheet_whose_tone_differs_from_a_light_lid_is_found() -> None:
    corners = sheet_corners(148, 210, (20, 30), 1.0, 150)
    pixels = scan_of((230, 330), corners, lid=252, paper=225)
    write_lines(pixels, corners)
    frame = found(pixels)
    assert (frame.lid, frame.size_name) == (Lid.LIGHT, "A5")


def test_a_darker_field_of_a_form_is_no_sheet_on_a_light_lid() -> None:
    pixels = scan_of((210, 297), sheet_corners(148, 210, (30, 40), 0.0, 150), lid=252, paper=225)
    assert found(pixels).lid is Lid.NONE


@pytest.mark.parametrize("kind", ["photograph", "film", "black", "noise"])
def test_a_page_that_is_dark_all_over_has_no_paper(kind: str) -> None:
    chance = np.random.default_rng(3)
    pixels = np.full((900, 700), 15, np.uint8)
    if kind == "photograph":
        small = chance.integers(5, 90, (12, 9)).astype(np.uint8)
        pixels = np.asarray(cv2.resize(small, (700, 900), interpolation=cv2.INTER_CUBIC), np.uint8)
    elif kind == "film":
        for row in range(60, 850, 30):
            for column in range(60 + row % 50, 640, 22):
                pixels[row : row + 14, column : column + 10] = 230
    elif kind == "noise":
        pixels = chance.integers(0, 256, (900, 700), dtype=np.uint8)
    frame = found(pixels)
    assert (frame.lid, frame.confidence, frame.has_border) == (Lid.NONE, 0.0, False)


def test_a_bar_between_paper_on_both_sides_is_print() -> None:
    pixels = np.full((1754, 1240), 240, np.uint8)
    pixels[:60, 200:1000] = 10
    assert not found(pixels).has_border


def test_white_letters_in_a_black_heading_make_it_print() -> None:
    pixels = np.full((1754, 1240), 240, np.uint8)
    pixels[:120] = 10
    for column in range(40, 1200, 60):
        pixels[40:80, column : column + 42] = 240
    assert not found(pixels).edges[0]


def test_the_lid_is_masked_and_print_is_not() -> None:
    corners = sheet_corners(140, 190, (10, 10), 2.0, 150)
    pixels = scan_of((160, 210), corners)
    write_lines(pixels, corners)
    page = small_page(view_of(pixels))
    mask = lid_mask(find_paper(page, DEFAULT), page, DEFAULT)
    assert mask[0].all() and mask[:, 0].all()
    assert not mask[120:1100, 120:800].any()
    assert (page.gray[120:1100, 120:800] < 100).any()


@settings(max_examples=40, deadline=None)
@given(
    pixels=arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))),
    dpi=st.sampled_from([20.0, 72.0, 300.0]),
)
def test_any_size_has_a_frame_within_its_scan(pixels: Pixels, dpi: float) -> None:
    frame = found(pixels, dpi)
    height, width = pixels.shape
    box = frame.box_mm
    assert 0 <= box.x0 < box.x1 <= width / dpi * 25.4 + 1e-6
    assert 0 <= box.y0 < box.y1 <= height / dpi * 25.4 + 1e-6
