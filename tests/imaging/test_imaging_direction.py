"""Which way lines run and which way up they stand, on typeset and on real pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.imaging import letter_edges, line_direction, turn_quarter
from dipro_scan.model import ReadingImage

# Where the other tests of this folder get their pages from.
from .conftest import real_pages, turned, typeset

MAX_SKEW_DEGREES = 15.0
REAL = (
    *("ocr/unlv_8505_001.tif", "ocr/unlv_8506_001.tif", "ocr/unlv_8586_001.tif", "ocr/unlv_8594_001.tif"),
    *("ocr/unlv_8595_001.tif", "ocr/eurotext.tif", "ocr/tess_8071_093.3B.tif", "skew/omp_typewriter.png"),
)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000), skew_degrees=st.floats(-12, 12), rotation=st.sampled_from((0, 90, 180, 270))
)
def test_a_typeset_page_tells_how_it_lies(seed: int, skew_degrees: float, rotation: int) -> None:
    page = ReadingImage(turned(typeset(seed), skew_degrees), 300.0)
    direction = line_direction(letter_edges(turn_quarter(page, rotation)), MAX_SKEW_DEGREES)
    assert direction is not None
    assert (direction.level > 0.7) == (rotation in (0, 180))
    assert (direction.level < -0.7) == (rotation in (90, 270))
    # Turned clockwise by 90, it takes 270 more; turned by 270, 90 more make it stand on its feet.
    assert (direction.upright > 0) == (rotation in (0, 270))


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_real_pages_tell_how_they_lie(scans: Path, name: str, rotation: int) -> None:
    page = next(real_pages(scans / name))
    direction = line_direction(letter_edges(turn_quarter(page, rotation)), MAX_SKEW_DEGREES)
    assert direction is not None
    assert (direction.level > 0) == (rotation in (0, 180))
    assert abs(direction.level) > 0.7
    assert (direction.upright > 0) == (rotation in (0, 270))


def test_paper_without_letters_tells_nothing() -> None:
    chance = np.random.default_rng(1)
    noise = chance.normal(240, 4, (1754, 1240)).clip(0, 255).astype(np.uint8)
    assert line_direction(letter_edges(ReadingImage(noise, 150.0)), MAX_SKEW_DEGREES) is None


def test_a_checked_pattern_does_not_pretend_to_have_lines() -> None:
    squares = np.kron(np.indices((60, 60)).sum(axis=0) % 3 > 0, np.ones((20, 20))).astype(np.uint8) * 255
    direction = line_direction(letter_edges(ReadingImage(squares, 150.0)), MAX_SKEW_DEGREES)
    assert direction is None or abs(direction.level) < 0.7
