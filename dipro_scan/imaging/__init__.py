"""pixels → better pixels, and what can be seen on them: skew, blank, codes, quality.

Everything here works on arrays and uses one thread: each worker has a core of its own.
"""

from __future__ import annotations

import cv2

from dipro_scan.imaging.blank import BlankJudgement, judge_blank
from dipro_scan.imaging.codes import find_codes
from dipro_scan.imaging.direction import LineDirection, line_direction
from dipro_scan.imaging.edges import LetterEdges, letter_edges
from dipro_scan.imaging.fingerprint import image_hash
from dipro_scan.imaging.marked import draw_boxes
from dipro_scan.imaging.patch import PatchCode, find_patch_codes
from dipro_scan.imaging.quality import measure_page
from dipro_scan.imaging.skew import SkewEstimate, estimate_skew, skew_of
from dipro_scan.imaging.view import reduced, straighten, turn_quarter, upright_view

cv2.setNumThreads(1)

__all__ = [
    "BlankJudgement",
    "LetterEdges",
    "LineDirection",
    "PatchCode",
    "SkewEstimate",
    "draw_boxes",
    "estimate_skew",
    "find_codes",
    "find_patch_codes",
    "image_hash",
    "judge_blank",
    "letter_edges",
    "line_direction",
    "measure_page",
    "reduced",
    "skew_of",
    "straighten",
    "turn_quarter",
    "upright_view",
]
