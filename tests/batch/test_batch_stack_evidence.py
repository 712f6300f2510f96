"""Which pages keep their thumbnails for the comparison of both sides, and which are found blank by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.batch.stack_evidence import SHOWS_THROUGH, _lightened
from dipro_scan.model import (
    BlankVerdict,
    ReadPage,
)

from ..pages_by_hand import read_page


def page(number: int, *, doubted: bool) -> ReadPage:
    return read_page(
        "a.tif",
        number,
        blank=BlankVerdict.DOUBTFUL if doubted else BlankVerdict.NOT_BLANK,
        blank_doubt=SHOWS_THROUGH if doubted else None,
        thumbnail=b"picture",
    )


@given(st.lists(st.booleans(), max_size=12))
def test_a_doubtful_page_and_those_beside_it_keep_their_pictures_and_no_others(doubted: list[bool]) -> None:
    pages = [page(number, doubted=doubt) for number, doubt in enumerate(doubted)]
    light = list(_lightened(pages))
    assert [one.ref for one in light] == [one.ref for one in pages]
    for index, one in enumerate(light):
        near = doubted[max(0, index - 1) : index + 2]
        assert bool(one.reading.thumbnail) == any(near)


def test_pictures_come_before_the_next_page_is_read() -> None:
    """Memory stays flat: never more than two pages are held back."""
    taken = 0

    def incoming() -> object:
        nonlocal taken
        for number in range(10):
            taken += 1
            yield page(number, doubted=False)

    for given_out, _page in enumerate(_lightened(incoming()), start=1):  # type: ignore[arg-type]
        assert taken <= given_out + 1


@pytest.mark.parametrize("count", [0, 1])
def test_few_pages_come_through(count: int) -> None:
    assert len(list(_lightened([page(1, doubted=False)] * count))) == count
