"""How many dots of an image make an inch of paper: as its file says, or as paper sizes tell.

The first rule that holds decides (`origin` in brackets):

====  ==============================================================================  ============
rule  holds when                                                                      origin
====  ==============================================================================  ============
1     the file states 50–2400 dpi (a PDF, which states paper, any), the paper's       ``file``
      longer side is then 20 mm to 1.3 m, and rule 2 does not hold
2     the file states 72 or 96 dpi (what programs write that know nothing), one       ``inferred``
      side is then more than a tenth longer than A3's, and rule 3 finds a paper
3     one of 72, 75, 96, 100, 150, 200, 204, 240, 300, 400, 600 dpi makes both sides  ``inferred``
      those of A3, A4, A5, Letter or Legal, upright or lying, within 3 mm or 1.5 %
      (whichever is more); of several the one that fits best
4     the longer side has 2000 pixels or more: 300 dpi, or the next of 400, 600,      ``assumed``
      1200, 2400 that keeps it within 1.3 m
5     else: 150 dpi if that keeps the longer side within A4's 297 mm, else 200 dpi    ``assumed``
====  ==============================================================================  ============

A file may state only the shape of a pixel (JFIF unit 0, PNG unit 0, TIFF unit 1); rules 3 to 5 then
search along the denser axis and give the other in proportion. Paper sizes are ISO 216's and ANSI's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from dipro_scan.model import MM_PER_INCH, Resolution
from dipro_scan.model.page import ResolutionOrigin

PAPERS_MM = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "Letter": (215.9, 279.4),
    "Legal": (215.9, 355.6),
}
COMMON_DPI = (300, 200, 600, 150, 400, 240, 204, 100, 96, 75, 72)
LOWEST_DPI, HIGHEST_DPI = 50.0, 2400.0
SHORTEST_PAPER_MM, LONGEST_PAPER_MM = 20.0, 1300.0

_CARELESS_DPI = (72, 96)
_FAR_LARGER = 1.1
_TOLERANCE_MM, _TOLERANCE_SHARE = 3.0, 0.015
_LONGEST_PIXEL = 8.0


@dataclass(frozen=True, slots=True)
class StatedResolution:
    """What a file says: dots per inch, or (`dpi` None) only how many times denser y is than x.

    `by_paper`: the file says how large the paper is, and the density follows from that.
    """

    dpi: Resolution | None = None
    y_per_x: float = 1.0
    by_paper: bool = False

    @staticmethod
    def of(x: float, y: float, *, per_inch: float | None, by_paper: bool = False) -> StatedResolution:
        """From a pair of densities and the number of their unit in an inch (None: no unit)."""
        if not (math.isfinite(x) and math.isfinite(y) and x > 0 and y > 0):
            return StatedResolution()
        ratio = y / x if 1 / _LONGEST_PIXEL <= y / x <= _LONGEST_PIXEL else 1.0
        dpi = Resolution(x * per_inch, y * per_inch) if per_inch is not None else None
        return StatedResolution(dpi, ratio, by_paper)


def settle_resolution(
    width_px: int, height_px: int, stated: StatedResolution
) -> tuple[Resolution, ResolutionOrigin]:
    """The image's resolution and where it is from, by the rules above."""
    inferred = _inferred(width_px, height_px, stated.y_per_x)
    if stated.dpi is not None and _is_plausible(width_px, height_px, stated.dpi, stated.by_paper):
        if inferred is not None and _is_careless(width_px, height_px, stated.dpi):
            return inferred, "inferred"
        return stated.dpi, "file"
    if inferred is not None:
        return inferred, "inferred"
    return _assumed(width_px, height_px, stated.y_per_x), "assumed"


def _is_plausible(width_px: int, height_px: int, dpi: Resolution, by_paper: bool) -> bool:
    """Rule 1: a density that scanners have, and paper that one can hold."""
    if not by_paper and not all(LOWEST_DPI <= value <= HIGHEST_DPI for value in dpi):
        return False
    return SHORTEST_PAPER_MM <= max(_paper_mm(width_px, height_px, dpi)) <= LONGEST_PAPER_MM


def _is_careless(width_px: int, height_px: int, dpi: Resolution) -> bool:
    if round(dpi.x) != round(dpi.y) or round(dpi.x) not in _CARELESS_DPI:
        return False
    short, long = sorted(_paper_mm(width_px, height_px, dpi))
    a3_short, a3_long = PAPERS_MM["A3"]
    return short > _FAR_LARGER * a3_short or long > _FAR_LARGER * a3_long


def _inferred(width_px: int, height_px: int, y_per_x: float) -> Resolution | None:
    best: tuple[float, Resolution] | None = None
    for value in COMMON_DPI:
        dpi = _along_denser_axis(value, y_per_x)
        misfit = _misfit(*_paper_mm(width_px, height_px, dpi))
        if misfit is not None and (best is None or misfit < best[0]):
            best = misfit, dpi
    return best[1] if best else None


def _misfit(width_mm: float, height_mm: float) -> float | None:
    """How far a page is from the nearest standard paper (share of a side); None: from every one."""
    fits = []
    for sides in PAPERS_MM.values():
        for paper in (sides, sides[::-1]):
            off = [abs(side - standard) for side, standard in zip((width_mm, height_mm), paper, strict=True)]
            allowed = [max(_TOLERANCE_MM, _TOLERANCE_SHARE * standard) for standard in paper]
            if all(value <= limit for value, limit in zip(off, allowed, strict=True)):
                fits.append(max(value / standard for value, standard in zip(off, paper, strict=True)))
    return min(fits, default=None)


def _assumed(width_px: int, height_px: int, y_per_x: float) -> Resolution:
    def longer_mm(value: int) -> float:
        return max(_paper_mm(width_px, height_px, _along_denser_axis(value, y_per_x)))

    if max(width_px, height_px) >= 2000:
        value = next((value for value in (300, 400, 600, 1200) if longer_mm(value) <= LONGEST_PAPER_MM), 2400)
    else:
        value = 150 if longer_mm(150) <= PAPERS_MM["A4"][1] else 200
    return _along_denser_axis(value, y_per_x)


def _along_denser_axis(value: float, y_per_x: float) -> Resolution:
    if y_per_x > 1:
        return Resolution(value / y_per_x, float(value))
    return Resolution(float(value), value * y_per_x)


def _paper_mm(width_px: int, height_px: int, dpi: Resolution) -> tuple[float, float]:
    return width_px * MM_PER_INCH / dpi.x, height_px * MM_PER_INCH / dpi.y
