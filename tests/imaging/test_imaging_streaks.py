"""Streaks of a dirty glass are counted; rules, letters and the paper's edge are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dipro_scan.imaging.small_page import small_page
from dipro_scan.imaging.streaks import Streaks, find_streaks
from dipro_scan.settings.border_settings import BorderSettings

from .conftest import typeset
from .drawn_sheets import Pixels, view_of

DEFAULT = BorderSettings()


def streaks(pixels: Pixels, dpi: float = 300.0, limit: int = 0) -> Streaks:
    return find_streaks(small_page(view_of(pixels, dpi)), BorderSettings(max_streaks=limit))


def scanned(pixels: Pixels, *columns: int, depth: float = 0.15) -> Pixels:
    worn = pixels.astype(np.float64) * 0.94
    for column in columns:
        worn[:, column : column + 2] *= 1 - depth
    worn += np.random.default_rng(2).normal(0, 4, pixels.shape)
    return np.clip(worn, 0, 255).astype(np.uint8)


def test_faint_streaks_through_text_are_counted_where_they_are() -> None:
    found = streaks(scanned(typeset(1), 700, 1900))
    assert found.columns_mm == pytest.approx((701 / 300 * 25.4, 1901 / 300 * 25.4), abs=0.3)
    count, share = found.measurements
    assert (count.name, count.value, count.verdict) == ("vertical_streaks", 2.0, "notable")
    assert 0 < share.value < 0.005


def test_some_may_be_allowed() -> None:
    assert streaks(scanned(typeset(1), 700), limit=1).measurements[0].verdict == "ok"


@pytest.mark.parametrize("kind", ["clean", "short rule", "slanting line", "broad bar", "at the edge"])
def test_what_is_no_streak(kind: str) -> None:
    pixels = typeset(2).copy()
    height, width = pixels.shape
    if kind == "short rule":
        pixels[300:3000, 1200:1203] = 60
    elif kind == "slanting line":
        cv2.line(pixels, (1200, 0), (1240, height), 60, 3)
    elif kind == "broad bar":
        pixels[:, 1200:1260] = 180
    elif kind == "at the edge":
        pixels[:, width - 12 : width - 9] = 60
    assert streaks(scanned(pixels)).columns_mm == ()


@settings(max_examples=40, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))))
def test_any_size_will_do(pixels: Pixels) -> None:
    found = streaks(pixels, 72.0)
    assert found.measurements[0].value == len(found.columns_mm)
