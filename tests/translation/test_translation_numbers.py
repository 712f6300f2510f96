from __future__ import annotations

from collections.abc import Iterator

import pytest

from dipro_scan.translation import current_language, number, set_language


@pytest.fixture(autouse=True)
def _language_as_before() -> Iterator[None]:
    before = current_language()
    yield
    set_language(before)


@pytest.mark.parametrize(
    ("language", "value", "digits", "text"),
    [
        ("en", 0.625, 2, "0.62"),
        ("de", 0.625, 2, "0,62"),
        ("de", -1.4, 2, "-1,40"),
        ("en", 12.34, 1, "12.3"),
        ("de", 12.34, 1, "12,3"),
        ("de", 12.34, 0, "12"),
    ],
)
def test_decimals_stand_after_the_sign_of_the_language(
    language: str, value: float, digits: int, text: str
) -> None:
    set_language(language)
    assert number(value, digits) == text
