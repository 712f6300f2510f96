"""Pieces of a page: they show what lies there, and their places lead back to it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.imaging import straighten, turn_quarter
from dipro_scan.imaging.cut_outs import PageFrame, joined, level_pixels, piece_of, turned_piece
from dipro_scan.model import Box, ReadingImage

DPI = 100.0
MM = 25.4 / DPI


def dotted(width: int, height: int, x: int, y: int) -> np.ndarray:
    pixels = np.full((height, width), 255, dtype=np.uint8)
    cv2.circle(pixels, (x, y), 4, 0, -1)
    return pixels


def dark_centre(pixels: np.ndarray) -> tuple[float, float]:
    """Of the ink, in continuous places: its centre of gravity; counting dark pixels is off by up to one."""
    ink = 255.0 - pixels
    rows, columns = np.indices(ink.shape) + 0.5
    return float((columns * ink).sum() / ink.sum()), float((rows * ink).sum() / ink.sum())


@settings(max_examples=30, deadline=None)
@given(
    x=st.integers(60, 240),
    y=st.integers(60, 340),
    rotation=st.sampled_from([0, 90, 180, 270]),
    skew=st.floats(-10, 10),
)
def test_a_frame_finds_the_pixels_of_a_place_on_the_upright_page(
    x: int, y: int, rotation: int, skew: float
) -> None:
    pixels = dotted(300, 400, x, y)
    upright = straighten(turn_quarter(ReadingImage(pixels, DPI), rotation), skew)
    column, row = dark_centre(upright.pixels)
    place = upright.box_mm(column, row, column, row)
    found = PageFrame(300, 400, DPI, rotation, skew).to_pixels() @ (place.x0, place.y0, 1)
    assert found == pytest.approx((x + 0.5, y + 0.5), abs=0.7)


@settings(max_examples=30, deadline=None)
@given(
    rotation=st.sampled_from([0, 90, 180, 270]),
    skew=st.floats(-5, 5),
    climb=st.sampled_from([0.0, 7.0, -12.0, 86.0, 180.0, 270.0]),
)
def test_places_on_a_level_piece_lead_back_to_the_page(rotation: int, skew: float, climb: float) -> None:
    pixels = dotted(300, 400, 160, 190)
    frame = PageFrame(300, 400, DPI, rotation, skew)
    upright = straighten(turn_quarter(ReadingImage(pixels, DPI), rotation), skew)
    column, row = dark_centre(upright.pixels)
    place = upright.box_mm(column, row, column, row)
    middle = (place.x0 + 3.0, place.y0 - 2.0)
    level, to_page = level_pixels(pixels, frame, middle, (30.0, 24.0), climb)
    seen = dark_centre(level)
    assert to_page @ (seen[0] * MM, seen[1] * MM, 1) == pytest.approx((place.x0, place.y0), abs=0.2)


def test_lines_that_climb_are_level_on_the_piece() -> None:
    pixels = np.full((400, 400), 255, dtype=np.uint8)
    cv2.line(pixels, (100, 220), (300, 180), 0, 3)
    climb = np.degrees(np.arctan2(40, 200))
    level, _to_page = level_pixels(pixels, PageFrame(400, 400, DPI), (200 * MM, 200 * MM), (60, 20), climb)
    rows = np.nonzero((level < 128).any(axis=1))[0]
    assert np.ptp(rows) <= 5


def test_colours_come_as_they_are_and_what_is_beside_the_page_is_paper() -> None:
    pixels = np.full((100, 100, 3), 240, dtype=np.uint8)
    pixels[40:60, 40:60] = (200, 30, 40)
    level, _to_page = level_pixels(pixels, PageFrame(100, 100, DPI), (12.7, 12.7), (60, 60), 0)
    assert level[level.shape[0] // 2, level.shape[1] // 2].tolist() == [200, 30, 40]
    assert level[2, 2].tolist() == [240, 240, 240]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_turned_piece_leads_back_to_the_page(rotation: int) -> None:
    view = ReadingImage(dotted(300, 400, 90, 210), DPI, (-3.0, 4.0))
    place = view.box_mm(90.5, 210.5, 90.5, 210.5)
    piece = turned_piece(view, Box(place.x0 - 6, place.y0 - 9, place.x0 + 2, place.y0 + 3), rotation, 1.0)
    column, row = dark_centre(piece.image.pixels)
    assert piece.to_page @ (column * MM, row * MM, 1) == pytest.approx((place.x0, place.y0), abs=0.05)


def test_a_piece_keeps_the_places_of_the_page_and_ends_where_the_view_ends() -> None:
    view = ReadingImage(dotted(300, 400, 5, 210), DPI)
    piece = piece_of(view, Box(0, 50, 20, 60), 5.0)
    column, row = dark_centre(piece.pixels)
    assert piece.box_mm(column, row, column, row)[:2] == pytest.approx((5.5 * MM, 210.5 * MM), abs=0.1)
    assert piece.origin_mm[0] == 0.0
    assert piece_of(view, Box(500, 500, 510, 510)).pixels.size == 0


def test_matrices_join_in_the_order_in_which_they_are_named() -> None:
    move = np.array([[1.0, 0, 5], [0, 1, 0]])
    double = np.array([[2.0, 0, 0], [0, 2, 0]])
    assert joined(move, double) @ (1, 1, 1) == pytest.approx((12, 2))
