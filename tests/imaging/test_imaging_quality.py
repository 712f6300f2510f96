"""Measurements that tell a good scan from a poor one, and the picture that explains a reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dipro_scan.imaging import draw_boxes, measure_page, straighten
from dipro_scan.imaging.marked import pixel_box
from dipro_scan.model import Box, ReadingImage, Unwritable

Pixels = NDArray[np.uint8]


def values(pixels: Pixels) -> dict[str, float]:
    return {measured.name: measured.value for measured in measure_page(ReadingImage(pixels, 300.0))}


def test_a_blurred_page_is_less_sharp_and_a_pale_one_has_less_contrast(
    typed_page: Callable[..., Pixels],
) -> None:
    page = typed_page(1, lines=45)
    blurred = np.asarray(cv2.GaussianBlur(page, (0, 0), 3), dtype=np.uint8)
    pale = (page // 4 + 190).astype(np.uint8)
    assert values(blurred)["sharpness"] < 0.2 * values(page)["sharpness"]
    assert values(pale)["contrast"] < 0.5 * values(page)["contrast"]


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1)])
def test_any_size_is_measured(shape: tuple[int, int]) -> None:
    assert values(np.full(shape, 200, np.uint8)) == {"sharpness": 0.0, "contrast": 0.0}


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
