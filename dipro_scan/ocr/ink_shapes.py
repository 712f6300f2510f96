"""What the ink of a word says against the engine: dots taken for dashes, words grown together, lost §.

Nothing is guessed from language here. The engine sees a line squeezed to 36 pixels and reads the middle
dot of letterheads as a hyphen, every dash as the longest, and `A 358` as one word; on the page the difference
is plain. What is measured are shares of the line's letter size, so that print of any size counts the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import Block, Line, PageText, ReadingImage, Word
from dipro_scan.ocr.paragraph_sign import with_paragraph_signs
from dipro_scan.ocr.word_ink import WordInk, ink_of

DOT_TAKEN_FOR: Final = frozenset("-–—:+*~«»•·°")
DASHES: Final = frozenset("-–—")

ROUND: Final = 1.6
"""A dot is at most so many times as wide as it is high."""

MIDDLE_DOT: Final = 0.24
"""A middle dot is at most so high, in letter sizes; a bullet is larger."""

BULLET: Final = 0.45
HYPHEN: Final = 0.42
EM_DASH: Final = 0.68
"""Widths in letter sizes: below the first a hyphen (0.26 to 0.35 in print), above the last an em dash;
between them an en dash (0.5 to 0.6)."""

RAISED: Final = (0.1, 0.75)
"""How high above the baseline, in letter sizes, the middle of a middle dot or bullet stands."""

GAP: Final = 0.23
"""Least width of the white between two words, in letter sizes; between letters it stays below 0.22."""

GAP_TIMES: Final = 1.3
"""And so many times the widest other white in the word."""

GAP_PLACE: Final = 0.25
"""So far, in letter sizes, the gap may lie from where the change of characters is to be expected."""

LONGEST: Final = 14
"""Longer words are numbers, codes and addresses, whose white says nothing."""

_CHANGE: Final = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=§)(?=\d)|(?<=[a-zäöüß])(?=[A-ZÄÖÜ])"
)


_ONE_NUMBER: Final = re.compile(r"[A-Z]{2}\d{2,}|\d+[/-]\w+$")
"""Beginnings of what is written in one: an IBAN, a VAT number, a file number, 1/1."""


def mended_by_ink(text: PageText, image: ReadingImage) -> PageText:
    """`text` with dots and dashes as they are printed, and words parted where there is a gap between them.

    `image` is the one that was read, upright and straightened. Only level lines are looked at.
    """
    blocks = tuple(
        Block(tuple(_mended_line(line, image) for line in block.lines), block.box) for block in text.blocks
    )
    return PageText(blocks)


def _mended_line(line: Line, image: ReadingImage) -> Line:
    size_mm = _letter_size_mm(line.words)
    if size_mm is None or not line.is_level:
        return line
    x0, y0, x1, y1 = line.baseline
    words: list[Word] = []
    for word in line.words:
        middle = (word.box.x0 + word.box.x1) / 2
        base = y0 + (y1 - y0) * (middle - x0) / (x1 - x0) if x1 > x0 else y0
        for part in with_paragraph_signs(word, image, size_mm):
            words += _mended_word(part, image, size_mm, base)
    return line if tuple(words) == line.words else replace(line, words=tuple(words))


def _letter_size_mm(words: Sequence[Word]) -> float | None:
    """The usual height of a word of the line."""
    heights = [word.box.y1 - word.box.y0 for word in words if sum(map(str.isalnum, word.text)) >= 3]
    return median(heights) if heights else None


def _mended_word(word: Word, image: ReadingImage, size_mm: float, base_mm: float) -> Iterator[Word]:
    if len(word.text) == 1:
        if word.text in DOT_TAKEN_FOR and (ink := ink_of(word.box, image)) is not None:
            word = replace(word, text=_sign(word.text, ink, size_mm, base_mm))
        yield word
        return
    if len(word.text) > LONGEST or _ONE_NUMBER.match(word.text):
        yield word
        return
    places = [change.start() for change in _CHANGE.finditer(word.text)]
    ink = ink_of(word.box, image) if places else None
    parted = _parted(word, places, ink, size_mm) if ink is not None else None
    yield from parted or (word,)


def _sign(read: str, ink: WordInk, size_mm: float, base_mm: float) -> str:
    """The dot or dash that the ink is; `read` where it is neither."""
    width, height = ink.box.x1 - ink.box.x0, ink.box.y1 - ink.box.y0
    above = (base_mm - (ink.box.y0 + ink.box.y1) / 2) / size_mm
    if width <= ROUND * height:
        raised = RAISED[0] <= above <= RAISED[1]
        if raised and height <= MIDDLE_DOT * size_mm:
            return "·"
        return "•" if raised and height <= BULLET * size_mm and _filled(ink) else read
    if read not in DASHES:
        return read
    length = width / size_mm
    return "-" if length < HYPHEN else "–" if length < EM_DASH else "—"


def _filled(ink: WordInk) -> bool:
    """A disc covers 79 % of its square; quotation marks and signs less."""
    return bool(ink.mask.mean() > 0.7)


def _parted(word: Word, places: Sequence[int], ink: WordInk, size_mm: float) -> tuple[Word, Word] | None:
    """Both words where the widest white in `word` stands at one of `places`, and nothing is like it."""
    white = list(_white(np.asarray(ink.mask.any(axis=0))))
    if not white:
        return None
    widest = max(white, key=lambda gap: gap[1] - gap[0])
    width_mm = (widest[1] - widest[0]) * ink.mm_per_pixel
    others = [gap[1] - gap[0] for gap in white if gap is not widest]
    if width_mm < GAP * size_mm or (others and widest[1] - widest[0] < GAP_TIMES * max(others)):
        return None
    length_mm = ink.box.x1 - ink.box.x0
    middle_mm = (widest[0] + widest[1]) / 2 * ink.mm_per_pixel
    place = min(places, key=lambda each: abs(each / len(word.text) * length_mm - middle_mm))
    if abs(place / len(word.text) * length_mm - middle_mm) > GAP_PLACE * size_mm + width_mm / 2:
        return None
    left = ink.box.x0 + widest[0] * ink.mm_per_pixel
    right = ink.box.x0 + widest[1] * ink.mm_per_pixel
    first = replace(word, text=word.text[:place], box=word.box._replace(x1=left))
    return first, replace(word, text=word.text[place:], box=word.box._replace(x0=right))


def _white(columns: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Runs of columns without ink between the first and the last with any, as (start, end)."""
    inked = np.flatnonzero(columns)
    for before, after in pairwise(inked.tolist()):
        if after - before > 1:
            yield before + 1, after
