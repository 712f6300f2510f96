"""JPEG 2000: what its headers say, and whether PDF/A-2 takes a stream as it is.

Boxes as in ISO/IEC 15444-1, annex I; the codestream's size marker as in annex A.5.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from dipro_scan.intake.picture import PictureBroken
from dipro_scan.intake.resolution import StatedResolution

_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_ENUMERATED, _SRGB, _GRAY = 1, 16, 17
_EIGHT_BITS = 7
_TROUBLE = frozenset({b"pclr", b"cmap", b"cdef", b"bpcc"})
_CODESTREAM = b"\xff\x4f\xff\x51"
_ICC_METHOD = 2
_INCHES_PER_METRE_UNIT = 0.0254
_MOST_CHANNELS = 5  # CMYK with opacity; each costs four bytes a pixel while it is decoded


@dataclass(frozen=True, slots=True)
class Jpeg2000Header:
    """What the codestream says of its samples, and its file of resolution and colours.

    `bits` is the greatest depth of a channel; `plain` means eight unsigned bits for every pixel in each.
    """

    width_px: int
    height_px: int
    bits: int
    plain: bool
    stated: StatedResolution
    icc_profile: bytes


def jpeg2000_header(data: bytes) -> Jpeg2000Header:
    """The headers of a JP2 file or bare codestream. Raises PictureBroken."""
    if data.startswith(_CODESTREAM):
        return _header(data, {})
    boxes = _first_boxes(data)
    return _header(boxes.get(b"jp2c", b""), _first_boxes(boxes.get(b"jp2h", b"")))


def _header(codestream: bytes, described: dict[bytes, bytes]) -> Jpeg2000Header:
    if not codestream.startswith(_CODESTREAM) or len(codestream) < 42:
        raise PictureBroken("no JPEG 2000 codestream")
    right, bottom, left, top = struct.unpack_from(">4I", codestream, 8)
    (channels,) = struct.unpack_from(">H", codestream, 40)
    samples = codestream[42 : 42 + 3 * channels]
    if not 1 <= channels <= _MOST_CHANNELS or len(samples) < 3 * channels:
        raise PictureBroken(f"JPEG 2000 with {channels} channels")
    size = right - left, bottom - top
    ihdr = described.get(b"ihdr")
    if ihdr is not None and (len(ihdr) < 14 or struct.unpack_from(">II", ihdr) != size[::-1]):
        raise PictureBroken("JPEG 2000 of two sizes")
    colr = described.get(b"colr", b"")
    return Jpeg2000Header(
        width_px=size[0],
        height_px=size[1],
        bits=max((depth & 0x7F) + 1 for depth in samples[::3]),
        plain=samples == bytes((_EIGHT_BITS, 1, 1)) * channels,
        stated=_stated_resolution(_first_boxes(described.get(b"res ", b""))),
        icc_profile=colr[3:] if colr[:1] == bytes((_ICC_METHOD,)) else b"",
    )


def _stated_resolution(boxes: dict[bytes, bytes]) -> StatedResolution:
    """The resolution of capture, else that of display: dots per metre, the vertical ones first."""
    content = boxes.get(b"resc") or boxes.get(b"resd") or b""
    if len(content) < 10:
        return StatedResolution()
    y, y_parts, x, x_parts, y_power, x_power = struct.unpack_from(">4H2b", content)
    if not (y_parts and x_parts):
        return StatedResolution()
    dots = x / x_parts * 10.0**x_power, y / y_parts * 10.0**y_power
    return StatedResolution.of(*dots, per_inch=_INCHES_PER_METRE_UNIT)


def simple_channels(data: bytes) -> int | None:
    """1 (gray) or 3 (sRGB) for a JPEG 2000 file of the simple kind; None for any other.

    ISO 19005-2, 6.2.8.3, narrowed: one channel in gray or three in sRGB, eight bits each, one enumerated
    colour specification, no palette, no opacity.
    """
    if not data.startswith(_SIGNATURE):
        return None
    header = next((content for kind, content in _boxes(data) if kind == b"jp2h"), None)
    if header is None:
        return None
    boxes = list(_boxes(header))
    kinds = [kind for kind, _content in boxes]
    if _TROUBLE & set(kinds) or kinds.count(b"colr") != 1 or kinds.count(b"ihdr") != 1:
        return None
    ihdr, colr = dict(boxes)[b"ihdr"], dict(boxes)[b"colr"]
    if len(ihdr) < 14 or len(colr) < 7 or colr[0] != _ENUMERATED:
        return None
    _height, _width, channels, bits = struct.unpack_from(">IIHB", ihdr)
    expected = {1: _GRAY, 3: _SRGB}.get(channels)
    (colours,) = struct.unpack_from(">I", colr, 3)
    return channels if bits == _EIGHT_BITS and colours == expected else None


def _first_boxes(data: bytes) -> dict[bytes, bytes]:
    """Of each kind of box the first, which is the one that decoders take."""
    return dict(reversed(list(_boxes(data))))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        start = position + 8
        if length == 1 and position + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, start)
            start += 8
        end = len(data) if length == 0 else position + length
        if end < start:
            return
        yield kind, data[start:end]
        position = end
