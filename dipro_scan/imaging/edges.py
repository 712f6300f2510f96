"""Where letters end: the pixels at which the ink of character-sized components meets the paper.

Text stands on lines, so these edges, projected along the lines, gather in few places. Skew and the
direction of the lines are both read from that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.components import components
from dipro_scan.imaging.ink import text_ink
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import MM_PER_INCH, ReadingImage

DPI: Final = 150.0

LETTER_MM: Final = (0.6, 12.0)
"""Height of what counts as a letter, or a few that touch; its width may be a third of the least height."""

SMALL_LETTER_MM: Final = 1.45
"""Below the height of a small letter of 9-point type: x-heights of 8 points and less, capitals of 6."""

MIN_SIDE_PX: Final = 8
"""A strip narrower than that holds no letters, at whatever resolution."""

GOLDEN_RATIO: Final = 0.6180339887498949
"""Its multiples spread evenly between whole numbers: a dither that is the same in every run."""

_STANDING: Final = 1
_LYING: Final = 2
_LARGE: Final = 4

Points = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LetterEdges:
    """The letters of a page at `dpi`: of letters that stand, and of letters that lie on their side.

    `ink`, `standing`, `lying` and `large` (rules, pictures, borders: wider or higher than any letter) are
    masks of the same shape; an upright page has few letters in `lying` that are not in `standing` too.
    `letters` counts the standing ones; `boxes`, shape (letters, 4), are their left, top, width and height
    in pixels; `small_share` of them (0-1) are as low as those of small print.
    """

    ink: Mask
    standing: Mask
    lying: Mask
    large: Mask
    boxes: NDArray[np.int32]
    small_share: float
    dpi: float

    @property
    def letters(self) -> int:
        return len(self.boxes)

    def bottom(self) -> Points:
        """Places (along the line, down), shape (n, 2), where standing letters end downwards."""
        return _points(_ends_below(self.standing, self.ink))

    def top(self) -> Points:
        """The same for their upper ends."""
        edge = self.standing.copy()
        edge[1:] &= ~self.ink[:-1]
        return _points(edge)

    def left(self) -> Points:
        """Places (down the page, across), shape (n, 2), where lying letters end to the left."""
        edge = self.lying.copy()
        edge[:, 1:] &= ~self.ink[:, :-1]
        return _points(edge, across=True)

    def right(self) -> Points:
        return _points(_ends_right(self.lying, self.ink), across=True)

    def large_below(self) -> Points:
        """Places (along the line, down) where what is larger than letters ends downwards."""
        return _points(_ends_below(self.large, self.ink))

    def large_right(self) -> Points:
        """Places (down the page, across) where it ends to the right."""
        return _points(_ends_right(self.large, self.ink), across=True)


def letter_edges(view: ReadingImage) -> LetterEdges:
    """The letters of `view`, looked at with 150 dots per inch."""
    gray, dpi = scaled_to(view, DPI)
    ink = text_ink(gray, dpi) if min(gray.shape) >= MIN_SIDE_PX else np.zeros(gray.shape, dtype=np.bool_)
    _count, labels, stats, _centres = components(ink)
    low, high = (size / MM_PER_INCH * dpi for size in LETTER_MM)
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    large = (widths > high) | (heights > high)
    standing = ~large & (heights >= low) & (widths >= low / 3)
    lying = ~large & (widths >= low) & (heights >= low / 3)
    # One look-up for every pixel of ink; the paper is label 0.
    kinds = (standing * _STANDING + lying * _LYING + large * _LARGE).astype(np.uint8)
    standing[0] = False
    seen = np.zeros(ink.shape, dtype=np.uint8)
    inked = np.flatnonzero(ink)
    seen.ravel()[inked] = kinds[labels.ravel()[inked]]
    boxes = stats[standing, : cv2.CC_STAT_AREA]
    small = np.count_nonzero(boxes[:, cv2.CC_STAT_HEIGHT] < SMALL_LETTER_MM / MM_PER_INCH * dpi)
    return LetterEdges(
        ink=ink,
        standing=(seen & _STANDING).astype(np.bool_),
        lying=(seen & _LYING).astype(np.bool_),
        large=(seen & _LARGE).astype(np.bool_),
        boxes=boxes,
        small_share=float(small / len(boxes)) if len(boxes) else 0.0,
        dpi=dpi,
    )


def _ends_below(mask: Mask, ink: Mask) -> Mask:
    edge = mask.copy()
    edge[:-1] &= ~ink[1:]
    return edge


def _ends_right(mask: Mask, ink: Mask) -> Mask:
    edge = mask.copy()
    edge[:, :-1] &= ~ink[:, 1:]
    return edge


def _points(edge: Mask, *, across: bool = False) -> Points:
    """Where `edge` is: (column, row), or (row, column) where lines run down the page (`across`)."""
    rows, columns = np.divmod(np.flatnonzero(edge), edge.shape[1])
    along, away = (rows, columns) if across else (columns, rows)
    points = np.empty((len(rows), 2), dtype=np.float32)
    points[:, 0] = along
    points[:, 1] = away + np.arange(len(rows)) * GOLDEN_RATIO % 1.0
    return points
