"""The golden pictures: what restoration makes of drawn pages, at 75 dpi, each small enough to be committed.

    python tests/imaging/golden_pictures.py

makes them anew in `tests/imaging/golden`. Look at every one that changed before committing it: they are what
the tests hold later results against.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.imaging import (
    crop_box,
    estimate_skew,
    find_paper,
    find_spread,
    small_page,
    split_spread,
    straighten,
    treated_for_reading,
)
from dipro_scan.imaging.composing import composed
from dipro_scan.imaging.layers import page_layers
from dipro_scan.model import MM_PER_INCH, ReadingImage
from dipro_scan.settings import ImagingSettings
from dipro_scan.settings.border_settings import BorderSettings
from dipro_scan.settings.reading_image_settings import ReadingImageSettings

Pixels = NDArray[np.uint8]
FOLDER = Path(__file__).parent / "golden"
GOLDEN_DPI = 75.0
DPI = 300.0
TEXT = """Sehr geehrte Damen und Herren hiermit melden wir den Eingang Ihres Antrags auf Genehmigung
der Stadt Rechnung Betrag Konto Frist Amt Musterweg Unterlagen Bescheid"""
"""The font that comes with Pillow has no umlauts."""

INK = 35


def typed(size_mm: tuple[float, float], seed: int, *, dpi: float = DPI, paper: int = 245) -> Pixels:
    """A page with a heading, lines of 11 pt and a ruled table."""
    chance = np.random.default_rng(seed)
    mm = dpi / MM_PER_INCH
    width, height = (round(side * mm) for side in size_mm)
    image = Image.new("L", (width, height), paper)
    pen = ImageDraw.Draw(image)
    heading, body = (ImageFont.load_default(size=points / 72 * dpi) for points in (16, 11))
    pen.text((12 * mm, 12 * mm), "Eingang Ihres Antrags", font=heading, fill=INK)
    y = 26.0
    while y < size_mm[1] * 0.62:
        line = ""
        while pen.textlength(f"{line} Genehmigung", font=body) < width - 26 * mm:
            line += f"{chance.choice(TEXT.split())} "
        pen.text((12 * mm, y * mm), line, font=body, fill=INK)
        y += 5.4
    left, right = 12 * mm, width - 12 * mm
    for row in range(4):
        top = (y + 4 + row * 8) * mm
        pen.line((left, top, right, top), fill=INK, width=round(0.4 * mm))
        if row < 3:
            pen.text((left + 2 * mm, top + 1.5 * mm), f"{row + 1}. Betrag", font=body, fill=INK)
            pen.text((right - 30 * mm, top + 1.5 * mm), f"{37 * (row + 2)},50 EUR", font=body, fill=INK)
    for x in (left, right - 36 * mm, right):
        pen.line((x, (y + 4) * mm, x, (y + 28) * mm), fill=INK, width=round(0.4 * mm))
    return np.array(image)


def turned(pixels: Pixels, degrees: float, ground: int) -> Pixels:
    """The content turned counter-clockwise about the middle."""
    height, width = pixels.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    turn = cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=ground)
    return np.asarray(turn, dtype=np.uint8)


def straightened_page() -> Pixels:
    """A page whose lines climb by 3.7°, put level by what is measured on it."""
    view = ReadingImage(turned(typed((130, 150), 1), 3.7, 245), DPI)
    return straighten(view, estimate_skew(view, ImagingSettings()).degrees).pixels


def evened_shading() -> Pixels:
    """The corner of a book: light falls off to a third towards the lower right."""
    page = typed((130, 150), 2).astype(np.float64)
    rows, columns = np.linspace(0, 1, page.shape[0])[:, None], np.linspace(0, 1, page.shape[1])[None]
    return _treated((page * (1 - 0.65 * (rows * columns) ** 1.5)).astype(np.uint8))


def evened_coloured_ground() -> Pixels:
    """A green slip whose lower half is a darker field."""
    page = typed((130, 150), 3)
    ground = np.full((*page.shape, 3), (190, 225, 185), np.float64)
    ground[page.shape[0] // 2 :] = (120, 170, 200)
    colour = (ground * (page[:, :, None] / 245)).clip(0, 255).astype(np.uint8)
    return _treated(np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), np.uint8), colour)


def removed_bleed_through() -> Pixels:
    """The other side of the sheet shines through, mirrored and soft."""
    front, back = typed((130, 150), 4), typed((130, 150), 5)[:, ::-1]
    through = cv2.GaussianBlur(back, (0, 0), 2.5).astype(np.float64) / 245
    return _treated((front * (1 - 0.32 * (1 - through))).astype(np.uint8))


def cropped_page() -> Pixels:
    """A sheet that lies askew on a black lid: found, put level, cut to its edges."""
    dpi = 150.0
    lid = np.full((1180, 1000), 12, np.uint8)
    lid[130:1016, 110:878] = typed((130, 150), 6, dpi=dpi)
    view = ReadingImage(turned(lid, -2.4, 12), dpi)
    skew = estimate_skew(view, ImagingSettings()).degrees
    page, settings = small_page(view), BorderSettings()
    box = crop_box(view, page, find_paper(page, settings), skew, settings)
    assert box is not None
    straight = straighten(view, skew)
    left, top = straight.origin_mm
    x0, y0, x1, y1 = (round(side / MM_PER_INCH * dpi) for side in _less(box, left, top))
    return straight.pixels[max(0, y0) : y1, max(0, x0) : x1]


def left_half() -> Pixels:
    return _halves()[0].pixels


def right_half() -> Pixels:
    return _halves()[1].pixels


def composed_layers() -> Pixels:
    """A letter with a red stamp, a blue signature and a picture, taken apart and put together again."""
    page = np.dstack([typed((110, 125), 8)] * 3)
    cv2.ellipse(page, (900, 880), (230, 130), 8, 0, 360, (200, 40, 50), 9)
    cv2.putText(page, "BEZAHLT", (725, 905), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (200, 40, 50), 7, cv2.LINE_AA)
    wave = [(200 + 6 * x, round(1400 + 40 * np.sin(x / 5) - x / 2)) for x in range(90)]
    cv2.polylines(page, [np.array(wave, np.int32)], False, (40, 50, 150), 6, cv2.LINE_AA)
    rows, columns = np.mgrid[0:260, 0:420]
    picture = 128 + 70 * np.sin(columns / 50) * np.cos(rows / 40)
    page[40:300, 820:1240] = np.dstack([picture, picture * 0.8, picture * 0.6]).astype(np.uint8)
    return composed(page_layers(page, DPI))


PICTURES: dict[str, tuple[Callable[[], Pixels], float]] = {
    "straightened": (straightened_page, DPI),
    "evened_shading": (evened_shading, DPI),
    "evened_coloured_ground": (evened_coloured_ground, DPI),
    "removed_bleed_through": (removed_bleed_through, DPI),
    "cropped": (cropped_page, 150.0),
    "left_half": (left_half, 150.0),
    "right_half": (right_half, 150.0),
    "composed_layers": (composed_layers, DPI),
}
"""What each picture shows, and the resolution it is made at."""


def picture(name: str) -> Pixels:
    """The picture as it comes out today, at 75 dpi: gray, shape (height, width), or RGB."""
    make, dpi = PICTURES[name]
    pixels = make()
    height, width = pixels.shape[:2]
    size = (round(width * GOLDEN_DPI / dpi), round(height * GOLDEN_DPI / dpi))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def golden(name: str) -> Pixels:
    """The picture as it was committed."""
    with Image.open(FOLDER / f"{name}.png") as image:
        return np.array(image)


def _treated(gray: Pixels, colour: Pixels | None = None) -> Pixels:
    treated = treated_for_reading(ReadingImage(gray, DPI), ReadingImageSettings(), colour)
    assert treated.steps
    return treated.image.pixels


def _halves() -> tuple[ReadingImage, ReadingImage]:
    """An open book with the shadow of its fold."""
    dpi = 150.0
    pages = np.hstack([typed((130, 150), seed, dpi=dpi) for seed in (9, 10)]).astype(np.float64)
    away = np.abs(np.arange(pages.shape[1]) - pages.shape[1] / 2) / dpi * MM_PER_INCH
    view = ReadingImage((pages * (1 - 0.5 * np.exp(-((away / 4) ** 2)))).astype(np.uint8), dpi)
    spread = find_spread(view)
    assert spread is not None
    return split_spread(view, spread)


def _less(box: tuple[float, ...], left: float, top: float) -> tuple[float, float, float, float]:
    return box[0] - left, box[1] - top, box[2] - left, box[3] - top


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        path = FOLDER / f"{name}.png"
        Image.fromarray(picture(name)).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
