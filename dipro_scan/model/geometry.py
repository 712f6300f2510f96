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
