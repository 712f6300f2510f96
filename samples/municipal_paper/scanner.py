"""Puts a worn side through a scanner, and writes the files that scanners write."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
import pikepdf
from PIL import Image, TiffImagePlugin

from municipal_paper.truth import PAPER_DPI, Pixels, ScannedSide, Side, TruthWord
from municipal_paper.wear import Wear, wear_side

Colour = Literal["colour", "gray", "bitonal"]

FAX_STANDARD_DPI: Final = (204.0, 98.0)
FAX_FINE_DPI: Final = (204.0, 196.0)
"""ITU-T T.4: 8 dots a millimetre across, 3.85 or 7.7 lines a millimetre down."""

INK_SHARE: Final = 0.68
"""Darker than this share of the paper around it is black on a bitonal scan."""

PAPER_WINDOW_MM: Final = 5.0
PDF_DATE: Final = "D:20261102080000Z"


def scan_side(
    side: Side,
    wear: Wear,
    *,
    dpi: float | tuple[float, float] = PAPER_DPI,
    colour: Colour = "colour",
    rotation: int = 0,
    seed: int = 0,
    back: Side | None = None,
) -> ScannedSide:
    """The side, worn and scanned, lying so that `rotation` degrees clockwise (a quarter turn) right it.

    `dpi` belongs to the rows and columns of the image as it lies. Bitonal pixels are 0 and 255. The words
    of the result's `side` are moved with the paper (`shift_mm`, `border_mm`): their boxes count from the
    top left of the scan that was made upright and then straightened about its centre.
    """
    if rotation not in (0, 90, 180, 270):
        raise ValueError(f"rotation must be 0, 90, 180 or 270, not {rotation}")
    lying = (float(dpi), float(dpi)) if isinstance(dpi, (int, float)) else (float(dpi[0]), float(dpi[1]))
    upright = lying if rotation in (0, 180) else (lying[1], lying[0])
    pixels = wear_side(side, wear, seed, back)
    if colour != "colour":
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    pixels = _resampled(pixels, upright)
    if colour == "bitonal":
        pixels = _bitonal(pixels, upright)
    return ScannedSide(
        image=np.ascontiguousarray(np.rot90(pixels, rotation // 90)),
        dpi=lying,
        rotation=rotation,
        skew_degrees=wear.skew_degrees,
        side=_moved(side, wear),
        wear=wear.effects(),
    )


def _moved(side: Side, wear: Wear) -> Side:
    dx, dy = wear.border_mm[3] + wear.shift_mm[0], wear.border_mm[0] + wear.shift_mm[1]
    if not dx and not dy:
        return side
    return replace(side, words=tuple(_word_moved(word, dx, dy) for word in side.words))


def _word_moved(word: TruthWord, dx: float, dy: float) -> TruthWord:
    x0, y0, x1, y1 = word.box_mm
    return replace(word, box_mm=(round(x0 + dx, 2), round(y0 + dy, 2), round(x1 + dx, 2), round(y1 + dy, 2)))


def _resampled(pixels: Pixels, dpi: tuple[float, float]) -> Pixels:
    """Averages over the area of the new pixels; enlarges by cubic interpolation."""
    height, width = pixels.shape[:2]
    size = (round(width * dpi[0] / PAPER_DPI), round(height * dpi[1] / PAPER_DPI))
    if size == (width, height):
        return pixels
    shrinks = size[0] <= width and size[1] <= height
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=way), dtype=np.uint8)


def _bitonal(gray: Pixels, dpi: tuple[float, float]) -> Pixels:
    """Black where it is darker than its surroundings' paper, as scanners with a dynamic threshold do."""
    height, width = gray.shape
    small = cv2.resize(gray, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    window = [max(3, round(PAPER_WINDOW_MM / 25.4 * one / 4) | 1) for one in dpi]
    bright = cv2.dilate(small, np.ones((window[1], window[0]), np.uint8))
    # In large dark places the brightest neighbour is no paper; there the page's paper counts.
    bright = np.maximum(bright, np.uint8(0.8 * np.percentile(bright, 60)))
    paper = cv2.blur(bright, (2 * window[0] + 1, 2 * window[1] + 1), borderType=cv2.BORDER_REPLICATE)
    level = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(INK_SHARE)
    return np.where(gray < level, 0, 255).astype(np.uint8)


def write_jpeg(scanned: ScannedSide, path: Path, quality: int = 85) -> None:
    path.write_bytes(_jpeg(scanned, quality))


def write_png(scanned: ScannedSide, path: Path) -> None:
    _picture(scanned).save(path, "PNG", dpi=scanned.dpi)


def write_tiff_g4(pages: Sequence[ScannedSide], path: Path) -> None:
    """Bitonal pages in one file, CCITT group 4."""
    _write_tiff([_bilevel(page) for page in pages], pages, path, "group4")


def write_fax_tiff(pages: Sequence[ScannedSide], path: Path, *, group: Literal[3, 4] = 3) -> None:
    """Bitonal pages as a fax server keeps them; scan them with FAX_STANDARD_DPI or FAX_FINE_DPI."""
    _write_tiff([_bilevel(page) for page in pages], pages, path, f"group{group}")


def write_tiff_gray(pages: Sequence[ScannedSide], path: Path) -> None:
    """Gray or colour pages without loss (LZW)."""
    _write_tiff([_picture(page) for page in pages], pages, path, "tiff_lzw")


def write_tiff_jpeg(pages: Sequence[ScannedSide], path: Path, quality: int = 85) -> None:
    """Gray or colour pages, each a JPEG within the TIFF."""
    _write_tiff([_picture(page) for page in pages], pages, path, "jpeg", quality)


def write_pdf(pages: Sequence[ScannedSide], path: Path, quality: int = 80) -> None:
    """A PDF as scanners write it: an image a page (JPEG; bitonal CCITT group 4), no text."""
    with pikepdf.new() as pdf:
        for page in pages:
            _add_pdf_page(pdf, page, quality)
        pdf.docinfo["/Creator"] = pikepdf.String("municipal_paper")
        pdf.docinfo["/CreationDate"] = pikepdf.String(PDF_DATE)
        pdf.save(path, deterministic_id=True)


def _add_pdf_page(pdf: pikepdf.Pdf, page: ScannedSide, quality: int) -> None:
    height, width = page.image.shape[:2]
    size = (width / page.dpi[0] * 72, height / page.dpi[1] * 72)
    if _is_bitonal(page):
        image = pikepdf.Stream(pdf, _ccitt(page))
        image.Filter, image.BitsPerComponent = pikepdf.Name.CCITTFaxDecode, 1
        image.DecodeParms = pikepdf.Dictionary(K=-1, Columns=width, Rows=height, BlackIs1=True)
    else:
        image = pikepdf.Stream(pdf, _jpeg(page, quality))
        image.Filter, image.BitsPerComponent = pikepdf.Name.DCTDecode, 8
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height = width, height
    image.ColorSpace = pikepdf.Name.DeviceRGB if page.image.ndim == 3 else pikepdf.Name.DeviceGray
    sheet = pdf.add_blank_page(page_size=(round(size[0], 4), round(size[1], 4)))
    sheet.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(image)))
    sheet.obj.Contents = pikepdf.Stream(pdf, b"q %.4f 0 0 %.4f 0 0 cm /Im0 Do Q" % size)


def _picture(scanned: ScannedSide) -> Image.Image:
    picture = Image.fromarray(scanned.image)
    return picture.convert("1", dither=Image.Dither.NONE) if _is_bitonal(scanned) else picture


def _bilevel(scanned: ScannedSide) -> Image.Image:
    if not _is_bitonal(scanned):
        raise ValueError("CCITT holds bitonal pages only; scan with colour='bitonal'")
    return _picture(scanned)


def _is_bitonal(scanned: ScannedSide) -> bool:
    image = scanned.image
    return image.ndim == 2 and bool(((image == 0) | (image == 255)).all())


def _jpeg(scanned: ScannedSide, quality: int) -> bytes:
    buffer = io.BytesIO()
    dpi = (round(scanned.dpi[0]), round(scanned.dpi[1]))
    Image.fromarray(scanned.image).save(buffer, "JPEG", quality=quality, dpi=dpi, optimize=True)
    return buffer.getvalue()


def _ccitt(scanned: ScannedSide) -> bytes:
    """The page as one CCITT group 4 strip; as in every TIFF of Pillow's, bits of paper are the black ones."""
    buffer = io.BytesIO()
    rows = {TiffImagePlugin.ROWSPERSTRIP: scanned.image.shape[0]}
    _bilevel(scanned).save(buffer, "TIFF", compression="group4", tiffinfo=rows)
    with Image.open(buffer) as tiff:
        assert isinstance(tiff, TiffImagePlugin.TiffImageFile)
        (offset,) = tiff.tag_v2[TiffImagePlugin.STRIPOFFSETS]
        (length,) = tiff.tag_v2[TiffImagePlugin.STRIPBYTECOUNTS]
    return buffer.getvalue()[offset : offset + length]


def _write_tiff(
    pictures: list[Image.Image],
    pages: Sequence[ScannedSide],
    path: Path,
    compression: str,
    quality: int | None = None,
) -> None:
    for picture, page in zip(pictures, pages, strict=True):
        picture.encoderinfo = {"dpi": page.dpi}
    options = {} if quality is None else {"quality": quality}
    first, *others = pictures
    first.save(
        path,
        "TIFF",
        compression=compression,
        dpi=pages[0].dpi,
        save_all=True,
        append_images=others,
        **options,
    )
