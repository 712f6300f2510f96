"""Paper places → PDF places: the page's box, and the one matrix that carries its image."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from dipro_scan.model import MM_PER_INCH, POINTS_PER_INCH, PageGeometry

SMALLEST_SIDE: Final = 3.0
LARGEST_SIDE: Final = 14400.0
"""Limits of a page box in units: ISO 19005-2, 6.1.13."""


class Point(NamedTuple):
    x: float
    y: float


class Matrix(NamedTuple):
    """PDF's `a b c d e f`: (x, y) becomes (a x + c y + e, b x + d y + f)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def reaching(self, right: float, down: float) -> Matrix:
        """For an image that reaches `right` and `down` by these times of the one placed here, from the same
        upper left corner."""
        a, b, c, d, e, f = self
        return Matrix(a * right, b * right, c * down, d * down, e + c * (1.0 - down), f + d * (1.0 - down))

    def operands(self) -> str:
        return " ".join(number(value) for value in self)


class PageFrame(NamedTuple):
    """The page box around the straightened image, and the way from millimetres into it.

    `width` and `height` are in units of `user_unit` / 72 inch; `left_mm`, `top_mm` is the box's top left
    corner in the frame of the page's geometry.
    """

    width: float
    height: float
    left_mm: float
    top_mm: float
    user_unit: int

    @staticmethod
    def around(geometry: PageGeometry) -> PageFrame:
        """A box around what is shown. Larger units for more than 5 m, paper added to less than 3 points."""
        shown = geometry.shown()
        points_per_mm = POINTS_PER_INCH / MM_PER_INCH
        longest = max(shown.width_mm, shown.height_mm) * points_per_mm
        user_unit = max(1, math.ceil(longest / LARGEST_SIDE - 1e-9))
        scale = points_per_mm / user_unit
        width = min(LARGEST_SIDE, max(SMALLEST_SIDE, shown.width_mm * scale))
        height = min(LARGEST_SIDE, max(SMALLEST_SIDE, shown.height_mm * scale))
        return PageFrame(width, height, shown.x0, shown.y0, user_unit)

    @property
    def units_per_mm(self) -> float:
        return POINTS_PER_INCH / MM_PER_INCH / self.user_unit

    def point(self, x_mm: float, y_mm: float) -> Point:
        """A place on paper (y downwards) as a place on the page (y upwards)."""
        return Point(
            (x_mm - self.left_mm) * self.units_per_mm, self.height - (y_mm - self.top_mm) * self.units_per_mm
        )


def image_matrix(geometry: PageGeometry, frame: PageFrame) -> Matrix:
    """Carries PDF's unit square, which holds the stored image, to its place on the page.

    Orientation, rotation and straightening in one, as `PageGeometry` orders them.
    """

    def place(p: float, q: float) -> Point:
        shown = _shown(p, 1.0 - q, geometry.orientation)
        upright = _turned(shown, geometry.rotation)
        straight = _straightened(
            Point(upright.x * geometry.width_mm, upright.y * geometry.height_mm), geometry
        )
        return frame.point(*straight)

    origin, right, up = place(0, 0), place(1, 0), place(0, 1)
    return Matrix(
        right.x - origin.x, right.y - origin.y, up.x - origin.x, up.y - origin.y, origin.x, origin.y
    )


def number(value: float) -> str:
    """A PDF number with at most five decimals: enough for a thousandth of a pixel on a page of 5 m."""
    text = f"{value:.5f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _shown(u: float, v: float, orientation: int) -> Point:
    """EXIF 2.32, tag 274, on shares of width and height (v downwards)."""
    if not 1 <= orientation <= 8:
        raise ValueError(f"orientation must be 1 to 8, not {orientation}")
    if orientation >= 5:
        u, v = v, u
    if orientation in (2, 3, 6, 7):
        u = 1.0 - u
    if orientation in (3, 4, 7, 8):
        v = 1.0 - v
    return Point(u, v)


def _turned(point: Point, rotation: int) -> Point:
    """Shares of width and height after a clockwise turn by quarter turns."""
    if rotation == 0:
        return point
    if rotation == 90:
        return Point(1.0 - point.y, point.x)
    if rotation == 180:
        return Point(1.0 - point.x, 1.0 - point.y)
    if rotation == 270:
        return Point(point.y, 1.0 - point.x)
    raise ValueError(f"rotation must be 0, 90, 180 or 270, not {rotation}")


def _straightened(point: Point, geometry: PageGeometry) -> Point:
    angle = math.radians(geometry.skew_degrees)
    centre_x, centre_y = geometry.width_mm / 2, geometry.height_mm / 2
    dx, dy = point.x - centre_x, point.y - centre_y
    return Point(
        centre_x + dx * math.cos(angle) - dy * math.sin(angle),
        centre_y + dx * math.sin(angle) + dy * math.cos(angle),
    )
