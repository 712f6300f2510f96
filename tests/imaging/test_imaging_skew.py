"""Skew: exact on typeset pages, consistent on real ones, silent where there is nothing to go by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dipro_scan.imaging import SkewEstimate, estimate_skew, straighten, turn_quarter
from dipro_scan.model import ReadingImage
from dipro_scan.settings import ImagingSettings

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
    assert estimate_skew(page, ImagingSettings(min_skew_degrees=0.4)) == SkewEstimate(
        0.0, pytest.approx(0.7, abs=0.3), None
    )


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
