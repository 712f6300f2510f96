"""Places on a page. Millimetres on the upright page, origin top left, y downwards."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0


class Box(NamedTuple):
    """A rectangle in millimetres, `x0 <= x1`, `y0 <= y1`."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width_mm(self) -> float:
        return self.x1 - self.x0

    @property
    def height_mm(self) -> float:
        return self.y1 - self.y0

    @property
    def area_mm2(self) -> float:
        return self.width_mm * self.height_mm

    @property
    def middle(self) -> tuple[float, float]:
        """(x, y) in millimetres."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def grown(self, by_mm: float) -> Box:
        """This box, larger by so many millimetres on each side."""
        return Box(self.x0 - by_mm, self.y0 - by_mm, self.x1 + by_mm, self.y1 + by_mm)

    def overlaps(self, other: Box) -> bool:
        """Whether both share more than an edge; a box without width does where it runs through the other."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def holds_middle_of(self, other: Box) -> bool:
        """Whether the middle of `other` lies in this box or on its edge."""
        x, y = other.middle
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def shared_width_mm(self, other: Box) -> float:
        """Across how many millimetres both stand above each other; negative: the gap between them."""
        return min(self.x1, other.x1) - max(self.x0, other.x0)

    def shared_height_mm(self, other: Box) -> float:
        """Down how many millimetres both stand beside each other; negative: the gap between them."""
        return min(self.y1, other.y1) - max(self.y0, other.y0)

    def shared_area_mm2(self, other: Box) -> float:
        """The area in which both lie, in square millimetres; 0 where they do not overlap."""
        across, down = self.shared_width_mm(other), self.shared_height_mm(other)
        return across * down if across > 0 and down > 0 else 0.0

    def share_within(self, other: Box) -> float:
        """Which part of this box, 0-1, lies in `other`; 0 for a box without an area."""
        return self.shared_area_mm2(other) / self.area_mm2 if self.area_mm2 > 0 else 0.0

    @staticmethod
    def around(boxes: list[Box]) -> Box:
        """The smallest box that holds all of `boxes` (at least one)."""
        return Box(
            min(b.x0 for b in boxes),
            min(b.y0 for b in boxes),
            max(b.x1 for b in boxes),
            max(b.y1 for b in boxes),
        )


class Resolution(NamedTuple):
    """Dots per inch along the image's own rows (x) and columns (y)."""

    x: float
    y: float

    def turned(self) -> Resolution:
        """The resolution of the image after a quarter turn."""
        return Resolution(self.y, self.x)


@dataclass(frozen=True, slots=True)
class PageGeometry:
    """How a stored image becomes the upright, straightened page.

    Three steps, in this order:

    1. `orientation` (1–8 as in EXIF tag 274) shows the image as its source wants it shown,
    2. `rotation` (0, 90, 180, 270 degrees clockwise) makes that view upright,
    3. turning clockwise by `skew_degrees` about the centre makes its lines level; positive means the
       lines climb to the right (counter-clockwise).

    `width_mm` and `height_mm` are those of the view after step 2. Step 3 turns about its centre and
    keeps origin and size, so that places stay paper places; corners may lie outside the frame, and
    whoever shows the page shows them too (see `hull`).
    """

    width_mm: float
    height_mm: float
    orientation: int = 1
    rotation: int = 0
    skew_degrees: float = 0.0
    crop_mm: Box | None = None

    def shown(self) -> Box:
        """What of the straightened page is shown: the crop, or all of it."""
        return self.crop_mm or self.hull()

    def hull(self) -> Box:
        """The box around the straightened image: the frame and the corners that stick out of it."""
        angle = math.radians(abs(self.skew_degrees))
        width = self.width_mm * math.cos(angle) + self.height_mm * math.sin(angle)
        height = self.height_mm * math.cos(angle) + self.width_mm * math.sin(angle)
        dx = (width - self.width_mm) / 2
        dy = (height - self.height_mm) / 2
        return Box(-dx, -dy, self.width_mm + dx, self.height_mm + dy)
