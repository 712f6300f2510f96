"""What speaks for each way a page may lie."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ROTATIONS: Final = (0, 90, 180, 270)
"""Degrees clockwise by which a page may have to be turned to stand upright."""


class OrientationSource(StrEnum):
    """Who gave the evidence: how the page read, the edges of its letters, or the engine's detection."""

    READING = "reading"
    EDGES = "edges"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class OrientationEvidence:
    """`scores`: how much speaks for turning the page by 0, 90, 180 and 270 degrees clockwise.

    From 0 up; only comparable within one page. Of a reading: the letters in words read without doubt on
    level lines, 0.0 where a rotation was not read. Of edges and detection: 1.0 for what they propose at
    most.
    """

    scores: tuple[float, float, float, float]
    source: OrientationSource

    def of(self, rotation: int) -> float:
        """The score of a rotation. Raises ValueError where it is none of ROTATIONS."""
        return self.scores[ROTATIONS.index(rotation)]

    @property
    def best(self) -> int:
        """The rotation for which most speaks; the smallest of equals."""
        return ROTATIONS[self.scores.index(max(self.scores))]

    def contradicts(self, rotation: int, factor: float) -> bool:
        """Whether more than `factor` times as much speaks for another rotation as for this one."""
        return max(self.scores) > factor * self.of(rotation)
