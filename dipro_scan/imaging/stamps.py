"""Stamps on a page: by their coloured ink where the scan has colour, else by turned frames and rings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.blocks import block_means
from dipro_scan.imaging.components import components
from dipro_scan.imaging.ink import text_ink
from dipro_scan.imaging.layers import gray_of
from dipro_scan.imaging.stamp_shapes import LONG_MM, Shape, ruled_part, stamp_shape
from dipro_scan.model import MM_PER_INCH, Box, PageFailed, ReadingImage
from dipro_scan.model.marks import Stamp, StampShape
from dipro_scan.translation import _

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

LOOKED_AT_DPI: Final = 100.0

MIN_CHROMA: Final = 12.0
"""How far, in a* and b* of CIE L*a*b*, ink lies from paper that is coloured; faint stamps lie about 20."""

MIN_DARKER: Final = 8.0
"""By how much L* of ink is below the paper's."""

SAME_HUE_DEGREES: Final = 30.0
MAX_HUES: Final = 4
MIN_INK_MM2: Final = 12.0

JOINED_MM: Final = 4.0
"""Ink with gaps up to this is of one stamp: between its frame and its lines there is that much paper."""

MAX_INK_SHARE: Final = 0.6
MAX_DARK_SHARE: Final = 0.55
"""Where more of the place is ink of any colour, it is a picture: most of a stamp is paper."""

MAX_OTHERS: Final = 1.5
"""Coloured ink of other hues at the place, in shares of the stamp's own; two stamps may overlap."""

MAX_GROUP: Final = 40_000
"""More pixels of ink in one place are a picture, or a page written in colour."""

STROKE_MM: Final = 1.5
MAX_SOLID_SHARE: Final = 0.2
"""Where more of the ink than this lies deep within places wider than any stroke, it is a bar or a picture."""

SMALLEST_MM: Final = 8.0
SURELY_TURNED_DEGREES: Final = 1.0
"""Frames without colour are stamps only where they are turned by more, since forms have frames too."""

PRINTED_RING: Final = 0.45
"""Confidence of a ring without colour: printed and pressed seals look alike there."""

Groups = Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]


def find_stamps(view: ReadingImage, colour: Pixels | None = None) -> tuple[Stamp, ...]:
    """The stamps of an upright, straightened page, from top to bottom.

    `colour`: RGB of the shape (height, width, 3) in the same frame and size as `view.pixels`, None for gray
    and bitonal scans. There only turned frames and rings count that touch nothing else. A ring without colour
    has a confidence below one half, since certificates are printed with such seals.

    Raises PageFailed where `view.pixels` or `colour` are no such images.
    """
    pixels = gray_of(view.pixels)
    if colour is not None and (gray_of(colour).shape != pixels.shape or colour.ndim != 3):
        raise PageFailed(
            _("The page's colours have the shape %(shape)s, which does not fit its gray image.")
            % {"shape": "×".join(map(str, colour.shape))}
        )
    step = max(1, round(view.dpi / LOOKED_AT_DPI))
    dpi = view.dpi / step
    if colour is None:
        gray = block_means(pixels, step)
        found = list(_by_shape(gray, dpi))
        shades = cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB) if found else None
    else:
        shades = block_means(colour, step)
        found = list(_by_colour(shades, dpi))
    stamps = []
    for rows, columns, shape in found:
        corners = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        box = view.box_mm(*(float(edge) * step for edge in corners))
        ink = np.rint(np.median(np.asarray(shades)[rows, columns], axis=0)).astype(int)
        stamps.append(
            Stamp(
                box=box,
                ink=(int(ink[0]), int(ink[1]), int(ink[2])),
                shape=shape.kind,
                angle_degrees=shape.angle_degrees,
                confidence=round(shape.confidence, 2),
            )
        )
    outermost = [stamp for stamp in stamps if not any(_lies_in(stamp.box, other.box) for other in stamps)]
    return tuple(sorted(outermost, key=lambda stamp: (stamp.box.y0, stamp.box.x0)))


def _lies_in(box: Box, other: Box) -> bool:
    """Whether `box` lies inside `other`, as the inner ring of a seal does in the outer one."""
    return box != other and (
        other.x0 <= box.x0 and other.y0 <= box.y0 and box.x1 <= other.x1 and box.y1 <= other.y1
    )


class _Found(NamedTuple):
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    shape: Shape


def _by_colour(rgb: Pixels, dpi: float) -> Iterator[_Found]:
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    light, red, yellow = (np.asarray(plane, dtype=np.float32) for plane in cv2.split(lab))
    # The paper's own tint is the middle of all pixels; even a page full of text is mostly paper.
    red -= np.median(red[::4, ::4])
    yellow -= np.median(yellow[::4, ::4])
    paper = np.percentile(light[::4, ::4], 75)
    dark = light < paper - MIN_DARKER * 255 / 100
    ink = dark & (red * red + yellow * yellow >= MIN_CHROMA**2)
    rows, columns = np.nonzero(ink)
    pixel_mm = MM_PER_INCH / dpi
    if len(rows) * pixel_mm**2 < MIN_INK_MM2:
        return
    hues = np.degrees(np.arctan2(yellow[rows, columns], red[rows, columns]))
    for hue in _main_hues(hues):
        own = np.abs((hues - hue + 180) % 360 - 180) <= SAME_HUE_DEGREES
        mask = np.zeros(ink.shape, dtype=np.bool_)
        mask[rows[own], columns[own]] = True
        for group_rows, group_columns in _groups(mask, pixel_mm):
            found = _found(group_rows, group_columns, pixel_mm)
            if found is not None and _is_alone(found, ink, dark):
                yield found


def _main_hues(hues: NDArray[np.floating]) -> list[float]:
    """The hues, in degrees, about which coloured ink gathers, the most frequent first."""
    counts = np.bincount((hues.astype(np.int64) + 360) % 360 // 5, minlength=72).astype(np.float64)
    found: list[float] = []
    least = 0.03 * counts.sum()
    reach = round(SAME_HUE_DEGREES / 5)
    while len(found) < MAX_HUES:
        smooth = sum(np.roll(counts, shift) for shift in (-1, 0, 1))
        best = int(np.argmax(smooth))
        around = [(best + shift) % 72 for shift in range(-reach, reach + 1)]
        if counts[around].sum() < max(1.0, least):
            break
        found.append(best * 5 + 2.5)
        counts[around] = 0
    return found


def _groups(mask: Mask, pixel_mm: float) -> Groups:
    """Rows and columns of the ink that lies together."""
    coarse = block_means(mask.view(np.uint8) * np.uint8(255), 4) >= 48
    side = max(1, round(JOINED_MM / (4 * pixel_mm))) | 1
    joined = cv2.dilate(np.asarray(coarse).view(np.uint8), np.ones((side, side), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    rows, columns = np.nonzero(mask)
    own = np.asarray(labels)[rows // 4, columns // 4]
    order = np.argsort(own, kind="stable")
    bounds = np.searchsorted(own[order], np.arange(1, count + 1))
    for start, end in pairwise(bounds):
        if (end - start) * pixel_mm**2 >= MIN_INK_MM2:
            yield rows[order[start:end]], columns[order[start:end]]


def _is_alone(found: _Found, ink: Mask, dark: Mask) -> bool:
    """Whether there is mostly paper at the place, and no ink of many other colours as in a picture."""
    rows, columns = found.rows, found.columns
    around = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    others = np.count_nonzero(ink[around]) - len(rows)
    return bool(dark[around].mean() <= MAX_DARK_SHARE and others <= MAX_OTHERS * len(rows))


def _found(rows: NDArray[np.intp], columns: NDArray[np.intp], pixel_mm: float) -> _Found | None:
    """The stamp that ink lying together is, or is grown together with."""
    shape = _shape(rows, columns, pixel_mm)
    whole = None if shape is None else _Found(rows, columns, shape)
    is_sure = shape is not None and shape.kind is not StampShape.LINES
    if is_sure or np.ptp(columns) * pixel_mm < LONG_MM[0] or len(rows) > MAX_GROUP:
        return whole
    part = ruled_part(_points(rows, columns, pixel_mm))
    if part is None:
        return whole
    shape = _shape(rows[part], columns[part], pixel_mm)
    return whole if shape is None else _Found(rows[part], columns[part], shape)


def _points(rows: NDArray[np.intp], columns: NDArray[np.intp], pixel_mm: float) -> NDArray[np.float32]:
    return np.column_stack([columns, rows]).astype(np.float32) * np.float32(pixel_mm)


def _shape(rows: NDArray[np.intp], columns: NDArray[np.intp], pixel_mm: float) -> Shape | None:
    spans = (np.ptp(columns) + 1) * pixel_mm, (np.ptp(rows) + 1) * pixel_mm
    longest = LONG_MM[1] * math.sqrt(2)
    if max(spans) < LONG_MM[0] or max(spans) > longest:
        return None
    if len(rows) * pixel_mm**2 > MAX_INK_SHARE * spans[0] * spans[1] or _is_solid(rows, columns, pixel_mm):
        return None
    return stamp_shape(_points(rows, columns, pixel_mm), pixel_mm)


def _is_solid(rows: NDArray[np.intp], columns: NDArray[np.intp], pixel_mm: float) -> bool:
    own = np.zeros((np.ptp(rows) + 1, np.ptp(columns) + 1), dtype=np.uint8)
    own[rows - rows.min(), columns - columns.min()] = 1
    side = max(3, round(STROKE_MM / pixel_mm) | 1)
    deep = cv2.erode(own, np.ones((side, side), np.uint8))
    return cv2.countNonZero(deep) > MAX_SOLID_SHARE * len(rows)


def _by_shape(gray: Pixels, dpi: float) -> Iterator[_Found]:
    """Frames and rings whose line is closed and touches no other ink, with what is inside of them."""
    if min(gray.shape) * MM_PER_INCH / dpi < SMALLEST_MM:
        return
    ink = text_ink(gray, dpi)
    pixel_mm = MM_PER_INCH / dpi
    _count, labels, stats, _centres = components(ink)
    width, height = stats[:, cv2.CC_STAT_WIDTH] * pixel_mm, stats[:, cv2.CC_STAT_HEIGHT] * pixel_mm
    share = stats[:, cv2.CC_STAT_AREA] * pixel_mm**2 / (width * height)
    fits = (np.minimum(width, height) >= SMALLEST_MM) & (np.maximum(width, height) >= LONG_MM[0])
    fits &= (np.maximum(width, height) <= LONG_MM[1]) & (share <= 0.35)
    fits[0] = False
    for figure in np.flatnonzero(fits):
        left, top, wide, high = (int(edge) for edge in stats[figure, :4])
        rows, columns = np.nonzero(np.asarray(labels)[top : top + high, left : left + wide] == figure)
        shape = _shape(rows + top, columns + left, pixel_mm)
        if shape is None or not _is_own(shape):
            continue
        if shape.kind is StampShape.RING:
            shape = shape._replace(confidence=PRINTED_RING)
        yield _Found(rows + top, columns + left, shape)


def _is_own(shape: Shape) -> bool:
    """Whether without colour the shape alone tells a stamp from print: level frames are a form's."""
    if shape.kind is StampShape.FRAME:
        return abs(shape.angle_degrees) > SURELY_TURNED_DEGREES
    return shape.kind is StampShape.RING
