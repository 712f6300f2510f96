"""From a line's letters to its words' boxes and baseline, and from lines to blocks. Places are in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.ocr.rapid_letters import LineWord
from dipro_scan.ocr.text_layout import SeenLine, SeenWord

Pixels = NDArray[np.uint8]

MIN_CONTRAST: Final = 24
"""Gray levels between ink and paper; with less there is no ink."""

AROUND_SHARE: Final = 0.1
"""The recogniser wants a little paper above and below: this share of the inked height."""

UPENDED_RATIO: Final = 3.0
"""A box so many times as tall as wide holds a line that runs up or down the page."""

WIDE_GAP_SHARE: Final = 0.4
"""No two letters of a word are this share of a line's inked height apart."""

SPECK_SHARE: Final = 0.02
"""A row with less than this share of the fullest row's ink holds specks only."""

SAME_ROW_SHARE: Final = 0.5
NEXT_LINE_SHARE: Final = 1.0
"""Shares of a line's height: lines overlap so much in a row, and are no further apart in a block."""


class LineBox(NamedTuple):
    """Where a line stands on the image, pixels; `x1` and `y1` are not included."""

    x0: int
    y0: int
    x1: int
    y1: int

    @classmethod
    def around(cls, corners: NDArray[np.int32], width: int, height: int) -> LineBox:
        """The upright box around four corners, within an image of that size."""
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        return cls(max(0, int(x0)), max(0, int(y0)), min(width, int(x1)), min(height, int(y1)))

    @property
    def is_upended(self) -> bool:
        return self.y1 - self.y0 >= UPENDED_RATIO * (self.x1 - self.x0)

    def of(self, pixels: Pixels) -> Pixels:
        """The image's part in the box."""
        return pixels[self.y0 : self.y1, self.x0 : self.x1]


def inked(piece: Pixels) -> NDArray[np.bool_] | None:
    """Where `piece` is darker than between its ink and its paper (Otsu); None where it holds no ink."""
    if piece.size == 0 or int(piece.max()) - int(piece.min()) < MIN_CONTRAST:
        return None
    threshold, _binary = cv2.threshold(piece, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(piece <= threshold)


def inked_rows(piece: Pixels) -> tuple[int, int] | None:
    """The rows, from and up to, that hold the ink of a line and a little paper; None without ink."""
    ink = inked(piece)
    if ink is None:
        return None
    first, last = _inked_span(ink)
    around = round(AROUND_SHARE * (last - first))
    return max(0, first - around), min(piece.shape[0], last + around)


def _inked_span(ink: NDArray[np.bool_]) -> tuple[int, int]:
    counts = ink.sum(axis=1)
    rows = np.flatnonzero(counts > SPECK_SHARE * counts.max())
    return int(rows[0]), int(rows[-1]) + 1


def wide_gaps(piece: Pixels) -> list[tuple[float, float]]:
    """Places along a line where words must part, from and to, in shares (0-1) of its width."""
    ink = inked(piece)
    if ink is None:
        return []
    first, last = _inked_span(ink)
    columns = np.flatnonzero(ink[first:last].any(axis=0))
    wide = np.flatnonzero(np.diff(columns) - 1 >= WIDE_GAP_SHARE * (last - first))
    width = piece.shape[1]
    return [(float(columns[at] + 1) / width, float(columns[at + 1]) / width) for at in wide]


def seen_line(words: Sequence[LineWord], piece: Pixels, box: LineBox) -> SeenLine:
    """The line with its words' boxes drawn in to their ink, on the image that `piece` was cut from."""
    ink = inked(piece)
    width = piece.shape[1]
    seen = []
    for word in words:
        left, right = round(word.start * width), max(round(word.start * width) + 1, round(word.end * width))
        x0, y0, x1, y1 = _drawn_in(ink, left, min(width, right), piece.shape[0])
        place = (box.x0 + x0, box.y0 + y0, box.x0 + x1, box.y0 + y1)
        seen.append(SeenWord(word.text, place, 100 * word.confidence))
    y = box.y0 + _baseline(ink, piece.shape[0])
    return SeenLine(seen, (seen[0].box[0], y, seen[-1].box[2], y))


def _drawn_in(ink: NDArray[np.bool_] | None, left: int, right: int, height: int) -> tuple[int, int, int, int]:
    part = None if ink is None else ink[:, left:right]
    if part is None or not part.any():
        return left, 0, right, height
    columns, rows = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
    return left + int(columns[0]), int(rows[0]), left + int(columns[-1]) + 1, int(rows[-1]) + 1


def _baseline(ink: NDArray[np.bool_] | None, height: int) -> float:
    """The row below which the ink falls off most: there most letters end, but for their descenders."""
    if ink is None:
        return 0.8 * height
    rows = ink.sum(axis=1, dtype=np.int64)
    falls = rows - np.append(rows[1:], 0)
    lower = height // 2
    return float(lower + int(falls[lower:].argmax()) + 1)


def blocks_of(lines: Sequence[tuple[LineBox, SeenLine]]) -> list[list[SeenLine]]:
    """Lines in rows from the top down, each from left to right; neighbours below one another are a block."""
    rows: list[list[tuple[LineBox, SeenLine]]] = []
    for each in sorted(lines, key=lambda line: (line[0].y0 + line[0].y1, line[0].x0)):
        if rows and _is_beside(rows[-1][-1][0], each[0]):
            rows[-1].append(each)
        else:
            rows.append([each])
    blocks: list[list[SeenLine]] = []
    last: LineBox | None = None
    for box, line in (each for row in rows for each in sorted(row, key=lambda line: line[0].x0)):
        if last is not None and _is_below(last, box):
            blocks[-1].append(line)
        else:
            blocks.append([line])
        last = box
    return blocks


def _is_beside(one: LineBox, other: LineBox) -> bool:
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared > SAME_ROW_SHARE * min(one.y1 - one.y0, other.y1 - other.y0)


def _is_below(upper: LineBox, lower: LineBox) -> bool:
    shared = min(upper.x1, lower.x1) - max(upper.x0, lower.x0)
    gap = lower.y0 - upper.y1
    near = gap <= NEXT_LINE_SHARE * min(upper.y1 - upper.y0, lower.y1 - lower.y0)
    return near and shared > 0 and lower.y0 > upper.y0


def across(
    quarters: int, turned_height_mm: float, turned_width_mm: float, corner_mm: tuple[float, float]
) -> NDArray[np.float64]:
    """From a piece turned by `quarters` (1 or 3) counter-clockwise to the page, in mm; shape (2, 3).

    `corner_mm` is the place on the page of the piece's top left corner as it lies there.
    """
    left, top = corner_mm
    if quarters == 1:
        return np.array([[0.0, -1.0, left + turned_height_mm], [1.0, 0.0, top]])
    return np.array([[0.0, 1.0, left], [-1.0, 0.0, top + turned_width_mm]])
