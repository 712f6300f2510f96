"""Pieces straightened by themselves show what the straightened page shows there."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dipro_scan.imaging import straighten
from dipro_scan.imaging.level_piece import level_piece
from dipro_scan.model import Box, ReadingImage


@pytest.fixture(scope="module")
def page() -> ReadingImage:
    chance = np.random.default_rng(3)
    blots = cv2.GaussianBlur((chance.random((900, 700)) < 0.02).astype(np.float32), (0, 0), 3)
    return ReadingImage((250 - 200 * np.clip(blots * 8, 0, 1)).astype(np.uint8), 150.0)


@pytest.mark.parametrize("skew", [0.0, 0.7, -3.0])
@pytest.mark.parametrize("box", [Box(30.0, 40.0, 90.0, 46.0), Box(60.0, 100.3, 64.2, 104.9)])
def test_a_piece_is_what_the_straight_page_shows(page: ReadingImage, skew: float, box: Box) -> None:
    piece = level_piece(page, skew, box)
    whole = straighten(page, skew)
    px = 25.4 / page.dpi
    assert piece.origin_mm == pytest.approx((box.x0, box.y0), abs=px)
    # The page resampled at the places of the piece's pixels.
    height, width = piece.pixels.shape
    x = (piece.origin_mm[0] - whole.origin_mm[0]) / px + np.arange(width, dtype=np.float32)
    y = (piece.origin_mm[1] - whole.origin_mm[1]) / px + np.arange(height, dtype=np.float32)
    expected = cv2.remap(whole.pixels, *np.meshgrid(x, y), interpolation=cv2.INTER_LINEAR)
    assert np.abs(expected.astype(float) - piece.pixels).mean() < 3.0


def test_beside_the_page_there_is_paper(page: ReadingImage) -> None:
    piece = level_piece(page, 1.0, Box(-30.0, -30.0, -20.0, -25.0))
    assert piece.pixels.min() > 200
