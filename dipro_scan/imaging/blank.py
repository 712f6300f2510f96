"""Is anything on this page?

Ink is what is darker than the paper right around it by more than the paper's noise. What scanner, folds,
holes and staples leave is told by shape and place and taken away. What then remains is joined over small gaps
(pencil, needles, a broken stamp come apart) and weighed by area and contrast. A page whose only ink is as
pale as print that shines through from the other side is doubtful until the other side has been looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging import paper_marks
from dipro_scan.imaging.blank_evidence import seen_ink, writing
from dipro_scan.imaging.paper_contrast import Mask, PaperContrast, paper_contrast
from dipro_scan.model import MM_PER_INCH, BlankVerdict, Measurement, ReadingImage
from dipro_scan.settings import BlankSettings

GAP_MM: Final = 1.0
"""Strokes with gaps up to this belong together."""

NEAR_MM: Final = 4.0
"""Faint writing falls apart into pieces with gaps up to this; dust lies further apart."""

NEAR_PIECES: Final = 4

FULL_CONTRAST: Final = 0.4
"""Share of the paper's brightness by which print is darker than it. What is paler counts with less of its
area: the shadow of a fold is as large as a page number, but pale; a note in pencil is pale, but larger."""

STRONG_CONTRAST: Final = 0.3
PLAINLY_FULL: Final = 0.012
"""Share of a page's middle in strong ink from which nothing needs to be weighed: three lines of print."""

SEE_THROUGH_CONTRAST: Final = 0.25
"""Print that shines through from the other side stays below this share of the paper's brightness."""

DARK_PAPER: Final = 90
"""Gray below which a page is too dark to be called an empty sheet."""

MAX_MARGIN_SHARE: Final = 0.1
"""The margin takes at most this share of a side, so that a small slip is not all margin."""

BlankDoubt = Literal["little_ink", "ink_in_margin", "may_show_through", "dark_paper"]


@dataclass(frozen=True, slots=True)
class BlankJudgement:
    """`measurements` are `ink_share` (1) and, unless the page is plainly full, `largest_component` (mm²); a
    value at or below its threshold, with which a page may be blank, is `notable`. `doubt` tells why a page
    is doubtful; `may_show_through` can be settled by the other side of the sheet (`settle_by_other_side`).
    """

    verdict: BlankVerdict
    measurements: tuple[Measurement, ...]
    doubt: BlankDoubt | None = None


class _Ink(NamedTuple):
    """Of what remains: share of the area inside the margin; largest component inside it and in it, and the
    heaviest group of pieces near each other (weighed mm²); and the contrast (share of the paper's
    brightness) of the strongest component that counts."""

    share: float
    largest_mm2: float
    largest_in_margin_mm2: float
    group_mm2: float
    strongest: float


def judge_blank(
    view: ReadingImage, settings: BlankSettings, contrast: PaperContrast | None = None
) -> BlankJudgement:
    """Blank, not blank, or doubtful, by the thresholds of `settings`. `contrast` is that of `view`.

    Both share and largest component (strokes joined over gaps of 1 mm, pale ones counted less) leave out the
    margin. Ink in the margin that does not come in from the edge, such as a fax header, makes a page
    doubtful all the same.
    """
    contrast = contrast or paper_contrast(view)
    inner = _inner(contrast, settings.margin_mm)
    seen = seen_ink(contrast)
    strong = contrast.darkness > STRONG_CONTRAST * contrast.level
    if _middle_share(strong, contrast) > PLAINLY_FULL:
        share = float(np.count_nonzero(seen[inner]) / seen[inner].size)
        return BlankJudgement(
            BlankVerdict.NOT_BLANK, (_measurement("ink_share", share, "1", settings.max_ink_share),)
        )
    ink = _measured(writing(seen, contrast), contrast, inner, settings)
    verdict, doubt = _verdict(ink, contrast.level, settings)
    return BlankJudgement(
        verdict,
        (
            _measurement("ink_share", ink.share, "1", settings.max_ink_share),
            _measurement("largest_component", ink.largest_mm2, "mm²", settings.max_component_mm2),
        ),
        doubt,
    )


def _verdict(ink: _Ink, level: int, settings: BlankSettings) -> tuple[BlankVerdict, BlankDoubt | None]:
    heaviest = max(ink.largest_mm2, ink.group_mm2)
    empty = ink.share <= settings.max_ink_share and heaviest <= settings.max_component_mm2
    full = ink.share > settings.doubtful_ink_share or ink.largest_mm2 > settings.doubtful_component_mm2
    in_margin = ink.largest_in_margin_mm2 > settings.max_component_mm2
    if not (empty and not in_margin) and ink.strongest < SEE_THROUGH_CONTRAST:
        return BlankVerdict.DOUBTFUL, "may_show_through"
    if full:
        return BlankVerdict.NOT_BLANK, None
    if level < DARK_PAPER:
        return BlankVerdict.DOUBTFUL, "dark_paper"
    if not empty:
        return BlankVerdict.DOUBTFUL, "little_ink"
    if in_margin:
        return BlankVerdict.DOUBTFUL, "ink_in_margin"
    return BlankVerdict.BLANK, None


def _measurement(name: str, value: float, unit: str, threshold: float) -> Measurement:
    return Measurement(name, round(value, 6), unit, threshold, "notable" if value <= threshold else "ok")


def _middle_share(strong: Mask, contrast: PaperContrast) -> float:
    edge = contrast.pixels(paper_marks.SCANNER_EDGE_MM)
    middle = strong[edge:-edge, edge:-edge]
    return float(np.count_nonzero(middle) / middle.size) if middle.size else 0.0


def _inner(contrast: PaperContrast, margin_mm: float) -> tuple[slice, slice]:
    """Inside the margin of the page's frame, which a straightened view shows with corners around it."""
    spans = []
    for size, origin_mm in zip(contrast.gray.shape, reversed(contrast.origin_mm), strict=True):
        frame_from = -origin_mm / MM_PER_INCH * contrast.dpi
        frame_size = size - 2 * frame_from
        margin = min(margin_mm / MM_PER_INCH * contrast.dpi, MAX_MARGIN_SHARE * frame_size)
        first = round(frame_from + margin)
        spans.append(slice(first, max(first + 1, round(frame_from + frame_size - margin))))
    return spans[0], spans[1]


def _measured(
    ink: Mask, contrast: PaperContrast, inner: tuple[slice, slice], settings: BlankSettings
) -> _Ink:
    pixel_mm2 = contrast.mm**2
    share = float(np.count_nonzero(ink[inner]) / ink[inner].size)
    rows, columns = np.nonzero(ink)
    if not rows.size:
        return _Ink(share, 0.0, 0.0, 0.0, 0.0)
    reach = 2 * max(1, round(GAP_MM / 2 / contrast.mm)) + 1
    joined = cv2.dilate(ink.view(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    label = labels[rows, columns]
    strength = contrast.darkness[rows, columns] / max(1.0, float(contrast.level))
    strength[contrast.solid[rows, columns]] = 1.0
    weight = np.minimum(1.0, strength / FULL_CONTRAST)
    (top, bottom), (left, right) = ((span.start, span.stop) for span in inner)
    inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
    within = np.bincount(label[inside], weights=weight[inside], minlength=count) * pixel_mm2
    around = np.bincount(label[~inside], weights=weight[~inside], minlength=count) * pixel_mm2
    around[np.unique(np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1])))] = 0
    counts = (within > settings.max_component_mm2) | (around > settings.max_component_mm2)
    strongest = _upper_quartiles(label, strength, counts)
    group = _heaviest_group(joined, labels, within, contrast)
    return _Ink(share, float(within.max()), float(around.max()), group, strongest)


def _heaviest_group(
    joined: NDArray[np.uint8],
    labels: NDArray[np.int32],
    weights: NDArray[np.floating],
    contrast: PaperContrast,
) -> float:
    """The weight (mm²) of the heaviest group of several pieces that lie near each other."""
    step = 4
    small = np.ascontiguousarray(joined[::step, ::step])
    reach = 2 * max(1, round(NEAR_MM / 2 / contrast.mm / step)) + 1
    count, groups = cv2.connectedComponents(cv2.dilate(small, np.ones((reach, reach), np.uint8)))
    at = labels[::step, ::step]
    pieces = np.unique(np.stack([groups.ravel(), at.ravel()]), axis=1)
    pieces = pieces[:, (pieces[1] > 0) & (weights[pieces[1]] > 0)]
    number = np.bincount(pieces[0], minlength=count)
    weight = np.bincount(pieces[0], weights=weights[pieces[1]], minlength=count)
    return float(np.max(weight[number >= NEAR_PIECES], initial=0.0))


def _upper_quartiles(
    label: NDArray[np.int32], strength: NDArray[np.float64], counts: NDArray[np.bool_]
) -> float:
    """The contrast that a quarter of the pixels of the strongest component exceed."""
    strongest = 0.0
    for one in np.flatnonzero(counts):
        strongest = max(strongest, float(np.percentile(strength[label == one], 75)))
        if strongest >= SEE_THROUGH_CONTRAST:
            break
    return strongest
