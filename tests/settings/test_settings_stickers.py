"""Patterns for stickers: what they give, and that none of them can run away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dipro_scan.settings import SeparationSettings, Sticker, StickerPattern, StickerSettings, sticker_of
from dipro_scan.settings.bounded_pattern import fault_in, whole_match

SETTINGS = StickerSettings(
    patterns=(
        StickerPattern(gives="archivnummer", pattern=r"ARCHIV-(?P<value>\d{1,8})"),
        StickerPattern(gives="kiste", pattern=r"K[0-9]{3}"),
        StickerPattern(),
    )
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ARCHIV-0815", Sticker("archivnummer", "0815")),
        (" K042 ", Sticker("kiste", "K042")),
        ("63.10-0007/2025", Sticker("aktenzeichen", "63.10-0007/2025")),
        ("63 10 - 7/25", Sticker("aktenzeichen", "63 10 - 7/25")),
        ("ARCHIV-0815 ", Sticker("archivnummer", "0815")),
        ("XARCHIV-0815", None),
        ("ARCHIV-" + "1" * 60, None),
        ("K0421", None),
        ("https://example.org", None),
        ("", None),
    ],
)
def test_a_sticker_is_what_the_first_fitting_pattern_says(text: str, found: Sticker | None) -> None:
    assert sticker_of(text, SETTINGS) == found


def test_without_patterns_nothing_is_a_sticker() -> None:
    assert sticker_of("63.10-0007/2025", SeparationSettings().stickers) is None


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a|a)*", "([A-Z]+-)*x", "(?:a?){30}", "a?" * 6, "a*a*a*a*a*a*", "(", "x" * 201, "(?i)a"],
)
def test_patterns_that_could_run_away_are_refused(pattern: str) -> None:
    assert fault_in(pattern) is not None
    with pytest.raises(ValidationError):
        StickerPattern(gives="x", pattern=pattern)


@pytest.mark.parametrize(
    "pattern", [r"\d{4}-\d{6}", r"[*+?|]{1,5}", r"A\+\*\?\|\(\)", r"(?P<value>\d+)[A-Z]?", r"(?:a|b)-\d{3}"]
)
def test_plain_patterns_are_taken(pattern: str) -> None:
    assert fault_in(pattern) is None


def test_another_value_needs_a_pattern() -> None:
    with pytest.raises(ValidationError):
        StickerPattern(gives="archivnummer")


@given(st.text(alphabet=r"ab()*+?{}|[]\1,2^$.", max_size=24), st.text("ab", min_size=48, max_size=64))
def test_what_is_taken_ends_soon(pattern: str, text: str) -> None:
    if fault_in(pattern) is None:
        match = whole_match(pattern, text)
        assert match is None or match.group() == text


def test_rules_for_separating_alone_cost_no_second_reading() -> None:
    plain = SeparationSettings().seen_on_pages()
    assert SeparationSettings(every_pages=2, one_per_folder=True, propose=False).seen_on_pages() == plain
    assert SeparationSettings(stickers=SETTINGS).seen_on_pages() != plain
    assert SeparationSettings(separator_codes=("PDF417",)).seen_on_pages() != plain
    assert SeparationSettings(patch_text=True).seen_on_pages() != plain
