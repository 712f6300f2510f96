"""Page → layers: ink at full resolution in few colours, and the calm background at a third of it.

Ink is what is darker than a level between the paper around it and the darkest place near by (after Bernsen,
"Dynamic thresholding of grey-level images", ICPR 1986); where the contrast is low, nothing is ink, and
what there is stays in the background. Solid places wider than any letter, such as photographs, count as
paper of their own and stay there too.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.blocks import block_means, spread
from dipro_scan.imaging.ink_colours import InkColours, ink_colours
from dipro_scan.imaging.levels import gray_percentile
from dipro_scan.model import MM_PER_INCH, PageFailed
from dipro_scan.model.layers import BACKGROUND_STEP, InkLayer, PageLayers
from dipro_scan.translation import _

Pixels = NDArray[np.uint8]
Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]

MIN_CONTRAST: Final = 0.07
"""Share of the paper's brightness by which the darkest place near by must be darker for ink to be there."""

MIN_DIFFERENCE: Final = 16
"""The same in gray levels, where a share is within the noise."""

GROUND_MM: Final = 7.0
"""A dark place wider than this in both directions is ground and no ink: the stroke of no letter is."""

PALE_GROUND_MM: Final = 2.2
PALE: Final = 0.3
"""Ground paler than this share of the paper's brightness, such as a form's, is told by a lesser width."""

DARK_GROUND: Final = 100
DARK_DIFFERENCE: Final = 40
"""On ground darker than that gray level, such as the scanner's lid, ink has to stand out by this many."""

NEAR_MM: Final = 1.0
"""How wide the square is in which the darkest place counts: wider ones let bold print hide hairlines."""

INK_LEVEL: Final = 0.36
"""How far from paper to the darkest place near by ink begins: a little before the middle, where thin strokes,
which are never quite as dark, still are."""

MIN_DEPTH: Final = 0.1
"""Share of the paper's brightness by which each pixel of ink must be darker than it, whatever is near."""

NOISE_DEPTH: Final = 2.5
NOISE_CONTRAST: Final = 2.4
"""By how many standard deviations of the scanner's noise each pixel of ink must be darker than the paper, and
how much the darkest mean of nine pixels near by."""

HALO_PX: Final = 2
"""How far beyond the mask the soft edge of ink reaches, which must not darken the background."""

MOSTLY_FREE: Final = 128
"""Of 255: from this share of free pixels on, a pixel of the background is what they are."""

FILL_MM: Final = 4.0
"""From how far the background under ink is filled in."""

BLACK_AND_WHITE: Final = 16
"""Gray levels from black or white within which all pixels of a bitonal scan lie."""


def page_layers(pixels: Pixels, dpi: float) -> PageLayers:
    """`pixels` in layers: uint8, gray (height, width) or RGB (height, width, 3), at `dpi`.

    Raises PageFailed where `pixels` are no such image.
    """
    gray = gray_of(pixels)
    small = _thirds(gray)
    mask, darkest = _ink(gray, small, dpi)
    cover = _thirds(mask.view(np.uint8) * np.uint8(255))
    background = _background(pixels, mask, dpi)
    lost = background.astype(np.float32) - (small if pixels.ndim == 2 else _thirds(pixels))
    colours = ink_colours(cover, background, lost, darkest)
    return PageLayers(dpi=dpi, mask=mask, inks=_inks(mask, colours), background=background)


def gray_of(pixels: Pixels) -> Gray:
    """The brightness of gray or RGB pixels. Raises PageFailed where they are neither."""
    if pixels.size > 0 and pixels.dtype == np.uint8:
        if pixels.ndim == 2:
            return np.ascontiguousarray(pixels)
        if pixels.ndim == 3 and pixels.shape[2] == 3:
            return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    raise PageFailed(
        _("The page's image has the shape %(shape)s and the type %(type)s, which is neither gray nor colour.")
        % {"shape": "×".join(map(str, pixels.shape)) or "0", "type": pixels.dtype}
    )


def _paper(small: Gray, dpi: float) -> Gray:
    """The brightness of the ground everywhere on a reduced page at `dpi`: narrower dark places are closed."""
    height, width = small.shape
    factor = min(1.0, MM_PER_INCH / dpi)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    coarse = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, _square(GROUND_MM, dpi * factor))
    paper = np.asarray(cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    ground = np.asarray(
        cv2.morphologyEx(small, cv2.MORPH_CLOSE, _square(PALE_GROUND_MM, dpi)), dtype=np.uint8
    )
    return np.where(cv2.subtract(paper, ground) < cv2.convertScaleAbs(paper, alpha=PALE), ground, paper)


def _ink(gray: Gray, small: Gray, dpi: float) -> tuple[Mask, Gray]:
    """Where ink is, and, as reduced as `small`, the darkest that the page is near each place."""
    if _is_bitonal(gray):
        return np.asarray(gray < 128), np.zeros_like(small)
    dpi_small = dpi / BACKGROUND_STEP
    paper = _paper(small, dpi_small)
    near = _square(NEAR_MM, dpi_small)
    # Averages tell ink from noise, the darkest pixels tell how dark it is.
    contrast = cv2.subtract(paper, cv2.erode(small, near))
    step = BACKGROUND_STEP
    darkest = cv2.erode(gray, np.ones((step, step), np.uint8))[::step, ::step]
    darkest = cv2.erode(np.ascontiguousarray(darkest), near)
    limit = cv2.addWeighted(paper, 1 - INK_LEVEL, cv2.min(darkest, paper), INK_LEVEL, 0)
    noise = _noise(gray)
    limit = cv2.min(limit, cv2.convertScaleAbs(paper, alpha=1 - MIN_DEPTH))
    limit = cv2.min(limit, cv2.subtract(paper, np.full_like(paper, min(255, round(NOISE_DEPTH * noise)))))
    least = max(MIN_DIFFERENCE, min(255, round(NOISE_CONTRAST * noise)))
    enough = cv2.max(cv2.convertScaleAbs(paper, alpha=MIN_CONTRAST), np.full_like(paper, least))
    enough[paper < DARK_GROUND] = DARK_DIFFERENCE
    limit[contrast < enough] = 0
    return np.asarray(gray < spread(limit, BACKGROUND_STEP, gray.shape)), np.asarray(darkest, np.uint8)


def _noise(gray: Gray) -> float:
    """The standard deviation of the scanner's noise, from the third quartile of neighbours' differences."""
    rows = gray[::8]
    if rows.shape[1] < 2:
        return 0.0
    return gray_percentile(cv2.absdiff(rows[:, 1:], rows[:, :-1]), 75) / (1.15 * math.sqrt(2))


def _is_bitonal(gray: Gray) -> bool:
    # A sample tells nearly always; only where it does not, all pixels are looked at.
    return not any(
        cv2.calcHist([pixels], [0], None, [256], [0, 256])[BLACK_AND_WHITE : 256 - BLACK_AND_WHITE].any()
        for pixels in (np.ascontiguousarray(gray[::7, ::5]), gray)
    )


def _inks(mask: Mask, colours: InkColours) -> tuple[InkLayer, ...]:
    if len(colours.palette) == 1:
        return (InkLayer(colours.palette[0], mask),)
    numbers = spread(colours.numbers, BACKGROUND_STEP, mask.shape)
    inks = []
    for number, colour in enumerate(colours.palette):
        own = np.equal(numbers, number)
        own &= mask
        inks.append(InkLayer(colour, own))
    return tuple(inks)


def _background(pixels: Pixels, mask: Mask, dpi: float) -> Pixels:
    """What lies under the ink, filled in from the paper around it."""
    side = 2 * HALO_PX + 1
    hidden = cv2.dilate(mask.view(np.uint8), np.ones((side, side), np.uint8))
    # Every new array of a page's size costs more than what is done with it: this one is used three times.
    free = cv2.threshold(hidden, 0, 255, cv2.THRESH_BINARY_INV, dst=hidden)[1]
    weights = _thirds(np.asarray(free, dtype=np.uint8))
    known = _thirds(np.asarray(cv2.copyTo(pixels, free), dtype=np.uint8))
    shares = weights if known.ndim == 2 else cv2.merge([weights] * 3)
    background = np.asarray(cv2.divide(known, np.maximum(shares, 1), scale=255), dtype=np.uint8)
    rows, columns = np.nonzero(weights < MOSTLY_FREE)
    if len(rows):
        window = _square(FILL_MM, dpi / BACKGROUND_STEP).shape
        background[rows, columns] = _filled_in(known, weights, (rows, columns), window)
    return background


def _filled_in(
    known: Pixels,
    weights: Gray,
    hidden: tuple[NDArray[np.intp], NDArray[np.intp]],
    window: tuple[int, ...],
) -> Pixels:
    """The mean of what is known in `window` around each hidden place; of the whole page where nothing is."""
    near, share = (
        cv2.blur(each.astype(np.float32), window[::-1], borderType=cv2.BORDER_REPLICATE)[hidden]
        for each in (known, weights)
    )
    everywhere = int(weights.sum(dtype=np.int64))
    total = known.sum(axis=(0, 1), dtype=np.float64)
    mean = total * 255.0 / everywhere if everywhere else np.full_like(total, 255.0)
    extra = (..., *[None] * (known.ndim - 2))
    filled = np.where((share >= 1.0)[extra], near * (255.0 / np.maximum(share, 1.0))[extra], mean)
    return np.asarray(np.rint(filled).clip(0, 255)).astype(np.uint8)


def _thirds(pixels: Pixels) -> Pixels:
    return block_means(pixels, BACKGROUND_STEP)


def _square(side_mm: float, dpi: float) -> Pixels:
    side = max(1, round(side_mm / MM_PER_INCH * dpi)) | 1
    return np.ones((side, side), dtype=np.uint8)
