"""Is anything on this page?

An empty page has one gray, not two, so no threshold of the whole page finds its ink: whatever it picks
cuts through the paper's own texture. Ink is what is darker than the paper right around it by more than
the paper's noise. Strokes that come apart (pencil, needles, a broken stamp) are judged together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.levels import Gray, median_and_noise, paper_level
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import MM_PER_INCH, BlankVerdict, Measurement, ReadingImage
from dipro_scan.settings import BlankSettings

DPI: Final = 150.0
"""Averaging to this resolution calms the paper's noise and still leaves a pencil stroke two pixels."""

PAPER_MM: Final = 4.0
"""Side of the square whose brightest place counts as the paper's gray; wider than most strokes."""

MIN_SHARE: Final = 0.065
"""By how much of the paper's brightness ink must be darker than it, at least: faint pencil is 0.1."""

NOISE_SIGMAS: Final = 6.0
"""By how many standard deviations of the paper's noise ink must be darker, at least."""

SOLID_SHARE: Final = 0.7
"""Whole areas darker than this share of the page's paper are ink too, though nothing around is lighter."""

SPECK_MM2: Final = 0.05
"""Below this it is dust or salt noise."""

GAP_MM: Final = 1.0
"""Strokes with gaps up to this belong together."""

FULL_CONTRAST: Final = 0.4
"""Share of the paper's brightness by which print is darker than it. What is paler counts with less of its
area: the shadow of a fold is as large as a page number, but pale; a note in pencil is pale, but larger."""

SCANNER_EDGE_MM: Final = 15.0
"""So far in from its edge a scan may show what is no paper: the dark lid beside a sheet 2° askew."""

STREAK_SHARE: Final = 0.3
"""Share of the page's length from which a straight line along it is dirt on the scanner's glass (in 80 % it
is certain; a faint streak is broken) and no writing."""

STREAK_MM: Final = 0.8
"""What is broader is no streak."""

HOLE_MM: Final = (4.5, 7.5)
"""Diameter of a punch hole (ISO 838: 6 mm), with what scanning adds or takes away."""

HOLE_DISTANCE_MM: Final = (78.5, 81.5)
"""Between the centres of two punch holes (ISO 838: 80 mm)."""

DARK_PAPER: Final = 90
"""Gray below which a page is too dark to be called an empty sheet."""

MAX_MARGIN_SHARE: Final = 0.1
"""The margin takes at most this share of a side, so that a small slip is not all margin."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BlankJudgement:
    """`measurements` are `ink_share` (1) and `largest_component` (mm²); a value at or below its threshold,
    with which a page may be blank, is `notable`."""

    verdict: BlankVerdict
    measurements: tuple[Measurement, ...]


class _Ink(NamedTuple):
    share: float
    largest_mm2: float
    largest_in_margin_mm2: float


def judge_blank(view: ReadingImage, settings: BlankSettings) -> BlankJudgement:
    """Blank, not blank, or doubtful, by the thresholds of `settings`.

    Both share and largest component (strokes joined over gaps of 1 mm, pale ones counted less) leave out the
    margin. Ink in the margin that does not come in from the edge, such as a fax header, makes a page
    doubtful all the same.
    """
    gray, dpi = scaled_to(view, DPI)
    seen, weight = _paper_ink(gray, dpi)
    seen &= ~(_scanner_edge(gray, dpi) | _punch_holes(seen, dpi))
    seen = _without_streaks(seen, dpi)
    ink = _measured(seen, weight, _inner(view, gray.shape, dpi, settings.margin_mm), dpi)
    empty = ink.share <= settings.max_ink_share and ink.largest_mm2 <= settings.max_component_mm2
    full = ink.share > settings.doubtful_ink_share or ink.largest_mm2 > settings.doubtful_component_mm2
    doubtful = ink.largest_in_margin_mm2 > settings.doubtful_component_mm2 or paper_level(gray) < DARK_PAPER
    if full:
        verdict = BlankVerdict.NOT_BLANK
    elif empty and not doubtful:
        verdict = BlankVerdict.BLANK
    else:
        verdict = BlankVerdict.DOUBTFUL
    return BlankJudgement(
        verdict,
        (
            _measurement("ink_share", ink.share, "1", settings.max_ink_share),
            _measurement("largest_component", ink.largest_mm2, "mm²", settings.max_component_mm2),
        ),
    )


def _measurement(name: str, value: float, unit: str, threshold: float) -> Measurement:
    return Measurement(name, round(value, 6), unit, threshold, "notable" if value <= threshold else "ok")


def _paper_ink(gray: Gray, dpi: float) -> tuple[Mask, NDArray[np.float32]]:
    """What is ink, and how much of its area counts (0-1), by its contrast with the paper."""
    paper = _paper(gray, dpi)
    darker = cv2.subtract(paper, gray)
    median, noise = median_and_noise(np.asarray(darker, dtype=np.uint8))
    level = paper_level(gray)
    limit = max(MIN_SHARE * level, median + NOISE_SIGMAS * noise)
    solid = paper < SOLID_SHARE * level
    weight = np.minimum(1.0, darker.astype(np.float32) / (FULL_CONTRAST * max(1.0, level)))
    weight[solid] = 1.0
    return np.asarray((darker > limit) | solid), weight


def _scanner_edge(gray: Gray, dpi: float) -> Mask:
    """What is dark, reaches the edge of the scan, and lies near it: the lid beside the paper."""
    dark = (gray < paper_level(gray) // 2).view(np.uint8)
    _count, labels = cv2.connectedComponents(dark, connectivity=8)
    at_edge = np.zeros(int(labels.max()) + 1, dtype=bool)
    for line in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        at_edge[line] = True
    at_edge[0] = False
    lid = at_edge[labels]
    reach = round(SCANNER_EDGE_MM / MM_PER_INCH * dpi)
    # Its soft outline is still darker than paper.
    lid = np.asarray(cv2.dilate(lid.view(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    lid[reach:-reach, reach:-reach] = False
    return lid


def _punch_holes(ink: Mask, dpi: float) -> Mask:
    """Filled circles as large as punch holes, of which another one lies as far away as punches are apart."""
    mm = MM_PER_INCH / dpi
    # Opened, so that a streak or fold that runs through a hole does not belong to it.
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (round(1.5 / mm) | 1, round(1.5 / mm) | 1))
    solid = cv2.morphologyEx(ink.view(np.uint8), cv2.MORPH_OPEN, brush)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(solid, connectivity=8)
    low, high = HOLE_MM
    width, height = stats[:, cv2.CC_STAT_WIDTH] * mm, stats[:, cv2.CC_STAT_HEIGHT] * mm
    filled = stats[:, cv2.CC_STAT_AREA] * mm**2 / (width * height)
    round_ones = (
        (np.minimum(width, height) >= low)
        & (np.maximum(width, height) <= high)
        & (np.abs(filled - np.pi / 4) < 0.08)
        & (np.abs(width - height) < 0.8)
    )
    round_ones[0] = False
    places = centres[round_ones] * mm
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    paired = ((apart > HOLE_DISTANCE_MM[0]) & (apart < HOLE_DISTANCE_MM[1])).any(axis=1)
    holes = np.zeros(count, dtype=bool)
    holes[np.flatnonzero(round_ones)[paired]] = True
    return np.asarray(cv2.dilate(holes[labels].view(np.uint8), brush) > 0)


def _without_streaks(ink: Mask, dpi: float) -> Mask:
    """`ink` without thin lines that run straight along the rows or columns of the scan, over much of it."""
    kept = ink.copy()
    widest = max(3, round(STREAK_MM / MM_PER_INCH * dpi))
    for across in (kept, kept.T):
        beside = across.copy()
        beside[:, 1:] |= across[:, :-1]
        beside[:, :-1] |= across[:, 1:]
        long = (beside.mean(axis=0) > STREAK_SHARE).astype(np.uint8)[None, :]
        broad = cv2.morphologyEx(long, cv2.MORPH_OPEN, np.ones((1, widest + 2), np.uint8))
        across[:, (long > broad)[0]] = False
    return kept


def _paper(gray: Gray, dpi: float) -> Gray:
    """The gray of the paper at each pixel: the local maximum of small averages, smoothed."""
    height, width = gray.shape
    small = cv2.resize(gray, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    side = max(3, round(PAPER_MM / MM_PER_INCH * dpi / 4) | 1)
    bright = cv2.dilate(small, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE)
    smooth = cv2.blur(bright, (side, side), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _inner(view: ReadingImage, shape: tuple[int, ...], dpi: float, margin_mm: float) -> Mask:
    """Inside the margin of the page's frame, which a straightened view shows with corners around it."""
    inner = np.zeros(shape, dtype=bool)
    spans = []
    for size, origin_mm in zip(shape, reversed(view.origin_mm), strict=True):
        frame_from = -origin_mm / MM_PER_INCH * dpi
        frame_size = size - 2 * frame_from
        margin = min(margin_mm / MM_PER_INCH * dpi, MAX_MARGIN_SHARE * frame_size)
        first = round(frame_from + margin)
        spans.append(slice(first, max(first + 1, round(frame_from + frame_size - margin))))
    inner[spans[0], spans[1]] = True
    return inner


def _measured(ink: Mask, weight: NDArray[np.float32], inner: Mask, dpi: float) -> _Ink:
    pixel_mm2 = (MM_PER_INCH / dpi) ** 2
    ink = _without_specks(ink, pixel_mm2)
    share = float(np.count_nonzero(ink & inner) / np.count_nonzero(inner))
    reach = 2 * max(1, round(GAP_MM / 2 / MM_PER_INCH * dpi)) + 1
    joined = cv2.dilate(ink.view(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    inside, outside = (
        np.bincount(labels[where], weights=weight[where], minlength=count)
        for where in (ink & inner, ink & ~inner)
    )
    edges = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    outside[np.unique(np.concatenate(edges))] = 0
    return _Ink(share, float(inside.max()) * pixel_mm2, float(outside.max()) * pixel_mm2)


def _without_specks(ink: Mask, pixel_mm2: float) -> Mask:
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] * pixel_mm2 >= SPECK_MM2
    kept[0] = False
    return np.asarray(kept[labels])
