"""Lossless image streams made by us, where the source's own coding cannot stand in a PDF/A."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from dipro_scan.model import ColourSpace, ImageFilter, ImageStream

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRIP_OFFSETS, _STRIP_BYTE_COUNTS, _ROWS_PER_STRIP = 273, 279, 278
_COMPRESS_LEVEL = 6
_PNG_BIT_DEPTH = 24


def bitonal_stream(ink: NDArray[np.bool_]) -> ImageStream:
    """CCITT Group 4 (ITU-T T.6) of `ink`, shape (height, width), True is black."""
    height, width = ink.shape
    image = Image.fromarray(ink)
    buffer = io.BytesIO()
    # One strip, and ink as 1: T.6 then codes paper as its white, which is what makes it small.
    image.save(buffer, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: height})
    with Image.open(buffer) as written:
        tags = written.tag_v2  # type: ignore[attr-defined]
        (offset,), (count,) = tags[_STRIP_OFFSETS], tags[_STRIP_BYTE_COUNTS]
    return ImageStream(
        filter=ImageFilter.CCITT,
        width_px=width,
        height_px=height,
        colour_space=ColourSpace.GRAY,
        bits_per_component=1,
        data=buffer.getvalue()[offset : offset + count],
        decode_parms={"K": -1, "Columns": width, "Rows": height, "BlackIs1": False},
    )


def flate_stream(image: Image.Image, icc_profile: bytes = b"") -> ImageStream:
    """Flate with PNG's predictors of a Pillow image of mode L or RGB."""
    channels = 1 if image.mode == "L" else 3
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=_COMPRESS_LEVEL, icc_profile=None)
    return ImageStream(
        filter=ImageFilter.FLATE,
        width_px=image.width,
        height_px=image.height,
        colour_space=ColourSpace.GRAY if channels == 1 else ColourSpace.RGB,
        bits_per_component=8,
        data=_image_data(buffer.getbuffer()),
        decode_parms=png_parms(channels, 8, image.width),
        icc_profile=icc_profile,
    )


def indexed_stream(image: Image.Image) -> ImageStream:
    """Flate of a Pillow image of mode P, its colours as they are."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=_COMPRESS_LEVEL)
    bits = buffer.getbuffer()[_PNG_BIT_DEPTH]
    return ImageStream(
        filter=ImageFilter.FLATE,
        width_px=image.width,
        height_px=image.height,
        colour_space=ColourSpace.INDEXED,
        bits_per_component=bits,
        data=_image_data(buffer.getbuffer()),
        decode_parms=png_parms(1, bits, image.width),
        palette=bytes(image.getpalette("RGB") or b"")[: 3 << bits],
    )


def png_parms(colours: int, bits: int, columns: int) -> dict[str, int | bool]:
    """PDF's decode parameters for rows with PNG's filters (ISO 32000-1, table 8)."""
    return {"Predictor": 15, "Colors": colours, "BitsPerComponent": bits, "Columns": columns}


def _image_data(png: memoryview) -> bytes:
    """The IDAT chunks of a PNG that Pillow wrote, joined."""
    parts = []
    position = 8
    while position < len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        if kind == b"IDAT":
            parts.append(png[position + 8 : position + 8 + length])
        position += 12 + length
    return b"".join(parts)
