"""What becomes of a printed page before we see it: turned, skewed, copied, faxed, smudged, compressed.

Everything follows from a seed. Pages come in as a sharp gray rendering of known resolution.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Extent = tuple[float, float, float, float]
"""Left, top, right and bottom in mm on the upright page."""

KINDS = ("gray", "bitonal", "copy", "fax_fine", "fax_standard")
FAX_DPI = {"fax_fine": (204.0, 196.0), "fax_standard": (204.0, 98.0)}
MAX_SKEW_DEGREES = 5.0
MAX_SMUDGE = 0.10


@dataclass(frozen=True, slots=True)
class Wear:
    """`kind` is one of `KINDS`; `smudge` is the share of each code's area that is blotted out."""

    kind: str
    dpi: int
    rotation: int
    skew_degrees: float
    smudge: float
    seed: int


@dataclass(frozen=True, slots=True)
class Scan:
    pixels: Pixels
    x_dpi: float
    y_dpi: float


def wears(count: int, seed: int = 0) -> Iterator[Wear]:
    """Every kind, resolution and rotation in turn; skew and smudges by chance, each up to its limit."""
    chance = np.random.default_rng(seed)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        dpi = 300 if kind in FAX_DPI else (150, 200, 300, 400, 600)[number // len(KINDS) % 5]
        yield Wear(
            kind=kind,
            dpi=dpi,
            rotation=(0, 90, 180, 270)[number // 3 % 4],
            skew_degrees=float(chance.uniform(-MAX_SKEW_DEGREES, MAX_SKEW_DEGREES)),
            smudge=float(chance.uniform(0.0, MAX_SMUDGE)),
            seed=int(chance.integers(2**31)),
        )


def rendered(pdf: bytes, page: int, dpi: int) -> Pixels:
    """A page as a printer would set it, in gray."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        drawn = document[page].render(scale=dpi / 72, grayscale=True).to_numpy()
        return np.ascontiguousarray(drawn.reshape(drawn.shape[:2]))
    finally:
        document.close()


def scanned(page: Pixels, wear: Wear, codes: Sequence[Extent] = ()) -> Scan:
    """`page` (of `wear.dpi`) after all of that; `codes` are what smudges may lie on."""
    chance = np.random.default_rng(wear.seed)
    pixels = page.copy()
    for extent in codes:
        smudge(pixels, extent, wear.dpi, wear.smudge, chance)
    pixels = skewed(pixels, wear.skew_degrees)
    pixels = np.ascontiguousarray(np.rot90(pixels, -wear.rotation // 90))
    if wear.kind in FAX_DPI:
        return faxed(pixels, wear.dpi, *FAX_DPI[wear.kind], chance)
    if wear.kind == "copy":
        pixels = copied(pixels, wear.dpi, chance)
    pixels = sensed(pixels, wear.dpi, chance)
    if wear.kind == "bitonal":
        pixels = through_group4(pixels)
    return Scan(pixels, wear.dpi, wear.dpi)


def smudge(pixels: Pixels, extent: Extent, dpi: float, share: float, chance: np.random.Generator) -> None:
    """One to three blots, dark or pale, that together cover `share` of the code's area."""
    left, top, right, bottom = (place / 25.4 * dpi for place in extent)
    blots = int(chance.integers(1, 4))
    area = share * (right - left) * (bottom - top) / blots
    if area < 1:
        return
    for _blot in range(blots):
        stretch = float(chance.uniform(0.7, 1.4))
        radius = math.sqrt(area / math.pi)
        across, down = radius * stretch, radius / stretch
        if down > (bottom - top) / 2:
            across, down = area / math.pi / ((bottom - top) / 2), (bottom - top) / 2
        x = float(chance.uniform(left + across, max(left + across, right - across)))
        y = float(chance.uniform(top + down, max(top + down, bottom - down)))
        shade = int(chance.choice([25, 70, 235]))
        axes = (max(1, round(across)), max(1, round(down)))
        cv2.ellipse(pixels, (round(x), round(y)), axes, 0.0, 0.0, 360.0, shade, -1)


def skewed(pixels: Pixels, degrees: float) -> Pixels:
    height, width = pixels.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    turned = cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    return np.asarray(turned, dtype=np.uint8)


def copied(pixels: Pixels, dpi: float, chance: np.random.Generator) -> Pixels:
    """A photocopy: softer, grayer, a little larger or smaller, with grains of toner and thin spots."""
    soft = cv2.GaussianBlur(pixels, (0, 0), 0.12 / 25.4 * dpi).astype(np.float32)
    height, width = pixels.shape
    mottle = cv2.resize(
        chance.normal(0, 18, (height // 60 + 2, width // 60 + 2)).astype(np.float32), (width, height)
    )
    gray = 40 + soft * 0.75 + mottle * (soft < 128)
    grains = chance.random((height, width)) < 0.0006
    gray[cv2.dilate(grains.view(np.uint8), np.ones((2, 2), np.uint8)) > 0] = 60
    size = float(chance.uniform(0.97, 1.02))
    matrix = np.array([[size, 0, width * (1 - size) / 2], [0, size, height * (1 - size) / 2]])
    paper = float(np.percentile(gray, 90))
    return _bytes(cv2.warpAffine(gray, matrix, (width, height), borderValue=paper))


def sensed(pixels: Pixels, dpi: float, chance: np.random.Generator) -> Pixels:
    """What a scanner's sensor adds: a little blur of its own, noise, paper that is not white."""
    soft = cv2.GaussianBlur(pixels, (0, 0), max(0.4, 0.04 / 25.4 * dpi)).astype(np.float32)
    return _bytes(12 + soft * 0.92 + chance.normal(0, 6, pixels.shape).astype(np.float32))


def faxed(pixels: Pixels, dpi: float, x_dpi: float, y_dpi: float, chance: np.random.Generator) -> Scan:
    height, width = pixels.shape
    soft = sensed(pixels, dpi, chance)
    size = (round(width * x_dpi / dpi), round(height * y_dpi / dpi))
    coarse = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return Scan(through_group4(coarse, float(chance.uniform(110, 150))), x_dpi, y_dpi)


def through_group4(pixels: Pixels, threshold: float = 128.0) -> Pixels:
    """Black and white, compressed as CCITT Group 4 and unpacked again."""
    bitonal = Image.fromarray(((pixels > threshold) * 255).astype(np.uint8)).convert("1")
    file = io.BytesIO()
    bitonal.save(file, "TIFF", compression="group4")
    with Image.open(file) as read:
        return np.array(read.convert("L"))


def without_smudge(wear: Wear) -> Wear:
    return replace(wear, smudge=0.0)


def _bytes(gray: NDArray[np.floating]) -> Pixels:
    return np.clip(gray, 0, 255).astype(np.uint8)
