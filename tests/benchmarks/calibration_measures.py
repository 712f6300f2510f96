"""How well probabilities hold: reliability table, expected calibration error, Brier score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from measuring import table
from numpy.typing import NDArray

Values = NDArray[np.float64]

BINS: Final = 10


def reliability_rows(expected: Values, right: Values) -> list[dict[str, Any]]:
    """Of each tenth of the scale that holds words: how many, their mean probability, the share right."""
    place = np.minimum((expected * BINS).astype(int), BINS - 1)
    rows = []
    for number in range(BINS):
        inside = place == number
        if inside.any():
            rows.append(
                {
                    "from": number / BINS,
                    "words": int(inside.sum()),
                    "mean": round(float(expected[inside].mean()), 4),
                    "right": round(float(right[inside].mean()), 4),
                }
            )
    return rows


def expected_calibration_error(expected: Values, right: Values) -> float:
    """Mean over words of how far their bin's mean probability is from its share of right words, 0-1.

    With BINS bins of equal width (Naeini, Cooper, Hauskrecht 2015).
    """
    total = sum(row["words"] for row in reliability_rows(expected, right))
    off = sum(abs(row["mean"] - row["right"]) * row["words"] for row in reliability_rows(expected, right))
    return round(off / total, 4) if total else 0.0


def brier_score(expected: Values, right: Values) -> float:
    """Mean squared distance of the probability from what came true, 0 (perfect) to 1."""
    return round(float(np.mean((expected - right) ** 2)), 4) if len(right) else 0.0


def measures(before: Values, after: Values, right: Values) -> dict[str, Any]:
    """Both scores of the engine's confidences and of the calibrated ones."""
    return {
        "words": len(right),
        "right": round(float(right.mean()), 4) if len(right) else None,
        "mean_before": round(float(before.mean()), 4) if len(right) else None,
        "mean_after": round(float(after.mean()), 4) if len(right) else None,
        "ece_before": expected_calibration_error(before, right),
        "ece_after": expected_calibration_error(after, right),
        "brier_before": brier_score(before, right),
        "brier_after": brier_score(after, right),
    }


def reliability_text(rows: Sequence[dict[str, Any]]) -> str:
    """The reliability table for people."""
    return table(
        ("confidence", "words", "mean", "right"),
        [
            (
                f"{row['from']:.1f} to {row['from'] + 1 / BINS:.1f}",
                f"{row['words']}",
                f"{row['mean']:.3f}",
                f"{row['right']:.3f}",
            )
            for row in rows
        ],
    )
