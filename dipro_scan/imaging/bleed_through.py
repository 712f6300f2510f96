"""What of one side's faint ink is only the print of the other side, shining through the paper.

The other side is mirrored and laid upon this one: first the turn and shift at which both agree best (phase
correlation, Kuglin and Hines 1975), then exactly by maximising their enhanced correlation (Evangelidis and
Psarakis 2008). What shines through is that ink, spread by the paper's fibres and paler by one factor for the
whole sheet; what is darker than this foretells was written on this side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.blank_evidence import seen_ink, writing
from dipro_scan.imaging.fold_lines import folds_and_edges
from dipro_scan.imaging.levels import Gray, median_and_noise, paper_level
from dipro_scan.imaging.paper_contrast import PaperContrast, paper_contrast
from dipro_scan.model import MM_PER_INCH, BlankVerdict, ReadingImage
from dipro_scan.settings import BlankSettings

DPI: Final = 100.0
COARSE: Final = 0.25
TURNS_DEGREES: Final = (-4.0, 4.0, 0.5)
"""Both sides are scanned at once, so that they differ by little more than the sensors' play; from the glass,
each lies as the hand laid it."""

SPREAD_MM: Final = 0.25
PAPER_MM: Final = 5.0
MIN_AGREEMENT: Final = 0.2
"""Correlation of both sides' ink below which nothing of this side is explained by the other."""

MAX_STRENGTH: Final = 0.3
"""Share of the other side's ink that may shine through; more is print of its own."""

SEE_THROUGH_CONTRAST: Final = 0.25
"""Print that shines through stays below this share of the paper's brightness."""

MIN_CONTRAST: Final = 0.05
NOISE_SIGMAS: Final = 5.0
FAINT_SHARE: Final = 0.55
FULL_CONTRAST: Final = 0.4
SPECK_MM2: Final = 0.2
EXCESS: Final = 1.6
"""Ink by so many times darker than what is foretold, and beyond noise, is this side's own."""

MIN_SIDE: Final = 64
"""A smaller picture (in pixels) shows too little to be laid upon another."""

EDGE_MM: Final = 8.0
"""Edges, holes and staples near the rim say nothing about how the sides lie upon each other."""

Ink = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ShownThrough:
    """`agreement`: correlation (0-1) of this side's ink with the other's, laid upon it; `strength`: share of
    the other side's ink that shines through (0-1); `own_ink_mm2`: the largest piece of ink (weighed by its
    contrast) that the other side does not explain; `own_share`: the share of the area with such ink."""

    agreement: float
    strength: float
    own_ink_mm2: float
    own_share: float


def shown_through(side: Gray, other: Gray, dpi: float = DPI) -> ShownThrough:
    """Explains `side` by `other`: gray thumbnails of the two sides of a sheet as scanned, at `dpi`.

    Both as they came from the scanner or both upright; the other side may lie turned by quarters.
    """
    ink, noise = _ink(side, dpi)
    contrast = paper_contrast(ReadingImage(side, dpi))
    marks = _marks(contrast)
    pale = np.where(marks, np.float32(0), np.minimum(ink, np.float32(SEE_THROUGH_CONTRAST)))
    laid, agreement = _laid_upon(pale, _ink(other, dpi)[0], dpi)
    spread = cv2.GaussianBlur(laid, (0, 0), SPREAD_MM / MM_PER_INCH * dpi)
    strength = _strength(pale, spread, dpi)
    explained = agreement >= MIN_AGREEMENT and strength <= MAX_STRENGTH
    foretold = (
        strength * EXCESS * cv2.dilate(spread, np.ones((3, 3), np.uint8)) if explained else 0.0 * spread
    )
    own = np.maximum(ink - foretold, 0)
    own[marks] = 0
    limit = max(MIN_CONTRAST, NOISE_SIGMAS * noise)
    # Without what shines through, a fold shows over more of its length than it did on the page.
    folds = folds_and_edges(own > FAINT_SHARE * limit, contrast)
    largest, share = _largest(own, writing(own > limit, contrast) & ~folds, dpi)
    return ShownThrough(round(agreement, 4), round(strength, 4), largest, share)


def settle_by_other_side(shown: ShownThrough, settings: BlankSettings) -> BlankVerdict:
    """The verdict on a page that was doubtful because print may show through.

    Blank where the other side explains its ink; still doubtful where some is its own, or nothing agrees.
    """
    if shown.agreement < MIN_AGREEMENT or shown.strength > MAX_STRENGTH:
        return BlankVerdict.DOUBTFUL
    empty = shown.own_ink_mm2 <= settings.max_component_mm2 and shown.own_share <= settings.max_ink_share
    return BlankVerdict.BLANK if empty else BlankVerdict.DOUBTFUL


def _ink(gray: Gray, dpi: float) -> tuple[Ink, float]:
    """By what share of its brightness each place is darker than the paper around it, and its noise."""
    side = max(3, round(PAPER_MM / MM_PER_INCH * dpi) | 1)
    smooth = cv2.GaussianBlur(gray, (3, 3), 0.7)
    paper = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    darker = np.asarray(cv2.subtract(cv2.blur(paper, (side, side)), smooth), dtype=np.uint8)
    median, noise = median_and_noise(darker)
    level = float(max(1, paper_level(gray)))
    ink = np.maximum(darker.astype(np.float32) - median, 0) / level
    return np.asarray(ink, dtype=np.float32), noise / level


def _marks(contrast: PaperContrast) -> NDArray[np.bool_]:
    """What was seen on this side and is neither writing nor shines through: holes, folds, edges, dust."""
    seen = seen_ink(contrast)
    marks = (seen & ~writing(seen, contrast)).view(np.uint8)
    return np.asarray(cv2.dilate(marks, np.ones((5, 5), np.uint8)) > 0)


def _inner(ink: Ink, dpi: float) -> Ink:
    """`ink` up to what is that of pale print, and none near the edges."""
    inner = np.minimum(ink, 0.4)
    edge = min(round(EDGE_MM / MM_PER_INCH * dpi), min(ink.shape) // 8)
    if edge:
        for strip in (inner[:edge], inner[-edge:], inner[:, :edge], inner[:, -edge:]):
            strip[...] = 0
    return inner


def _laid_upon(pale: Ink, other: Ink, dpi: float) -> tuple[Ink, float]:
    """The other side's ink, mirrored and laid where it agrees best with what is `pale`."""
    height, width = pale.shape
    if min(*pale.shape, *other.shape) < MIN_SIDE:
        return np.zeros_like(pale), 0.0
    best: tuple[float, NDArray[np.float32]] | None = None
    mirrored = np.ascontiguousarray(other[:, ::-1])
    chosen = mirrored
    for quarters in range(4):
        turned = np.ascontiguousarray(np.rot90(mirrored, quarters))
        if abs(turned.shape[0] - height) > 0.06 * height or abs(turned.shape[1] - width) > 0.06 * width:
            continue
        found = _roughly(_inner(pale, dpi), _inner(turned, dpi))
        if best is None or found[0] > best[0]:
            best, chosen = found, turned
    if best is None or not chosen.any() or not pale.any():
        return np.zeros_like(pale), 0.0
    return _exactly(pale, chosen, best[1], dpi)


def _roughly(ink: Ink, other: Ink) -> tuple[float, NDArray[np.float32]]:
    """Correlation at, and matrix (2, 3) of, the best turn and shift, at a quarter of the size."""
    small = _small(ink, ink.shape)
    around = _small(other, ink.shape)
    height, width = small.shape
    window = np.ones_like(small)
    best, matrix = -1.0, np.eye(2, 3, dtype=np.float32)
    for degrees in np.arange(*TURNS_DEGREES):
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(degrees), 1.0).astype(np.float32)
        turned = cv2.warpAffine(around, turn, (width, height))
        (dx, dy), _response = cv2.phaseCorrelate(turned, small, window)
        if max(abs(dx), abs(dy)) > 0.08 * max(height, width):
            continue
        turn[:, 2] += (dx, dy)
        agreement = _correlation(small, cv2.warpAffine(around, turn, (width, height)))
        if agreement > best:
            best, matrix = agreement, turn
    full = matrix.copy()
    full[:, 2] /= COARSE
    return best, full


def _small(ink: Ink, shape: tuple[int, ...]) -> Ink:
    size = (max(1, round(shape[1] * COARSE)), max(1, round(shape[0] * COARSE)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _exactly(ink: Ink, other: Ink, about: NDArray[np.float32], dpi: float) -> tuple[Ink, float]:
    height, width = ink.shape
    sigma = 0.4 / MM_PER_INCH * dpi
    template = cv2.GaussianBlur(_inner(ink, dpi), (0, 0), sigma)
    moving = cv2.GaussianBlur(_inner(other, dpi), (0, 0), sigma)
    backward = cv2.invertAffineTransform(about).astype(np.float32)
    steps = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    try:
        _value, backward = cv2.findTransformECC(
            template, moving, backward, cv2.MOTION_EUCLIDEAN, steps, np.empty(0, np.uint8), 5
        )
    except cv2.error:
        backward = cv2.invertAffineTransform(about).astype(np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(other, backward, (width, height), flags=flags)
    agreement = _correlation(template, cv2.warpAffine(moving, backward, (width, height), flags=flags))
    return np.asarray(laid, dtype=np.float32), agreement


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    first, second = one - one.mean(), other - other.mean()
    norm = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return float((first * second).sum()) / norm if norm > 0 else 0.0


def _strength(pale: Ink, spread: Ink, dpi: float) -> float:
    """The factor between foreseen and seen ink: that of least squares where print lies behind."""
    foreseen, seen = _inner(spread, dpi), _inner(pale, dpi)
    behind = foreseen > 0.1
    if np.count_nonzero(behind) < 50:
        return 0.0
    return float((seen[behind] * foreseen[behind]).sum() / np.square(foreseen[behind]).sum())


def _largest(own: Ink, seen: NDArray[np.bool_], dpi: float) -> tuple[float, float]:
    """The heaviest piece of `own` ink (mm²) where it was `seen`, and its share of the area."""
    pixel_mm2 = (MM_PER_INCH / dpi) ** 2
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(seen.view(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] * pixel_mm2 >= SPECK_MM2
    kept[0] = False
    mask = kept[labels]
    joined = cv2.dilate(mask.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))
    count, groups = cv2.connectedComponents(joined)
    weights = np.minimum(1.0, own[mask] / FULL_CONTRAST)
    sums = np.bincount(groups[mask], weights=weights, minlength=count) * pixel_mm2
    return round(float(sums.max(initial=0.0)), 4), round(float(mask.mean()), 6)
