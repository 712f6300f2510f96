"""Reasons why a person should read a page: its mean, its least sure tenth, its least sure place."""

from __future__ import annotations

import pytest

from dipro_scan.classify.reading_doubts import reading_doubts
from dipro_scan.model import (
    Box,
    PageReading,
    PageText,
    Reason,
    TextConfidence,
)
from dipro_scan.settings.confidence_settings import ConfidenceSettings

from ..pages_by_hand import page_reading, words_in

pytestmark = pytest.mark.usefixtures("english")


def page(confidence: TextConfidence | None, text: PageText = PageText()) -> PageReading:  # noqa: B008
    return page_reading(content_sha256="a" * 64, text=text, confidence=confidence)


def reasons(mean: float, tenth: float, worst: float) -> list[Reason]:
    found = TextConfidence(mean, ((0.1, tenth),), worst, Box(20, 101.6, 190, 115.2))
    return reading_doubts(page(found), 3, 0.8, ConfidenceSettings())


def test_a_well_read_page_gives_no_reason() -> None:
    assert reasons(0.97, 0.9, 0.9) == []
    assert reading_doubts(page(None), 1, 0.8, ConfidenceSettings()) == []


def test_a_ruined_place_is_named_by_where_it_stands() -> None:
    (reason,) = reasons(0.95, 0.9, 0.41)
    assert reason.code == "low_confidence_region"
    assert "page 3" in reason.text and "102 to 115 mm" in reason.text and "0.41" in reason.text


def test_a_low_mean_and_a_low_tenth_are_one_reason_each_with_its_own_limit() -> None:
    (by_mean,) = reasons(0.7, 0.1, 0.9)
    (by_tenth,) = reasons(0.9, 0.1, 0.9)
    assert by_mean.code == by_tenth.code == "low_confidence"
    assert "0.70" in by_mean.text and "0.80" in by_mean.text
    assert "0.10" in by_tenth.text and "0.30" in by_tenth.text


def test_an_older_reading_is_judged_by_the_mean_of_its_words() -> None:
    box = Box(0, 0, 10, 3)
    (reason,) = reading_doubts(page(None, words_in(box, [("Stadt", 0.4)])), 1, 0.8, ConfidenceSettings())
    assert reason.code == "low_confidence" and "0.40" in reason.text
