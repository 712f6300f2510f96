"""PNG files: their compressed rows are what PDF's Flate filter with PNG predictors holds."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dipro_scan.intake.coded_page import coded_page
from dipro_scan.intake.encode import png_parms
from dipro_scan.intake.inflate import inflate, inflated_size
from dipro_scan.intake.picture import (
    PictureBroken,
    exif_orientation,
    load_picture,
    opened_picture,
    require_pixels,
)
from dipro_scan.intake.pixels import (
    CodedImage,
    code_losslessly,
    colour_of_stream,
    fitting_profile,
    page_pixels,
)
from dipro_scan.intake.resolution import StatedResolution
from dipro_scan.model import ColourSpace, ImageFilter, ImageStream, Page
from dipro_scan.settings.schema import IntakeSettings

_SIGNATURE_BYTES = 8
_MOST_PROFILE_BYTES = 1 << 24
_INCHES_PER_METRE_UNIT = 0.0254  # PNG's pHYs counts pixels per metre when its unit is 1
# PNG (ISO/IEC 15948), 11.2.2: colour types that PDF has as well, and their channels
_CHANNELS = {0: 1, 2: 3, 3: 1}
_SPACES = {0: ColourSpace.GRAY, 2: ColourSpace.RGB, 3: ColourSpace.INDEXED}


@dataclass(frozen=True, slots=True)
class _PngParts:
    width_px: int
    height_px: int
    bits: int
    colour_type: int
    interlaced: bool
    rows: bytes
    palette: bytes
    transparent: bool
    profile: bytes
    stated: StatedResolution


def open_png_page(path: Path, settings: IntakeSettings) -> Page:
    """The one page of a PNG file. Raises PictureBroken, PictureTooLarge."""
    parts = _parts_of(path.read_bytes())
    require_pixels(parts.width_px, parts.height_px, settings.max_megapixels)
    with opened_picture(path, "PNG") as image:
        load_picture(image)
        orientation = exif_orientation(image)
        stream = _own_stream(parts)
        if stream is None:
            coded = code_losslessly(image, "png", icc_profile=parts.profile, stored_bits=parts.bits)
        else:
            pixels = page_pixels(image)
            coded = CodedImage(stream, pixels, colour_of_stream(stream, pixels))
    return coded_page(coded, parts.stated, orientation)


def _own_stream(parts: _PngParts) -> ImageStream | None:
    """The file's own rows as a PDF image; None where PDF has no such rows or they are not sound."""
    channels = _CHANNELS.get(parts.colour_type)
    if channels is None or parts.bits > 8 or parts.interlaced or parts.transparent:
        return None
    row_bytes = (parts.width_px * channels * parts.bits + 7) // 8 + 1
    if inflated_size(parts.rows, row_bytes * parts.height_px) != row_bytes * parts.height_px:
        return None
    return ImageStream(
        filter=ImageFilter.FLATE,
        width_px=parts.width_px,
        height_px=parts.height_px,
        colour_space=_SPACES[parts.colour_type],
        bits_per_component=parts.bits,
        data=parts.rows,
        decode_parms=png_parms(channels, parts.bits, parts.width_px),
        palette=parts.palette[: 3 << parts.bits] if parts.colour_type == 3 else b"",
        icc_profile=fitting_profile(parts.profile, 3 if parts.colour_type == 3 else channels),
    )


def _parts_of(data: bytes) -> _PngParts:
    """What the chunks say. Raises PictureBroken where the file is no whole PNG."""
    header: tuple[int, int, int, int, int, int, int] | None = None
    rows: list[memoryview] = []
    palette, profile = b"", b""
    transparent = False
    stated = StatedResolution()
    for kind, content in _chunks(memoryview(data)):
        if kind == b"IHDR" and len(content) == 13:
            header = struct.unpack(">IIBBBBB", content)
        elif kind == b"IDAT":
            rows.append(content)
        elif kind == b"PLTE":
            palette = bytes(content)
        elif kind == b"tRNS":
            transparent = True
        elif kind == b"pHYs" and len(content) == 9:
            x, y, unit = struct.unpack(">IIB", content)
            stated = StatedResolution.of(x, y, per_inch=_INCHES_PER_METRE_UNIT if unit == 1 else None)
        elif kind == b"iCCP":
            profile = _profile_of(bytes(content))
    if header is None or not rows:
        raise PictureBroken("PNG without header or rows")
    width, height, bits, colour_type, _compression, _filter, interlace = header
    return _PngParts(
        width_px=width,
        height_px=height,
        bits=bits,
        colour_type=colour_type,
        interlaced=interlace != 0,
        rows=b"".join(rows),
        palette=palette,
        transparent=transparent,
        profile=profile,
        stated=stated,
    )


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and content of each chunk up to the end chunk; a check sum that is wrong breaks the file."""
    position = _SIGNATURE_BYTES
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        content = data[position + 8 : position + 8 + length]
        check = data[position + 8 + length : position + 12 + length]
        if len(check) != 4 or int.from_bytes(check, "big") != zlib.crc32(content, zlib.crc32(kind)):
            raise PictureBroken(f"PNG chunk {kind!r} is damaged")
        if kind == b"IEND":
            return
        yield kind, content
        position += 12 + length
    raise PictureBroken("PNG ends too early")


def _profile_of(content: bytes) -> bytes:
    _name, _zero, rest = content.partition(b"\0")
    return inflate(rest[1:], _MOST_PROFILE_BYTES) or b""
