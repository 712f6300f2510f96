"""The nouns of synthetic paper: what was typeset, what became of it, and what is true about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

PAPER_DPI = 300
"""Resolution in which paper is typeset, worn and, if nothing else is said, scanned."""
MM_PER_INCH = 25.4


class Hand(StrEnum):
    """How a word got onto the paper."""

    PRINT = "print"
    HANDWRITING = "handwriting"
    STAMP = "stamp"


class SideKind(StrEnum):
    PAGE = "page"
    BLANK = "blank"
    SEPARATOR = "separator"


@dataclass(frozen=True, slots=True)
class TruthWord:
    """A word and where it stands: millimetres [x0, y0, x1, y1] on the upright, straight page."""

    text: str
    box_mm: tuple[float, float, float, float]
    hand: Hand = Hand.PRINT


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a sheet before it is worn: RGB pixels [height, width, 3] at PAPER_DPI, and its words.

    `text` is what is printed, in reading order, one typeset line a line; handwriting is left out.
    """

    image: Pixels
    text: str = ""
    words: tuple[TruthWord, ...] = ()
    kind: SideKind = SideKind.PAGE


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as typeset: its sides, its class, its place in the plan, and the fields that it shows.

    `fields` are normalised values by field id (dates ISO 8601, amounts with a point, ids without
    spaces); those of `handwritten` stand there in handwriting only. `kind` is letter, form,
    table, certificate or small_print.
    """

    template: str
    seed: int
    document_class: str
    kennzeichen: str
    kind: str
    fields: dict[str, str]
    handwritten: frozenset[str]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class ScannedSide:
    """A side as it left the scanner: pixels [height, width] or [height, width, 3], and how it lies.

    `rotation`: degrees clockwise (0, 90, 180, 270) that make it upright. `skew_degrees`: by how much its
    lines then climb to the right, counter-clockwise positive.
    """

    image: Pixels
    dpi: tuple[float, float]
    rotation: int
    skew_degrees: float
    side: Side
    wear: tuple[str, ...] = field(default=())
