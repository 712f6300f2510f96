"""A crop goes to the paper and never into ink."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dipro_scan.imaging.crop import crop_box, crop_step
from dipro_scan.imaging.paper_edge import find_paper
from dipro_scan.imaging.small_page import small_page
from dipro_scan.model import Box, PageGeometry
from dipro_scan.settings.border_settings import BorderSettings

from .drawn_sheets import Pixels, Points, scan_of, sheet_corners, view_of, write_lines

DEFAULT = BorderSettings()


def cropped(pixels: Pixels, skew: float = 0.0, dpi: float = 150.0) -> Box | None:
    view = view_of(pixels, dpi)
    page = small_page(view)
    return crop_box(view, page, find_paper(page, DEFAULT), skew, DEFAULT)


def straight_mm(points: Points, shape: tuple[int, ...], skew: float, dpi: float = 150.0) -> Points:
    centre = np.array([shape[1] / 2, shape[0] / 2])
    angle = math.radians(skew)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return ((points - centre) @ turn.T + centre) * 25.4 / dpi


def assert_holds(box: Box, places: Points, slack: float = 0.02) -> None:
    assert places[:, 0].min() >= box.x0 - slack and places[:, 0].max() <= box.x1 + slack
    assert places[:, 1].min() >= box.y0 - slack and places[:, 1].max() <= box.y1 + slack


@settings(max_examples=20, deadline=None)
@given(
    climbs=st.floats(-5, 5),
    misjudged=st.floats(-1, 1),
    place=st.tuples(st.floats(-3, 12), st.floats(-3, 12)),
    blots=st.lists(st.tuples(st.floats(0, 0.99), st.floats(0, 0.99), st.integers(2, 12)), max_size=6),
    lid=st.sampled_from([5, 45, 252]),
)
def test_no_ink_on_the_paper_is_ever_cut(
    climbs: float,
    misjudged: float,
    place: tuple[float, float],
    blots: list[tuple[float, float, int]],
    lid: int,
) -> None:
    corners = sheet_corners(148, 210, place, climbs, 150)
    clean = scan_of((165, 228), corners, lid=lid)
    pixels = clean.copy()
    write_lines(pixels, corners)
    for x, y, size in blots:
        centre = corners[0] + x * (corners[1] - corners[0]) + y * (corners[3] - corners[0])
        cv2.circle(pixels, tuple(map(int, centre)), size, 20, -1)
    sheet = scan_of((165, 228), corners, lid=0, paper=255) == 255
    ink = np.argwhere((pixels != clean) & sheet)[:, ::-1].astype(np.float64) + 0.5
    skew = climbs + misjudged
    box = cropped(pixels, skew)
    if box is not None:
        assert_holds(box, straight_mm(ink, pixels.shape, skew))


def test_the_crop_reaches_the_paper() -> None:
    corners = sheet_corners(148, 210, (12, 20), 2.0, 150)
    pixels = scan_of((185, 260), corners)
    write_lines(pixels, corners)
    box = cropped(pixels, 2.0)
    assert box is not None
    places = straight_mm(corners, pixels.shape, 2.0)
    expected = (*places.min(axis=0), *places.max(axis=0))
    assert tuple(box) == pytest.approx(expected, abs=0.6)


def test_print_beside_an_edge_that_was_found_too_far_inwards_is_kept() -> None:
    """A second, smaller slip lies on the lid beside the sheet."""
    corners = sheet_corners(148, 210, (40, 10), 0.0, 150)
    pixels = scan_of((230, 230), corners)
    pixels[600:660, 20:140] = 235
    pixels[620:640, 40:120] = 30
    box = cropped(pixels)
    assert box is None or box.x0 <= 20 / 150 * 25.4


@pytest.mark.parametrize("level", [15, 240], ids=["dark", "paper"])
def test_without_a_border_nothing_is_cropped(level: int) -> None:
    assert cropped(np.full((900, 700), level, np.uint8), 1.0) is None


def test_no_crop_where_it_is_not_wanted() -> None:
    view = view_of(scan_of((160, 220), sheet_corners(148, 210, (6, 5), 0.0, 150)))
    page = small_page(view)
    frame = find_paper(page, DEFAULT)
    assert crop_box(view, page, frame, 0.0, DEFAULT) is not None
    assert crop_box(view, page, frame, 0.0, BorderSettings(crop=False)) is None


def test_the_step_tells_rectangle_and_lid() -> None:
    page = small_page(view_of(scan_of((160, 220), sheet_corners(148, 210, (6, 5), 0.0, 150))))
    step = crop_step(Box(6.0, 5.0, 154.123, 215.0), find_paper(page, DEFAULT))
    assert (step.name, step.archive) == ("crop", True)
    assert step.parameters["x1_mm"] == 154.12 and step.parameters["lid"] == "dark"


@settings(max_examples=40, deadline=None)
@given(
    pixels=arrays(np.uint8, st.tuples(st.integers(1, 80), st.integers(1, 80))),
    dpi=st.sampled_from([20.0, 72.0, 300.0]),
    skew=st.floats(-15, 15),
)
def test_any_size_gives_a_box_within_the_hull_or_none(pixels: Pixels, dpi: float, skew: float) -> None:
    box = cropped(pixels, skew, dpi)
    height, width = (side / dpi * 25.4 for side in pixels.shape)
    hull = PageGeometry(width, height, skew_degrees=skew).hull()
    assert box is None or (hull.x0 <= box.x0 < box.x1 <= hull.x1 and hull.y0 <= box.y0 < box.y1 <= hull.y1)
