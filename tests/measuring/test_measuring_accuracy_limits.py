"""What the accuracy benchmark asks: caps, ratios, pages that are worse, limits."""

from __future__ import annotations

import pytest
from accuracy_limits import (
    RATIOS,
    SEVEN_GROUPS,
    GroupRatio,
    Limit,
    PagePair,
    capped_mean,
    group_ratios,
    limits,
    mean_of_ratios,
    worse_pages,
)
from error_rates import Errors
from hypothesis import given
from hypothesis import strategies as st

_ORDER_FREE = Errors(words=100, read_words=100, found_words=90)


def _errors(count: int, characters: int = 1000) -> Errors:
    return Errors(characters=characters, character_errors=count)


def _pair(group: str, ours: int, theirs: int, characters: int = 1000, file: str = "a.jpg") -> PagePair:
    return PagePair(file, group, _errors(ours, characters), _errors(theirs, characters))


def _all_groups(ours: int, theirs: int, pages: int = 18) -> list[PagePair]:
    return [_pair(group, ours, theirs) for group in (*SEVEN_GROUPS, *RATIOS) for _page in range(pages)]


def _named(found: list[Limit], what: str) -> Limit:
    (limit,) = [limit for limit in found if limit.what == what]
    return limit


def test_a_page_that_nobody_can_read_counts_no_more_than_the_cap() -> None:
    assert capped_mean([_errors(10), _errors(900)]) == pytest.approx((0.01 + 0.20) / 2)


def test_a_short_page_weighs_as_much_as_a_long_one() -> None:
    assert capped_mean([_errors(1, 100), _errors(0, 9900)]) == pytest.approx(0.005)


def test_pages_of_debatable_order_have_no_part_in_the_mean() -> None:
    assert capped_mean([_errors(30), _ORDER_FREE]) == pytest.approx(0.03)
    assert capped_mean([_ORDER_FREE]) is None


@given(st.lists(st.integers(0, 3000), min_size=1))
def test_a_capped_mean_lies_below_the_cap_and_the_mean(counts: list[int]) -> None:
    found = capped_mean([_errors(count) for count in counts])
    assert found is not None
    assert found <= 0.2 + 1e-9
    assert found <= sum(counts) / len(counts) / 1000 + 1e-9


def test_generated_groups_are_capped_and_real_ones_pooled() -> None:
    pairs = [
        _pair("fax", 400, 100),
        _pair("real_turned", 0, 1000, 1000),
        _pair("real_turned", 10, 0, 9000),
    ]
    ratios = group_ratios(pairs)
    assert (ratios["fax"].ours, ratios["fax"].theirs) == (0.2, 0.1)
    assert ratios["fax"].ratio == 2.0
    assert ratios["real_turned"].theirs == pytest.approx(0.1)
    assert ratios["real_turned"].ours == pytest.approx(0.001)


def test_a_group_of_debatable_order_alone_has_no_ratio() -> None:
    assert group_ratios([PagePair("a.tif", "real_upright", _ORDER_FREE, _ORDER_FREE)]) == {}


def test_ratios_without_errors_on_a_side() -> None:
    assert GroupRatio(1, 0.0, 0.0).ratio == 1.0
    assert GroupRatio(1, 0.0, 0.0).at_most(0.2)
    assert GroupRatio(1, 0.01, 0.0).ratio is None
    assert not GroupRatio(1, 0.01, 0.0).at_most(0.9)


def test_the_mean_is_of_ratios_and_not_of_errors() -> None:
    ratios = {"clean": GroupRatio(9, 0.001, 0.002), "fax": GroupRatio(9, 0.1, 0.1)}
    assert mean_of_ratios(ratios) == pytest.approx(0.75)
    assert mean_of_ratios({**ratios, "generated_turned": GroupRatio(9, 0.9, 0.1)}) == pytest.approx(0.75)


def test_a_ratio_that_is_no_number_leaves_no_mean() -> None:
    assert mean_of_ratios({"clean": GroupRatio(1, 0.1, 0.0), "fax": GroupRatio(1, 0.0, 0.1)}) is None
    assert mean_of_ratios({}) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "characters", "worse"),
    [
        (31, 20, 1000, True),
        (30, 20, 1000, False),  # ten characters are not more than ten
        (31, 20, 5000, False),  # 0.22 points
        (46, 20, 5000, True),
        (6, 0, 100, False),  # six points, but six characters
        (20, 60, 1000, False),
        (900, 400, 1000, True),  # beyond the cap, which is for means alone
    ],
)
def test_a_page_is_worse_by_more_than_both(ours: int, theirs: int, characters: int, worse: bool) -> None:
    pair = _pair("clean", ours, theirs, characters)
    assert worse_pages([pair]) == ([pair] if worse else [])


def test_all_limits_of_a_good_run_hold_and_historical_print_is_asked_nothing() -> None:
    pairs = [pair for pair in _all_groups(13, 20) if pair.group != "real_turned"]
    pairs += [_pair("real_turned", 1, 900), _pair("historical", 90, 80)]
    assert [limit for limit in limits(pairs, reported=True) if not limit.holds] == []


@pytest.mark.parametrize(("group", "just_too_many"), [("real_turned", 5), ("generated_skewed", 19)])
def test_pages_that_lie_otherwise_have_limits_of_their_own(group: str, just_too_many: int) -> None:
    pairs = [pair for pair in _all_groups(2, 20) if pair.group != group]
    found = limits([*pairs, _pair(group, just_too_many, 20)], reported=True)
    assert [limit.what for limit in found if not limit.holds] == [f"ratio of {group}"]


def test_one_group_above_one_fails_by_itself() -> None:
    pairs = [pair for pair in _all_groups(2, 20) if pair.group != "form"]
    found = limits([*pairs, *[_pair("form", 21, 20) for _page in range(18)]], reported=True)
    assert [limit.what for limit in found if not limit.holds] == ["ratio of form"]
    assert _named(found, "mean of the ratios of the seven groups").measured == pytest.approx(
        (0.1 * 6 + 1.05) / 7
    )


def test_a_worse_page_is_a_limit_but_not_where_print_is_historical() -> None:
    what = "pages clearly worse than OCRmyPDF's, historical ones apart"
    assert _named(limits([_pair("historical", 90, 10)], reported=True), what).holds
    found = _named(limits([_pair("clean", 90, 10), _pair("clean", 0, 200)], reported=True), what)
    assert (found.measured, found.holds) == (1, False)


def test_a_report_fails_on_what_its_pages_do_not_show() -> None:
    found = limits(_all_groups(2, 20, pages=3), reported=True)
    assert not _named(found, "generated pages in the seven groups").holds
    found = limits([_pair("clean", 2, 20)] * 120, reported=True)
    assert not _named(found, "ratio of real_upright").holds
    assert _named(found, "ratio of real_upright").measured is None


def test_a_run_for_tuning_is_asked_only_what_its_pages_show() -> None:
    found = limits([_pair("clean", 2, 20)], reported=False)
    assert [limit.what for limit in found] == [
        "mean of the ratios of the seven groups",
        "ratio of clean",
        "pages clearly worse than OCRmyPDF's, historical ones apart",
    ]
