"""Names of sizes, either way round, with what cutting and measuring allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.imaging.paper_sizes import SIZES_MM, cutting_tolerance_mm, size_name


@given(name=st.sampled_from(sorted(SIZES_MM)), off=st.floats(-3, 3), landscape=st.booleans())
def test_every_size_has_its_name_within_tolerance(name: str, off: float, landscape: bool) -> None:
    short, long = SIZES_MM[name]
    sides = (long + off, short + off) if landscape else (short + off, long + off)
    assert size_name(*sides, 1.5) == name


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [
        (80, 190, "receipt"),
        (57, 400, "receipt"),
        (190, 80, "receipt"),
        (85.6, 54, None),
        (210, 250, None),
        (1, 1, None),
    ],
)
def test_receipts_and_what_has_no_name(width: float, height: float, name: str | None) -> None:
    assert size_name(width, height, 1.5) == name


def test_iso_216_allows_more_for_longer_sides() -> None:
    assert [cutting_tolerance_mm(side) for side in (148, 297, 841)] == [1.5, 2.0, 3.0]
