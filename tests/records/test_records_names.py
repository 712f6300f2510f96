"""Names that every file system takes, whatever the title was."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathvalidate import is_valid_filename

from dipro_scan.records.names import (
    MAX_COMPONENT,
    case_key,
    safe_component,
    titled,
    unique_name,
    width,
)

# Every character that there is, lone surrogates too, with more than their share of awkward ones.
AWKWARD = st.sampled_from(
    [*'<>:"/\\|?*. ~%\x00\x1f\x7f\u202e\u200b\ufeff\u2028\udcfeßİıéé﹨𝔄😀', "CON", "nul", "Ä"]
)
TITLES = st.lists(st.one_of(st.characters(exclude_categories=()), AWKWARD), max_size=120).map("".join)


def assert_safe(name: str) -> None:
    assert name == unicodedata.normalize("NFC", name)
    assert not set(name) & set('<>:"/\\|?*\0')
    assert all(unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in name)
    assert name == name.strip(" ").rstrip(".")
    assert not name.startswith(".")
    assert len(name.encode("utf-8")) <= 255, "the limit of Linux file systems"
    if name:
        assert is_valid_filename(name, platform="windows")
        assert is_valid_filename(name, platform="linux")


@given(TITLES, st.booleans(), st.integers(min_value=1, max_value=MAX_COMPONENT))
def test_any_title_becomes_a_safe_name(title: str, transliterate: bool, limit: int) -> None:
    name = safe_component(title, transliterate=transliterate, limit=limit)
    assert_safe(name)
    assert width(name) <= limit
    assert safe_component(name, transliterate=transliterate, limit=limit) == name
    if transliterate:
        assert name.isascii()


@given(TITLES, st.booleans(), st.integers(min_value=16, max_value=MAX_COMPONENT))
def test_a_titled_name_keeps_its_identifier(title: str, transliterate: bool, limit: int) -> None:
    name = titled("63.10-0007_2025", title, transliterate=transliterate, limit=limit)
    assert_safe(name)
    assert width(name) <= limit
    assert name == "63.10-0007_2025" or name.startswith("63.10-0007_2025 ")


@given(TITLES, TITLES, st.integers(min_value=1, max_value=MAX_COMPONENT))
def test_a_titled_name_is_never_empty(identifier: str, title: str, limit: int) -> None:
    name = titled(identifier, title, limit=limit)
    assert_safe(name)
    assert 1 <= width(name) <= limit


@given(st.lists(TITLES, max_size=12))
def test_names_are_unique_without_regard_to_case(titles: list[str]) -> None:
    taken: list[str] = []
    for title in [*titles, *(title.upper() for title in titles), *(title.lower() for title in titles)]:
        name = unique_name(safe_component(title) or "_", taken)
        assert_safe(name)
        assert width(name) <= MAX_COMPONENT
        taken.append(name)
    assert len({case_key(name) for name in taken}) == len(taken)
    assert len({name.upper() for name in taken}) == len(taken)
    assert len({name.casefold() for name in taken}) == len(taken)


@pytest.mark.parametrize(
    ("title", "kept", "transliterated"),
    [
        ("Straße am Ährenfeld", "Straße am Ährenfeld", "Strasse am Aehrenfeld"),
        ("Cafe\u0301 / Büro: „Süd“", "Café _ Büro_ „Süd“", "Cafe _ Buero_ _Sued_"),
        ("  a \t b\n c. . ", "a b c", "a b c"),
        ("..", "", ""),
        ("CON", "_CON", "_CON"),
        ("con .txt", "_con .txt", "_con .txt"),
        ("CONIN$", "_CONIN$", "_CONIN$"),
        ("Konto", "Konto", "Konto"),
        ("a\u202egnp.exe", "a_gnp.exe", "a_gnp.exe"),
        ("../../etc/passwd", "_.._etc_passwd", "_.._etc_passwd"),
    ],
)
def test_known_names(title: str, kept: str, transliterated: str) -> None:
    assert safe_component(title) == kept
    assert safe_component(title, transliterate=True) == transliterated


def test_long_titles_are_cut_where_windows_counts() -> None:
    assert safe_component("x" * 100) == "x" * 64
    assert safe_component("😀" * 100) == "😀" * 32
    assert safe_component("x" * 63 + " y") == "x" * 63


def test_a_taken_name_gets_a_number() -> None:
    assert unique_name("Musterweg", ["MUSTERWEG", "musterweg ~2"]) == "Musterweg ~3"
    assert unique_name("Straße", ["STRASSE"]) == "Straße ~2"
    assert unique_name("x" * 64, ["X" * 64]) == "x" * 61 + " ~2"
    assert unique_name("new", ["old"]) == "new"
