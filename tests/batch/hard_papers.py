"""Papers that are hard to read, each in one way: typeset from `hard_papers/`, stamped, scanned, faxed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import typst
from municipal_paper.typeset import ROOT, read_sides
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.model import PageInput

Pixels = NDArray[np.uint8]
FOLDER = Path(__file__).parent / "hard_papers"
DPI = 300
PITCH_PX = 3.6
NEEDLE_COVER = 100
BLUE, RED = (46, 66, 158), (186, 42, 52)


def typeset(name: str) -> Pixels:
    """RGB at 300 dpi of the one page of `hard_papers/<name>.typ`."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(ROOT / "fonts")])
    pdf = typst.compile(str(FOLDER / f"{name}.typ"), font_paths=fonts, pdf_tags=False)
    return next(iter(read_sides(pdf))).image


def gray(image: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def turned(image: Pixels, degrees: float) -> Pixels:
    """The image turned counter-clockwise on white, large enough for all of it."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (int(width * cos + height * sin) + 2, int(height * cos + width * sin) + 2)
    matrix[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    white = (255, 255, 255)
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderValue=white), np.uint8)


def stamped(
    page: Pixels, stamp: Pixels, place_mm: tuple[float, float], degrees: float, ink: tuple[int, int, int]
) -> Pixels:
    """`page` with `stamp` (black on white) pressed onto it in `ink`; its top left corner at `place_mm`."""
    mark = turned(stamp, degrees)
    cover = (1 - gray(mark).astype(np.float32) / 255)[:, :, None] * 0.85
    left, top = (round(edge * DPI / 25.4) for edge in place_mm)
    result = page.copy()
    part = result[top : top + mark.shape[0], left : left + mark.shape[1]]
    part[...] = np.rint(part * (1 - cover * (1 - np.array(ink, dtype=np.float32) / 255))).astype(np.uint8)
    return result


def coarse(image: Pixels, dpi: int) -> Pixels:
    size = (round(image.shape[1] * dpi / DPI), round(image.shape[0] * dpi / DPI))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def dotted(lines: list[str], dot_mm: float = 0.33) -> Pixels:
    """A gray A4 page at 300 dpi as a printer of needles sets it: ten letters an inch, dot by dot."""
    px = DPI / 25.4
    sheet = np.full((round(297 * px), round(210 * px)), 255, dtype=np.uint8)
    radius = round(dot_mm / 2 * px * 16)
    for row, line in enumerate(lines):
        for column, letter in enumerate(line):
            left, top = 20 * px + column * DPI / 10, 30 * px + row * DPI / 5
            for y, x in np.argwhere(_dots(letter)):
                centre = (round((left + x * PITCH_PX) * 16), round((top + y * PITCH_PX) * 16))
                cv2.circle(sheet, centre, radius, 40, -1, cv2.LINE_AA, 4)
    return sheet


def _dots(letter: str) -> NDArray[np.bool_]:
    """Where the needles strike for a letter: a typeface in a coarse raster."""
    finer = 8
    image = Image.new("L", (12 * finer, 16 * finer), 0)
    font = ImageFont.load_default(size=11 * finer)
    ImageDraw.Draw(image).text((finer, finer), letter, fill=255, font=font, stroke_width=2)
    return np.asarray(image.resize((12, 16), Image.Resampling.BOX)) > NEEDLE_COVER


def saved(image: Pixels, path: Path, dpi: int = DPI, **options: Any) -> PageInput:
    """`image` as the scan `path`, ready to be read."""
    Image.fromarray(image).save(path, dpi=(dpi, dpi), **options)
    kinds = {".png": "image/png", ".jpg": "image/jpeg", ".tif": "image/tiff"}
    return PageInput(path, "00" * 32, kinds[path.suffix], 1)


def faxed(image: Pixels, path: Path) -> PageInput:
    """As a fine fax: 204 by 196 dots, black or white."""
    size = (round(image.shape[1] * 204 / DPI), round(image.shape[0] * 196 / DPI))
    small = cv2.resize(gray(image) if image.ndim == 3 else image, size, interpolation=cv2.INTER_AREA)
    Image.fromarray(small).convert("1", dither=Image.Dither.NONE).save(
        path, dpi=(204, 196), compression="group4"
    )
    return PageInput(path, "00" * 32, "image/tiff", 1)
