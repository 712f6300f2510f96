"""TIFF pages: fax and JPEG strips are taken over where a page is one strip, all else coded anew."""

from __future__ import annotations

import contextlib
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from dipro_scan.intake.coded_page import coded_page
from dipro_scan.intake.decoding import decode_stream
from dipro_scan.intake.jpeg_pages import code_jpeg
from dipro_scan.intake.picture import (
    INCHES_PER_UNIT,
    PictureBroken,
    load_picture,
    opened_picture,
    require_pixels,
    select_frame,
)
from dipro_scan.intake.pixels import CodedImage, code_losslessly, colour_of
from dipro_scan.intake.resolution import StatedResolution
from dipro_scan.intake.samples import shows
from dipro_scan.intake.tiff_directory import tiff_pages
from dipro_scan.model import Colour, ColourSpace, ImageFilter, ImageStream, Page, ProcessingStep
from dipro_scan.settings.schema import IntakeSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

# TIFF 6.0, sections 8, 10, 11 and 22
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 256, 257, 258, 259, 262, 266
_STRIP_OFFSETS, _ORIENTATION, _SAMPLES, _STRIP_BYTE_COUNTS = 273, 274, 277, 279
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 282, 283, 296
_T4_OPTIONS, _T6_OPTIONS, _JPEG_TABLES, _ICC_PROFILE = 292, 293, 347, 34675
_COMPRESSION_NAMES = {
    1: "none",
    2: "fax_rle",
    3: "fax_group3",
    4: "fax_group4",
    5: "lzw",
    6: "old_jpeg",
    7: "jpeg",
    8: "deflate",
    32773: "packbits",
    32946: "deflate",
}
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _YCBCR = 0, 1, 6
_T4_TWO_DIMENSIONAL, _UNCOMPRESSED_MODE = 1, 2
_REVERSED_BITS = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
_UNTURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def open_tiff_page(path: Path, source_page: int, settings: IntakeSettings) -> Page:
    """Page `source_page` (from 1) of a TIFF file. Raises PictureBroken, PictureTooLarge."""
    pages = tiff_pages(path, most=source_page)
    if source_page > len(pages) or (frame := pages[source_page - 1].frame) is None:
        raise PictureBroken("no such TIFF directory")
    with opened_picture(path, "TIFF") as image:
        select_frame(image, frame)
        tags = _tags_of(image)
        require_pixels(tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0), settings.max_megapixels)
        orientation = tags.get(_ORIENTATION, 1)
        if orientation not in _UNTURN:
            orientation = 1
        load_picture(image)
        # Pillow turns TIFFs while loading; the page keeps its image as it is stored.
        stored = image.transpose(_UNTURN[orientation]) if orientation in _UNTURN else image
        coded = _own_strip(path, tags, stored) or _coded_anew(tags, stored)
    return coded_page(coded, _stated_resolution(tags), orientation)


def _tags_of(image: Image.Image) -> dict[int, Any]:
    """The tags whose values can be read."""
    tags = {}
    for tag in image.tag_v2:  # type: ignore[attr-defined]
        with contextlib.suppress(KeyError, ValueError, TypeError, IndexError, struct.error):
            tags[tag] = image.tag_v2[tag]  # type: ignore[attr-defined]
    return tags


def _coded_anew(tags: dict[int, Any], stored: Image.Image) -> CodedImage:
    compression = tags.get(_COMPRESSION, 1)
    return code_losslessly(
        stored,
        f"tiff {_COMPRESSION_NAMES.get(compression, str(compression))}",
        icc_profile=bytes(tags.get(_ICC_PROFILE) or b""),
        counts_from_white=tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO,
        stored_bits=_stored_bits(tags),
    )


def _stored_bits(tags: dict[int, Any]) -> int:
    """The depth of the deepest sample."""
    bits = tags.get(_BITS, 1)
    return max((int(value) for value in bits), default=1) if isinstance(bits, tuple) else int(bits)


def _own_strip(path: Path, tags: dict[int, Any], stored: Image.Image) -> CodedImage | None:
    """The page's own bits, where it is one strip of a coding that PDF has and that decodes the same."""
    offsets, counts = tags.get(_STRIP_OFFSETS, ()), tags.get(_STRIP_BYTE_COUNTS, ())
    if len(offsets) != 1 or len(counts) != 1:
        return None
    compression = tags.get(_COMPRESSION)
    if compression in (2, 3, 4) and stored.mode == "1":
        return _own_fax(_bytes_at(path, offsets[0], counts[0]), tags, stored)
    if compression == 7 and stored.mode in ("L", "RGB"):
        return _own_jpeg(_bytes_at(path, offsets[0], counts[0]), tags, stored)
    return None


def _own_fax(strip: bytes, tags: dict[int, Any], stored: Image.Image) -> CodedImage | None:
    coding = _fax_coding(tags)
    if coding is None or tags.get(_PHOTOMETRIC) not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO):
        return None
    steps: tuple[ProcessingStep, ...] = ()
    if tags.get(_FILL_ORDER, 1) == 2:
        strip = strip.translate(_REVERSED_BITS)
        steps = (ProcessingStep("reverse_bit_order", archive=True),)
    stream = ImageStream(
        filter=ImageFilter.CCITT,
        width_px=stored.width,
        height_px=stored.height,
        colour_space=ColourSpace.GRAY,
        bits_per_component=1,
        data=strip,
        decode_parms={
            **coding,
            "Columns": stored.width,
            "Rows": stored.height,
            # What fax calls white is 0 in TIFF. PDF gives 1 for it, unless BlackIs1.
            "BlackIs1": tags[_PHOTOMETRIC] == _BLACK_IS_ZERO,
        },
    )
    pixels: NDArray[np.uint8] = np.asarray(stored.convert("L"))
    return CodedImage(stream, pixels, Colour.BITONAL, steps) if _shows(stream, pixels) else None


def _fax_coding(tags: dict[int, Any]) -> dict[str, int | bool] | None:
    """PDF's parameters for TIFF's three fax codings (ISO 32000-1, table 11)."""
    compression = tags[_COMPRESSION]
    options = int(tags.get(_T6_OPTIONS if compression == 4 else _T4_OPTIONS, 0))
    if options & _UNCOMPRESSED_MODE:
        return None
    if compression == 4:
        return {"K": -1}
    if compression == 2:
        return {"K": 0, "EncodedByteAlign": True}
    return {"K": 1 if options & _T4_TWO_DIMENSIONAL else 0, "EndOfLine": True}


def _own_jpeg(strip: bytes, tags: dict[int, Any], stored: Image.Image) -> CodedImage | None:
    """Tables and strip joined to a JPEG file as T.81 knows it (TIFF Technical Note 2)."""
    tables = bytes(tags.get(_JPEG_TABLES) or b"")
    if tags.get(_SAMPLES, 1) == 3 and tags.get(_PHOTOMETRIC) != _YCBCR:
        return None
    if len(tables) > 4:
        strip = tables[:-2] + strip[2:]
    try:
        coded = code_jpeg(strip, bytes(tags.get(_ICC_PROFILE) or b""))
    except PictureBroken:
        return None
    if coded.stream.filter is not ImageFilter.DCT or not shows(stored, coded.pixels):
        return None
    step = ProcessingStep("join_jpeg_tables", archive=True)
    return CodedImage(coded.stream, coded.pixels, colour_of(coded.pixels), (step,) if len(tables) > 4 else ())


def _shows(stream: ImageStream, pixels: NDArray[np.uint8]) -> bool:
    """Whether a PDF reader sees `pixels` in the stream."""
    decoded = decode_stream(stream)
    return decoded is not None and decoded.shape == pixels.shape and bool((decoded == pixels).all())


def _stated_resolution(tags: dict[int, Any]) -> StatedResolution:
    try:
        x, y = float(tags[_X_RESOLUTION]), float(tags[_Y_RESOLUTION])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return StatedResolution()
    return StatedResolution.of(x, y, per_inch=INCHES_PER_UNIT.get(tags.get(_RESOLUTION_UNIT, 2)))


def _bytes_at(path: Path, offset: int, count: int) -> bytes:
    with path.open("rb") as file:
        return os.pread(file.fileno(), count, offset)
