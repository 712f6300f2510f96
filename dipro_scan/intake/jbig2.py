"""JBIG2: which kinds of segments a stream has (ITU-T T.88, 7.2 and 7.3).

Symbol coding puts one stored shape in the place of many similar ones, and has put wrong digits into
scans; the BSI forbids it for replacing scanning. Generic regions code the pixels themselves.
"""

from __future__ import annotations

SYMBOL_CODING = frozenset({0, 4, 6, 7})
LOSSLESS_REGIONS = frozenset({36, 38, 39})
_STRUCTURE = frozenset({48, 49, 50, 51, 52, 62})
_UNKNOWN_LENGTH = 0xFFFFFFFF


def segment_types(data: bytes) -> frozenset[int] | None:
    """The segment types in embedded JBIG2 data (as a PDF holds it); None where it is malformed."""
    types = set()
    position = 0
    while position + 11 <= len(data):
        number = int.from_bytes(data[position : position + 4], "big")
        flags = data[position + 4]
        position += 5
        referred = data[position] >> 5
        if referred <= 4:
            position += 1
        elif referred == 7:
            referred = int.from_bytes(data[position : position + 4], "big") & 0x1FFFFFFF
            position += 4 + (referred + 8) // 8
        else:
            return None
        position += referred * (1 if number <= 256 else 2 if number <= 65536 else 4)
        position += 4 if flags & 0x40 else 1
        length = int.from_bytes(data[position : position + 4], "big")
        position += 4
        if position > len(data):
            return None
        types.add(flags & 0x3F)
        if length == _UNKNOWN_LENGTH:
            return frozenset(types)
        position += length
    return frozenset(types)


def is_generic_only(types: frozenset[int]) -> bool:
    """Whether nothing but losslessly coded pixels is in a stream of these segments."""
    return bool(types & LOSSLESS_REGIONS) and types <= LOSSLESS_REGIONS | _STRUCTURE
