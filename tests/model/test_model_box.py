"""What two places on a page have to do with each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import Box

PLACE = Box(10, 20, 30, 50)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x0, y0 = draw(st.floats(0, 200)), draw(st.floats(0, 290))
    return Box(x0, y0, x0 + draw(st.floats(0, 100)), y0 + draw(st.floats(0, 100)))


def test_a_box_knows_its_size_its_middle_and_what_lies_around_it() -> None:
    assert (PLACE.width_mm, PLACE.height_mm, PLACE.area_mm2) == (20, 30, 600)
    assert PLACE.middle == (20, 35)
    assert PLACE.grown(2.5) == Box(7.5, 17.5, 32.5, 52.5)


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (Box(25, 45, 60, 60), True),
        (Box(15, 25, 16, 26), True),
        (Box(30, 20, 40, 50), False),
        (Box(10, 50, 30, 60), False),
        (Box(20, 0, 20, 100), True),
        (Box(10, 0, 10, 100), False),
        (Box(40, 30, 50, 40), False),
    ],
    ids=["a corner", "inside", "beside", "below", "a rule through it", "a rule along its edge", "away"],
)
def test_boxes_overlap_where_they_share_more_than_an_edge(other: Box, overlaps: bool) -> None:
    assert PLACE.overlaps(other) is overlaps
    assert other.overlaps(PLACE) is overlaps


@pytest.mark.parametrize(
    ("other", "across_mm", "down_mm", "area_mm2"),
    [
        (Box(25, 45, 60, 60), 5, 5, 25),
        (Box(0, 0, 100, 100), 20, 30, 600),
        (Box(34, 20, 40, 50), -4, 30, 0),
        (Box(40, 60, 50, 70), -10, -10, 0),
    ],
    ids=["a corner", "all of it", "beside", "away from it"],
)
def test_what_boxes_share(other: Box, across_mm: float, down_mm: float, area_mm2: float) -> None:
    assert PLACE.shared_width_mm(other) == other.shared_width_mm(PLACE) == across_mm
    assert PLACE.shared_height_mm(other) == other.shared_height_mm(PLACE) == down_mm
    assert PLACE.shared_area_mm2(other) == other.shared_area_mm2(PLACE) == area_mm2


def test_the_share_within_another_box_is_of_ones_own_area() -> None:
    assert Box(25, 45, 35, 55).share_within(PLACE) == 0.25
    assert PLACE.share_within(Box(25, 45, 35, 55)) == pytest.approx(25 / 600)
    assert Box(15, 30, 15, 40).share_within(PLACE) == 0


@given(boxes(), boxes())
def test_shares_are_shares_and_nothing_is_shared_apart(one: Box, other: Box) -> None:
    assert 0 <= one.share_within(other) <= 1 + 1e-9
    if one.shared_area_mm2(other) > 0:
        assert one.overlaps(other)


@pytest.mark.parametrize(
    ("other", "holds"),
    [(Box(0, 0, 40, 70), True), (Box(28, 48, 32, 52), True), (Box(28, 48, 34, 50), False)],
    ids=["a larger one", "middle on the corner", "middle beside it"],
)
def test_a_box_holds_the_middle_of_what_stands_in_it(other: Box, holds: bool) -> None:
    assert PLACE.holds_middle_of(other) is holds
