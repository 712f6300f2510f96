"""What is on paper besides print: stamps, boxes that are ticked, and what wear left on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dipro_scan.model.geometry import Box


class StampShape(StrEnum):
    """What a stamp was known by besides its ink: a frame, a ring, rules, or lines of its own."""

    FRAME = "frame"
    RING = "ring"
    RULES = "rules"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp on the paper, found before its ink was taken out of the reading image.

    `box` is upright and holds the stamp as it lies turned. `ink` is its colour, RGB 0-255. `angle_degrees`
    (-45 to 45) is positive where its lines climb to the right; 0 for a ring. `text` is empty until an
    engine has read it. `confidence` is 0-1.
    """

    box: Box
    ink: tuple[int, int, int]
    shape: StampShape
    angle_degrees: float
    text: str = ""
    confidence: float = 0.0


class MarkVerdict(StrEnum):
    """What was done to a form's box: nothing, a tick or another stroke, a cross, or it was blackened."""

    EMPTY = "empty"
    TICKED = "ticked"
    CROSSED = "crossed"
    FILLED = "filled"


@dataclass(frozen=True, slots=True)
class Mark:
    """A form's box for a tick. `box` is its outline; `ink_share` (0-1) is how much of its inside is ink."""

    box: Box
    ink_share: float
    verdict: MarkVerdict


class FaultKind(StrEnum):
    HOLE = "hole"
    STAPLE = "staple"
    DOG_EAR = "dog_ear"


@dataclass(frozen=True, slots=True)
class PaperFault:
    """A place on the paper that is no writing; left out of reading and of the verdict on blank pages."""

    kind: FaultKind
    box: Box
