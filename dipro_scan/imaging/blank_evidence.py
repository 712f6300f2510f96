"""What on a sparse page is ink, and what of the ink is writing."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging import paper_marks
from dipro_scan.imaging.fold_lines import folds_and_edges
from dipro_scan.imaging.paper_contrast import Mask, PaperContrast

MIN_SHARE: Final = 0.06
"""By how much of the paper's brightness ink must be darker than it, at least: faint pencil is 0.1."""

NOISE_SIGMAS: Final = 5.0
"""By how many standard deviations of the paper's noise ink must be darker, at least."""

SPECK_MM2: Final = 0.12
"""Below this it is dust or salt noise."""


def seen_ink(contrast: PaperContrast) -> Mask:
    """What is darker than the paper around it by more than its noise, and dark areas."""
    limit = max(MIN_SHARE * contrast.level, contrast.median + NOISE_SIGMAS * contrast.noise)
    return np.asarray((contrast.darkness > limit) | contrast.solid)


def writing(seen: Mask, contrast: PaperContrast) -> Mask:
    """What was seen without all that paper and scanner leave."""
    bare = paper_marks.lid(contrast) | paper_marks.dog_ears(contrast)
    bare |= paper_marks.frame(contrast)
    bare |= paper_marks.punch_holes(seen & ~bare, contrast)
    ink = seen & ~bare
    ink &= ~paper_marks.streaks(ink, contrast)
    ink = without_specks(ink, contrast)
    if ink.any():
        ink &= ~folds_and_edges(ink, contrast)
        ink &= ~paper_marks.edge_slivers(ink, contrast)
        ink &= ~paper_marks.staples(ink, contrast)
        ink = without_specks(ink, contrast)
    return ink


def without_specks(ink: Mask, contrast: PaperContrast) -> Mask:
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] * contrast.mm**2 >= SPECK_MM2
    kept[0] = False
    return np.asarray(kept[labels])
