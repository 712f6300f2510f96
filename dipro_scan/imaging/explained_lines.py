"""The picture of the lines by which the skew was seen."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.edges import LetterEdges
from dipro_scan.imaging.explained import BLUE, GRAY, RED, Canvas, LegendEntry, Rgb, captioned
from dipro_scan.model import MM_PER_INCH, PageReading
from dipro_scan.translation import _, number

Floats = NDArray[np.floating]

SAME_LINE_MM: Final = 0.3
LINES_APART_MM: Final = 2.0
GAP_MM: Final = 15.0
"""Letters further apart stand in different columns."""

MIN_LINE_MM: Final = 10.0
MIN_LETTERS: Final = 5
"""A line that is drawn goes on for so long at least, with so many letters."""


def lines_picture(upright: Canvas, letters: LetterEdges, reading: PageReading) -> Rgb:
    """The feet of the letters and the lines they stand on, at the angle that was measured.

    `upright` is not straightened; `letters` are those of the same view.
    """
    upright.fade()
    mm = MM_PER_INCH / letters.dpi
    feet = _feet(letters) * mm
    _draw_feet(upright, feet)
    legend = [LegendEntry(BLUE, _("feet of letters"))]
    degrees = _measured(reading)
    if degrees is not None:
        drawn = _text_lines(feet, degrees)
        climb = math.tan(math.radians(degrees))
        for first, last, height in drawn:
            upright.line((first, height - climb * first), (last, height - climb * last), RED, 1)
        legend.append(LegendEntry(RED, _("lines of text (%(count)d)") % {"count": len(drawn)}))
    _draw_level(upright, legend)
    return captioned(upright, _("3 · The lines, and how askew they lie"), _facts(reading, degrees), legend)


def _feet(letters: LetterEdges) -> Floats:
    """The middle of each letter's lower edge (across, down), shape (letters, 2), in pixels."""
    left, top, width, height = letters.boxes.astype(np.float64).reshape(-1, 4).T
    return np.column_stack([left + width / 2, top + height])


def _measured(reading: PageReading) -> float | None:
    """The skew that was measured, whether or not it was corrected; None where in doubt or not looked for."""
    found = [item.value for item in reading.measurements if item.name == "skew"]
    if found:
        return found[0]
    return reading.geometry.skew_degrees or None


def _facts(reading: PageReading, degrees: float | None) -> list[str]:
    if "skew_out_of_range" in reading.doubts:
        return [_("The page lies too askew to be straightened; it stays as it is.")]
    if "skew_unsure" in reading.doubts:
        return [_("The lines do not tell for sure how askew the page lies; it stays as it is.")]
    if degrees is None:
        return [_("How askew the page lies was not looked for.")]
    sides = _("climb to the right") if degrees > 0 else _("fall to the right")
    facts = [_("The lines %(climb)s by %(degrees)s°.") % {"climb": sides, "degrees": number(abs(degrees), 2)}]
    if reading.geometry.skew_degrees:
        facts.append(_("The page was straightened by as much."))
    else:
        facts.append(_("That is too little to be seen; nothing was straightened."))
    return facts


def _draw_feet(upright: Canvas, feet: Floats) -> None:
    scale = upright.dpi / MM_PER_INCH
    mask = np.zeros(upright.pixels.shape[:2], dtype=np.uint8)
    for column, row in np.rint(feet * scale).astype(int):
        cv2.rectangle(mask, (column - 2, row - 1), (column + 2, row), 1, cv2.FILLED)
    upright.tint(mask > 0, BLUE)


def _draw_level(upright: Canvas, legend: list[LegendEntry]) -> None:
    """A level line in the middle to compare with."""
    width, height = upright.size_mm
    upright.dashed((0.0, height / 2), (width, height / 2), GRAY, 1)
    legend.append(LegendEntry(GRAY, _("level")))


def _text_lines(feet: Floats, degrees: float) -> list[tuple[float, float, float]]:
    """First and last place along the line (mm) of each line of text, and its height at the left edge (mm)."""
    if not len(feet):
        return []
    heights = feet[:, 1] + math.tan(math.radians(degrees)) * feet[:, 0]
    low = float(heights.min())
    cell = SAME_LINE_MM / 3
    counts = np.bincount(((heights - low) / cell).astype(int)).astype(np.float64)
    smooth = np.convolve(counts, np.ones(3), mode="same")
    apart = max(1, round(LINES_APART_MM / cell / 2))
    highest = np.lib.stride_tricks.sliding_window_view(np.pad(smooth, apart), 2 * apart + 1).max(axis=1)
    found = []
    for peak in np.flatnonzero((smooth == highest) & (smooth >= MIN_LETTERS)):
        height = low + (float(peak) + 0.5) * cell
        along = np.sort(feet[np.abs(heights - height) <= SAME_LINE_MM, 0])
        for column in np.split(along, np.flatnonzero(np.diff(along) > GAP_MM) + 1):
            if len(column) >= MIN_LETTERS and column[-1] - column[0] >= MIN_LINE_MM:
                found.append((float(column[0]), float(column[-1]), height))
    return found
