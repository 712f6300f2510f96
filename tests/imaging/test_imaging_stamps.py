"""Stamps: found by colour and by shape, turned, with their ink; printed things are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.imaging.stamps import find_stamps
from dipro_scan.model import PageFailed, ReadingImage
from dipro_scan.model.marks import StampShape

Pixels = NDArray[np.uint8]
PX = 300 / 25.4
BLUE, RED, VIOLET = (46, 66, 158), (186, 42, 52), (110, 58, 150)


def rubber(kind: str, width_mm: float = 50, height_mm: float = 24) -> NDArray[np.float32]:
    """How much ink a stamp leaves: 0-1."""
    image = Image.new("L", (round(width_mm * PX), round(height_mm * PX)), 0)
    pen = ImageDraw.Draw(image)
    right, bottom = image.width - 4, image.height - 4
    font = ImageFont.load_default(size=4.5 * PX)
    if kind == "frame":
        pen.rectangle((3, 3, right, bottom), outline=255, width=7)
    if kind == "ring":
        pen.ellipse((3, 3, right, bottom), outline=255, width=7)
    if kind == "rules":
        for height in (0.36, 0.7):
            pen.line((3, height * bottom, right, height * bottom), fill=255, width=5)
    for row, words in enumerate(("EINGANG", "05. MRZ. 2026", "Stadt")):
        pen.text((image.width / 2, (0.2 + 0.32 * row) * bottom), words, font=font, fill=255, anchor="mm")
    return np.asarray(image, dtype=np.float32) / 255


def pressed(
    page: Pixels,
    cover: NDArray[np.float32],
    place_mm: tuple[float, float],
    ink: tuple[int, ...],
    degrees: float,
) -> Pixels:
    """`page` (RGB) with the ink turned counter-clockwise about its middle, which lies at `place_mm`."""
    height, width = cover.shape
    side = int(np.hypot(height, width)) + 2
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.999)
    matrix[:, 2] += ((side - width) / 2, (side - height) / 2)
    share = cv2.warpAffine(cover, matrix, (side, side), flags=cv2.INTER_LINEAR)[:, :, None] * 0.8
    left, top = (round(middle * PX - side / 2) for middle in place_mm)
    result = page.astype(np.float32)
    part = result[top : top + side, left : left + side]
    part[...] = part * (1 - share * (1 - np.array(ink) / 255))
    return result.astype(np.uint8)


def gray_view(rgb: Pixels) -> ReadingImage:
    return ReadingImage(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8), 300.0)


@pytest.fixture(scope="module")
def letter(typed_page: Callable[..., Pixels]) -> Pixels:
    return np.repeat(np.minimum(typed_page(3), 245)[:, :, None], 3, axis=2)


@pytest.mark.parametrize("kind", ["frame", "rules"])
@pytest.mark.parametrize(("ink", "degrees"), [(BLUE, 6.5), (RED, -3.0), (VIOLET, 1.4)])
def test_coloured_stamps_over_print_are_found_with_angle_place_and_ink(
    letter: Pixels, kind: str, ink: tuple[int, int, int], degrees: float
) -> None:
    page = pressed(letter, rubber(kind), (140, 60), ink, degrees)
    (stamp,) = find_stamps(gray_view(page), page)
    assert stamp.shape is StampShape(kind)
    assert stamp.angle_degrees == pytest.approx(degrees, abs=0.6)
    assert (stamp.box.x0 + stamp.box.x1) / 2 == pytest.approx(140, abs=2)
    assert (stamp.box.y0 + stamp.box.y1) / 2 == pytest.approx(60, abs=2)
    assert np.abs(np.array(stamp.ink) - ink).max() <= 70
    assert int(np.argmax(stamp.ink)) == int(np.argmax(ink))
    assert stamp.text == ""
    assert 0.5 <= stamp.confidence <= 1


def test_a_coloured_seal_is_a_ring(letter: Pixels) -> None:
    page = pressed(letter, rubber("ring", 35, 35), (100, 180), BLUE, 40)
    (stamp,) = find_stamps(gray_view(page), page)
    assert stamp.shape is StampShape.RING
    assert stamp.angle_degrees == 0
    assert stamp.box.width_mm == pytest.approx(35, abs=1.5)


def test_a_turned_oval_is_a_ring_with_an_angle(letter: Pixels) -> None:
    page = pressed(letter, rubber("ring", 50, 32), (100, 180), RED, -4)
    (stamp,) = find_stamps(gray_view(page), page)
    assert stamp.shape is StampShape.RING
    assert stamp.angle_degrees == pytest.approx(-4, abs=1)
    assert stamp.confidence >= 0.5


def test_two_stamps_of_two_colours_that_touch_are_two(letter: Pixels) -> None:
    page = pressed(letter, rubber("frame"), (120, 60), BLUE, 3)
    page = pressed(page, rubber("frame"), (150, 76), RED, -4)
    found = find_stamps(gray_view(page), page)
    assert len(found) == 2
    assert {int(np.argmax(stamp.ink)) for stamp in found} == {0, 2}


@pytest.mark.parametrize("kind", ["frame", "ring"])
def test_without_colour_turned_frames_and_rings_are_found_on_bare_paper(kind: str) -> None:
    page = np.full((2000, 2000, 3), 245, np.uint8)
    cover = rubber(kind, 35, 35) if kind == "ring" else rubber(kind)
    page = pressed(page, cover, (80, 80), (60, 60, 60), 5.0)
    (stamp,) = find_stamps(gray_view(page))
    assert stamp.shape is StampShape(kind)
    assert stamp.ink[0] == stamp.ink[1] == stamp.ink[2]
    if kind == "frame":
        assert stamp.angle_degrees == pytest.approx(5.0, abs=0.5)


def test_a_form_and_its_level_frames_are_no_stamps_without_colour(letter: Pixels) -> None:
    page = pressed(letter, rubber("frame"), (140, 250), (30, 30, 30), 0.0)
    assert find_stamps(gray_view(page)) == ()


def test_coloured_print_bars_and_handwriting_are_no_stamps(letter: Pixels) -> None:
    page = letter.copy()
    page[200:210, 250:2200] = RED
    page[60:180, 250:290] = RED
    along = np.linspace(0, 60, 800)
    wave = 260 + 4 * np.sin(along) * np.cos(0.3 * along)
    points = np.column_stack([40 + along, wave]) * PX
    cv2.polylines(page, [points.astype(np.int32)], False, BLUE, 5)
    assert find_stamps(gray_view(page), page) == ()


def test_a_photograph_is_no_stamp() -> None:
    page = np.full((1500, 1500, 3), 245, np.uint8)
    rough = np.random.default_rng(1).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    page[300:700, 300:800] = cv2.resize(rough, (500, 400), interpolation=cv2.INTER_CUBIC)
    assert find_stamps(gray_view(page), page) == ()


def test_a_stamp_is_found_through_handwriting_in_its_own_colour(letter: Pixels) -> None:
    page = pressed(letter, rubber("frame"), (120, 70), BLUE, 4.0)
    along = np.linspace(0, 90, 900)
    wave = 82 + 5 * np.sin(0.9 * along)
    points = np.column_stack([100 + along, wave]) * PX
    cv2.polylines(page, [points.astype(np.int32)], False, BLUE, 6)
    (stamp,) = find_stamps(gray_view(page), page)
    assert stamp.shape is StampShape.FRAME
    assert (stamp.box.x0 + stamp.box.x1) / 2 == pytest.approx(120, abs=4)
    assert (stamp.box.y0 + stamp.box.y1) / 2 == pytest.approx(70, abs=4)


def test_a_level_coloured_frame_is_print(letter: Pixels) -> None:
    page = pressed(letter, rubber("frame"), (140, 60), RED, 0.0)
    assert find_stamps(gray_view(page), page) == ()


def test_a_signature_is_no_frame(letter: Pixels) -> None:
    page = letter.copy()
    along = np.linspace(0, 26, 700)
    loops = 255 + 3.2 * np.sin(1.6 * along) * np.cos(0.21 * along) + 0.03 * along
    points = np.column_stack([50 + along + 0.8 * np.cos(1.6 * along), loops]) * PX
    cv2.polylines(page, [points.astype(np.int32)], False, BLUE, 6)
    assert find_stamps(gray_view(page), page) == ()


def test_without_colour_a_ring_is_a_hint_and_no_claim() -> None:
    page = pressed(np.full((1500, 1500, 3), 245, np.uint8), rubber("ring", 35, 35), (60, 60), (60, 60, 60), 5)
    (stamp,) = find_stamps(gray_view(page))
    assert stamp.confidence < 0.5


@pytest.mark.parametrize(
    ("gray", "colour"),
    [
        (np.zeros((0, 4), np.uint8), None),
        (np.zeros((4, 4), np.float32), None),
        (np.zeros((4, 4), np.uint8), np.zeros((4, 5, 3), np.uint8)),
        (np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint8)),
        (np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8)),
    ],
)
def test_what_is_no_image_is_refused(gray: NDArray[Any], colour: NDArray[Any] | None) -> None:
    with pytest.raises(PageFailed):
        find_stamps(ReadingImage(gray, 300.0), colour)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from([72.0, 300.0, 600.0]), st.data())
def test_any_size_has_an_answer(height: int, width: int, dpi: float, data: st.DataObject) -> None:
    rgb = data.draw(arrays(np.uint8, (height, width, 3)))
    view = ReadingImage(np.ascontiguousarray(rgb[:, :, 0]), dpi)
    for stamp in (*find_stamps(view), *find_stamps(view, rgb)):
        assert stamp.box.width_mm > 0
