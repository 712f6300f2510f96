"""Skew: exact on typeset pages, consistent on real ones, silent where there is nothing to go by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from dipro_scan.imaging import SkewEstimate, estimate_skew, straighten, turn_quarter
from dipro_scan.model import ReadingImage
from dipro_scan.settings import ImagingSettings

# Where the other tests of this folder get their pages from.
from .conftest import turned, typeset

Pixels = NDArray[np.uint8]
EVERYTHING = ImagingSettings(min_skew_degrees=0.0)
DEFAULT = ImagingSettings()


def test_known_angles_are_found_to_hundredths_of_a_degree(
    typed_page: Callable[..., Pixels], climbing: Callable[[Pixels, float], Pixels]
) -> None:
    errors = []
    for seed, degrees in enumerate((-14.6, -6.31, -1.2, -0.4, -0.08, 0.0, 0.03, 0.5, 2.75, 9.9, 14.7)):
        page = typed_page(seed, lines=(8, 20, 35)[seed % 3], size_pt=(9, 11)[seed % 2])
        estimate = estimate_skew(ReadingImage(climbing(page, degrees), 300.0), EVERYTHING)
        assert estimate.doubt is None
        errors.append(abs(estimate.degrees - degrees))
    assert np.median(errors) <= 0.01
    assert max(errors) <= 0.05


@pytest.mark.parametrize("dpi", [100, 150, 600])
def test_every_resolution_will_do(
    typed_page: Callable[..., Pixels], climbing: Callable[[Pixels, float], Pixels], dpi: int
) -> None:
    page = climbing(typed_page(3, dpi=dpi), 1.7)
    assert estimate_skew(ReadingImage(page, float(dpi)), DEFAULT).degrees == pytest.approx(1.7, abs=0.03)


def test_a_bitonal_noisy_page_is_straightened(
    typed_page: Callable[..., Pixels], climbing: Callable[[Pixels, float], Pixels]
) -> None:
    page = climbing(typed_page(4), -3.3).astype(np.float64)
    page += np.random.default_rng(1).normal(0, 60, page.shape)
    estimate = estimate_skew(ReadingImage(((page > 128) * 255).astype(np.uint8), 300.0), DEFAULT)
    assert estimate.degrees == pytest.approx(-3.3, abs=0.05)


def test_straightening_by_the_estimate_makes_level(
    typed_page: Callable[..., Pixels], climbing: Callable[[Pixels, float], Pixels]
) -> None:
    crooked = ReadingImage(climbing(typed_page(5), 4.2), 300.0)
    straight = straighten(crooked, estimate_skew(crooked, DEFAULT).degrees)
    assert abs(estimate_skew(straight, EVERYTHING).degrees) <= 0.02


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((1, 1), 0, np.uint8),
        np.full((3, 2000), 255, np.uint8),
        np.full((800, 600), 255, np.uint8),
        np.full((800, 600), 0, np.uint8),
        np.random.default_rng(0).integers(0, 256, (900, 700), dtype=np.uint8),
    ],
    ids=["one pixel", "strip", "white", "black", "noise"],
)
def test_where_there_is_no_text_nothing_is_turned(pixels: Pixels) -> None:
    estimate = estimate_skew(ReadingImage(pixels, 300.0), DEFAULT)
    assert (estimate.degrees, estimate.doubt) == (0.0, "skew_unsure")


def test_beyond_the_range_nothing_is_turned_and_it_is_said(
    typed_page: Callable[..., Pixels], climbing: Callable[[Pixels, float], Pixels]
) -> None:
    page = ReadingImage(climbing(typed_page(6), 3.1), 300.0)
    assert estimate_skew(page, ImagingSettings(max_skew_degrees=3.0)) == SkewEstimate(
        0.0, pytest.approx(0.7, abs=0.3), "skew_out_of_range"
    )
    assert estimate_skew(page, ImagingSettings(max_skew_degrees=4.0)).degrees == pytest.approx(3.1, abs=0.02)


def test_below_the_threshold_the_page_stays_as_it_is(
    typed_page: Callable[..., Pixels], climbing: Callable[[Pixels, float], Pixels]
) -> None:
    page = ReadingImage(climbing(typed_page(7), 0.3), 300.0)
    estimate = estimate_skew(page, ImagingSettings(min_skew_degrees=0.4))
    assert (estimate.degrees, estimate.doubt) == (0.0, None)
    assert estimate.measured_degrees == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize(
    ("name", "degrees", "tolerance"),
    [
        ("skew/deskew-1.png", 1.0, 0.5),
        ("skew/deskew-2.png", 2.0, 0.5),
        ("skew/deskew-3.png", 6.0, 0.5),
        ("skew/deskew-4.png", -7.0, 0.5),
        ("skew/omp_skew.pdf", -1.9, 0.2),
        ("noisy/s2p_all-1.png", 7.6, 0.2),
    ],
)
def test_the_known_angles_of_real_pages(
    scans: Path,
    pages_of: Callable[..., Iterator[ReadingImage]],
    name: str,
    degrees: float,
    tolerance: float,
) -> None:
    estimate = estimate_skew(next(pages_of(scans / name)), DEFAULT)
    assert estimate.doubt is None
    assert estimate.degrees == pytest.approx(degrees, abs=tolerance)


@pytest.mark.parametrize(
    "name",
    [
        "ocr/unlv_8505_001.tif",
        "ocr/unlv_8586_001.tif",
        "ocr/tess_8071_093.3B.tif",
        "ocr/ocrd_clauren_mimil_1815_0031.jpg",
        "skew/omp_typewriter.png",
        "pdf/omp_epson.pdf",
    ],
)
def test_real_pages_turned_by_known_angles_are_told_apart(
    scans: Path, pages_of: Callable[..., Iterator[ReadingImage]], name: str
) -> None:
    page = next(pages_of(scans / name))
    own = estimate_skew(page, EVERYTHING).degrees
    for degrees in (-8.3, 3.7):
        estimate = estimate_skew(straighten(page, -degrees), EVERYTHING)
        assert estimate.degrees == pytest.approx(own + degrees, abs=0.05)


@pytest.mark.parametrize("name", ["pdf/omp_palette.pdf", "pdf/omp_lichtenstein.pdf", "skew/omp_cardinal.pdf"])
def test_maps_photographs_and_pages_on_their_side_mislead_nobody(
    scans: Path, pages_of: Callable[..., Iterator[ReadingImage]], name: str
) -> None:
    page = next(pages_of(scans / name))
    lying = turn_quarter(page, 90) if "cardinal" in name else page
    assert estimate_skew(lying, DEFAULT) == SkewEstimate(0.0, pytest.approx(0.4, abs=0.4), "skew_unsure")


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), degrees=st.floats(-14.5, 14.5))
def test_what_is_straightened_by_the_estimate_is_straight(seed: int, degrees: float) -> None:
    crooked = ReadingImage(turned(typeset(seed, dpi=150), degrees), 150.0)
    estimate = estimate_skew(crooked, DEFAULT)
    assert estimate.doubt is None
    assert abs(estimate.degrees - degrees) <= 0.1
    back = estimate_skew(straighten(crooked, estimate.degrees), DEFAULT)
    assert back.degrees == 0.0


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), degrees=st.floats(-0.02, 0.02))
def test_nothing_that_is_straight_is_turned(seed: int, degrees: float) -> None:
    page = ReadingImage(turned(typeset(seed), degrees), 300.0)
    assert estimate_skew(page, DEFAULT).degrees == 0.0


@settings(max_examples=60, deadline=None)
@given(
    pixels=st.tuples(st.integers(1, 90), st.integers(1, 90)).flatmap(lambda shape: arrays(np.uint8, shape)),
    dpi=st.sampled_from((20.0, 72.0, 150.0, 300.0, 1200.0)),
)
def test_any_size_gives_an_estimate(pixels: Pixels, dpi: float) -> None:
    estimate = estimate_skew(ReadingImage(pixels, dpi), DEFAULT)
    assert abs(estimate.degrees) <= DEFAULT.max_skew_degrees
    assert 0.0 <= estimate.confidence <= 1.0


@pytest.mark.parametrize("strange", ["rules", "photograph", "black edge", "table"])
def test_what_lies_at_an_angle_of_its_own_does_not_mislead(strange: str) -> None:
    page = turned(typeset(21, lines=16), 1.4)
    height, width = page.shape
    if strange == "rules":
        for row in range(1900, 3300, 90):
            cv2.line(page, (200, row), (2300, row + 60), 0, 6)
    elif strange == "photograph":
        ramp = np.indices((1100, 1500)).sum(axis=0) % 256
        noise = np.random.default_rng(3).integers(0, 90, ramp.shape)
        page[2200:3300, 500:2000] = ((ramp + noise) // 2).astype(np.uint8)
    elif strange == "black edge":
        corner = np.array([[0, 0], [150, 0], [10, height], [0, height]])
        cv2.fillPoly(page, [corner], 5)
    else:
        for column in range(300, 2300, 200):
            cv2.line(page, (column, 1900), (column + 40, 3200), 0, 4)
        for row in range(1900, 3200, 110):
            cv2.line(page, (300, row), (2300, row - 50), 0, 4)
    estimate = estimate_skew(ReadingImage(page, 300.0), DEFAULT)
    assert estimate.doubt is None
    assert estimate.degrees == pytest.approx(1.4, abs=0.03)
    assert width == 2480


def test_rules_alone_turn_no_page() -> None:
    page = np.full((3508, 2480), 255, np.uint8)
    for row in range(400, 3000, 80):
        cv2.line(page, (200, row), (2300, row + 100), 0, 5)
    assert estimate_skew(ReadingImage(page, 300.0), DEFAULT) == SkewEstimate(0.0, 0.0, "skew_unsure")


def test_two_texts_that_contradict_each_other_are_left_and_flagged() -> None:
    page = np.full((3508, 2480), 255, np.uint8)
    page[:1700] = turned(typeset(4), 2.0)[300:2000]
    page[1800:] = turned(typeset(5), -2.5)[300:2008]
    estimate = estimate_skew(ReadingImage(page, 300.0), DEFAULT)
    assert (estimate.degrees, estimate.doubt, estimate.measured_degrees) == (0.0, "skew_unsure", None)
