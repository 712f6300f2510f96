"""The other side of the sheet is told from print, and goes while the print stays."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.bleed import measure_show_through, without_show_through
from dipro_scan.imaging.contrast import ink_depth

Pixels = NDArray[np.uint8]


def bled(front: Pixels, back: Pixels, strength: float) -> Pixels:
    soft = cv2.GaussianBlur(np.ascontiguousarray(back[:, ::-1]), (0, 0), 2.6).astype(np.float32)
    return np.rint(front * (1 - strength * (1 - soft / 255))).astype(np.uint8)


def test_the_back_goes_and_the_front_stays(typed_page: Callable[..., Pixels]) -> None:
    front = typed_page(5)
    page = bled(front, typed_page(6, size_pt=14), 0.35)
    depth = ink_depth(page)
    assert depth is not None
    through = measure_show_through(page, depth, 300)

    assert through.is_soft
    assert through.share > 0.5
    cleaned = without_show_through(page, depth, through)
    wrong = (cleaned < 128) != (front < 128)
    assert wrong.mean() < 0.002
    assert (cleaned[front == 255] > 240).mean() > 0.98


def test_a_page_that_is_printed_on_one_side_shows_nothing(typed_page: Callable[..., Pixels]) -> None:
    page = cv2.GaussianBlur(typed_page(7), (0, 0), 0.6)
    depth = ink_depth(page)
    assert depth is not None

    assert measure_show_through(page, depth, 300).share < 0.1


def test_gray_print_is_no_show_through(typed_page: Callable[..., Pixels]) -> None:
    black, gray = typed_page(8), typed_page(9, size_pt=14)
    page = black.copy()
    page[1700:] = np.maximum(gray[: page.shape[0] - 1700], 160)
    depth = ink_depth(page)
    assert depth is not None

    through = measure_show_through(page, depth, 300)

    assert through.share > 0.3
    assert not through.is_soft


def test_thin_gray_rules_are_no_show_through(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(10, lines=8).copy()
    for top in range(1600, 3300, 40):
        page[top : top + 4, 200:2280] = 190
    depth = ink_depth(page)
    assert depth is not None

    through = measure_show_through(page, depth, 300)

    assert through.share > 0.5
    assert not through.is_soft


def test_seams_of_bands_are_no_edges(typed_page: Callable[..., Pixels]) -> None:
    page = bled(typed_page(5), typed_page(6, size_pt=14), 0.35)
    bands = np.concatenate([page[row : row + 48] for row in range(600, 2200, 160)])
    depth = ink_depth(bands)
    assert depth is not None

    assert measure_show_through(bands, depth, 300, 48).is_soft
