"""What scanner and wear left is cleared for reading; print is not, even right beside it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dipro_scan.imaging import find_faults, find_paper, small_page, without_border_and_faults
from dipro_scan.model import Box, FaultKind, PaperFault, ReadingImage
from dipro_scan.settings import BorderSettings

from .drawn_sheets import Pixels, scan_of, sheet_corners, view_of, write_lines

DPI = 150.0
PX = DPI / 25.4
SETTINGS = BorderSettings()


def cleared(view: ReadingImage) -> ReadingImage:
    page = small_page(view)
    frame = find_paper(page, SETTINGS)
    return without_border_and_faults(view, page, frame, find_faults(page, frame, SETTINGS), SETTINGS)


def letter_on_lid(climbs_degrees: float) -> Pixels:
    corners = sheet_corners(210, 297, (12, 9), climbs_degrees, DPI)
    pixels = scan_of((235, 320), corners, dpi=DPI)
    write_lines(pixels, corners, dpi=DPI)
    return pixels


@pytest.mark.parametrize("climbs_degrees", [0.0, 1.5, -3.0])
def test_a_black_lid_becomes_paper_and_all_print_stays(climbs_degrees: float) -> None:
    pixels = letter_on_lid(climbs_degrees)
    shown = cleared(view_of(pixels)).pixels
    corners = sheet_corners(210, 297, (12, 9), climbs_degrees, DPI)
    inside = np.zeros(pixels.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), 1)
    core = cv2.erode(inside, np.ones((13, 13), np.uint8)) > 0
    assert np.array_equal(shown[core], pixels[core])
    outside = cv2.dilate(inside, np.ones((9, 9), np.uint8)) == 0
    assert shown[outside].min() > 180


def test_of_a_hole_the_disc_goes_and_a_letter_that_touches_its_box_stays() -> None:
    pixels = np.full((1754, 1240), 235, np.uint8)
    for y in (800, 800 + round(80 * PX)):
        cv2.circle(pixels, (round(12 * PX), y), round(3 * PX), 15, -1)
    letter = (slice(810, 822), slice(round(15.35 * PX), round(15.35 * PX) + 3))
    pixels[letter] = 30
    shown = cleared(view_of(pixels)).pixels
    assert shown[790:811, round(9.5 * PX) : round(14.5 * PX)].min() > 180
    assert shown[letter].max() == 30


def test_print_within_the_box_of_a_fault_stays() -> None:
    """A wire slants through its box; words in its corners are none of it."""
    pixels = np.full((400, 400), 235, np.uint8)
    cv2.line(pixels, (60, 60), (120, 110), 20, 4)
    cv2.putText(pixels, "7a", (95, 75), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 20, 1)
    view = view_of(pixels)
    page = small_page(view)
    fault = PaperFault(FaultKind.STAPLE, Box(58 / PX, 58 / PX, 122 / PX, 112 / PX))
    shown = without_border_and_faults(view, page, find_paper(page, SETTINGS), [fault], SETTINGS).pixels
    assert shown[80:100, 80:100].min() > 180
    assert np.array_equal(shown[62:76, 96:116], pixels[62:76, 96:116])


def test_a_page_without_any_of_it_comes_back_as_it_is() -> None:
    view = view_of(np.full((500, 400), 240, np.uint8))
    assert cleared(view) is view
