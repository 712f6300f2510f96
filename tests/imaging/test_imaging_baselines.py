"""The second opinion on the skew, and the witness: each alone, on pages where it is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.imaging import letter_edges
from dipro_scan.imaging.baselines import baseline_skew
from dipro_scan.imaging.projection import line_scores, refined_angle
from dipro_scan.imaging.rule_skew import rule_skew
from dipro_scan.model import ReadingImage

# Where the other tests of this folder get their pages from.
from .conftest import turned, typeset

LIMIT = 15.0


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), degrees=st.floats(-14.8, 14.8), lines=st.integers(6, 30))
def test_lines_through_the_feet_of_letters_tell_the_angle(seed: int, degrees: float, lines: int) -> None:
    page = turned(typeset(seed, lines=lines, dpi=150), degrees)
    estimate = baseline_skew(letter_edges(ReadingImage(page, 150.0)), LIMIT)
    assert estimate is not None
    assert abs(estimate.degrees - degrees) <= max(0.1, 4 * estimate.error_degrees)
    assert estimate.error_degrees < 0.15
    assert estimate.share > 0.8


def test_columns_that_do_not_line_up_do_not_move_the_lines() -> None:
    left, right = typeset(1, size_pt=9)[:, :1200], typeset(2, size_pt=9)[:, 200:1400]
    page = np.hstack([left, np.roll(right, 17, axis=0)])
    estimate = baseline_skew(letter_edges(ReadingImage(turned(page, 3.3), 300.0)), LIMIT)
    assert estimate is not None
    assert estimate.degrees == pytest.approx(3.3, abs=0.05)


def test_few_letters_tell_nothing() -> None:
    page = np.full((600, 600), 255, np.uint8)
    cv2.putText(page, "ab", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 4)
    assert baseline_skew(letter_edges(ReadingImage(page, 150.0)), LIMIT) is None


def test_letters_far_apart_are_no_line() -> None:
    page = np.full((1754, 1240), 255, np.uint8)
    for row in range(3):
        for column in range(6):
            cv2.putText(page, "a", (50 + 200 * column, 300 + 400 * row), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    assert baseline_skew(letter_edges(ReadingImage(page, 150.0)), LIMIT) is None


@pytest.mark.parametrize("degrees", [-11.7, -0.6, 0.0, 2.2, 14.1])
@pytest.mark.parametrize("upright", [False, True])
def test_rules_tell_their_angle_whether_they_lie_or_stand(degrees: float, upright: bool) -> None:
    page = np.full((1754, 1240), 255, np.uint8)
    for place in range(300, 1000, 120):
        ends = ((place, 300), (place, 1400)) if upright else ((200, place), (1050, place))
        cv2.line(page, *ends, 0, 4)
    found = rule_skew(letter_edges(ReadingImage(turned(page, degrees), 150.0)), LIMIT)
    assert found == pytest.approx(degrees, abs=0.05)


def test_text_alone_has_no_rules() -> None:
    assert rule_skew(letter_edges(ReadingImage(typeset(3, dpi=150), 150.0)), LIMIT) is None


@settings(max_examples=40, deadline=None)
@given(degrees=st.floats(-10, 10), seed=st.integers(0, 1000))
def test_points_on_lines_gather_most_at_the_angle_of_the_lines(degrees: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    x = chance.uniform(0, 1000, 3000)
    on_lines = 300 + chance.integers(1, 30, 3000) * 31.7 + chance.normal(0, 0.4, 3000)
    y = on_lines - x * np.tan(np.radians(degrees))
    points = np.column_stack([x, y]).astype(np.float32)
    angles = np.arange(-12, 12.01, 0.25)
    best = float(angles[int(np.argmax(line_scores(points, angles)))])
    assert abs(best - degrees) <= 0.25
    assert abs(refined_angle(points, best) - degrees) <= 0.02
