"""The sign § by its shape: Tesseract's German model does not know it and reads $, & or 8 instead.

(Its training text lacked the sign: tesseract-ocr/langdata, issue 55.) A § has one small counter, in its
middle; there $, & and 8 have ink, and a zero has a counter that is nearly as high as itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import Box, ReadingImage, Word
from dipro_scan.ocr.word_ink import WordInk, ink_of

SIGNS: Final = "$&8S5B639§£"
"""What a § is read as."""

TAKEN_FOR: Final = re.compile(rf"^(?P<bracket>[(\[]?)(?P<signs>[{SIGNS}]{{1,3}})\d{{0,4}}[a-z]?[.,;:)]?$")
"""Alone, in front of a number, or behind the bracket of a reference."""

TALLEST: Final = 1.6
"""In letter sizes."""

NARROW: Final = (0.3, 0.85)
"""Width in heights of a §."""

MIDDLE: Final = (0.42, 0.58)
"""Where the middle of its counter lies, from its top to its foot."""

COUNTER: Final = 0.5
"""How high its counter is at most, of its own height: that of a zero is higher."""

LEAST_COUNTER: Final = 0.03
"""How large its counter is at least, of the sign's box: in print 0.06 to 0.12."""

ALIKE: Final = 0.07
"""Share of its height by which a second § may differ from the first; a 4 is lower by more."""

MOST: Final = 2
"""§§ is written for several paragraphs; never three."""


@dataclass(frozen=True, slots=True)
class _Glyph:
    """One connected piece of ink: its box in pixels of the word's mask, and its own pixels."""

    left: int
    top: int
    width: int
    height: int
    mask: NDArray[np.bool_]


def with_paragraph_signs(word: Word, image: ReadingImage, size_mm: float) -> Iterator[Word]:
    """`word` as it is; or, where its ink begins with one or two §, those and what follows them as a word.

    A bracket before them stays with them. `size_mm` is the height of the line's words. The ends of fine
    serifs (Caladea) close at 11 points and less; such a sign is left as it was read.
    """
    seen = TAKEN_FOR.match(word.text)
    ink = ink_of(word.box, image) if seen else None
    signs = _leading_signs(ink, size_mm, seen) if ink is not None and seen else []
    if not signs or seen is None or ink is None:
        yield word
        return
    end_mm = ink.box.x0 + (signs[-1].left + signs[-1].width) * ink.mm_per_pixel
    rest = _rest(seen, len(signs), ink, signs[-1])
    text = seen["bracket"] + "§" * len(signs)
    yield replace(word, text=text, box=_clipped(word.box, right=end_mm) if rest else word.box)
    if rest:
        yield replace(word, text=rest, box=_clipped(word.box, left=end_mm))


def _leading_signs(ink: WordInk, size_mm: float, seen: re.Match[str]) -> list[_Glyph]:
    """As many as begin with what a § is taken for; the bracket before them is none."""
    most = min(MOST, len(seen["signs"]))
    signs: list[_Glyph] = []
    for glyph in islice(_glyphs(ink.mask), len(seen["bracket"]), None):
        fits = glyph.height * ink.mm_per_pixel <= TALLEST * size_mm
        alike = not signs or abs(glyph.height - signs[0].height) <= ALIKE * signs[0].height
        if len(signs) == most or not (fits and alike and _has_counter_in_middle(glyph)):
            break
        signs.append(glyph)
    return signs


def _glyphs(mask: NDArray[np.bool_]) -> Iterator[_Glyph]:
    """The pieces of ink as high as half the word, from the left."""
    _count, labels, boxes, _centres = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    tall = [index for index in range(1, len(boxes)) if boxes[index, cv2.CC_STAT_HEIGHT] * 2 >= mask.shape[0]]
    for index in sorted(tall, key=lambda each: int(boxes[each, cv2.CC_STAT_LEFT])):
        left, top, width, height, _area = (int(value) for value in boxes[index])
        own = np.asarray(labels)[top : top + height, left : left + width] == index
        yield _Glyph(left, top, width, height, np.asarray(own))


def _has_counter_in_middle(glyph: _Glyph) -> bool:
    if not NARROW[0] <= glyph.width / glyph.height <= NARROW[1]:
        return False
    counters = []
    outside = np.pad(~glyph.mask, 1, constant_values=True).view(np.uint8)
    _count, labels, boxes, centres = cv2.connectedComponentsWithStats(outside, connectivity=4)
    for index in range(1, len(boxes)):
        if index == labels[0, 0]:
            continue
        middle = float(centres[index, 1] - 0.5) / glyph.height
        height = int(boxes[index, cv2.CC_STAT_HEIGHT])
        if int(boxes[index, cv2.CC_STAT_AREA]) >= LEAST_COUNTER * glyph.width * glyph.height:
            counters.append(MIDDLE[0] <= middle <= MIDDLE[1] and height <= COUNTER * glyph.height)
    return counters == [True]


def _rest(seen: re.Match[str], signs: int, ink: WordInk, last: _Glyph) -> str:
    """What was read behind the signs: nothing where no ink follows them."""
    if not ink.mask[:, last.left + last.width :].any():
        return ""
    return seen.string[seen.start("signs") + signs :].lstrip("$&")


def _clipped(box: Box, left: float | None = None, right: float | None = None) -> Box:
    x0 = box.x0 if left is None else min(max(left, box.x0), box.x1)
    x1 = box.x1 if right is None else max(min(right, box.x1), box.x0)
    return box._replace(x0=x0, x1=x1)
