"""JPEG 2000: whether a stream is of the simple kind that PDF/A-2 takes as it is.

ISO 19005-2, 6.2.8.3, narrowed: one channel in gray or three in sRGB, eight bits each, one enumerated
colour specification, no palette, no opacity (boxes as in ISO/IEC 15444-1, annex I).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_ENUMERATED, _SRGB, _GRAY = 1, 16, 17
_EIGHT_BITS = 7
_TROUBLE = frozenset({b"pclr", b"cmap", b"cdef", b"bpcc"})


def simple_channels(data: bytes) -> int | None:
    """1 (gray) or 3 (sRGB) for a JPEG 2000 file of the simple kind; None for any other."""
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
