"""The other side of a sheet decides what is only shining through; small pictures carry enough for that."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dipro_scan.imaging.blank import judge_blank
from dipro_scan.imaging.bleed_through import settle_by_other_side, shown_through
from dipro_scan.imaging.thumbnail import MAX_BYTES, thumbnail, thumbnail_pixels
from dipro_scan.model import BlankVerdict, PageFailed, ReadingImage
from dipro_scan.settings import BlankSettings

Pixels = NDArray[np.uint8]
DEFAULT = BlankSettings()


@pytest.fixture(scope="module")
def printed(typed_page: Callable[..., Pixels]) -> Pixels:
    return typed_page(3, lines=38)


def back_of(printed: Pixels, strength: float, degrees: float = 0.0, shift: int = 0, seed: int = 1) -> Pixels:
    """An empty side through which `printed` shows, moved and turned against its scan."""
    ink = cv2.GaussianBlur(255 - printed[:, ::-1], (0, 0), 2.6).astype(np.float32) * strength
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += shift
    moved = cv2.warpAffine(ink, matrix, (width, height))
    noise = np.random.default_rng(seed).normal(0, 2.5, ink.shape)
    return np.clip(240 - moved + noise, 0, 255).astype(np.uint8)


def settled(side: Pixels, other: Pixels) -> BlankVerdict:
    small = [thumbnail_pixels(thumbnail(ReadingImage(pixels, 300.0))) for pixels in (side, other)]
    return settle_by_other_side(shown_through(small[0], small[1]), DEFAULT)


@pytest.mark.parametrize(("degrees", "shift"), [(0.0, 0), (1.3, 12), (-2.2, -18)])
def test_what_the_other_side_explains_is_blank(printed: Pixels, degrees: float, shift: int) -> None:
    side = back_of(printed, 0.14, degrees, shift)
    alone = judge_blank(ReadingImage(side, 300.0), DEFAULT)
    assert (alone.verdict, alone.doubt) == (BlankVerdict.DOUBTFUL, "may_show_through")
    assert settled(side, printed) is BlankVerdict.BLANK


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_sides_that_were_turned_apart_still_find_each_other(printed: Pixels, quarters: int) -> None:
    side = back_of(printed, 0.14)
    assert settled(np.ascontiguousarray(np.rot90(side, quarters)), printed) is BlankVerdict.BLANK


def test_the_strength_is_measured(printed: Pixels) -> None:
    found = []
    for strength in (0.05, 0.1):
        side = thumbnail_pixels(thumbnail(ReadingImage(back_of(printed, strength), 300.0)))
        other = thumbnail_pixels(thumbnail(ReadingImage(printed, 300.0)))
        shown = shown_through(side, other)
        assert shown.agreement > 0.7
        found.append(shown.strength)
    assert found[1] == pytest.approx(2 * found[0], rel=0.35)


@pytest.mark.parametrize("place", [(300, 900), (1500, 3300), (400, 40)])
def test_writing_among_what_shines_through_is_kept(printed: Pixels, place: tuple[int, int]) -> None:
    side = back_of(printed, 0.1)
    cv2.putText(side, "17 ok", place, cv2.FONT_HERSHEY_SIMPLEX, 1.2, 165, 4)
    assert settled(side, printed) is BlankVerdict.DOUBTFUL


def test_another_sheet_explains_nothing(printed: Pixels, typed_page: Callable[..., Pixels]) -> None:
    side = back_of(printed, 0.14)
    assert settled(side, typed_page(9, lines=20, size_pt=16)) is BlankVerdict.DOUBTFUL
    assert settled(side, np.full_like(printed, 240)) is BlankVerdict.DOUBTFUL


def test_a_small_picture_is_small_and_shows_the_page(printed: Pixels) -> None:
    for pixels in (printed, back_of(printed, 0.12)):
        coded = thumbnail(ReadingImage(pixels, 300.0))
        shown = thumbnail_pixels(coded)
        assert len(coded) <= 2 * MAX_BYTES
        assert abs(shown.shape[0] - pixels.shape[0] / 3) <= 1
        wanted = cv2.resize(pixels, shown.shape[::-1], interpolation=cv2.INTER_AREA).astype(float)
        assert np.corrcoef(wanted.ravel(), shown.ravel().astype(float))[0, 1] > 0.85
    assert len(thumbnail(ReadingImage(back_of(printed, 0.0), 300.0))) < MAX_BYTES


@pytest.mark.parametrize("coded", [b"", b"no picture"])
def test_a_broken_small_picture_is_told(coded: bytes) -> None:
    with pytest.raises(PageFailed, match="small picture"):
        thumbnail_pixels(coded)


@settings(max_examples=30, deadline=None)
@given(
    height=st.integers(1, 200), width=st.integers(1, 200), level=st.integers(0, 255), seed=st.integers(0, 9)
)
def test_sides_of_any_size_are_compared(height: int, width: int, level: int, seed: int) -> None:
    side = np.random.default_rng(seed).integers(0, level + 1, (height, width), dtype=np.uint8)
    shown = shown_through(side, np.ascontiguousarray(side.T))
    assert -1.0 <= shown.agreement <= 1.001 and np.isfinite(shown.own_ink_mm2)
    decoded = thumbnail_pixels(thumbnail(ReadingImage(side, 100.0)))
    assert decoded.shape == side.shape
