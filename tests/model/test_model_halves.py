"""Text cut at the gutter of a spread, and what of a page is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import Block, Box, Line, PageGeometry, PageText, Word


def line(y: float, *words: tuple[str, float, float], climb: float = 0.0) -> Line:
    boxes = [Word(text, Box(x0, y, x1, y + 4), 0.9) for text, x0, x1 in words]
    box = Box.around([word.box for word in boxes])
    return Line(tuple(boxes), box, (box.x0, y + 4, box.x1, y + 4 + climb))


def test_a_line_across_the_gutter_is_parted_word_by_word_and_keeps_its_slope() -> None:
    across = line(10, ("links", 20, 40), ("rechts", 160, 190), climb=1.7)
    text = PageText((Block((across,), across.box),))
    left, right = text.within(Box(0, 0, 100, 200)), text.within(Box(100, 0, 200, 200))
    assert (left.text, right.text) == ("links", "rechts")
    (only,) = right.lines()
    assert only.baseline == pytest.approx((160, 14 + 1.4, 190, 15.7))
    assert only.box == Box(160, 10, 190, 14)


@given(st.lists(st.tuples(st.floats(0, 280), st.floats(1, 15)), min_size=1, max_size=30), st.floats(1, 296))
def test_every_word_stands_in_exactly_one_half(places: list[tuple[float, float]], gutter: float) -> None:
    lines = [line(5.0 * row, (f"w{row}", x0, x0 + width)) for row, (x0, width) in enumerate(places)]
    text = PageText((Block.of(lines),))
    halves = [text.within(Box(0, 0, gutter, 500)), text.within(Box(gutter, 0, 297, 500))]
    found = sorted(word.text for half in halves for word in half.words())
    middles = [x0 + width / 2 for x0, width in places]
    expected = sorted(
        f"w{row}" for row, middle in enumerate(middles) for _half in range(2 if middle == gutter else 1)
    )
    assert found == expected


def test_what_is_shown_is_the_crop_or_all_of_the_turned_page() -> None:
    whole = PageGeometry(100, 200, skew_degrees=2.0)
    assert whole.shown() == whole.hull()
    assert PageGeometry(100, 200, crop_mm=Box(1, 2, 99, 198)).shown() == Box(1, 2, 99, 198)
