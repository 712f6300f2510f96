"""Writing that is cut off where the scan ends.

Letters and strokes that run into the outermost row or column of the scan. What is as dark as the lid and lies
beyond the paper does not count, nor do rules and solid bars, which are printed to the edge on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.border import Mask, seen_from
from dipro_scan.imaging.paper_edge import MIN_PAPER_LEVEL, SIDES, PaperFrame, lid_mask
from dipro_scan.imaging.small_page import SmallPage
from dipro_scan.model import Measurement
from dipro_scan.settings.border_settings import BorderSettings

INK_SHARE: Final = 0.65
REACH_MM: Final = (1.0, 25.0)
"""How far inwards a cut letter or stroke reaches."""

ALONG_MM: Final = (0.4, 40.0)
MAX_FILL: Final = 0.85
"""What fills more of its box is a bar or a field and no writing, if it is larger than a letter."""

LETTER_MM: Final = 6.0
MIN_ASPECT: Final = 0.12
"""A mark narrower than this share of its reach is a rule, or a streak."""


@dataclass(frozen=True, slots=True)
class CutInk:
    """How many marks are cut on each side (top, right, bottom, left); `measurement` is `ink_cut_off`, their
    largest number on one side, `sides` the names of those sides on which it is notable."""

    marks: tuple[int, int, int, int]
    sides: tuple[str, ...]
    measurement: Measurement

    @property
    def doubts(self) -> tuple[str, ...]:
        """Stable ids: `ink_cut_off_top`, `_right`, `_bottom`, `_left`."""
        return tuple(f"ink_cut_off_{side}" for side in self.sides)


def find_cut_ink(page: SmallPage, frame: PaperFrame, settings: BorderSettings) -> CutInk:
    """Writing cut off by the edge of the scan; none on a page that is dark all over."""
    ink = (page.gray < INK_SHARE * page.bright) & ~lid_mask(frame, page, settings)
    if page.bright < MIN_PAPER_LEVEL:
        ink[:] = False
    marks = [_cut_marks(np.asarray(seen_from(ink, side), dtype=np.bool_), page) for side in range(4)]
    limit = settings.max_cut_marks
    worst = max(marks)
    return CutInk(
        (marks[0], marks[1], marks[2], marks[3]),
        tuple(name for name, count in zip(SIDES, marks, strict=True) if count > limit),
        Measurement("ink_cut_off", float(worst), "count", float(limit), "notable" if worst > limit else "ok"),
    )


def _cut_marks(ink: Mask, page: SmallPage) -> int:
    """How many pieces of writing touch the upper row."""
    if not ink[0].any():
        return 0
    strip = np.ascontiguousarray(ink[: page.px(REACH_MM[1]) + 2]).view(np.uint8)
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(strip, connectivity=8)
    touching = np.unique(labels[0])
    touching = touching[touching > 0]
    across = stats[touching, cv2.CC_STAT_WIDTH] * page.mm
    down = stats[touching, cv2.CC_STAT_HEIGHT] * page.mm
    filled = stats[touching, cv2.CC_STAT_AREA] * page.mm**2 / (across * down)
    letters = np.maximum(across, down) <= LETTER_MM
    writing = (
        (down >= REACH_MM[0])
        & (down <= REACH_MM[1])
        & (across >= np.maximum(ALONG_MM[0], MIN_ASPECT * down))
        & (across <= ALONG_MM[1])
        & (letters | (filled <= MAX_FILL))
    )
    return int(np.count_nonzero(writing))
