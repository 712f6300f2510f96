"""The rectangle to which a page is cut: all of the paper that the scan shows, and all ink beside it.

Only a rectangle comes out; the archived image keeps its pixels. It holds the paper wherever an edge was found
wrongly inwards, because ink beyond the edge widens it: dirt on the lid costs border, never print.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.paper_edge import Lid, PaperFrame, inside_mask, lid_mask
from dipro_scan.imaging.small_page import SmallPage
from dipro_scan.model import MM_PER_INCH, Box, PageGeometry, ProcessingStep, ReadingImage
from dipro_scan.settings.border_settings import BorderSettings

INK_SHARE: Final = 0.8
"""Darker than this share of the brightest ground is ink, or dirt, that no crop may cut."""

AROUND_MM: Final = 2.5
"""Ink has paper so near beside it; the inside of a black lid has none."""

SLACK_MM: Final = 1.0
"""How near to the paper's edge its own shadow lies."""

STEP: Final = "crop"
Points = NDArray[np.float64]


def crop_box(
    view: ReadingImage, page: SmallPage, frame: PaperFrame, skew_degrees: float, settings: BorderSettings
) -> Box | None:
    """The crop in mm on the upright, straightened page; None where there is nothing to cut.

    `view` is upright and not yet straightened, `page` and `frame` were made from it; straightening turns it
    clockwise by `skew_degrees` about its centre (`view.straighten`). The box lies within the page's hull.
    """
    if not settings.crop or not frame.has_border:
        return None
    kept = np.vstack([_shown_corners(view, frame), _ink_outside(page, frame, settings)])
    places = _straightened(kept, view, skew_degrees)
    low, high = places.min(axis=0), places.max(axis=0)
    height, width = view.pixels.shape
    hull = PageGeometry(
        width * MM_PER_INCH / view.dpi, height * MM_PER_INCH / view.dpi, skew_degrees=skew_degrees
    ).hull()
    box = Box(
        float(max(low[0], hull.x0)),
        float(max(low[1], hull.y0)),
        float(min(high[0], hull.x1)),
        float(min(high[1], hull.y1)),
    )
    cut = (box.y0 - hull.y0, hull.x1 - box.x1, hull.y1 - box.y1, box.x0 - hull.x0)
    return box if max(cut) >= settings.min_border_mm else None


def crop_step(box: Box, frame: PaperFrame) -> ProcessingStep:
    """The crop as evidence: its rectangle, what lies beside the paper, how sure its edges are."""
    return ProcessingStep(
        STEP,
        archive=True,
        parameters={
            "x0_mm": round(box.x0, 2),
            "y0_mm": round(box.y0, 2),
            "x1_mm": round(box.x1, 2),
            "y1_mm": round(box.y1, 2),
            "lid": frame.lid.value,
            "confidence": frame.confidence,
        },
    )


def _shown_corners(view: ReadingImage, frame: PaperFrame) -> Points:
    """The corners of what of the paper the view shows, in its continuous pixels."""
    height, width = view.pixels.shape
    scan = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    area, common = cv2.intersectConvexConvex(np.array(frame.corners_px, dtype=np.float32), scan)
    shown = common.reshape(-1, 2) if area > 0 and common is not None else scan
    return np.asarray(shown, dtype=np.float64)


def _ink_outside(page: SmallPage, frame: PaperFrame, settings: BorderSettings) -> Points:
    """Corners of pixels of ink that the frame leaves out, in continuous pixels of the view; shape (n, 2)."""
    inside = inside_mask(frame, page).view(np.uint8)
    slack = 2 * page.px(SLACK_MM) + 1
    beyond = cv2.dilate(inside, np.ones((slack, slack), np.uint8)) == 0
    limit = INK_SHARE * page.bright
    ink = beyond & (page.calm < limit)
    if frame.lid is Lid.DARK:
        around = 2 * page.px(AROUND_MM) + 1
        ground = np.where(beyond, page.calm, 0).astype(np.uint8)
        beside = cv2.dilate(ground, np.ones((around, around), np.uint8)) >= limit
        # Paper that the edge left out is lighter than any lid, printed or not.
        ink = (ink & beside) | (beyond & (page.calm >= limit))
        ink &= beyond & ~(lid_mask(frame, page, settings) & ~beside)
    rows, columns = np.nonzero(ink)
    if not len(rows):
        return np.empty((0, 2))
    points = np.column_stack([columns, rows]).astype(np.int32)
    hull = cv2.convexHull(points).reshape(-1, 2).astype(np.float64)
    corners = np.array([(-1, -1), (2, -1), (2, 2), (-1, 2)], dtype=np.float64)
    return np.asarray((hull[:, None, :] + corners[None]).reshape(-1, 2) * page.step)


def _straightened(points: Points, view: ReadingImage, skew_degrees: float) -> Points:
    """Places of the view in mm on the straightened page."""
    height, width = view.pixels.shape
    centre = np.array([width / 2, height / 2])
    angle = math.radians(skew_degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray(((points - centre) @ turn.T + centre) * MM_PER_INCH / view.dpi)
