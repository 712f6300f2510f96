"""Where the paper lies in a scan: four straight edges, its corners, its true size.

A black lid is told by its level. A light one is told from the paper by its even tone: then only a sheet whose
size has a name is believed, on a scan that has not itself the size of a sheet, because fields of forms are
darker rectangles too. A page that is dark all over (a photograph, inverted film) has no paper to be found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.border import Mask, SideEdge, dark_lid, find_edge, light_lid
from dipro_scan.imaging.levels import median_and_noise
from dipro_scan.imaging.paper_sizes import size_name
from dipro_scan.imaging.small_page import SmallPage
from dipro_scan.model import Box, Measurement
from dipro_scan.settings.border_settings import BorderSettings

MIN_SIDE_MM: Final = 20.0
"""A smaller scan, or paper, has no edges that could be told from what is on it."""

BLUR_MM: Final = 1.0
LIGHT_MIN_LEVEL: Final = 150
MIN_PAPER_TIMES: Final = 1.8
"""Paper on a black lid is so many times as bright as the lid."""

MIN_PAPER_LEVEL: Final = 110
LID_SOFT_MM: Final = 0.8
"""So far the lid's outline and shadow may reach into the paper."""

CORNER_MM: Final = 30.0
"""So large a corner of the paper may be missing or turned down."""

MAX_ANGLE_SPREAD: Final = 0.03
"""Opposite and neighbouring edges of a sheet agree in their slopes to about 1.5 degrees."""

SIDES: Final = ("top", "right", "bottom", "left")
Point = tuple[float, float]
_Line = tuple[float, float, float]


class Lid(StrEnum):
    """What is seen beside the paper."""

    NONE = "none"
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class PaperFrame:
    """The paper within a view that is not yet straightened.

    `corners_px` are those of the paper, top left first, clockwise, in continuous pixels of the view; they may
    lie outside it. `box_mm` holds what of the paper the view shows. `edges` are the sides (top, right,
    bottom, left) on which an edge was seen; on the others the paper ends with the scan, or beyond it.
    `border_shares` (0-1) is how much of each side of the scan shows the lid. `angle_degrees` is the paper's
    own skew (counter-clockwise positive); None where no edge was seen. `confidence` is 0-1.
    """

    box_mm: Box
    corners_px: tuple[Point, Point, Point, Point]
    width_mm: float
    height_mm: float
    size_name: str | None
    border_shares: tuple[float, float, float, float]
    edges: tuple[bool, bool, bool, bool]
    lid: Lid
    angle_degrees: float | None
    confidence: float

    @property
    def has_border(self) -> bool:
        return any(self.edges)


def find_paper(page: SmallPage, settings: BorderSettings) -> PaperFrame:
    """The paper on `page`; the whole scan, with `Lid.NONE` and confidence 0, where no edge is seen."""
    whole = _framed((None, None, None, None), page, Lid.NONE, settings)
    if min(page.gray.shape) * page.mm < MIN_SIDE_MM:
        return whole
    dark = _on_dark_lid(page, settings)
    if dark is not None:
        return dark
    return _on_light_lid(page, settings, whole.size_name) or whole


def measure_paper(frame: PaperFrame) -> tuple[Measurement, Measurement]:
    """`paper_width` and `paper_height` in mm, along the paper's own edges."""
    return (
        Measurement("paper_width", round(frame.width_mm, 1), "mm"),
        Measurement("paper_height", round(frame.height_mm, 1), "mm"),
    )


def inside_mask(frame: PaperFrame, page: SmallPage) -> Mask:
    """The pixels of the small page that lie on the paper."""
    corners = np.array(frame.corners_px) / page.step - 0.5
    mask = np.zeros(page.gray.shape, dtype=np.uint8)
    cv2.fillConvexPoly(mask, np.rint(corners * 16).astype(np.int32), 1, shift=4)
    return mask.view(np.bool_)


def beyond_paper(frame: PaperFrame, page: SmallPage, settings: BorderSettings) -> Mask | None:
    """The pixels of the small page that show the scanner's lid; None where no edge of the paper was seen.

    Where a corner of the paper is missing or turned down, a black lid is seen within the frame, too.
    """
    if not frame.has_border:
        return None
    beyond = ~inside_mask(frame, page)
    if frame.lid is Lid.DARK:
        near = np.zeros(page.gray.shape, dtype=np.uint8)
        for x, y in frame.corners_px:
            place = (round(x / page.step), round(y / page.step))
            cv2.circle(near, place, page.px(CORNER_MM), 1, thickness=cv2.FILLED)
        dark = dark_lid(page, settings.max_lid_level) & near.view(np.bool_)
        _count, labels = cv2.connectedComponents((dark | beyond).view(np.uint8), connectivity=4)
        beyond = np.isin(labels, np.unique(labels[beyond]))
    return beyond


def lid_mask(frame: PaperFrame, page: SmallPage, settings: BorderSettings) -> Mask:
    """A black lid and its soft outline: what is dark and lies beyond the paper or right at its edge."""
    if frame.lid is not Lid.DARK:
        return np.zeros(page.gray.shape, dtype=np.bool_)
    soft = 2 * page.px(LID_SOFT_MM) + 1
    core = cv2.erode(inside_mask(frame, page).view(np.uint8), np.ones((soft, soft), np.uint8))
    dark = cv2.dilate(dark_lid(page, settings.max_lid_level).view(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray((dark > 0) & (core == 0))


def _on_dark_lid(page: SmallPage, settings: BorderSettings) -> PaperFrame | None:
    lid = dark_lid(page, settings.max_lid_level)
    if not (lid[:2].any() or lid[-2:].any() or lid[:, :2].any() or lid[:, -2:].any()):
        return None
    edges = [find_edge(lid, page, side, settings.min_border_mm) for side in range(4)]
    edges = _of_one_sheet(edges)
    if not any(edges):
        return None
    frame = _framed(edges, page, Lid.DARK, settings)
    inside = inside_mask(frame, page)
    if not _large_enough(frame) or not inside.any():
        return None
    outside = lid & ~inside
    paper = float(np.median(page.calm[inside]))
    beyond = float(np.median(page.calm[outside])) if outside.any() else 0.0
    if paper < max(MIN_PAPER_LEVEL, MIN_PAPER_TIMES * beyond):
        return None
    if _deepest_mm(edges, page) > settings.deep_border_mm and frame.size_name is None:
        scan_name = _framed((None,) * 4, page, Lid.NONE, settings).size_name
        return None if scan_name else replace(frame, confidence=frame.confidence / 2)
    return frame


def _on_light_lid(page: SmallPage, settings: BorderSettings, scan_name: str | None) -> PaperFrame | None:
    """The sheet on a light lid. Its tone must differ from the lid's on both sides of every edge found."""
    if page.bright < LIGHT_MIN_LEVEL:
        return None
    side_px = 2 * page.px(BLUR_MM / 2) + 1
    blurred = np.asarray(cv2.blur(page.calm, (side_px, side_px)), dtype=np.uint8)
    strips = np.concatenate(
        [np.asarray(part).ravel() for part in (blurred[:4], blurred[-4:], blurred[:, :4], blurred[:, -4:])]
    )
    _level, noise = median_and_noise(strips[None, :])
    tolerance = max(settings.min_light_contrast / 2, 3 * noise)
    if tolerance > settings.min_light_contrast:
        return None
    edges: list[SideEdge | None] = []
    for side in range(4):
        lid, level = light_lid(page, blurred, side, tolerance)
        bright = level >= LIGHT_MIN_LEVEL
        edges.append(find_edge(lid, page, side, settings.min_border_mm) if bright else None)
    edges = _of_one_sheet(edges)
    if not any(edges):
        return None
    frame = _framed(edges, page, Lid.LIGHT, settings)
    if not _large_enough(frame) or frame.size_name is None or scan_name is not None:
        return None
    ring = 2 * page.px(3.0) + 1
    inside = inside_mask(frame, page).view(np.uint8)
    core = cv2.erode(inside, np.ones((ring, ring), np.uint8))
    paper = blurred[(inside > 0) & (core == 0)]
    outside = blurred[inside == 0]
    if not paper.size or not outside.size:
        return None
    contrast = abs(float(np.median(paper)) - float(np.median(outside)))
    return frame if contrast >= settings.min_light_contrast else None


def _of_one_sheet(edges: Sequence[SideEdge | None]) -> list[SideEdge | None]:
    """The edges that turn by about the same angle as the one that is seen best."""
    slopes = _slopes(edges)
    if not slopes:
        return list(edges)
    best = max((side for side in slopes), key=lambda side: _weight(edges[side]))
    return [
        edge if edge and abs(slopes[side] - slopes[best]) <= MAX_ANGLE_SPREAD else None
        for side, edge in enumerate(edges)
    ]


def _weight(edge: SideEdge | None) -> float:
    return edge.agreeing * edge.share if edge else 0.0


def _slopes(edges: Sequence[SideEdge | None]) -> dict[int, float]:
    """The sheet's turn as each edge tells it, clockwise positive (tangent)."""
    signs = (1.0, 1.0, -1.0, -1.0)
    return {side: signs[side] * edge.slope for side, edge in enumerate(edges) if edge}


def _large_enough(frame: PaperFrame) -> bool:
    return min(frame.width_mm, frame.height_mm) >= MIN_SIDE_MM


def _deepest_mm(edges: Sequence[SideEdge | None], page: SmallPage) -> float:
    height, width = page.gray.shape
    depths = [
        max(edge.depth(0), edge.depth(width if side % 2 == 0 else height))
        for side, edge in enumerate(edges)
        if edge
    ]
    return max(depths) * page.mm


def _framed(
    edges: Sequence[SideEdge | None], page: SmallPage, lid: Lid, settings: BorderSettings
) -> PaperFrame:
    """The frame of those edges; where there is none, of the scan's own."""
    lines = [_line_of(edge, side, page) for side, edge in enumerate(edges)]
    pairs = ((3, 0), (0, 1), (1, 2), (2, 3))
    corners = np.array([_crossing(lines[one], lines[other]) for one, other in pairs])
    top, right, bottom, left = (
        float(np.linalg.norm(corners[(index + 1) % 4] - corners[index])) * page.mm for index in range(4)
    )
    width, height = (top + bottom) / 2, (left + right) / 2
    seen = _clipped(corners, page) * page.mm
    seen = seen + np.array(page.origin_mm)
    box = Box(*(float(place) for place in (*seen.min(axis=0), *seen.max(axis=0))))
    found = [edge for edge in edges if edge]
    slopes = list(_slopes(edges).values())
    shares = [edge.share if edge else 0.0 for edge in edges]
    points = [(float(x * page.step), float(y * page.step)) for x, y in corners]
    return PaperFrame(
        box_mm=box,
        corners_px=(points[0], points[1], points[2], points[3]),
        width_mm=width,
        height_mm=height,
        size_name=size_name(width, height, settings.size_tolerance_mm),
        border_shares=(shares[0], shares[1], shares[2], shares[3]),
        edges=(bool(edges[0]), bool(edges[1]), bool(edges[2]), bool(edges[3])),
        lid=lid,
        angle_degrees=-float(np.degrees(np.arctan(np.median(slopes)))) if slopes else None,
        confidence=round(min(edge.agreeing for edge in found), 3) if found else 0.0,
    )


def _clipped(corners: NDArray[np.float64], page: SmallPage) -> NDArray[np.float64]:
    """The corners of what of the sheet the scan shows, shape (n, 2); the scan's own where it shows none."""
    height, width = page.gray.shape
    scan = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    area, common = cv2.intersectConvexConvex(corners.astype(np.float32), scan)
    shown = common.reshape(-1, 2) if area > 0 and common is not None else scan
    return np.asarray(shown, dtype=np.float64)


def _line_of(edge: SideEdge | None, side: int, page: SmallPage) -> _Line:
    """a, b, c of a * x + b * y = c, in continuous pixels of the small page."""
    height, width = page.gray.shape
    offset, slope = (edge.offset - edge.slope / 2, edge.slope) if edge else (0.0, 0.0)
    if side == 0:
        return (-slope, 1.0, offset)
    if side == 1:
        return (1.0, slope, width - offset)
    if side == 2:
        return (slope, 1.0, height - offset)
    return (1.0, -slope, offset)


def _crossing(one: _Line, other: _Line) -> NDArray[np.float64]:
    matrix = np.array([one[:2], other[:2]])
    return np.asarray(np.linalg.solve(matrix, np.array([one[2], other[2]])), dtype=np.float64)
