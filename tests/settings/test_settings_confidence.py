"""Which pages are too unsure to be filed unseen."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from dipro_scan.model import Box, TextConfidence
from dipro_scan.settings.confidence_settings import ConfidenceSettings

REGION = Box(20, 100, 190, 115)


def confidence(
    mean: float = 0.97, tenth: float = 0.9, worst: float = 0.9, region: Box | None = REGION
) -> TextConfidence:
    return TextConfidence(mean, ((0.05, 0.1), (0.1, tenth), (0.5, 0.99)), worst, region)


@pytest.mark.parametrize(
    ("found", "doubts"),
    [
        (confidence(), ()),
        (confidence(mean=0.79), ("low_confidence",)),
        (confidence(tenth=0.29), ("low_confidence",)),
        (confidence(worst=0.69), ("low_confidence_region",)),
        (confidence(mean=0.3, tenth=0.1, worst=0.2), ("low_confidence", "low_confidence_region")),
        (confidence(worst=0.5, region=None), ()),
        (confidence(mean=0.8, tenth=0.3, worst=0.7), ()),
    ],
)
def test_a_page_is_doubtful_below_each_of_its_limits(found: TextConfidence, doubts: tuple[str, ...]) -> None:
    assert ConfidenceSettings().doubts_of(found, min_mean=0.8) == doubts


def test_limits_at_zero_flag_nothing() -> None:
    none = ConfidenceSettings(min_lowest_tenth=0, min_region=0)
    assert none.doubts_of(confidence(0.0, 0.0, 0.0), min_mean=0.0) == ()


def test_limits_are_shares() -> None:
    with pytest.raises(ValidationError):
        ConfidenceSettings(min_region=1.2)
    with pytest.raises(ValidationError):
        ConfidenceSettings.model_validate({"min_regoin": 0.5})
