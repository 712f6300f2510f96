"""What copiers, scanners and fax machines do to a page. Pixels are RGB [height, width, 3] at PAPER_DPI."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from municipal_paper.chance import chance, clouds, white_noise
from municipal_paper.truth import MM_PER_INCH, PAPER_DPI, Pixels

PX_PER_MM: Final = PAPER_DPI / MM_PER_INCH
COPIER_BLUR_MM: Final = 0.06
COPIER_CONTRAST: Final = 0.035
"""Steepness of the copier's tone curve per gray level."""

MARGIN_MM: Final = 3.0
"""How much of what lies beside the paper is drawn with the paper's shadow on it."""

RGB = tuple[int, int, int]


class Lie(NamedTuple):
    """How the paper lies on the glass; see `Wear`."""

    skew_degrees: float
    border_mm: tuple[float, float, float, float]
    shift_mm: tuple[float, float]
    fringe_mm: float


def copied(pixels: Pixels, stroke_mm: float, toner_loss: float, seed: int) -> Pixels:
    """Through a copier: gray, steep contrast, strokes whose edges move by `stroke_mm`, patchy toner."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    soft = cv2.GaussianBlur(gray, (0, 0), COPIER_BLUR_MM * PX_PER_MM)
    if toner_loss:
        soft = _with_less_toner(soft, toner_loss, seed)
    # A blurred edge crosses this level where the sharp one, moved by stroke_mm, would lie.
    threshold = 255 * NormalDist().cdf(stroke_mm / COPIER_BLUR_MM)
    steps = np.arange(256) - np.clip(threshold, 40, 215)
    curve = 255 / (1 + np.exp(-COPIER_CONTRAST * steps))
    curve = (curve - curve[0]) / (curve[-1] - curve[0]) * 255
    toned = cv2.LUT(soft, np.rint(curve).astype(np.uint8))
    return np.asarray(cv2.cvtColor(toned, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def _with_less_toner(gray: Pixels, loss: float, seed: int) -> Pixels:
    rng = chance(seed, "toner")
    height, width = gray.shape
    half = ((height + 1) // 2, (width + 1) // 2)
    patches = clouds(rng, half, 14 * PX_PER_MM / 2) * 0.5 + 0.8
    specks = np.abs(rng.standard_normal(half, dtype=np.float32))
    missing = np.clip(255 * loss * np.clip(patches, 0.1, 2.2) * specks * 1.4, 0, 235).astype(np.uint8)
    full = cv2.resize(missing, (width, height), interpolation=cv2.INTER_LINEAR)
    ink = 255 - gray
    return np.asarray(255 - cv2.multiply(ink, 255 - full, scale=1 / 255), dtype=np.uint8)


def laid(pixels: Pixels, lie: Lie, outside_rgb: RGB) -> Pixels:
    """The paper on the scanner's bed, moved and turned by one warp about the centre of the scan.

    The scan has the size of the paper and `border_mm`. Red and blue are read half of `fringe_mm` above
    and below green, as by a sensor of three lines.
    """
    if lie == (0.0, (0.0, 0.0, 0.0, 0.0), (0.0, 0.0), 0.0):
        return pixels
    height, width = pixels.shape[:2]
    top, right, bottom, left = (round(edge * PX_PER_MM) for edge in lie.border_mm)
    size = (width + left + right, height + top + bottom)
    offset = (left + lie.shift_mm[0] * PX_PER_MM, top + lie.shift_mm[1] * PX_PER_MM)
    margin = round(MARGIN_MM * PX_PER_MM)
    bed = _on_bed(pixels, margin, outside_rgb)
    matrix = _placing(lie.skew_degrees, size, (offset[0] - margin, offset[1] - margin))
    if not lie.fringe_mm:
        return _warped(bed, matrix, size, outside_rgb)
    channels = []
    for index, share in enumerate((-0.5, 0.0, 0.5)):
        moved = matrix.copy()
        moved[1, 2] += share * lie.fringe_mm * PX_PER_MM
        channel = np.ascontiguousarray(bed[:, :, index])
        channels.append(_warped(channel, moved, size, (outside_rgb[index],) * 3))
    return np.asarray(cv2.merge(channels), dtype=np.uint8)


def _placing(skew_degrees: float, size: tuple[int, int], offset: tuple[float, float]) -> NDArray[np.float64]:
    """Moves by `offset`, then turns counter-clockwise about the centre of an image of `size` pixels."""
    angle = math.radians(skew_degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    centre = (np.array(size) - 1) / 2
    return np.column_stack([turn, centre + turn @ (np.array(offset) - centre)])


def _warped(pixels: Pixels, matrix: NDArray[np.float64], size: tuple[int, int], outside: RGB) -> Pixels:
    warped = cv2.warpAffine(
        pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=outside
    )
    return np.asarray(warped, dtype=np.uint8)


def _on_bed(pixels: Pixels, margin: int, outside_rgb: RGB) -> Pixels:
    """The paper with a strip of the bed around it and its edge's shadow on that."""
    sides = (margin, margin, margin, margin)
    bed = np.asarray(cv2.copyMakeBorder(pixels, *sides, cv2.BORDER_CONSTANT, value=outside_rgb), np.uint8)
    reach = np.arange(margin) / PX_PER_MM
    for strip, depth in (
        (bed[:, -margin:], 0.30 * np.exp(-reach / 0.35)[None, :, None]),
        (bed[:, :margin], 0.12 * np.exp(-reach / 0.2)[None, ::-1, None]),
        (bed[-margin:], 0.34 * np.exp(-reach / 0.45)[:, None, None]),
        (bed[:margin], 0.10 * np.exp(-reach / 0.2)[::-1, None, None]),
    ):
        strip[...] = np.rint(strip * (1 - depth)).astype(np.uint8)
    return bed


def speckle(pixels: Pixels, per_dm2: float, seed: int) -> None:
    """Dust and toner dirt: round and oblong specks of 0.05 to 0.4 mm, most of them small."""
    rng = chance(seed, "speckles")
    height, width = pixels.shape[:2]
    count = rng.poisson(per_dm2 * height * width / (100 * PX_PER_MM) ** 2)
    for _speck in range(count):
        centre = (int(rng.integers(width * 16)), int(rng.integers(height * 16)))
        radius = min(0.2, 0.025 * math.exp(abs(rng.normal(0, 0.75)))) * PX_PER_MM * 16
        axes = (max(5, round(radius)), max(5, round(radius * rng.uniform(0.4, 1.0))))
        level = int(rng.integers(20, 150))
        cv2.ellipse(
            pixels, centre, axes, rng.uniform(0, 180), 0, 360, (level, level, level), -1, cv2.LINE_AA, 4
        )


def streak(pixels: Pixels, count: int, seed: int) -> None:
    """Dirt that stays under one place of the sensor while the page passes: a line from top to bottom."""
    rng = chance(seed, "streaks")
    height, width = pixels.shape[:2]
    for _line in range(count):
        columns = max(1, round(rng.uniform(0.06, 0.25) * PX_PER_MM))
        x = int(rng.integers(width - columns))
        depth = rng.uniform(0.06, 0.3) * np.clip(1 + 0.25 * clouds(rng, (height, 1), 25 * PX_PER_MM), 0, 1.6)
        tint = rng.uniform(0.7, 1.0, 3)
        part = pixels[:, x : x + columns]
        part[...] = np.rint(part * (1 - depth[:, :, None] * tint[None, None, :])).astype(np.uint8)


def lose_lines(pixels: Pixels, count: int, seed: int) -> None:
    """Rows that did not arrive: the row above is repeated, as a fax machine does."""
    rng = chance(seed, "lost lines")
    height, width = pixels.shape[:2]
    for _line in range(count):
        rows = max(2, round(rng.uniform(0.15, 0.6) * PX_PER_MM))
        y = int(rng.integers(1, height - rows))
        begin = int(rng.integers(width // 2))
        pixels[y : y + rows, begin:] = pixels[y - 1, begin:]


def blurred(pixels: Pixels, sigma_mm: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma_mm * PX_PER_MM), dtype=np.uint8)


def noisy(pixels: Pixels, deviation: float, seed: int) -> Pixels:
    """With the sensor's noise, most of it alike in all colours."""
    rng = chance(seed, "noise")
    shared = white_noise(rng, pixels.shape[:2], deviation * 0.8)
    noise = cv2.add(cv2.merge([shared, shared, shared]), white_noise(rng, pixels.shape, deviation * 0.6))
    return np.asarray(cv2.add(pixels, noise, dtype=cv2.CV_8U), dtype=np.uint8)
