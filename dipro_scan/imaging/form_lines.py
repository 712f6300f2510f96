"""The straight lines of forms: found, and taken out of the reading image without the letters they touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.blocks import block_means, spread
from dipro_scan.imaging.components import components
from dipro_scan.imaging.ink import text_ink
from dipro_scan.imaging.layers import gray_of
from dipro_scan.model import MM_PER_INCH, ProcessingStep, ReadingImage

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Boxes = NDArray[np.int32]

LOOKED_AT_DPI: Final = 150.0

LEAST_PX: Final = 5
"""A strip of fewer pixels holds no form."""

LINE_MM: Final = 1.6
"""Straight ink as long as this is a line; the sides of the smallest boxes for ticks are longer."""

LINE_WIDTH_MM: Final = 0.5
"""How wide a line may be that a letter crosses."""

THICKENED: Final = 1.6
NEAR_MM: Final = 8.0
"""Where a line has this many times the ink that it has at its barest place near by, it meets a letter."""


@dataclass(frozen=True, slots=True)
class FormLines:
    """The straight level and upright lines of a page, looked at with about 150 dots per inch.

    `gray`, `ink`, `across` and `down` are of one shape; `step` pixels of the view are one of theirs. `labels`
    numbers what lines join to one figure, from 1; `boxes`, shape (figures + 1, 5), are the left, top,
    width, height and area of each figure in pixels, the paper being figure 0.
    """

    gray: Gray
    ink: Mask
    across: Mask
    down: Mask
    labels: NDArray[np.uint16] | NDArray[np.int32]
    boxes: Boxes
    dpi: float
    step: int


def form_lines(view: ReadingImage) -> FormLines:
    """The lines of `view`, which is upright and straightened. Raises PageFailed where it is no image."""
    step = max(1, round(view.dpi / LOOKED_AT_DPI))
    gray = block_means(gray_of(view.pixels), step)
    dpi = view.dpi / step
    ink = text_ink(gray, dpi) if min(gray.shape) >= LEAST_PX else np.zeros(gray.shape, np.bool_)
    length = max(3, round(LINE_MM / MM_PER_INCH * dpi))
    across, down = (
        np.asarray(cv2.morphologyEx(ink.view(np.uint8), cv2.MORPH_OPEN, np.ones(shape, np.uint8))).view(
            np.bool_
        )
        for shape in ((1, length), (length, 1))
    )
    straight = np.asarray(across | down).view(np.uint8)
    _count, labels, boxes, _centres = components(straight)
    return FormLines(gray, ink, across, down, labels, boxes, dpi, step)


def without_outlines(
    view: ReadingImage, lines: FormLines, outlines: Mask
) -> tuple[ReadingImage, ProcessingStep | None]:
    """`view` without the `outlines` of boxes for ticks, and what was done; `view` itself where none are.

    `outlines` are pixels of `lines`. Where the ink of a letter touches one, that piece of it stays; frames
    and rules of the form stay too.
    """
    if not outlines.any():
        return view, None
    paper = np.asarray(cv2.morphologyEx(lines.gray, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8)
    bare = _untouched(outlines, paper, lines)
    shape = view.pixels.shape
    pixels = view.pixels.copy()
    cv2.copyTo(
        np.ascontiguousarray(spread(paper, lines.step, shape)),
        np.ascontiguousarray(spread(bare.view(np.uint8), lines.step, shape)),
        pixels,
    )
    removed_mm2 = float(np.count_nonzero(bare)) * (MM_PER_INCH / lines.dpi) ** 2
    step = ProcessingStep("form_boxes_removed", archive=False, parameters={"area_mm2": round(removed_mm2, 1)})
    return ReadingImage(pixels, view.dpi, view.origin_mm), step


def _untouched(taken: Mask, paper: Gray, lines: FormLines) -> Mask:
    """The pixels of `taken` and of their soft edges where no other ink comes up to them.

    A letter that touches or crosses a line makes the ink there thicker than the line is by itself.
    """
    depth = np.asarray(cv2.subtract(paper, lines.gray), dtype=np.uint8)
    level, upright = taken & lines.across, taken & lines.down
    across = _thickened(level, upright, depth, lines.dpi)
    down = np.ascontiguousarray(_thickened(upright.T, level.T, depth.T, lines.dpi).T)
    # At a corner a line across also is a line down: there it goes unless both say that it stays.
    stays = (across | down) & (~lines.across | across) & (~lines.down | down) & lines.ink
    return np.asarray(_grown(taken & ~stays, (3, 3)) & ~stays)


def _thickened(line: Mask, crossing: Mask, depth: Gray, dpi: float) -> Mask:
    """Where level lines, and what lies by them, are darker down the page than they mostly are near by.

    The lines of the form that cross them (`crossing`) do not count.
    """
    reach = max(1, round(LINE_WIDTH_MM / MM_PER_INCH * dpi))
    rim = _grown(line, (5, 1)) & ~_grown(crossing, (1, 3))
    ink = cv2.blur(depth * rim, (3, 2 * reach + 5))
    length = round(NEAR_MM / MM_PER_INCH * dpi) | 1
    alone = line & ~_grown(crossing, (1, 9))
    bare = cv2.erode(np.where(alone, ink, np.uint8(255)), np.ones((1, length), np.uint8))
    thick = line & (ink > cv2.convertScaleAbs(bare, alpha=THICKENED))
    return _grown(thick, (2 * reach + 1, 3))


def _grown(mask: Mask, shape: tuple[int, int]) -> Mask:
    grown = cv2.dilate(np.ascontiguousarray(mask).view(np.uint8), np.ones(shape, np.uint8))
    return np.asarray(grown).view(np.bool_)
