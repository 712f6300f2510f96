"""Spreads fall in two where a fold or a gap shows, and stay whole where print runs across."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dipro_scan.imaging.spread import Gutter, find_spread, split_spread
from dipro_scan.model import ReadingImage

from .conftest import typeset
from .drawn_sheets import Pixels


def two_pages(dpi: int = 150) -> Pixels:
    return np.hstack([typeset(1, dpi=dpi), typeset(2, dpi=dpi)])


def test_two_pages_on_a_sheet_of_a3_fall_apart_at_their_gap() -> None:
    pixels = two_pages()
    spread = find_spread(ReadingImage(pixels, 150.0))
    assert spread is not None and spread.gutter is Gutter.GAP
    first, second = (page[1].min() for page in (np.nonzero(half < 100) for half in np.hsplit(pixels, 2)))
    last = np.nonzero(pixels[:, :1240] < 100)[1].max()
    assert last / 150 * 25.4 < spread.gutter_x_mm < (1240 + second) / 150 * 25.4
    assert first > 0 and spread.left.x1 == spread.right.x0 == spread.gutter_x_mm


def test_the_shadow_of_a_fold_is_found_to_a_millimetre() -> None:
    pixels = two_pages().astype(np.float64)
    columns = np.arange(pixels.shape[1])
    pixels *= 1 - 0.35 * np.exp(-(((columns - 1300) / 30) ** 2))
    spread = find_spread(ReadingImage(pixels.astype(np.uint8), 150.0))
    assert spread is not None and spread.gutter is Gutter.SHADOW
    assert spread.gutter_x_mm == pytest.approx(1300 / 150 * 25.4, abs=1.0)


def test_a_wide_table_stays_whole() -> None:
    pixels = two_pages()
    for row in range(200, 1600, 40):
        pixels[row : row + 3, 100:-100] = 30
    assert find_spread(ReadingImage(pixels, 150.0)) is None


@pytest.mark.parametrize("kind", ["portrait", "one half empty", "empty"])
def test_what_is_no_spread(kind: str) -> None:
    page = typeset(1, dpi=150)
    pixels = {
        "portrait": page,
        "one half empty": np.hstack([page, np.full_like(page, 255)]),
        "empty": np.full((1754, 2480), 255, np.uint8),
    }[kind]
    assert find_spread(ReadingImage(pixels, 150.0)) is None


def test_halves_hold_every_pixel_once_and_keep_their_places() -> None:
    view = ReadingImage(two_pages(), 150.0, (-1.0, -2.0))
    spread = find_spread(view)
    assert spread is not None
    left, right = split_spread(view, spread)
    assert np.array_equal(np.hstack([left.pixels, right.pixels]), view.pixels)
    assert left.origin_mm == (-1.0, -2.0)
    assert right.origin_mm == pytest.approx((spread.gutter_x_mm, -2.0), abs=0.1)


@settings(max_examples=40, deadline=None)
@given(
    pixels=arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 120))),
    dpi=st.sampled_from([10.0, 72.0]),
)
def test_any_size_will_do(pixels: Pixels, dpi: float) -> None:
    view = ReadingImage(pixels, dpi)
    spread = find_spread(view)
    if spread is not None:
        assert all(half.pixels.size for half in split_spread(view, spread))
