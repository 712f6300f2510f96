"""pixels → better pixels, and what can be seen on them: skew, blank, codes, quality.

Everything here works on arrays and uses one thread: each worker has a core of its own.
"""

from __future__ import annotations

import cv2

from dipro_scan.imaging.blank import BlankJudgement, judge_blank
from dipro_scan.imaging.bleed_through import ShownThrough, settle_by_other_side, shown_through
from dipro_scan.imaging.cleared import without_border_and_faults
from dipro_scan.imaging.codes import find_codes
from dipro_scan.imaging.crop import crop_box, crop_step
from dipro_scan.imaging.direction import LineDirection, line_direction
from dipro_scan.imaging.edge_ink import find_cut_ink
from dipro_scan.imaging.edges import LetterEdges, letter_edges
from dipro_scan.imaging.fingerprint import image_hash
from dipro_scan.imaging.form_boxes import FormMarks, find_marks
from dipro_scan.imaging.form_lines import without_outlines
from dipro_scan.imaging.holes import find_faults
from dipro_scan.imaging.marked import draw_boxes
from dipro_scan.imaging.page_length import length_against_neighbours
from dipro_scan.imaging.paper_contrast import PaperContrast, paper_contrast
from dipro_scan.imaging.paper_edge import PaperFrame, find_paper, measure_paper
from dipro_scan.imaging.patch import PatchCode, find_patch_codes
from dipro_scan.imaging.quality import measure_page
from dipro_scan.imaging.reading_image import TreatedImage, treated_for_reading
from dipro_scan.imaging.skew import SkewEstimate, estimate_skew, skew_of
from dipro_scan.imaging.small_page import SmallPage, small_page
from dipro_scan.imaging.spread import Spread, find_spread, split_spread
from dipro_scan.imaging.stamps import find_stamps
from dipro_scan.imaging.streaks import Streaks, find_streaks
from dipro_scan.imaging.thumbnail import thumbnail, thumbnail_pixels
from dipro_scan.imaging.view import (
    SmallColours,
    reduced,
    small_colours,
    straighten,
    turn_quarter,
    upright_colours,
    upright_small_colours,
    upright_view,
)

cv2.setNumThreads(1)

__all__ = [
    "BlankJudgement",
    "FormMarks",
    "LetterEdges",
    "LineDirection",
    "PaperContrast",
    "PaperFrame",
    "PatchCode",
    "ShownThrough",
    "SkewEstimate",
    "SmallColours",
    "SmallPage",
    "Spread",
    "Streaks",
    "TreatedImage",
    "crop_box",
    "crop_step",
    "draw_boxes",
    "estimate_skew",
    "find_codes",
    "find_cut_ink",
    "find_faults",
    "find_marks",
    "find_paper",
    "find_patch_codes",
    "find_spread",
    "find_stamps",
    "find_streaks",
    "image_hash",
    "judge_blank",
    "length_against_neighbours",
    "letter_edges",
    "line_direction",
    "measure_page",
    "measure_paper",
    "paper_contrast",
    "reduced",
    "settle_by_other_side",
    "shown_through",
    "skew_of",
    "small_colours",
    "small_page",
    "split_spread",
    "straighten",
    "thumbnail",
    "thumbnail_pixels",
    "treated_for_reading",
    "turn_quarter",
    "upright_colours",
    "upright_small_colours",
    "upright_view",
    "without_border_and_faults",
    "without_outlines",
]
