"""Eingangsstempel: pressed onto the paper by hand, in coloured ink, a little crooked and never even."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from municipal_paper.chance import chance, clouds
from municipal_paper.facts import invent_facts
from municipal_paper.truth import MM_PER_INCH, PAPER_DPI, Hand, Side, TruthWord
from municipal_paper.typeset import ROOT, typeset_piece

StampColour = Literal["blue", "red", "violet"]
STAMP_COLOURS: Final[tuple[StampColour, ...]] = ("blue", "red", "violet")
_INKS: Final[dict[StampColour, tuple[int, int, int]]] = {
    "blue": (46, 66, 158),
    "red": (186, 42, 52),
    "violet": (110, 58, 150),
}
MAX_TURN_DEGREES: Final = 9.0
_PX_PER_MM: Final = PAPER_DPI / MM_PER_INCH


def put_stamp(
    side: Side, place_mm: tuple[float, float], set_name: str, colour: StampColour, seed: int
) -> Side:
    """`side` with the stamp of its day of receipt, the top left corner of which lies about at `place_mm`.

    Each set of templates has its own designs in `stamps/`. The words of the stamp are added to those of
    the side, each with the box around it as it lies turned; the text of the side stays what is printed.
    """
    rng = chance(seed, "stamp")
    design = _design(set_name, seed)
    degrees = float(rng.uniform(-MAX_TURN_DEGREES, MAX_TURN_DEGREES))
    ink, matrix = _turned(1.0 - design.image[:, :, 1].astype(np.float32) / 255, degrees)
    ink *= _pressure(rng, ink.shape)
    left, top = (round(edge * _PX_PER_MM) for edge in place_mm)
    image = side.image.copy()
    part = image[top : top + ink.shape[0], left : left + ink.shape[1]]
    share = ink[: part.shape[0], : part.shape[1], None]
    tint = np.array(_INKS[colour], dtype=np.float32) / 255
    part[...] = np.rint(part * (1 - share * (1 - tint))).astype(np.uint8)
    words = tuple(_moved(word, matrix, (left, top)) for word in design.words)
    return replace(side, image=image, words=(*side.words, *words))


@lru_cache(maxsize=32)
def _design(set_name: str, seed: int) -> Side:
    return typeset_piece(ROOT / "stamps" / f"{set_name}.typ", invent_facts(seed, "").shown)


def _turned(ink: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """The ink turned counter-clockwise on a canvas that holds all of it, and the matrix that did it."""
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    size = (math.ceil(width * cos + height * sin), math.ceil(height * cos + width * sin))
    matrix[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    return cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_CUBIC).clip(0, 1), matrix


def _pressure(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    """How much ink each place got: worn rubber leaves cloudy gaps, a tilted hand a pale edge."""
    patches = np.asarray(clouds(rng, shape, 2.5 * _PX_PER_MM), dtype=np.float32)
    grain = np.asarray(clouds(rng, shape, 0.25 * _PX_PER_MM), dtype=np.float32)
    tilt = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :] * float(rng.uniform(-0.18, 0.18))
    return (0.8 + 0.12 * patches + 0.1 * grain + tilt).clip(0.15, 1.0)


def _moved(word: TruthWord, matrix: np.ndarray, corner: tuple[int, int]) -> TruthWord:
    x0, y0, x1, y1 = (edge * _PX_PER_MM for edge in word.box_mm)
    corners = np.array([[x0, y0, 1], [x1, y0, 1], [x1, y1, 1], [x0, y1, 1]]) @ matrix.T + corner
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    left, top, right, bottom = (round(float(edge) / _PX_PER_MM, 2) for edge in (left, top, right, bottom))
    return TruthWord(word.text, (left, top, right, bottom), Hand.STAMP)
