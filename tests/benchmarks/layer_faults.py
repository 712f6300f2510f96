"""What could go wrong between a scan and its compact image, done on purpose to a page that is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Pair = tuple[Pixels, Pixels]
Chance = np.random.Generator


def _px(size_mm: float, dpi: float) -> int:
    return max(1, int(np.ceil(size_mm / 25.4 * dpi)))


def _gray(pixels: Pixels) -> Pixels:
    return (
        pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    )


def _figures(pixels: Pixels, dpi: float) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Labels and boxes of what is dark on a page, its outermost millimetres left out."""
    gray = _gray(pixels)
    ink = np.asarray(gray < 0.6 * np.percentile(gray, 75))
    edge = _px(4, dpi)
    ink[:edge], ink[-edge:], ink[:, :edge], ink[:, -edge:] = False, False, False, False
    _count, labels, boxes, _centroids = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    return np.asarray(labels, np.int32), np.asarray(boxes, np.int32)


def _erased(pixels: Pixels, labels: NDArray[np.int32], figure: int, box: NDArray[np.int32]) -> Pixels:
    """The page with one figure painted over in the colour of the paper around it."""
    left, top, width, height = (int(edge) for edge in box[:4])
    window = (slice(top - 3, top + height + 3), slice(left - 3, left + width + 3))
    own = cv2.dilate((labels[window] == figure).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    changed = pixels.copy()
    part = changed[window]
    paper = np.percentile(part.reshape(own.size, -1), 85, axis=0)
    part[own] = np.rint(paper if pixels.ndim == 3 else paper[0])
    return changed


def _bare_place(scan: Pixels, dpi: float, size_mm: tuple[float, float], chance: Chance) -> tuple[int, int]:
    """The top left corner of a place for something of that width and height, clear of ink by 0.6 mm."""
    gray = _gray(scan)
    level = np.percentile(gray, 75)
    near = cv2.erode(gray, np.ones((_px(1.4, dpi), _px(1.4, dpi)), np.uint8))
    wide, high = (_px(size, dpi) for size in size_mm)
    edge = _px(4, dpi)
    for _attempt in range(1000):
        y = int(chance.integers(edge, gray.shape[0] - edge - high))
        x = int(chance.integers(edge, gray.shape[1] - edge - wide))
        if near[y : y + high, x : x + wide].min() > 0.8 * level:
            return x, y
    raise ValueError("the page has no bare place")


def _ink_of(scan: Pixels) -> NDArray[np.float64]:
    gray = _gray(scan)
    dark = gray <= np.percentile(gray, 1)
    return np.asarray(np.median(scan[dark], axis=0))


def _drawn(pixels: Pixels, place: tuple[int, int], size: tuple[int, int], ink: NDArray[np.float64]) -> Pixels:
    changed = pixels.copy()
    x, y = place
    changed[y : y + size[1], x : x + size[0]] = ink
    return changed


def dot_removed(scan: Pixels, shown: Pixels, dpi: float, chance: Chance) -> Pair:
    """A dot of 0.3 to 1 mm, of an i or a full stop, is gone; where there is none, one is put there first."""
    labels, boxes = _figures(scan, dpi)
    small, large = _px(0.3, dpi), _px(1.0, dpi)
    size = boxes[:, 2:4]
    dots = np.flatnonzero((size.min(axis=1) >= small) & (size.max(axis=1) <= large))
    if not len(dots):
        return speck_invented(shown, scan, dpi, chance)[::-1]
    figure = int(chance.choice(dots))
    return scan, _erased(shown, labels, figure, boxes[figure])


def letter_removed(scan: Pixels, shown: Pixels, dpi: float, chance: Chance) -> Pair:
    labels, boxes = _figures(scan, dpi)
    size = boxes[:, 2:4]
    letters = np.flatnonzero((size.min(axis=1) >= _px(0.8, dpi)) & (size.max(axis=1) <= _px(6, dpi)))
    figure = int(chance.choice(letters))
    return scan, _erased(shown, labels, figure, boxes[figure])


def speck_invented(scan: Pixels, shown: Pixels, dpi: float, chance: Chance) -> Pair:
    """Ink of 0.3 mm square that no paper had."""
    size = _px(0.3, dpi)
    place = _bare_place(scan, dpi, (0.3, 0.3), chance)
    return scan, _drawn(shown, place, (size, size), _ink_of(scan))


def stroke_dropped(scan: Pixels, shown: Pixels, dpi: float, chance: Chance) -> Pair:
    """A hairline of 0.6 mm on the paper, level or upright, is missing from the layers."""
    size = (_px(0.6, dpi), _px(0.12, dpi))
    if chance.random() < 0.5:
        size = size[::-1]
    place = _bare_place(scan, dpi, (0.6, 0.6), chance)
    return _drawn(scan, place, size, _ink_of(scan)), shown


def ink_recoloured(scan: Pixels, shown: Pixels, dpi: float, chance: Chance) -> Pair:
    """A letter is shown in another colour: bright red for what was dark, a pale gray on a gray page."""
    labels, boxes = _figures(scan, dpi)
    size = boxes[:, 2:4]
    letters = np.flatnonzero((size.min(axis=1) >= _px(1.2, dpi)) & (size.max(axis=1) <= _px(8, dpi)))
    figure = int(chance.choice(letters))
    changed = shown.copy()
    changed[labels == figure] = (200, 30, 40) if shown.ndim == 3 else 150
    return scan, changed


def ground_tinted(scan: Pixels, shown: Pixels, dpi: float, chance: Chance) -> Pair:
    """Two centimetres of paper are darker by an eighth than they were."""
    side = _px(20, dpi)
    y, x = (int(chance.integers(0, max(1, size - side))) for size in shown.shape[:2])
    changed = shown.copy()
    changed[y : y + side, x : x + side] = (changed[y : y + side, x : x + side] * 0.87).astype(np.uint8)
    return scan, changed


FAULTS: Final[dict[str, Callable[[Pixels, Pixels, float, Chance], Pair]]] = {
    "dot removed": dot_removed,
    "letter removed": letter_removed,
    "speck invented": speck_invented,
    "stroke dropped": stroke_dropped,
    "ink recoloured": ink_recoloured,
    "ground tinted": ground_tinted,
}
