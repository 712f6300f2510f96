"""Boxes for ticks on a form: where they are, and what somebody did to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.form_lines import FormLines, form_lines
from dipro_scan.model import MM_PER_INCH, ReadingImage
from dipro_scan.model.marks import Mark, MarkVerdict

Mask = NDArray[np.bool_]

SIDE_MM: Final = (1.9, 8.0)
SQUARE: Final = 0.06
SQUARE_PX: Final = 1.5
"""By how much of the longer side, and by how many pixels more, the shorter one may fall short of it."""

SIDE_COVER: Final = 0.85
"""Share of each side that must be line; worn print has gaps."""

STROKE_SHARE: Final = 0.12
"""The line of a box is no wider than this share of its side (and a pixel); that of a code's finder is."""

INSIDE_CONTRAST: Final = 0.12
"""What is darker than the paper inside by this share is ink, pencil too."""

TOUCHED_EXTENT: Final = 0.35
"""Ink that spans less of the inside than this is dirt, and the box is empty."""

FILLED_SHARE: Final = 0.75
SAME_SIZE: Final = 0.12
"""A black square is a filled box only where a hollow one of its size, within this share, is on the page."""

MOST_STROKES: Final = 3
"""What has more pieces than that inside is a field with words in it; a tick has one, a torn one two."""

PIECE_SHARE: Final = 0.12
"""A piece is at least as wide or high as this share of the side; what is smaller is dirt."""

PRINTED_SHARE: Final = (0.55, 0.3, 0.8)
"""A printed letter is at most so wide, and at least and at most so high, in shares of the side of its box."""

CENTRED: Final = 0.1
"""It stands in the middle but for this share of the side, which strokes made by hand hardly ever do."""

ROW: Final = 3
PITCH: Final = 1.4
"""So many boxes side by side, each within so many sides of the next one, are cells for letters."""

DIAGONAL_DISTANCE: Final = 0.19
"""Mean distance of a cross's ink from the diagonals, in half widths of that ink; even ink has 0.35."""


class FormBox(NamedTuple):
    """A found box: which figure of the form's lines it is, and what it says."""

    figure: int
    mark: Mark


class _Seen(NamedTuple):
    figure: int
    side: float
    share: float
    verdict: MarkVerdict


@dataclass(frozen=True, slots=True)
class FormMarks:
    """The boxes for ticks of a page, its lines, and the outlines of the boxes in the pixels of `lines`."""

    marks: tuple[Mark, ...]
    lines: FormLines
    outlines: Mask


def find_marks(view: ReadingImage) -> FormMarks:
    """The boxes for ticks of `view`, which is upright and straightened, and what to take out of it.

    `without_outlines(view, found.lines, found.outlines)` takes the outlines out and leaves what is written.
    Raises PageFailed where `view.pixels` are no image.
    """
    lines = form_lines(view)
    boxes = find_form_boxes(view, lines)
    return FormMarks(tuple(box.mark for box in boxes), lines, outlines_of(boxes, lines))


def find_form_boxes(view: ReadingImage, lines: FormLines) -> tuple[FormBox, ...]:
    """The boxes for ticks of `view`, from top to bottom and left to right, with their filling."""
    seen = list(_boxes(lines))
    hollow = [box.side for box in seen if box.verdict is not MarkVerdict.FILLED]
    cells = _cells_for_letters(_squares(lines), lines) if seen else set()
    found = []
    for box in seen:
        alone = not any(abs(box.side / side - 1) <= SAME_SIZE for side in hollow)
        if (box.verdict is MarkVerdict.FILLED and alone) or box.figure in cells:
            continue
        left, top, width, height = (int(edge) * lines.step for edge in lines.boxes[box.figure, :4])
        place = view.box_mm(left, top, left + width, top + height)
        found.append(FormBox(box.figure, Mark(place, round(box.share, 3), box.verdict)))
    return tuple(sorted(found, key=lambda each: (round(each.mark.box.y0), each.mark.box.x0)))


def _cells_for_letters(figures: list[int], lines: FormLines) -> set[int]:
    """Those of `figures` that stand in a row so close that no word fits between them."""
    boxes = lines.boxes[figures, :4] if figures else np.zeros((0, 4), np.int32)
    order = sorted(range(len(figures)), key=lambda index: (boxes[index][0], boxes[index][1]))
    cells: set[int] = set()
    for start in order:
        row = [start]
        for index in order:
            left, top, width, height = (int(edge) for edge in boxes[row[-1]])
            across, down = int(boxes[index][0]) - left, abs(int(boxes[index][1]) - top)
            if width / 2 < across <= PITCH * width and down <= height / 4:
                row.append(index)
        if len(row) >= ROW:
            cells.update(figures[index] for index in row)
    return cells


def outlines_of(boxes: tuple[FormBox, ...], lines: FormLines) -> Mask:
    """The outlines of `boxes` in the pixels of `lines`, without what is written in them."""
    outlines = np.zeros(lines.ink.shape, dtype=np.bool_)
    for box in boxes:
        left, top, width, height = (int(edge) for edge in lines.boxes[box.figure, :4])
        window = (slice(top, top + height), slice(left, left + width))
        rim = np.ones((height, width), dtype=np.bool_)
        wide = max(1, round(STROKE_SHARE * min(width, height))) + 1
        rim[wide:-wide, wide:-wide] = False
        outlines[window] |= rim & (lines.labels[window] == box.figure)
    return outlines


def _squares(lines: FormLines) -> list[int]:
    """The figures that are as wide and high as a box for a tick."""
    low, high = (size / MM_PER_INCH * lines.dpi for size in SIDE_MM)
    width, height = lines.boxes[:, cv2.CC_STAT_WIDTH], lines.boxes[:, cv2.CC_STAT_HEIGHT]
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    square = (shorter >= low) & (longer <= high) & (longer - shorter <= SQUARE * longer + SQUARE_PX)
    square[0] = False
    return [int(figure) for figure in np.flatnonzero(square)]


def _boxes(lines: FormLines) -> Iterator[_Seen]:
    for figure in _squares(lines):
        seen = _looked_at(figure, lines)
        if seen is not None:
            yield seen


def _looked_at(figure: int, lines: FormLines) -> _Seen | None:
    left, top, width, height = (int(edge) for edge in lines.boxes[figure, :4])
    window = (slice(top, top + height), slice(left, left + width))
    own = lines.labels[window] == figure
    across, down = own & lines.across[window], own & lines.down[window]
    sides = (across[:2], across[-2:], down[:, :2].T, down[:, -2:].T)
    if min(float(side.any(axis=0).mean()) for side in sides) < SIDE_COVER:
        return None
    side = (width + height) / 2
    stroke = _stroke(lines.ink[window])
    if stroke >= side / 4:
        solid = float(lines.ink[window].mean())
        return _Seen(figure, side, solid, MarkVerdict.FILLED) if solid >= FILLED_SHARE else None
    inset = stroke + 1
    inside = lines.gray[window][inset:-inset, inset:-inset]
    if min(inside.shape) < 4:
        return None
    ink = _ink_inside(inside)
    share = float(ink.mean())
    if stroke > STROKE_SHARE * side + 1 or _has_core(ink):
        return None
    if _pieces(ink) > MOST_STROKES:
        return None
    return _Seen(figure, side, share, MarkVerdict.EMPTY if _is_letter(ink) else _verdict(ink))


def _stroke(ink: Mask) -> int:
    """The width of the outline in pixels: the median length of ink inwards from all four sides."""
    lengths = []
    for turned in (ink, ink[::-1], ink.T, ink.T[::-1]):
        ends = np.argmin(turned, axis=0)
        lengths.append(np.where(turned.all(axis=0), len(turned), ends))
    return max(1, int(np.median(np.concatenate(lengths))))


def _ink_inside(inside: NDArray[np.uint8]) -> Mask:
    paper = np.percentile(inside, 90)
    return (
        np.asarray(inside < (1 - INSIDE_CONTRAST) * paper) if paper > 60 else np.ones(inside.shape, np.bool_)
    )


def _has_core(ink: Mask) -> bool:
    """Whether a solid square stands in the middle, as in the finder patterns of two-dimensional codes."""
    height, width = ink.shape
    core = ink[height * 3 // 8 : height * 5 // 8 + 1, width * 3 // 8 : width * 5 // 8 + 1]
    rim = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    return bool(core.all() and not rim.any() and ink.mean() > 0.2)


def _pieces(ink: Mask) -> int:
    _count, _labels, stats, _centroids = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(ink).view(np.uint8), connectivity=8
    )
    extents = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    return int(np.count_nonzero(extents >= PIECE_SHARE * min(ink.shape)))


def _is_letter(ink: Mask) -> bool:
    """Whether one narrow, upright figure stands in the middle: the number or letter of a form's field."""
    rows, columns = np.nonzero(ink)
    if not len(rows):
        return False
    height, width = ink.shape
    wide, (low, high) = PRINTED_SHARE[0] * width, (share * height for share in PRINTED_SHARE[1:])
    across = (columns.min() + columns.max() + 1) / 2 - width / 2
    down = (rows.min() + rows.max() + 1) / 2 - height / 2
    tall = np.ptp(rows) + 1
    narrow = np.ptp(columns) + 1 <= min(wide, 0.85 * tall)
    return bool(
        narrow and low <= tall <= high and abs(across) <= CENTRED * width and abs(down) <= CENTRED * height
    )


def _verdict(ink: Mask) -> MarkVerdict:
    rows, columns = np.nonzero(ink)
    if not len(rows):
        return MarkVerdict.EMPTY
    spans = np.ptp(rows) + 1, np.ptp(columns) + 1
    if max(spans[0] / ink.shape[0], spans[1] / ink.shape[1]) < TOUCHED_EXTENT:
        return MarkVerdict.EMPTY
    if ink.mean() >= FILLED_SHARE:
        return MarkVerdict.FILLED
    return MarkVerdict.CROSSED if _is_cross(rows, columns) else MarkVerdict.TICKED


def _is_cross(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> bool:
    """Whether the ink follows both diagonals of the square around it, and reaches all four corners."""
    u, v = (2 * (axis - axis.min()) / max(1, np.ptp(axis)) - 1 for axis in (columns, rows))
    falling, rising = np.abs(u - v) / np.sqrt(2), np.abs(u + v) / np.sqrt(2)
    corners = [
        np.count_nonzero((u * across > 0.3) & (v * down > 0.3)) for across in (-1, 1) for down in (-1, 1)
    ]
    near = float(np.minimum(falling, rising).mean())
    return bool(near <= DIAGONAL_DISTANCE and min(corners) >= 0.08 * len(rows))
