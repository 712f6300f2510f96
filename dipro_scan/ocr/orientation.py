"""What Tesseract's orientation detection says, weighed against the direction of the lines.

The detection judges single characters by their shapes and is at times sure of itself when wrong.
Lines are independent evidence: a quarter turn is believed only where they stand upright, and 0 or 180
only where they do not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from dipro_scan.model import OrientationEstimate, ReadingImage
from dipro_scan.ocr.text_axis import DECIDED, text_axis

HALF_SURE_UPRIGHT: Final = 1.0
HALF_SURE_TURNED: Final = 4.0
"""Tesseract's confidence c that means 0.5 here: c / (c + half). A page lies upright far more often
than not, so a turn has to be shown more clearly than the lack of one. (Tesseract calls 15 reasonably
confident: 0.94 and 0.79.)"""

SURE: Final = 5.0
"""Tesseract's confidence above which a turn is not looked at again, and lines need not agree clearly."""

CONTRADICTED: Final = 0.1


class Detection(NamedTuple):
    """`rotation`: degrees clockwise that make the image upright; `confidence` as Tesseract counts (0–∞)."""

    rotation: int
    confidence: float


Detector = Callable[[ReadingImage], Detection | None]


def weighed_orientation(image: ReadingImage, detect: Detector) -> OrientationEstimate | None:
    """The rotation that both kinds of evidence allow; None where there are too few characters to tell.

    A doubtful turn is looked at a second time on the turned image, where the detection sees level
    lines. Where the evidence contradicts itself, rotation 0 comes back with confidence 0.1.
    """
    detection = detect(image)
    axis = text_axis(image)
    sideways = axis is not None and axis < -DECIDED
    level = axis is not None and axis > DECIDED
    if sideways and (detection is None or detection.rotation in (0, 180)):
        return _from_turned(image, detect) or _contradicted(detection)
    if detection is None:
        return None
    undecided = axis is not None and not sideways and not level
    if (level and detection.rotation in (90, 270)) or (undecided and detection.confidence < SURE):
        return _contradicted(detection)
    if detection.rotation == 0 or detection.confidence >= SURE:
        return _estimate(detection)
    return _checked_on_turned(image, detection, detect)


def _checked_on_turned(image: ReadingImage, first: Detection, detect: Detector) -> OrientationEstimate:
    second = detect(_turned(image, first.rotation))
    if second is None or second.rotation in (90, 270):
        return OrientationEstimate(0, CONTRADICTED)
    if second.rotation == 0:
        return _estimate(Detection(first.rotation, first.confidence + second.confidence))
    return _estimate(Detection((first.rotation + 180) % 360, second.confidence))


def _from_turned(image: ReadingImage, detect: Detector) -> OrientationEstimate | None:
    second = detect(_turned(image, 90))
    if second is None or second.rotation in (90, 270):
        return None
    return _estimate(Detection((90 + second.rotation) % 360, second.confidence))


def _contradicted(detection: Detection | None) -> OrientationEstimate | None:
    return None if detection is None else OrientationEstimate(0, CONTRADICTED)


def _estimate(detection: Detection) -> OrientationEstimate:
    half = HALF_SURE_UPRIGHT if detection.rotation == 0 else HALF_SURE_TURNED
    confidence = max(0.0, detection.confidence)
    return OrientationEstimate(detection.rotation, confidence / (confidence + half))


def _turned(image: ReadingImage, rotation: int) -> ReadingImage:
    return ReadingImage(np.ascontiguousarray(np.rot90(image.pixels, k=-rotation // 90)), image.dpi)
