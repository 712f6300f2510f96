"""Ink without words: letters that were missed are seen, drawings are not taken for them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.imaging.uncovered_ink import InkRegion, uncovered_ink
from dipro_scan.model import Box, ReadingImage

DPI = 200.0
PX = DPI / 25.4


def sheet() -> Image.Image:
    return Image.new("L", (round(210 * PX), round(297 * PX)), 255)


def write(image: Image.Image, text: str, x_mm: float, y_mm: float, size_pt: float = 11) -> Box:
    """Writes, and says where."""
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=size_pt / 72 * DPI)
    pen.text((x_mm * PX, y_mm * PX), text, fill=0, font=font)
    left, top, right, bottom = pen.textbbox((x_mm * PX, y_mm * PX), text, font=font)
    return Box(left / PX, top / PX, right / PX, bottom / PX)


def found(image: Image.Image, *covered: Box) -> tuple[InkRegion, ...]:
    return uncovered_ink(ReadingImage(np.asarray(image), DPI), covered)


def test_only_what_was_not_read_is_found_and_where_it_stands() -> None:
    image = sheet()
    read = write(image, "Sehr geehrte Damen und Herren", 25, 100)
    missed = write(image, "Randbemerkung", 150, 180, 9)
    (region,) = found(image, read)
    assert region.box == pytest.approx(missed, abs=0.6)
    assert region.letters >= 8
    assert not region.stands
    assert found(image, read, missed) == ()


def test_a_page_number_that_stands_alone_is_found() -> None:
    image = sheet()
    number = write(image, "7", 105, 285)
    (region,) = found(image)
    assert region.box == pytest.approx(number, abs=0.6)


def test_a_strip_of_letters_down_the_margin_stands() -> None:
    image = sheet()
    strip = Image.new("L", (round(60 * PX), round(6 * PX)), 255)
    write(strip, "Aktenzeichen bitte angeben", 1, 1, 9)
    image.paste(strip.rotate(90, expand=True), (round(8 * PX), round(100 * PX)))
    (region,) = found(image)
    assert region.stands


def test_places_are_those_of_the_page_where_the_view_begins_elsewhere() -> None:
    image = sheet()
    missed = write(image, "Vermerk", 50, 60)
    (region,) = uncovered_ink(ReadingImage(np.asarray(image), DPI, (-4.0, 2.5)), ())
    assert region.box == pytest.approx(
        [missed.x0 - 4, missed.y0 + 2.5, missed.x1 - 4, missed.y1 + 2.5], abs=0.6
    )


def rules(pixels: np.ndarray) -> None:
    for row in range(10):
        cv2.line(pixels, (200, 300 + 90 * row), (1500, 300 + 90 * row), 0, 3)
    for column in (200, 700, 1500):
        cv2.line(pixels, (column, 300), (column, 1110), 0, 3)


def halftone(pixels: np.ndarray) -> None:
    for y in range(400, 900, 10):
        for x in range(400, 900, 10):
            cv2.circle(pixels, (x, y), 3, 0, -1)


def coarse_raster(pixels: np.ndarray) -> None:
    for y in range(400, 900, 20):
        for x in range(400, 900, 20):
            cv2.circle(pixels, (x, y), 5, 0, 2)


def signature(pixels: np.ndarray) -> None:
    way = [(300 + 4 * step, round(800 + 60 * np.sin(step / 6) * np.cos(step / 31))) for step in range(120)]
    cv2.polylines(pixels, [np.array(way, dtype=np.int32)], False, 40, 4)


def dashes(pixels: np.ndarray) -> None:
    for x in range(200, 1500, 16):
        cv2.line(pixels, (x, 600), (x + 8, 600), 0, 3)


@pytest.mark.parametrize("draw", [rules, halftone, coarse_raster, signature, dashes])
def test_drawings_are_no_letters(draw: Callable[[np.ndarray], None]) -> None:
    pixels = np.asarray(sheet()).copy()
    draw(pixels)
    assert uncovered_ink(ReadingImage(pixels, DPI), ()) == ()


def test_blank_and_tiny_images_have_no_regions() -> None:
    assert uncovered_ink(ReadingImage(np.full((400, 300), 255, np.uint8), DPI), ()) == ()
    assert uncovered_ink(ReadingImage(np.zeros((3, 5), np.uint8), DPI), ()) == ()
