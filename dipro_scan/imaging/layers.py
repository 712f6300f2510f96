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

from dipro_scan.imaging.blocks import block_means
from dipro_scan.imaging.composing import spread_numbers
from dipro_scan.imaging.ink_colours import NOT_SEEN, ink_colours
from dipro_scan.imaging.levels import gray_percentile
from dipro_scan.model import MM_PER_INCH, PageFailed
from dipro_scan.model.layers import BACKGROUND_STEP, PageLayers
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
NOISE_CONTRAST: Final = 1.7
"""By how many standard deviations of the scanner's noise each pixel of ink must be darker than the paper, and
how much the darkest mean of nine pixels near by."""

FILL_MM: Final = (1.3, 4.0)
"""From how far the background under ink is filled in: from near by, so that two grounds do not mix."""

OTHER_GROUND: Final = 34
"""Gray levels by which a place beside ink differs from what is filled in where it is no soft edge."""

BAND_ROWS: Final = 60 * BACKGROUND_STEP

BLACK_AND_WHITE: Final = 16
"""Gray levels from black or white within which all pixels of a bitonal scan lie."""


def page_layers(pixels: Pixels, dpi: float, beyond: Mask | None = None, edge_mm: float = 0.0) -> PageLayers:
    """`pixels` in layers: uint8, gray (height, width) or RGB (height, width, 3), at `dpi`.

    `beyond`: where there is no paper but the scanner's lid, bool, at any resolution; nothing is ink there,
    nor within `edge_mm` of the scan's edge, where the paper's own edge and its shadow lie.
    Raises PageFailed where `pixels` are no such image.
    """
    gray = gray_of(pixels)
    small = _thirds(gray)
    ink, darkest = _ink(gray, small, dpi)
    _clear(ink, round(edge_mm / MM_PER_INCH * dpi), beyond)
    cover = _thirds(ink)
    # From 0 and 255 to False and True: a new array of a page's size would cost more than that.
    mask = np.asarray(cv2.threshold(ink, 0, 1, cv2.THRESH_BINARY, dst=ink)[1]).view(np.bool_)
    page = small if pixels.ndim == 2 else _thirds(pixels)
    background = _background(page, cover, dpi)
    colours = ink_colours(cover, background, page, darkest)
    unseen = _is(colours.numbers, cv2.CMP_EQ, NOT_SEEN)
    if cv2.countNonZero(unseen):
        cv2.copyTo(page, unseen, background)
        mask &= spread_numbers(colours.numbers, mask.shape) != NOT_SEEN
    return PageLayers(
        dpi=dpi, mask=mask, palette=colours.palette, numbers=colours.numbers, background=background
    )


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


def _ink(gray: Gray, small: Gray, dpi: float) -> tuple[Gray, Gray]:
    """Where ink is: 255, else 0; and, as reduced as `small`, the darkest that the page is near each place."""
    if _is_bitonal(gray):
        return _black(gray), np.zeros_like(small)
    dpi_small = dpi / BACKGROUND_STEP
    paper = _paper(small, dpi_small)
    near = _square(NEAR_MM, dpi_small)
    # Averages tell ink from noise, the darkest pixels tell how dark it is.
    contrast = cv2.subtract(paper, cv2.erode(small, near))
    step = BACKGROUND_STEP
    darkest = cv2.erode(_darkest_of_squares(gray), near)
    limit = cv2.addWeighted(paper, 1 - INK_LEVEL, cv2.min(darkest, paper), INK_LEVEL, 0)
    noise = _noise(gray)
    limit = cv2.min(limit, cv2.convertScaleAbs(paper, alpha=1 - MIN_DEPTH))
    limit = cv2.min(limit, _less(paper, NOISE_DEPTH * noise))
    least = max(MIN_DIFFERENCE, min(255, round(NOISE_CONTRAST * noise)))
    enough = cv2.max(cv2.convertScaleAbs(paper, alpha=MIN_CONTRAST), np.full_like(paper, least))
    cv2.copyTo(np.full_like(paper, DARK_DIFFERENCE), _is(paper, cv2.CMP_LT, DARK_GROUND), enough)
    limit = np.asarray(cv2.copyTo(limit, cv2.compare(contrast, enough, cv2.CMP_GE)), np.uint8)
    size = (small.shape[1] * step, small.shape[0] * step)
    limits = cv2.resize(limit.reshape(small.shape), size, interpolation=cv2.INTER_LINEAR)[
        : gray.shape[0], : gray.shape[1]
    ]
    ink = np.asarray(cv2.compare(gray, limits, cv2.CMP_LT, dst=limits), np.uint8)
    return np.ascontiguousarray(ink).reshape(gray.shape), np.asarray(darkest, np.uint8)


def _clear(ink: Gray, edge: int, beyond: Mask | None) -> None:
    """Leaves so many pixels along the edge, and what lies `beyond` the paper, to the background."""
    height, width = ink.shape
    if 0 < edge < min(height, width) // 4:
        ink[:edge] = ink[height - edge :] = 0
        ink[:, :edge] = ink[:, width - edge :] = 0
    if beyond is not None and beyond.any():
        wide = cv2.resize(beyond.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
        cv2.copyTo(np.zeros_like(ink), wide, ink)


def _darkest_of_squares(gray: Gray) -> Gray:
    """The darkest pixel of each square of the background, or one next to it, band by band for the cache."""
    step = BACKGROUND_STEP
    darkest = np.empty((-(-gray.shape[0] // step), -(-gray.shape[1] // step)), dtype=np.uint8)
    square = np.ones((step, step), np.uint8)
    for top in range(0, gray.shape[0], BAND_ROWS):
        band = cv2.erode(gray[top : top + BAND_ROWS], square)
        rows = np.asarray(band, dtype=np.uint8).reshape(-1, gray.shape[1])[::step, ::step]
        darkest[top // step : top // step + len(rows)] = rows
    return darkest


def _less(levels: Gray, difference: float) -> Gray:
    # Saturated, as `cv2.subtract` would, which takes an image of four by one pixels for a number.
    return np.asarray(cv2.addWeighted(levels, 1.0, levels, 0.0, -difference), dtype=np.uint8)


def _black(gray: Gray) -> Gray:
    return np.asarray(cv2.threshold(gray, 127, 255, cv2.THRESH_BINARY_INV)[1], dtype=np.uint8)


def _noise(gray: Gray) -> float:
    """The standard deviation of the scanner's noise, from the third quartile of neighbours' differences."""
    rows = gray[::16]
    if rows.shape[1] < 2:
        return 0.0
    return gray_percentile(cv2.absdiff(rows[:, 1:], rows[:, :-1]), 75) / (1.15 * math.sqrt(2))


def _is_bitonal(gray: Gray) -> bool:
    # A sample tells nearly always; only where it does not, all pixels are looked at.
    return not any(
        cv2.calcHist([pixels], [0], None, [256], [0, 256])[BLACK_AND_WHITE : 256 - BLACK_AND_WHITE].any()
        for pixels in (np.ascontiguousarray(gray[::7, ::5]), gray)
    )


def _background(page: Pixels, cover: Gray, dpi: float) -> Pixels:
    """What lies under the ink of a reduced page, filled in from the paper around it.

    What lies beside ink is no paper either, since the soft edge of a letter must not darken the background,
    unless it is of another brightness altogether, as a white letter on black is.
    """
    beside = np.asarray(cv2.dilate(cover, np.ones((3, 3), np.uint8))).reshape(cover.shape)
    free = _is(beside, cv2.CMP_EQ, 0)
    filled = _filled_in(page, free, [_square(size, dpi / BACKGROUND_STEP) for size in FILL_MM])
    _keep_other_grounds(filled, page, _is(cover, cv2.CMP_EQ, 0))
    return np.asarray(cv2.copyTo(page, free, filled), dtype=np.uint8).reshape(page.shape)


def _keep_other_grounds(filled: Pixels, page: Pixels, bare: Gray) -> None:
    """Puts what is `bare` of ink and no soft edge back into `filled`, and under the ink next to it the same.

    Where a dark ground is partly taken for ink, its rim would otherwise shine.
    """
    gray, guess = gray_of(page), gray_of(filled)
    apart = _is(cv2.absdiff(guess, gray), cv2.CMP_GT, OTHER_GROUND)
    cv2.copyTo(page, cv2.bitwise_and(apart, bare), filled)
    around = np.ones((3, 3), np.uint8)
    lightest = cv2.dilate(cv2.bitwise_and(gray, bare), around)
    darkest = cv2.erode(cv2.bitwise_or(gray, cv2.bitwise_not(bare)), around)
    # A place far from all that is bare has no lightest and no darkest one, and no difference.
    other = cv2.max(cv2.subtract(lightest, guess), cv2.subtract(guess, darkest))
    rim = cv2.bitwise_and(_is(other, cv2.CMP_GT, OTHER_GROUND), cv2.bitwise_not(bare))
    if cv2.countNonZero(rim):
        cv2.copyTo(_filled_in(page, bare, [around]), np.asarray(rim, np.uint8), filled)


def _is(values: Gray, how: int, level: int) -> Gray:
    """255 where `values` compare so with `level`, else 0, of their shape."""
    # Not with a number, for which OpenCV takes an image of one or four pixels.
    compared = cv2.compare(values, np.full_like(values, level), how)
    return np.asarray(compared, dtype=np.uint8).reshape(values.shape)


def _filled_in(page: Pixels, free: Gray, windows: list[Pixels]) -> Pixels:
    """The mean of what is free in the first of `windows` around each place that holds any of it.

    It is the mean of all that is free on the page where nothing is.
    """
    known = cv2.copyTo(page, free)
    filled: Pixels = np.empty_like(page)
    open_places = np.full(free.shape, 255, dtype=np.uint8)
    for window in windows:
        total, count = (
            cv2.boxFilter(
                each, cv2.CV_32F, window.shape[::-1], normalize=False, borderType=cv2.BORDER_REPLICATE
            )
            for each in (known, free)
        )
        shares = count if page.ndim == 2 else cv2.merge([count] * 3)
        means = np.asarray(cv2.divide(total, shares, scale=255.0, dtype=cv2.CV_8U)).reshape(page.shape)
        filled = np.asarray(cv2.copyTo(means.astype(np.uint8, copy=False), open_places, filled)).reshape(
            page.shape
        )
        is_open = np.asarray(count).reshape(free.shape) < 1.0
        open_places = is_open.view(np.uint8) * np.uint8(255)
        if not cv2.countNonZero(open_places):
            return filled
    filled[open_places > 0] = _mean_colour(page, free)
    return filled


def _mean_colour(page: Pixels, free: Gray) -> NDArray[np.floating]:
    """The mean of what is free; white where nothing is. Shape () of a gray page, (3,) of one in colour."""
    if not free.any():
        return np.full(page.shape[2:], 255.0)
    return np.asarray(np.rint(page[free > 0].mean(axis=0)))


def _thirds(pixels: Pixels) -> Pixels:
    return block_means(pixels, BACKGROUND_STEP)


def _square(side_mm: float, dpi: float) -> Pixels:
    side = max(1, round(side_mm / MM_PER_INCH * dpi)) | 1
    return np.ones((side, side), dtype=np.uint8)
