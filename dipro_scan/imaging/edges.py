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

from dipro_scan.imaging.ink import text_ink
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import MM_PER_INCH, ReadingImage

DPI: Final = 150.0

LETTER_MM: Final = (0.6, 12.0)
"""Height of what counts as a letter, or a few that touch; its width may be a third of the least height."""

SMALL_LETTER_MM: Final = 1.45
"""Below the height of a small letter of 9-point type: x-heights of 8 points and less, capitals of 6."""

GOLDEN_RATIO: Final = 0.6180339887498949
"""Its multiples spread evenly between whole numbers: a dither that is the same in every run."""

Points = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LetterEdges:
    """The letters of a page at `dpi`: of letters that stand, and of letters that lie on their side.

    `ink`, `standing` and `lying` are masks of the same shape; an upright page has few letters in `lying`
    that are not in `standing` too. `letters` counts the standing ones; `small_share` of them (0-1) are as
    low as those of small print.
    """

    ink: Mask
    standing: Mask
    lying: Mask
    letters: int
    small_share: float
    dpi: float

    def bottom(self) -> Points:
        """Places (along the line, down), shape (n, 2), where standing letters end downwards."""
        edge = self.standing.copy()
        edge[:-1] &= ~self.ink[1:]
        return _points(edge)

    def top(self) -> Points:
        """The same for their upper ends."""
        edge = self.standing.copy()
        edge[1:] &= ~self.ink[:-1]
        return _points(edge)

    def left(self) -> Points:
        """Places (down the page, across), shape (n, 2), where lying letters end to the left."""
        edge = self.lying.copy()
        edge[:, 1:] &= ~self.ink[:, :-1]
        return _points(edge.T)

    def right(self) -> Points:
        edge = self.lying.copy()
        edge[:, :-1] &= ~self.ink[:, 1:]
        return _points(edge.T)


def letter_edges(view: ReadingImage) -> LetterEdges:
    """The letters of `view`, looked at with 150 dots per inch."""
    gray, dpi = scaled_to(view, DPI)
    ink = text_ink(gray, dpi)
    _count, labels, stats, _centroids = cv2.connectedComponentsWithStats(
        ink.view(np.uint8), connectivity=8, ltype=cv2.CV_32S
    )
    low, high = (size / MM_PER_INCH * dpi for size in LETTER_MM)
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    fits = (widths <= high) & (heights <= high)
    fits[0] = False
    standing = fits & (heights >= low) & (widths >= low / 3)
    lying = fits & (widths >= low) & (heights >= low / 3)
    letters = int(np.count_nonzero(standing))
    small = np.count_nonzero(heights[standing] < SMALL_LETTER_MM / MM_PER_INCH * dpi)
    return LetterEdges(
        ink, standing[labels], lying[labels], letters, float(small / letters) if letters else 0.0, dpi
    )


def _points(edge: Mask) -> Points:
    rows, columns = np.nonzero(edge)
    dither = np.arange(len(rows)) * GOLDEN_RATIO % 1.0
    return np.column_stack([columns, rows + dither]).astype(np.float32)
