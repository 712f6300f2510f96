"""How one image lies on a PDF page: does it fill it, which way up, how many dots to the inch."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from dipro_scan.model import POINTS_PER_INCH, Resolution

FULL_PAGE_SHARE = 0.95
# 0.06°: over a page's length a third of a millimetre. What lies more askew is rendered as it lies.
_AXIS_SLOPE = 0.001
_EDGE_POINTS = 1.0
_RIGHT, _DOWN, _LEFT, _UP = range(4)
# EXIF tag 274 by where columns and rows of the stored image run in the view
_ORIENTATIONS = {
    (_RIGHT, _DOWN): 1,
    (_LEFT, _DOWN): 2,
    (_LEFT, _UP): 3,
    (_RIGHT, _UP): 4,
    (_DOWN, _RIGHT): 5,
    (_DOWN, _LEFT): 6,
    (_UP, _LEFT): 7,
    (_UP, _RIGHT): 8,
}


class Rectangle(NamedTuple):
    """A rectangle in PDF points, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        return max(self.right - self.left, 0.0) * max(self.top - self.bottom, 0.0)

    @property
    def is_empty(self) -> bool:
        """Nothing can show in it: not even a line's width in both directions."""
        return self.right - self.left <= 0 or self.top - self.bottom <= 0

    def within(self, other: Rectangle) -> Rectangle:
        return Rectangle(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def touches(self, other: Rectangle) -> bool:
        common = self.within(other)
        return common.left <= common.right and common.bottom <= common.top


class Clip(NamedTuple):
    """The box of what clips an object; `rectangular` tells whether the clip is that box."""

    box: Rectangle
    rectangular: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """An image that fills its page.

    `matrix` maps the unit square to the page. A `stencil` lets what is below it through, and
    `paints_black` tells its colour. `certain` is False where something around the image (forms, odd
    clips, transparency) may change how it shows.
    """

    image: pdfium.PdfImage
    matrix: pdfium.PdfMatrix
    box: Rectangle
    stencil: bool
    paints_black: bool
    certain: bool

    def covers(self, bounds: Rectangle) -> bool:
        """Whether nothing of `bounds` can be seen through or beside the image."""
        return (
            self.certain
            and not self.stencil
            and bounds.left >= self.box.left - _EDGE_POINTS
            and bounds.bottom >= self.box.bottom - _EDGE_POINTS
            and bounds.right <= self.box.right + _EDGE_POINTS
            and bounds.top <= self.box.top + _EDGE_POINTS
        )

    def orientation(self, page_rotation: int) -> int:
        """EXIF orientation in the view that `/Rotate` (degrees clockwise) gives."""
        a, b, c, d = self.matrix.get()[:4]
        turns = page_rotation // 90
        return _ORIENTATIONS[(_direction(a, b) + turns) % 4, (_direction(-c, -d) + turns) % 4]

    def resolution(self, width_px: int, height_px: int, user_unit: float) -> Resolution:
        """Dots per inch along the stored image's rows and columns."""
        a, b, c, d = self.matrix.get()[:4]
        points = user_unit * math.hypot(a, b), user_unit * math.hypot(c, d)
        return Resolution(width_px * POINTS_PER_INCH / points[0], height_px * POINTS_PER_INCH / points[1])


def placement_of(
    image: pdfium.PdfImage, around: pdfium.PdfMatrix, frame: Rectangle, *, certain: bool
) -> Placement | None:
    """The placement of an image that fills `frame` (the page's box) and is hardly cut by it."""
    matrix = image.get_matrix().multiply(around)
    a, b, c, d = matrix.get()[:4]
    slopes = min(abs(a), abs(b)), min(abs(c), abs(d))
    sides = max(abs(a), abs(b)), max(abs(c), abs(d))
    if min(sides) <= 0 or any(slope > _AXIS_SLOPE * side for slope, side in zip(slopes, sides, strict=True)):
        return None
    if (abs(a) > abs(b)) == (abs(c) > abs(d)):
        return None
    box = transformed(Rectangle(0, 0, 1, 1), matrix)
    shown = box.within(frame)
    clip = clip_of(image)
    if clip is not None:
        shown = shown.within(transformed(clip.box, around))
    if shown.area < FULL_PAGE_SHARE * max(frame.area, box.area):
        return None
    metadata = image.get_metadata()
    stencil = metadata.bits_per_pixel == 1 and metadata.colorspace == pdfium_c.FPDF_COLORSPACE_UNKNOWN
    return Placement(
        image=image,
        matrix=matrix,
        box=box,
        stencil=stencil,
        paints_black=stencil and _paints_black(image),
        certain=certain and (clip is None or clip.rectangular),
    )


def clip_of(item: pdfium.PdfObject) -> Clip | None:
    """What clips an object, in the space that its own matrix leads to; None for nothing."""
    path = pdfium_c.FPDFPageObj_GetClipPath(item)
    boxes = []
    rectangular = True
    for index in range(max(pdfium_c.FPDFClipPath_CountPaths(path), 0) if path else 0):
        points = [_point(path, index, number) for number in range(_segments(path, index))]
        if not points:
            continue
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        box = Rectangle(min(xs), min(ys), max(xs), max(ys))
        boxes.append(box)
        corners = {(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)}
        rectangular = rectangular and len(points) <= 5 and set(points) == corners
    if not boxes:
        return None
    common = boxes[0]
    for box in boxes[1:]:
        common = common.within(box)
    return Clip(common, rectangular)


def transformed(box: Rectangle, matrix: pdfium.PdfMatrix) -> Rectangle:
    """The box around `box` after `matrix`."""
    return Rectangle(*matrix.on_rect(*box))


def _segments(path: object, index: int) -> int:
    return max(int(pdfium_c.FPDFClipPath_CountPathSegments(path, index)), 0)


def _point(path: object, index: int, number: int) -> tuple[float, float]:
    segment = pdfium_c.FPDFClipPath_GetPathSegment(path, index, number)
    x, y = ctypes.c_float(), ctypes.c_float()
    pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
    return x.value, y.value


def _direction(x: float, y: float) -> int:
    """Where a vector of the page (y upwards) points to in the view."""
    if abs(x) >= abs(y):
        return _RIGHT if x > 0 else _LEFT
    return _UP if y > 0 else _DOWN


def _paints_black(image: pdfium.PdfImage) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    known = pdfium_c.FPDFPageObj_GetFillColor(image, red, green, blue, alpha)
    return bool(known) and (red.value, green.value, blue.value, alpha.value) == (0, 0, 0, 255)
