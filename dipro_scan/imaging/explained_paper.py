"""The pictures of the page as it came, and of its paper."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from dipro_scan.imaging.explained import (
    BLACK,
    BLUE,
    BROWN,
    GRAY,
    GREEN,
    ORANGE,
    PINK,
    RED,
    SKY,
    VIOLET,
    Canvas,
    Colour,
    LegendEntry,
    Place,
    Rgb,
    captioned,
)
from dipro_scan.imaging.explained_words import fault_words, size_words, turn_sentence
from dipro_scan.imaging.paper_edge import Lid, PaperFrame
from dipro_scan.model import MM_PER_INCH, Box, FaultKind, OrientationEvidence, PageReading, PaperFault
from dipro_scan.model.orientation_evidence import ROTATIONS
from dipro_scan.translation import _, ngettext, number

FAULT_COLOURS: Final[dict[FaultKind, Colour]] = {
    FaultKind.HOLE: VIOLET,
    FaultKind.STAPLE: BROWN,
    FaultKind.DOG_EAR: ORANGE,
}
AROUND_MM: Final = 6.0
"""So much is shown around the scan: a straightened page reaches beyond it."""

CUT_MM: Final = 2.0
"""Breadth of the bar at an edge that cuts writing off."""


def scan_picture(scan: Canvas, reading: PageReading) -> Rgb:
    """The page as it came, with an arrow to the side that is its upper one. `scan` is not yet turned."""
    rotation = reading.geometry.rotation
    width, height = scan.size_mm
    middle = (width / 2, height / 2)
    side = {0: (0.0, -1.0), 90: (-1.0, 0.0), 180: (0.0, 1.0), 270: (1.0, 0.0)}[rotation]
    sure = "orientation_unsure" not in reading.doubts
    colour = (GREEN if reading.rotation_confidence else GRAY) if sure else ORANGE
    reach = 0.3 * min(width, height)
    start = (middle[0] - side[0] * reach / 3, middle[1] - side[1] * reach / 3)
    end = (middle[0] + side[0] * reach, middle[1] + side[1] * reach)
    under = Canvas(scan.pixels.copy(), scan.dpi, scan.origin_mm)
    under.arrow(start, end, colour, max(2, round(min(scan.pixels.shape[:2]) / 70)))
    scan.pixels = np.asarray(0.35 * scan.pixels + 0.65 * under.pixels, dtype=np.uint8)
    facts = [turn_sentence(rotation)]
    facts += _orientation_facts(reading, sure)
    return captioned(scan, _("1 · The page as it came"), facts, [LegendEntry(colour, _("this way is up"))])


def _orientation_facts(reading: PageReading, sure: bool) -> list[str]:
    facts = []
    if not sure:
        facts.append(_("This is not sure: look at the page."))
    if sure and not reading.rotation_confidence:
        facts.append(_("Which way is up was not looked for."))
    elif reading.rotation_confidence:
        facts.append(_("Confidence %(value)s") % {"value": number(reading.rotation_confidence, 2)})
    evidence = reading.orientation_evidence
    if evidence is not None and any(evidence.scores):
        facts.append(_("Evidence for each turn: %(scores)s") % {"scores": _scores(evidence)})
    return facts


def _scores(evidence: OrientationEvidence) -> str:
    digits = 0 if max(evidence.scores) >= 10 else 1
    return ", ".join(f"{rotation}°: {number(evidence.of(rotation), digits)}" for rotation in ROTATIONS)


def paper_picture(
    upright: Canvas,
    frame: PaperFrame,
    frame_dpi: float,
    faults: Sequence[PaperFault],
    reading: PageReading,
) -> Rgb:
    """The paper's edges and corners, what wear left on it, and what is shown of it.

    `upright` is not straightened; `frame` (`frame_dpi`: of the view in whose pixels it counts) and `faults`
    lie in its frame. Streaks are drawn before (`draw_streaks`), while the page lies as it was scanned.
    """
    legend: list[LegendEntry] = []
    facts = [_paper_fact(frame)]
    scan_size = upright.size_mm
    upright = upright.padded(AROUND_MM)
    _draw_frame(upright, frame, frame_dpi, scan_size, legend)
    counts = Counter(fault.kind for fault in faults)
    for fault in faults:
        upright.frame(fault.box, FAULT_COLOURS[fault.kind], 4)
    legend += [
        LegendEntry(FAULT_COLOURS[kind], fault_words(kind, counts[kind]))
        for kind in FaultKind
        if counts[kind]
    ]
    streaks = next((item.value for item in reading.measurements if item.name == "vertical_streaks"), 0.0)
    if streaks:
        words = ngettext("%(count)d streak of dirt", "%(count)d streaks of dirt", int(streaks))
        legend.append(LegendEntry(PINK, words % {"count": int(streaks)}))
    _draw_cut_sides(upright, reading, scan_size, legend)
    if reading.crop_mm is not None:
        corners = _before_straightening(reading.crop_mm, reading)
        for one, other in zip(corners, (*corners[1:], corners[0]), strict=True):
            upright.dashed(one, other, BLUE, 3)
        legend.append(LegendEntry(BLUE, _("shown in the archive")))
    else:
        facts.append(_("Nothing is cut off: the archive shows the whole scan."))
    return captioned(upright, _("2 · The paper"), facts, legend)


def draw_streaks(scan: Canvas, columns_mm: Sequence[float]) -> None:
    """Marks streaks of dirt on the page as it was scanned, beside themselves so that they stay seen."""
    _width, bottom = scan.size_mm
    for column in columns_mm:
        for beside in (-1.0, 1.0):
            scan.line((column + beside, 0.0), (column + beside, bottom), PINK, 2)


def _paper_fact(frame: PaperFrame) -> str:
    values = {
        "width": number(frame.width_mm, 1),
        "height": number(frame.height_mm, 1),
        "name": size_words(frame.size_name) if frame.size_name else _("no usual size"),
    }
    if not frame.has_border:
        return _("No edge is seen: the paper fills the scan. %(width)s × %(height)s mm (%(name)s)") % values
    lid = _("black") if frame.lid is Lid.DARK else _("light")
    sentence = _("The paper lies on a %(lid)s lid. %(width)s × %(height)s mm (%(name)s)")
    return sentence % {**values, "lid": lid}


def _draw_frame(
    upright: Canvas, frame: PaperFrame, frame_dpi: float, scan_size: Place, legend: list[LegendEntry]
) -> None:
    if not frame.has_border:
        return
    mm = MM_PER_INCH / frame_dpi
    corners: list[Place] = [(x * mm, y * mm) for x, y in frame.corners_px]
    width, height = scan_size
    scan = upright.area([(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)])
    upright.tint(scan & ~upright.area(corners), SKY, 0.85)
    for side in range(4):
        if frame.edges[side]:
            upright.line(corners[side], corners[(side + 1) % 4], GREEN, 5)
    for corner in corners:
        upright.dot(corner, BLACK)
    legend += [
        LegendEntry(GREEN, _("edge of the paper")),
        LegendEntry(BLACK, _("corner")),
        LegendEntry(SKY, _("lid, no paper")),
    ]


def _draw_cut_sides(
    upright: Canvas, reading: PageReading, scan_size: Place, legend: list[LegendEntry]
) -> None:
    width, height = scan_size
    bars = {
        "ink_cut_off_top": Box(0, 0, width, CUT_MM),
        "ink_cut_off_right": Box(width - CUT_MM, 0, width, height),
        "ink_cut_off_bottom": Box(0, height - CUT_MM, width, height),
        "ink_cut_off_left": Box(0, 0, CUT_MM, height),
    }
    cut = [box for doubt, box in bars.items() if doubt in reading.doubts]
    for box in cut:
        corners = [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)]
        upright.tint(upright.area(corners), RED, 0.8)
    if cut:
        legend.append(LegendEntry(RED, _("writing is cut off here")))


def _before_straightening(box: Box, reading: PageReading) -> list[Place]:
    """The corners of a place on the straightened page, where they lay before."""
    geometry = reading.geometry
    angle = math.radians(geometry.skew_degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = geometry.width_mm / 2, geometry.height_mm / 2
    corners = [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)]
    return [
        (x + cos * (right - x) + sin * (down - y), y - sin * (right - x) + cos * (down - y))
        for right, down in corners
    ]
