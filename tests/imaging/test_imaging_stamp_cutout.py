"""Stamps cut out: their own ink alone, without their frame, however they lie."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dipro_scan.imaging.cut_outs import PageFrame
from dipro_scan.imaging.stamp_cutout import (
    covers,
    lines_climb,
    own_ink,
    stamp_cutout,
    stamp_size,
    without_rules,
)
from dipro_scan.model import Box, Stamp, StampShape

DPI = 300.0
PX = DPI / 25.4
BLUE = (46, 66, 158)


def stamp(
    box: Box, angle: float, shape: StampShape = StampShape.FRAME, ink: tuple[int, int, int] = BLUE
) -> Stamp:
    return Stamp(box, ink, shape, angle)


def box_around(width: float, height: float, angle: float) -> Box:
    """The upright box, about (50, 40), around a rectangle turned by `angle`."""
    cos, sin = abs(np.cos(np.radians(angle))), abs(np.sin(np.radians(angle)))
    wide, high = width * cos + height * sin, width * sin + height * cos
    return Box(50 - wide / 2, 40 - high / 2, 50 + wide / 2, 40 + high / 2)


@pytest.mark.parametrize("angle", [-18.0, -4.0, 0.0, 9.0])
def test_the_size_of_a_turned_stamp_is_that_of_the_rubber(angle: float) -> None:
    assert stamp_size(stamp(box_around(54, 28, angle), angle)) == pytest.approx((54, 28), abs=0.01)


def test_a_ring_is_as_large_as_its_box() -> None:
    assert stamp_size(stamp(Box(0, 0, 40, 30), 0.0, StampShape.RING)) == (40, 30)


def test_what_lies_beside_a_turned_stamp_but_in_its_box_is_not_covered() -> None:
    turned = stamp(box_around(54, 20, 15.0), 15.0)
    corner = turned.box
    assert covers(turned, Box(49, 39, 51, 41))
    assert not covers(turned, Box(corner.x0, corner.y0, corner.x0 + 2, corner.y0 + 2))
    # Its lines climb: the right end of the rubber lies above its middle.
    assert covers(turned, Box(72, 33, 74, 35))
    assert not covers(turned, Box(72, 45, 74, 47))


def test_black_print_under_a_stamp_goes_and_its_own_strokes_stay_whole() -> None:
    colours = np.full((200, 400, 3), 250, dtype=np.uint8)
    colours[80:100, 40:360] = BLUE
    black = np.zeros((200, 400), dtype=bool)
    black[20:180, 198:202] = True
    black[140:145, 40:360] = True
    colours[black] = 20
    gray = own_ink(colours, BLUE, DPI)
    assert gray[90, 60] < 60
    assert gray[90, 200] < 100, "where print crosses a stroke, the stroke goes on"
    assert gray[142, 100] > 180
    assert gray[40, 200] > 180
    assert gray[10, 10] > 240


def test_rules_go_and_letters_stay() -> None:
    gray = np.full((300, 700), 255, dtype=np.uint8)
    cv2.rectangle(gray, (20, 20), (680, 280), 0, 8)
    gray[280:289, 300:310] = 255
    cv2.putText(gray, "EINGANG", (120, 170), cv2.FONT_HERSHEY_SIMPLEX, 3, 0, 9)
    cleared = without_rules(gray, DPI)
    assert (cleared[20, 40:600] > 200).all() and (cleared[60:240, 20] > 200).all()
    letters = np.s_[80:190, 100:600]
    assert (cleared[letters] < 128).sum() > 0.97 * (gray[letters] < 128).sum()


def test_without_rules_the_same_image_comes_back() -> None:
    gray = np.full((80, 300), 255, dtype=np.uint8)
    cv2.putText(gray, "Uhr", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 0, 4)
    assert without_rules(gray, DPI) is gray


@pytest.mark.parametrize(("rotation", "quarter"), [(0, 0), (90, 0), (180, 90), (270, 270)])
def test_the_cutout_is_level_and_leads_back_to_the_page(rotation: int, quarter: int) -> None:
    upright = np.full((round(80 * PX), round(100 * PX), 3), 250, dtype=np.uint8)
    cv2.rectangle(upright, (round(30 * PX), round(30 * PX)), (round(70 * PX), round(50 * PX)), BLUE, 6)
    mark = (round(40 * PX), round(38 * PX))
    cv2.circle(upright, mark, 12, BLUE, -1)
    stored = np.ascontiguousarray(np.rot90(upright, k=rotation // 90))
    frame = PageFrame(stored.shape[1], stored.shape[0], DPI, rotation)
    cut = stamp_cutout(stored, frame, stamp(Box(30, 30, 70, 50), 0.0), quarter)
    height, width = (side / PX for side in cut.image.pixels.shape)
    assert (width, height) == pytest.approx((42, 22) if quarter == 0 else (22, 42), abs=0.2)
    rows, columns = np.nonzero(cut.image.pixels < 128)
    middle = (float(columns.mean() + 0.5) / PX, float(rows.mean() + 0.5) / PX, 1)
    assert cut.to_page @ middle == pytest.approx((40, 38), abs=0.3)


@pytest.mark.parametrize("degrees", [-8.0, 0.0, 6.0])
def test_the_climb_of_lines_in_a_ring_is_seen(degrees: float) -> None:
    gray = np.full((420, 700), 255, dtype=np.uint8)
    for row, text in enumerate(("Stadtkasse Nord", "EINGANG 2026")):
        cv2.putText(gray, text, (90, 180 + 90 * row), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 5)
    matrix = cv2.getRotationMatrix2D((350, 210), degrees, 1.0)
    turned = np.asarray(cv2.warpAffine(gray, matrix, (700, 420), borderValue=255), dtype=np.uint8)
    assert lines_climb(turned, DPI) == pytest.approx(degrees, abs=0.8)


def test_of_hardly_any_letters_no_climb_is_told() -> None:
    assert lines_climb(np.full((200, 300), 255, dtype=np.uint8), DPI) == 0.0


def test_the_feet_of_bold_letters_are_no_rule() -> None:
    gray = np.full((200, 900), 255, dtype=np.uint8)
    for left in range(40, 800, 70):
        cv2.rectangle(gray, (left, 150), (left + 52, 158), 0, -1)
    assert without_rules(gray, DPI) is gray
