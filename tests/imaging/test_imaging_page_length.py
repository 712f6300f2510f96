"""Double feeds and torn pages stand out from their neighbours; a mixed stack tells nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.imaging.page_length import length_against_neighbours
from dipro_scan.settings.border_settings import BorderSettings

DEFAULT = BorderSettings()


@pytest.mark.parametrize(
    ("heights", "index", "value", "verdict"),
    [
        ([297, 297, 341.2, 297], 2, 44.2, "notable"),
        ([297, 250, 297, 296], 1, -47.0, "notable"),
        ([297, 341, 297, 297], 0, 0.0, "ok"),
        ([297, 210, 148, 420], 1, 0.0, "none"),
        ([297, 210], 0, 0.0, "none"),
        ([297], 0, 0.0, "none"),
    ],
)
def test_length_against_neighbours(heights: list[float], index: int, value: float, verdict: str) -> None:
    measured = length_against_neighbours(heights, index, DEFAULT)
    assert (measured.value, measured.verdict, measured.threshold) == (value, verdict, 10.0)


@given(st.lists(st.floats(1, 2000), min_size=1, max_size=30), st.data())
def test_only_what_differs_beyond_the_limit_is_notable(heights: list[float], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(heights) - 1))
    measured = length_against_neighbours(heights, index, DEFAULT)
    assert (measured.verdict == "notable") == (abs(measured.value) > DEFAULT.max_length_difference_mm)
