"""Pictures that explain a page to people: what is drawn on, captions, legends.

Colours are those that people who see fewer of them can tell apart (Okabe and Ito, Color Universal Design,
2008). Places are given in millimetres, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np
import reportlab
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.imaging.view import scaled_to, straighten, turn_quarter
from dipro_scan.model import MM_PER_INCH, Box, ReadingImage, Unwritable
from dipro_scan.translation import _, os_reason

DPI: Final = 120.0
"""Fine enough to read small print on a screen."""

Colour = tuple[int, int, int]
Rgb = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Place = tuple[float, float]

BLACK: Final = (0, 0, 0)
GRAY: Final = (120, 120, 120)
BLUE: Final = (0, 114, 178)
SKY: Final = (86, 180, 233)
GREEN: Final = (0, 158, 115)
ORANGE: Final = (230, 159, 0)
RED: Final = (213, 40, 0)
PINK: Final = (204, 121, 167)
VIOLET: Final = (120, 60, 170)
BROWN: Final = (150, 95, 30)

FADED: Final = 0.5
"""How far the page steps back behind what is drawn on it."""

AROUND_LEVEL: Final = 235
MIN_WIDTH_PX: Final = 640
MARGIN_PX: Final = 12
TITLE_PX: Final = 20
TEXT_PX: Final = 15
LINE: Final = 1.45
"""Height of a line of text, in sizes of its letters."""


class LegendEntry(NamedTuple):
    colour: Colour
    words: str


class Canvas:
    """A page in colour on which is drawn in place; `pixels` are RGB, shape (height, width, 3).

    `origin_mm` is the place of its top left corner, as of a `ReadingImage`.
    """

    def __init__(self, pixels: Rgb, dpi: float, origin_mm: Place = (0.0, 0.0)) -> None:
        self.pixels = pixels
        self.dpi = dpi
        self.origin_mm = origin_mm

    @classmethod
    def of(cls, view: ReadingImage, colours: Rgb | None = None, dpi: float = DPI) -> Canvas:
        """`view`, or its `colours` (same frame and size), at no more than `dpi`."""
        gray, reached = scaled_to(view, dpi)
        if colours is None:
            pixels = np.repeat(gray[:, :, None], 3, axis=2)
        else:
            size = (gray.shape[1], gray.shape[0])
            smaller = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
            pixels = np.array(smaller, dtype=np.uint8).reshape(*gray.shape, 3)
        return cls(pixels, reached, view.origin_mm)

    @property
    def size_mm(self) -> Place:
        """Width and height."""
        height, width = self.pixels.shape[:2]
        return width * MM_PER_INCH / self.dpi, height * MM_PER_INCH / self.dpi

    def padded(self, around_mm: float) -> Canvas:
        """With light gray around it."""
        px = round(around_mm * self.dpi / MM_PER_INCH)
        pixels = np.pad(self.pixels, ((px, px), (px, px), (0, 0)), constant_values=AROUND_LEVEL)
        mm = px * MM_PER_INCH / self.dpi
        return Canvas(pixels, self.dpi, (self.origin_mm[0] - mm, self.origin_mm[1] - mm))

    def turned(self, rotation: int) -> Canvas:
        """Turned clockwise by quarters; only before straightening."""
        planes = [turn_quarter(plane, rotation).pixels for plane in self._planes()]
        return Canvas(np.dstack(planes), self.dpi)

    def straightened(self, skew_degrees: float) -> Canvas:
        straight = [straighten(plane, skew_degrees) for plane in self._planes()]
        return Canvas(np.dstack([plane.pixels for plane in straight]), self.dpi, straight[0].origin_mm)

    def cut(self, box: Box) -> Canvas:
        """What of `box` the canvas shows, at least one pixel."""
        height, width = self.pixels.shape[:2]
        (left, top), (right, bottom) = self._pixels([(box.x0, box.y0), (box.x1, box.y1)])
        x0, y0 = min(max(0, round(left)), width - 1), min(max(0, round(top)), height - 1)
        x1, y1 = max(x0 + 1, round(right)), max(y0 + 1, round(bottom))
        mm = MM_PER_INCH / self.dpi
        origin = (self.origin_mm[0] + x0 * mm, self.origin_mm[1] + y0 * mm)
        return Canvas(np.ascontiguousarray(self.pixels[y0:y1, x0:x1]), self.dpi, origin)

    def fade(self, share: float = FADED) -> None:
        """Lightens all that is there."""
        self.pixels = np.asarray(255 - (255 - self.pixels) * (1 - share), dtype=np.uint8)

    def tint(self, mask: Mask, colour: Colour, strength: float = 1.0) -> None:
        """Colours the pixels of `mask`, shape (height, width)."""
        shown = self.pixels[mask].astype(np.float32)
        self.pixels[mask] = (shown * (1 - strength) + np.array(colour) * strength).astype(np.uint8)

    def line(self, start: Place, end: Place, colour: Colour, thickness: int = 2) -> None:
        one, other = self._whole([start, end])
        cv2.line(self.pixels, one, other, colour, thickness, cv2.LINE_AA)

    def dashed(self, start: Place, end: Place, colour: Colour, thickness: int = 2) -> None:
        """A line of dashes of 3 mm."""
        ends = np.array([start, end], dtype=np.float64)
        count = max(1, round(float(np.linalg.norm(ends[1] - ends[0])) / 3.0))
        places = [ends[0] + (ends[1] - ends[0]) * (step / count) for step in range(count + 1)]
        for index in range(0, count, 2):
            one, other = places[index], places[index + 1]
            self.line((float(one[0]), float(one[1])), (float(other[0]), float(other[1])), colour, thickness)

    def frame(self, box: Box, colour: Colour, thickness: int = 2) -> None:
        one, other = self._whole([(box.x0, box.y0), (box.x1, box.y1)])
        cv2.rectangle(self.pixels, one, other, colour, thickness)

    def dot(self, place: Place, colour: Colour, radius: int = 8) -> None:
        (middle,) = self._whole([place])
        cv2.circle(self.pixels, middle, radius, colour, 3, cv2.LINE_AA)

    def arrow(self, start: Place, end: Place, colour: Colour, thickness: int = 14) -> None:
        one, other = self._whole([start, end])
        cv2.arrowedLine(self.pixels, one, other, colour, thickness, cv2.LINE_AA, tipLength=0.35)

    def area(self, corners: Sequence[Place]) -> Mask:
        """The pixels inside a convex shape."""
        mask = np.zeros(self.pixels.shape[:2], dtype=np.uint8)
        cv2.fillConvexPoly(mask, np.array(self._whole(corners), dtype=np.int32), 1)
        return mask.view(np.bool_)

    def _planes(self) -> list[ReadingImage]:
        planes = np.moveaxis(self.pixels, 2, 0)
        return [ReadingImage(np.ascontiguousarray(plane), self.dpi, self.origin_mm) for plane in planes]

    def _pixels(self, places: Iterable[Place]) -> list[Place]:
        scale = self.dpi / MM_PER_INCH
        left, top = self.origin_mm
        return [((x - left) * scale, (y - top) * scale) for x, y in places]

    def _whole(self, places: Iterable[Place]) -> list[tuple[int, int]]:
        # OpenCV draws places of up to 16 bits.
        return [
            (round(min(max(x, -30000.0), 30000.0)), round(min(max(y, -30000.0), 30000.0)))
            for x, y in self._pixels(places)
        ]


def captioned(canvas: Canvas, title: str, facts: Sequence[str], legend: Sequence[LegendEntry]) -> Rgb:
    """The canvas below a white strip with its title, sentences, and what its colours mean."""
    height, width = canvas.pixels.shape[:2]
    across = max(width + 2 * MARGIN_PX, MIN_WIDTH_PX)
    strip = _strip(across, title, facts, legend)
    picture = np.full((len(strip) + height + MARGIN_PX, across, 3), 255, dtype=np.uint8)
    picture[: len(strip)] = strip
    left = (across - width) // 2
    picture[len(strip) : len(strip) + height, left : left + width] = canvas.pixels
    # A thin outline, because the paper is as white as what is around it.
    cv2.rectangle(picture, (left - 1, len(strip) - 1), (left + width, len(strip) + height), GRAY, 1)
    return picture


def write_picture(picture: Rgb, target: Path) -> None:
    """Writes RGB `picture` as PNG. Raises Unwritable where `target` cannot be written."""
    _done, encoded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    try:
        target.write_bytes(encoded.tobytes())
    except OSError as error:
        raise Unwritable(
            _("The picture %(path)s cannot be written: %(problem)s.")
            % {"path": target, "problem": os_reason(error)}
        ) from error


def _strip(width: int, title: str, facts: Sequence[str], legend: Sequence[LegendEntry]) -> Rgb:
    bold, plain = _font(TITLE_PX, bold=True), _font(TEXT_PX)
    room = width - 2 * MARGIN_PX
    titles = _broken(title, bold, room)
    lines = [line for fact in facts for line in _broken(fact, plain, room)]
    rows = _legend_rows(legend, plain, room)
    height = (
        MARGIN_PX + round(LINE * (TITLE_PX * len(titles) + TEXT_PX * (len(lines) + len(rows)))) + MARGIN_PX
    )
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    y = float(MARGIN_PX)
    for line in titles:
        pen.text((MARGIN_PX, y), line, fill=BLACK, font=bold)
        y += LINE * TITLE_PX
    for line in lines:
        pen.text((MARGIN_PX, y), line, fill=(60, 60, 60), font=plain)
        y += LINE * TEXT_PX
    for row in rows:
        for x, entry in row:
            pen.rectangle((x, y + 2, x + TEXT_PX, y + 2 + TEXT_PX), fill=entry.colour, outline=GRAY)
            pen.text((x + 1.5 * TEXT_PX, y), entry.words, fill=BLACK, font=plain)
        y += LINE * TEXT_PX
    return np.asarray(image, dtype=np.uint8)


def _legend_rows(
    legend: Sequence[LegendEntry], font: ImageFont.FreeTypeFont, room: int
) -> list[list[tuple[float, LegendEntry]]]:
    """The entries with their places from the left, as many in a row as there is room for."""
    rows: list[list[tuple[float, LegendEntry]]] = []
    x = float(room)
    for entry in legend:
        needed = 1.5 * TEXT_PX + font.getlength(entry.words)
        if not rows or x + needed > MARGIN_PX + room:
            rows.append([])
            x = float(MARGIN_PX)
        rows[-1].append((x, entry))
        x += needed + 1.5 * TEXT_PX
    return rows


def _broken(text: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    """`text` in lines no wider than `room`, single words apart."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@lru_cache(maxsize=4)
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Bitstream Vera, which comes with reportlab; the font that Pillow brings has no umlauts."""
    folder = Path(reportlab.__file__).parent / "fonts"
    return ImageFont.truetype(str(folder / ("VeraBd.ttf" if bold else "Vera.ttf")), size)
