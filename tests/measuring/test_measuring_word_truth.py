"""Which words of a reading are right, and the fit of what they teach."""

from __future__ import annotations

import numpy as np
import pytest
from calibration_measures import brier_score, expected_calibration_error, reliability_rows
from logistic import fitted_weights, probability
from word_truth import aligned


def wrong(read: str, truth: str) -> list[str]:
    words = read.split()
    found = aligned(words, truth)
    return [word for word, right in zip(words, found.right, strict=True) if not right]


def test_a_misread_word_is_the_only_wrong_one() -> None:
    assert wrong("Die Stadt Mihlheim grüßt", "Die Stadt Mühlheim grüßt") == ["Mihlheim"]


def test_words_that_were_made_up_are_wrong_and_missing_ones_hurt_nobody() -> None:
    assert wrong("| Die Stadt ;; grüßt", "Die alte Stadt grüßt") == ["|", ";;"]


def test_columns_read_in_another_order_are_right() -> None:
    left, right = "Unser Zeichen 32.30-3448/2026", "Es schreibt Ihnen Herr Kade"
    assert wrong(f"{right} {left} Datum 3.4.2026", f"{left}\n{right}\nDatum 3.4.2026") == []


def test_a_lone_short_word_that_occurs_elsewhere_proves_nothing() -> None:
    assert wrong("zu Eingang liegt es", "Eingang liegt es dort zu") == ["zu"]
    assert wrong("Eingangsstempel Eingang liegt es", "Eingang liegt es Eingangsstempel") == []


def test_spaces_alone_make_no_word_wrong() -> None:
    assert wrong("Zimmer A 358 frei", "Zimmer A358 frei") == []
    assert wrong("Zimmer A358frei heute", "Zimmer A 358 frei heute") == []


def test_hyphens_are_one_sign_and_letter_case_counts() -> None:
    assert wrong("E‐Mail stadt", "E-Mail Stadt") == ["stadt"]


def test_each_printed_word_explains_one_word_read() -> None:
    assert wrong("Musterstadt Musterstadt Musterstadt", "Musterstadt Musterstadt") == ["Musterstadt"]


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    expected = np.array([0.25] * 400 + [0.95] * 400)
    right = np.array([1.0] * 100 + [0.0] * 300 + [1.0] * 380 + [0.0] * 20)
    assert expected_calibration_error(expected, right) == 0.0
    assert expected_calibration_error(np.full(800, 0.9), right) == pytest.approx(0.3)
    assert brier_score(right, right) == 0.0
    assert [row["words"] for row in reliability_rows(expected, right)] == [400, 400]


def test_the_fit_finds_the_weights_that_made_the_data() -> None:
    chance = np.random.default_rng(5)
    features = chance.uniform(0, 1, size=(20000, 3))
    made = probability(features @ np.array([3.0, 0.0, -2.0]) - 1.0)
    right = (chance.uniform(size=len(made)) < made).astype(float)
    weights = fitted_weights(features, right, rising=2, shrinkage=0.1)
    assert weights == pytest.approx([3.0, 0.0, -2.0, -1.0], abs=0.2)


def test_a_weight_that_must_not_fall_stops_at_zero() -> None:
    chance = np.random.default_rng(6)
    features = chance.uniform(0, 1, size=(5000, 2))
    made = probability(features @ np.array([-3.0, 2.0]))
    right = (chance.uniform(size=len(made)) < made).astype(float)
    weights = fitted_weights(features, right, rising=2, shrinkage=0.1)
    assert weights[0] == 0.0 and weights[1] > 1.0
