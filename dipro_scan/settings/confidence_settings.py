"""How sure a page's text must be so that nobody has to look."""

from __future__ import annotations

from typing import Final

from dipro_scan.model import TextConfidence
from dipro_scan.settings.base import Settings, Share

LOW: Final = "low_confidence"
LOW_REGION: Final = "low_confidence_region"
"""Ids of the doubts."""


class ConfidenceSettings(Settings):
    """What of a page's text may be unsure, as expected shares of right words.

    `calibrate`: false keeps what the engine says of itself, for measuring; the limits below mean little then.
    A page is doubtful as a whole where the least sure tenth of its text does not reach `min_lowest_tenth`,
    and in one place where its least sure neighbourhood of lines stays below `min_region`. Measured on
    generated pages, no page whose every neighbourhood has four right words of five is flagged by these.
    """

    calibrate: bool = True
    min_lowest_tenth: Share = 0.3
    min_region: Share = 0.7

    def lowest_tenth(self, confidence: TextConfidence) -> float | None:
        """The confidence that a tenth of the text stays below, where that is too low; else None."""
        tenth = dict(confidence.quantiles).get(0.1)
        return tenth if tenth is not None and tenth < self.min_lowest_tenth else None

    def doubts_of(self, confidence: TextConfidence, min_mean: float) -> tuple[str, ...]:
        """The ids of what is doubtful; `min_mean` is the least mean confidence of the page's words."""
        doubts = []
        if confidence.mean < min_mean or self.lowest_tenth(confidence) is not None:
            doubts.append(LOW)
        if confidence.worst_region is not None and confidence.worst < self.min_region:
            doubts.append(LOW_REGION)
        return tuple(doubts)
