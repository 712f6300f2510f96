"""The picture that explains a reading: what was read, with words framed and codes marked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging.explained import write_picture
from dipro_scan.model import MM_PER_INCH, Box, ReadingImage

WORD_COLOUR: Final = (0, 110, 200)
CODE_COLOUR: Final = (220, 0, 0)


def draw_boxes(view: ReadingImage, words: Sequence[Box], codes: Sequence[Box], target: Path) -> None:
    """Writes `view` as PNG with thin blue frames around words and thick red ones around codes.

    Raises Unwritable where `target` cannot be written.
    """
    picture = np.asarray(cv2.cvtColor(view.pixels, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
    for boxes, colour, thickness in ((words, WORD_COLOUR, 2), (codes, CODE_COLOUR, 5)):
        for box in boxes:
            left, top, right, bottom = pixel_box(view, box)
            cv2.rectangle(picture, (left, top), (right, bottom), colour, thickness)
    write_picture(picture, target)


def pixel_box(view: ReadingImage, box: Box) -> tuple[int, int, int, int]:
    """Where a place on the page lies in the pixels of `view`; the inverse of `ReadingImage.box_mm`."""
    scale = view.dpi / MM_PER_INCH
    left, top = view.origin_mm
    return (
        round((box.x0 - left) * scale),
        round((box.y0 - top) * scale),
        round((box.x1 - left) * scale),
        round((box.y1 - top) * scale),
    )
