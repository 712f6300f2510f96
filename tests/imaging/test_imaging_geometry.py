"""There and back: places stay where they were on the paper, and no crop costs ink, whatever the sheet."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from dipro_scan.imaging import (
    crop_box,
    find_paper,
    find_spread,
    small_page,
    split_spread,
    straighten,
    turn_quarter,
    upright_view,
)
from dipro_scan.model import MM_PER_INCH, PageGeometry, ReadingImage, Resolution
from dipro_scan.settings.border_settings import BorderSettings

from .drawn_sheets import Pixels, Points, scan_of, sheet_corners

DPI = 150.0
MM = MM_PER_INCH / DPI
QUARTERS_OF_ORIENTATION = {1: 0, 6: 1, 3: 2, 8: 3}
"""Quarters clockwise by which EXIF has the stored image shown."""

WORD = 9
"""Pixels; odd, so that a word has a middle pixel."""


def with_words(size: tuple[int, int], places: list[tuple[float, float]]) -> tuple[Pixels, Points]:
    """A white page of `size` (width, height) with square words, and their middles in mm."""
    width, height = size
    pixels = np.full((height, width), 255, np.uint8)
    middles = []
    for across, down in places:
        column, row = (int(share * (side - 60)) + 30 for share, side in ((across, width), (down, height)))
        if any(abs(column - x) < 4 * WORD and abs(row - y) < 4 * WORD for x, y in middles):
            continue
        half = WORD // 2
        pixels[row - half : row + half + 1, column - half : column + half + 1] = 0
        middles.append((column, row))
    return pixels, (np.array(middles, dtype=np.float64) + 0.5) * MM


def places_seen(view: ReadingImage) -> Points:
    """The middles of what is dark, in mm on the page."""
    _count, _labels, _parts, middles = cv2.connectedComponentsWithStats((view.pixels < 128).astype(np.uint8))
    left, top = view.origin_mm
    mm = MM_PER_INCH / view.dpi
    return np.asarray((middles[1:] + 0.5) * mm + (left, top))


def laid_back(places: Points, geometry: PageGeometry) -> Points:
    """Places on the straightened page → on the upright one as it lay, by what `PageGeometry` says."""
    angle = math.radians(-geometry.skew_degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    middle = np.array([geometry.width_mm / 2, geometry.height_mm / 2])
    return np.asarray((places - middle) @ turn.T + middle)


def farthest(seen: Points, expected: Points) -> float:
    """The largest distance of an expected place from the nearest seen one, in mm."""
    apart = np.linalg.norm(seen[None] - expected[:, None], axis=2)
    return float(apart.min(axis=1).max())


@settings(max_examples=40, deadline=None)
@given(pixels=arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_four_quarter_turns_are_none_and_two_are_a_half(pixels: Pixels) -> None:
    view = turned = ReadingImage(pixels, 300.0)
    for _quarter in range(4):
        turned = turn_quarter(turned, 90)
    assert np.array_equal(turned.pixels, pixels)
    half = turn_quarter(turn_quarter(view, 90), 90)
    assert np.array_equal(half.pixels, turn_quarter(view, 180).pixels)
    assert np.array_equal(turn_quarter(half, 90).pixels, turn_quarter(view, 270).pixels)


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(200, 520), st.integers(200, 520)),
    places=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12),
    orientation=st.sampled_from(sorted(QUARTERS_OF_ORIENTATION)),
    rotation=st.sampled_from([0, 90, 180, 270]),
    skew=st.floats(-15, 15),
)
def test_words_lie_where_they_lay_before_the_page_was_put_upright_and_level(
    size: tuple[int, int],
    places: list[tuple[float, float]],
    orientation: int,
    rotation: int,
    skew: float,
) -> None:
    upright, words = with_words(size, places)
    lying = np.rot90(upright, rotation // 90 + QUARTERS_OF_ORIENTATION[orientation])
    view = upright_view(np.ascontiguousarray(lying), orientation, Resolution(DPI, DPI), round(DPI))

    straight = straighten(turn_quarter(view, rotation), skew)

    height, width = upright.shape
    geometry = PageGeometry(width * MM, height * MM, orientation, rotation, skew)
    seen = laid_back(places_seen(straight), geometry)
    assert len(seen) == len(words)
    assert farthest(seen, words) < 0.2


@settings(max_examples=30, deadline=None)
@given(
    places=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=10),
    skew=st.floats(-15, 15),
)
def test_straightening_there_and_back_leaves_words_where_they_were(
    places: list[tuple[float, float]], skew: float
) -> None:
    pixels, words = with_words((400, 300), places)
    back = straighten(straighten(ReadingImage(pixels, DPI), skew), -skew)
    seen = places_seen(back)
    assert len(seen) == len(words)
    assert farthest(seen, words) < 0.2


@settings(max_examples=30, deadline=None)
@given(
    sheet=st.sampled_from([(148, 210), (210, 148), (80, 190), (105, 148), (210, 99), (85, 55)]),
    climbs=st.floats(-12, 12),
    place=st.tuples(st.floats(-4, 25), st.floats(-4, 25)),
    beside=st.tuples(st.floats(0, 40), st.floats(0, 40)),
    strokes=st.lists(
        st.tuples(*[st.floats(0.004, 0.996)] * 4, st.integers(1, 6), st.sampled_from([20, 90])),
        min_size=1,
        max_size=12,
    ),
    lid=st.sampled_from([4, 30, 60, 250]),
    misjudged=st.floats(-0.5, 0.5),
)
def test_a_crop_never_loses_ink(
    sheet: tuple[int, int],
    climbs: float,
    place: tuple[float, float],
    beside: tuple[float, float],
    strokes: list[tuple[float, float, float, float, int, int]],
    lid: int,
    misjudged: float,
) -> None:
    """What strokes change on the straightened scan lies within the crop, but for their soft rim."""
    scan_mm = (sheet[0] + beside[0], sheet[1] + beside[1])
    corners = sheet_corners(*sheet, place, climbs, DPI)
    clean = scan_of(scan_mm, corners, lid=lid, paper=235, dpi=DPI)
    on_paper = scan_of(scan_mm, corners, lid=0, paper=255, dpi=DPI) == 255
    inked = _stroked(clean, corners, strokes)
    inked = np.where(on_paper, inked, clean)
    skew = climbs + misjudged
    view, page, borders = ReadingImage(inked, DPI), small_page(ReadingImage(inked, DPI)), BorderSettings()

    box = crop_box(view, page, find_paper(page, borders), skew, borders)

    if box is None:
        return
    straight = straighten(view, skew)
    bare = straighten(ReadingImage(clean, DPI), skew)
    rows, columns = np.nonzero(np.abs(straight.pixels.astype(np.int16) - bare.pixels) > 60)
    left, top = straight.origin_mm
    x, y = (columns + 0.5) * MM + left, (rows + 0.5) * MM + top
    lost = (x < box.x0 - MM) | (x > box.x1 + MM) | (y < box.y0 - MM) | (y > box.y1 + MM)
    assert not lost.any()


def _stroked(
    clean: Pixels, corners: Points, strokes: list[tuple[float, float, float, float, int, int]]
) -> NDArray[np.uint8]:
    inked = clean.copy()
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    for x0, y0, x1, y1, width, ink in strokes:
        ends = [corners[0] + x * across + y * down for x, y in ((x0, y0), (x1, y1))]
        cv2.line(inked, *(tuple(map(int, end)) for end in ends), ink, width)
    return inked


@pytest.mark.parametrize("shadow", [True, False])
def test_the_halves_of_a_spread_hold_every_word_once_and_where_it_was(shadow: bool) -> None:
    grid = [(x, y) for x in np.linspace(0.02, 0.98, 12) if abs(x - 0.5) > 0.06 for y in np.linspace(0, 1, 9)]
    pixels, words = with_words((1700, 1100), grid)
    if shadow:
        away = np.abs(np.arange(1700) - 850) * MM
        pixels = (pixels * (1 - 0.4 * np.exp(-((away / 4) ** 2)))).astype(np.uint8)
    view = ReadingImage(pixels, DPI)
    spread = find_spread(view)
    assert spread is not None
    halves = [places_seen(half) for half in split_spread(view, spread)]
    assert sum(map(len, halves)) == len(words)
    assert farthest(np.vstack(halves), words) < 0.2
