"""Broken strokes are told from whole ones, and joined."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.broken_strokes import measure_breaks, with_joined_strokes

Pixels = NDArray[np.uint8]


def broken(page: Pixels) -> Pixels:
    """The page in black and white with every ninth row and column of its print lost."""
    copy = np.where(page < 128, 0, 255).astype(np.uint8)
    copy[::9] = copy[:, ::9] = 255
    copy[1::9] = copy[:, 1::9] = 255
    return copy


def test_whole_letters_have_no_fragments_but_their_dots(typed_page: Callable[..., Pixels]) -> None:
    breaks = measure_breaks(np.where(typed_page(1) < 128, 0, 255).astype(np.uint8), 300)

    assert breaks.fragments < 0.35
    assert breaks.area < 0.03


def test_broken_letters_are_told_and_joined(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(2)
    damaged = broken(page)
    before = measure_breaks(damaged, 300)
    assert before.fragments > 0.5
    assert before.area > 0.05

    joined = with_joined_strokes(damaged, 300)

    after = measure_breaks(joined, 300)
    assert after.fragments < 0.35
    ink = cv2.erode(np.where(page < 128, 255, 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert (joined[ink] < 128).mean() > (damaged[ink] < 128).mean() + 0.1


def test_a_page_without_ink_and_a_single_pixel_have_no_breaks() -> None:
    for page in (np.full((900, 700), 255, dtype=np.uint8), np.zeros((1, 1), dtype=np.uint8)):
        assert measure_breaks(page, 300).fragments == 0.0
        assert with_joined_strokes(page, 300).shape == page.shape


def test_of_coarse_scans_only_narrow_gaps_are_closed(typed_page: Callable[..., Pixels]) -> None:
    damaged = broken(typed_page(3))

    fine, coarse = with_joined_strokes(damaged, 300, 196.0), with_joined_strokes(damaged, 300, 98.0)

    assert set(np.unique(fine).tolist()) == {0, 255}
    assert (coarse < 128).sum() < (fine < 128).sum()
    assert ((coarse > 0) & (coarse < 255)).any()
