"""Fronts and backs are put together as the paper was, or not at all; no page is lost either way."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import (
    PageGeometry,
    ReadPage,
)
from dipro_scan.separate import ScannedFile, Stack, collate, half_missing, stacks_of
from dipro_scan.settings import CollationSettings

from ..pages_by_hand import read_page

NAMES = CollationSettings(mode="two_passes")
STATIONS = CollationSettings(mode="two_passes", pairing="stations")
SAME_WAY = CollationSettings(mode="two_passes", backs_reversed=False)
A4, A5 = (210.0, 297.0), (148.0, 210.0)


def page(source: str, number: int, size: tuple[float, float] = A4) -> ReadPage:
    return read_page(source, number, geometry=PageGeometry(*size))


def scanned(
    sheets: list[tuple[float, float]], *, backs_reversed: bool = True
) -> tuple[list[ReadPage], list[ReadPage]]:
    """What two passes over a stack of sheets of these sizes give."""
    turned = sheets[::-1] if backs_reversed else sheets
    fronts = [page("vorn", number, size) for number, size in enumerate(sheets, start=1)]
    return fronts, [page("hinten", number, size) for number, size in enumerate(turned, start=1)]


SIZES = st.sampled_from([A4, A5, (100.0, 150.0), (297.0, 420.0)])
STACKS = st.lists(SIZES, min_size=1, max_size=40)


@given(STACKS, st.booleans())
def test_collating_and_parting_again_gives_both_passes_back(
    sheets: list[tuple[float, float]], backs_reversed: bool
) -> None:
    fronts, backs = scanned(sheets, backs_reversed=backs_reversed)
    collation = collate(fronts, backs, NAMES if backs_reversed else SAME_WAY)
    assert collation.doubt is None
    assert list(collation.pages[::2]) == fronts
    assert list(collation.pages[1::2]) == (backs[::-1] if backs_reversed else backs)
    for front, back in zip(collation.pages[::2], collation.pages[1::2], strict=True):
        assert (front.reading.geometry.width_mm, front.ref.source) != (0, back.ref.source)
        assert front.reading.geometry == back.reading.geometry


@given(STACKS, STACKS)
def test_every_page_comes_out_once_whatever_was_scanned(
    front_sizes: list[tuple[float, float]], back_sizes: list[tuple[float, float]]
) -> None:
    fronts = [page("vorn", number, size) for number, size in enumerate(front_sizes, start=1)]
    backs = [page("hinten", number, size) for number, size in enumerate(back_sizes, start=1)]
    collation = collate(fronts, backs, NAMES)
    assert sorted(item.ref for item in collation.pages) == sorted(item.ref for item in [*fronts, *backs])
    if front_sizes == back_sizes[::-1]:
        assert collation.doubt is None
    else:
        assert collation.doubt is not None and collation.doubt.code == "collation_mismatch"
        assert list(collation.pages) == [*fronts, *backs]


def test_a_mismatch_of_counts_names_both_files_and_counts() -> None:
    fronts, backs = scanned([A4] * 5)
    doubt = collate(fronts, backs[:-1], NAMES).doubt
    assert doubt is not None
    assert all(part in doubt.text for part in ("vorn", "hinten", "5", "4"))


def test_backs_in_the_wrong_order_are_seen_by_their_sizes() -> None:
    fronts, backs = scanned([A4, A4, A5], backs_reversed=False)
    doubt = collate(fronts, backs, NAMES).doubt
    assert doubt is not None and doubt.code == "collation_mismatch"
    assert all(part in doubt.text for part in ("vorn", "hinten", "210 × 297", "148 × 210"))


@pytest.mark.parametrize(
    ("size", "agrees"),
    [((297, 210), True), ((211, 302), True), ((213, 297), True), ((216, 297), False), ((210, 304), False)],
)
def test_a_back_may_lie_turned_and_be_measured_a_little_otherwise(
    size: tuple[float, float], agrees: bool
) -> None:
    assert (collate([page("vorn", 1)], [page("hinten", 1, size)], NAMES).doubt is None) is agrees


def test_a_sheet_that_stands_for_a_lost_image_has_no_size_to_compare() -> None:
    back = page("hinten", 1, (140, 200))
    lost = dataclasses.replace(back, reading=dataclasses.replace(back.reading, failed="no_image"))
    assert collate([page("vorn", 1)], [lost], NAMES).doubt is None


def stacks(*names: str, settings: CollationSettings = NAMES) -> list[tuple[tuple[str, ...], bool]]:
    """Files as `name` or `station:name`; `!` stands for one that was refused."""
    files = []
    for name in names:
        station, _colon, rest = name.rpartition(":")
        files.append(ScannedFile(rest.strip("!"), station or None, refused=rest.startswith("!")))
    return [
        (tuple(names[place] for place in stack.files), stack.whole) for stack in stacks_of(files, settings)
    ]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["1_v.pdf", "1_r.pdf"], [(("1_v.pdf", "1_r.pdf"), True)]),
        (["1_r.pdf", "1_v.tif"], [(("1_v.tif", "1_r.pdf"), True)]),
        (["Post_VORDER.pdf", "post_rück.pdf"], [(("Post_VORDER.pdf", "post_rück.pdf"), True)]),
        (
            ["a_v.pdf", "b_v.pdf", "a_ru\u0308ck.pdf"],
            [(("a_v.pdf", "a_ru\u0308ck.pdf"), True), (("b_v.pdf",), False)],
        ),
        (["x/1_v.pdf", "y/1_r.pdf"], [(("x/1_v.pdf",), False), (("y/1_r.pdf",), False)]),
        (["1_v.pdf", "1_v.tif", "1_r.pdf"], [(("1_v.pdf", "1_v.tif", "1_r.pdf"), False)]),
        (["1_v.pdf", "!1_r.pdf"], [(("1_v.pdf", "!1_r.pdf"), True)]),
        (["brief.pdf", "vr.pdf"], []),
    ],
)
def test_files_pair_by_their_names(names: list[str], found: list[tuple[tuple[str, ...], bool]]) -> None:
    assert stacks(*names) == found


def test_a_name_that_may_be_either_side_is_in_no_pair() -> None:
    odd = CollationSettings(mode="two_passes", fronts=("vorn*",), backs=("*hinten",))
    assert stacks("vorn-hinten.pdf", "vorn-1.pdf", "-1hinten.pdf", settings=odd) == [
        (("vorn-hinten.pdf",), False),
        (("vorn-1.pdf", "-1hinten.pdf"), True),
    ]


def test_patterns_are_no_regular_expressions() -> None:
    odd = CollationSettings(mode="two_passes", fronts=("*.v[1]",), backs=("*.r[1]",))
    assert stacks("a.v[1].pdf", "a.r[1].pdf", "axv1.pdf", settings=odd) == [
        (("a.v[1].pdf", "a.r[1].pdf"), True)
    ]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["A:1", "B:2", "A:3", "B:4"], [(("A:1", "A:3"), True), (("B:2", "B:4"), True)]),
        (["A:1", "A:2", "A:3", "A:4"], [(("A:1", "A:2"), True), (("A:3", "A:4"), True)]),
        (["A:1", "B:2", "A:3"], [(("A:1", "A:3"), True), (("B:2",), False)]),
        (["A:1", "A:2", "A:3"], [(("A:1", "A:2", "A:3"), False)]),
        (["1", "2"], [(("1", "2"), True)]),
        (["A:1", "!2", "A:3", "B:4", "B:5"], [(("A:1", "A:3"), False), (("B:4", "B:5"), True)]),
        (["!1", "A:2", "A:3", "!4"], [(("A:2", "A:3"), True)]),
    ],
)
def test_files_pair_in_the_order_of_their_station(
    names: list[str], found: list[tuple[tuple[str, ...], bool]]
) -> None:
    assert stacks(*names, settings=STATIONS) == found


@given(
    st.lists(
        st.builds(
            ScannedFile,
            st.text("vr_12/", max_size=6).map("{}.pdf".format),
            st.sampled_from([None, "A", "B"]),
            st.booleans(),
        ),
        max_size=12,
    ),
    st.sampled_from([NAMES, STATIONS]),
)
def test_no_file_is_in_two_stacks(files: list[ScannedFile], settings: CollationSettings) -> None:
    found = stacks_of(files, settings)
    places = [place for stack in found for place in stack.files]
    assert len(places) == len(set(places)) and set(places) <= set(range(len(files)))
    assert all(len(stack.files) == 2 for stack in found if stack.whole)


def test_without_the_setting_nothing_pairs() -> None:
    assert stacks("1_v.pdf", "1_r.pdf", settings=CollationSettings()) == []
    assert Stack((0,), whole=False).files == (0,)


@pytest.mark.parametrize(
    ("others", "sure"), [([], False), (["1_r.pdf"], True), (["2_r.pdf", "3_r.pdf"], False)]
)
def test_a_half_names_itself_and_what_may_be_the_other(others: list[str], sure: bool) -> None:
    reason = half_missing("1_v.pdf", others, sure=sure)
    assert reason.code == "collation_half_missing"
    assert all(name in reason.text for name in ["1_v.pdf", *others])
