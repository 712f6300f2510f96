"""Holes, staples and dog-ears are boxed; what only resembles them is left alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dipro_scan.imaging.holes import find_faults
from dipro_scan.imaging.paper_edge import find_paper
from dipro_scan.imaging.small_page import small_page
from dipro_scan.model import FaultKind, PaperFault
from dipro_scan.settings.border_settings import BorderSettings

from .drawn_sheets import Pixels, scan_of, sheet_corners, view_of, write_lines

DEFAULT = BorderSettings()
MM = 150 / 25.4


def faults(pixels: Pixels, dpi: float = 150.0) -> tuple[PaperFault, ...]:
    page = small_page(view_of(pixels, dpi))
    return find_faults(page, find_paper(page, DEFAULT), DEFAULT)


def sheet() -> Pixels:
    corners = sheet_corners(210, 297, (0, 0), 0.0, 150)
    pixels = scan_of((210, 297), corners)
    write_lines(pixels, corners)
    return pixels


def disc(pixels: Pixels, x_mm: float, y_mm: float, diameter_mm: float = 6.0) -> None:
    centre = (round(x_mm * MM * 16), round(y_mm * MM * 16))
    cv2.circle(pixels, centre, round(diameter_mm / 2 * MM * 16), 12, -1, cv2.LINE_AA, 4)


def wire(
    pixels: Pixels, start_mm: tuple[float, float], end_mm: tuple[float, float], width_mm: float = 0.9
) -> None:
    ends = [(round(x * MM), round(y * MM)) for x, y in (start_mm, end_mm)]
    cv2.line(pixels, ends[0], ends[1], 60, round(width_mm * MM), cv2.LINE_AA)


def test_two_holes_eighty_millimetres_apart_are_boxed() -> None:
    pixels = sheet()
    for y in (108.5, 188.5):
        disc(pixels, 11.0, y)
    found = faults(pixels)
    assert [fault.kind for fault in found] == [FaultKind.HOLE, FaultKind.HOLE]
    for fault, y in zip(found, (108.5, 188.5), strict=True):
        assert (
            fault.box.x0 <= 8.0 and fault.box.x1 >= 14.0 and fault.box.y0 <= y - 3 and fault.box.y1 >= y + 3
        )
        assert fault.box.width_mm <= 8.0


@pytest.mark.parametrize(
    "places",
    [[(11.0, 100.0)], [(11.0, 100.0), (11.0, 150.0)], [(60.0, 100.0), (60.0, 180.0)]],
    ids=["one alone", "too near", "far from the edge"],
)
def test_other_discs_are_writing(places: list[tuple[float, float]]) -> None:
    pixels = sheet()
    for x, y in places:
        disc(pixels, x, y)
    assert faults(pixels) == ()


def test_a_slanting_staple_in_a_corner_is_boxed() -> None:
    pixels = sheet()
    wire(pixels, (5, 12), (13, 3))
    (found,) = faults(pixels)
    assert found.kind is FaultKind.STAPLE
    assert found.box.x0 <= 5 and found.box.x1 >= 13 and found.box.y0 <= 3 and found.box.y1 >= 12


@pytest.mark.parametrize(
    ("start", "end", "width"),
    [((4, 6), (17, 6), 0.9), ((5, 12), (7.5, 9), 0.9), ((5, 12), (13, 3), 4.0), ((80, 12), (88, 3), 0.9)],
    ids=["level", "short", "broad", "in no corner"],
)
def test_other_strokes_are_writing(
    start: tuple[float, float], end: tuple[float, float], width: float
) -> None:
    pixels = sheet()
    wire(pixels, start, end, width)
    assert faults(pixels) == ()


@pytest.mark.parametrize("climbs", [0.0, 1.5, -2.0])
def test_a_dog_ear_on_a_black_lid_is_boxed_with_its_flap(climbs: float) -> None:
    corners = sheet_corners(200, 280, (6, 6), climbs, 150)
    pixels = scan_of((215, 292), corners)
    write_lines(pixels, corners)
    leg = 12 * MM
    along = (corners[0] - corners[1]) / np.linalg.norm(corners[0] - corners[1]) * leg
    down = (corners[2] - corners[1]) / np.linalg.norm(corners[2] - corners[1]) * leg
    triangle = np.array([corners[1], corners[1] + along, corners[1] + down])
    cv2.fillPoly(pixels, [np.rint(triangle).astype(np.int32)], 10)
    (found,) = faults(pixels)
    assert found.kind is FaultKind.DOG_EAR
    flap = np.array([*triangle, corners[1] + along + down]) / MM
    assert (found.box.x0, found.box.y0) <= tuple(flap.min(axis=0))
    assert found.box.x1 >= flap[:, 0].max() - 0.3 and found.box.y1 >= flap[:, 1].max() - 0.3
    assert found.box.width_mm <= 18


def test_a_black_square_in_the_corner_is_no_dog_ear() -> None:
    pixels = sheet()
    pixels[: round(10 * MM), -round(10 * MM) :] = 10
    assert all(fault.kind is not FaultKind.DOG_EAR for fault in faults(pixels))


def test_nothing_is_sought_on_a_dark_page() -> None:
    pixels = np.full((1754, 1240), 70, np.uint8)
    for y in (108.5, 188.5):
        disc(pixels, 11.0, y)
    assert faults(pixels) == ()


@settings(max_examples=40, deadline=None)
@given(
    pixels=arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))),
    dpi=st.sampled_from([20.0, 72.0, 300.0]),
)
def test_any_size_will_do(pixels: Pixels, dpi: float) -> None:
    assert all(fault.box.x0 < fault.box.x1 and fault.box.y0 < fault.box.y1 for fault in faults(pixels, dpi))
