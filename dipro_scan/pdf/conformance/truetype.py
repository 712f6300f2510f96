"""What a TrueType program says of itself: glyphs, widths, outlines, character maps (OpenType 1.9)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

_HEAD_UNITS: Final = 18
_HEAD_LOCATION_FORMAT: Final = 50
_HHEA_METRICS: Final = 34
_POST_WITH_NAMES: Final = 0x00020000


@dataclass(slots=True)
class TrueType:
    """`advances` are in font units, one per glyph; `character_maps` are (platform, encoding) pairs.

    `outlines` are how many bytes draw each glyph, empty where the program lacks the tables; `names_glyphs`
    tells whether a reader can find a glyph by its name.
    """

    units_per_em: int = 1000
    advances: list[int] = field(default_factory=list)
    character_maps: list[tuple[int, int]] = field(default_factory=list)
    outlines: list[int] = field(default_factory=list)
    names_glyphs: bool = False
    _cmap: bytes = b""

    def width(self, glyph: int) -> float | None:
        """Advance in thousandths of an em; None where there is no such glyph."""
        if 0 <= glyph < len(self.advances):
            return self.advances[glyph] * 1000 / self.units_per_em
        return None

    def is_empty(self, glyph: int) -> bool:
        """Whether the glyph is known to draw nothing."""
        return glyph < len(self.outlines) and self.outlines[glyph] == 0

    def glyph(self, character_map: tuple[int, int], code: int) -> int | None:
        """The glyph of a code, 0 where the map has none; None where the map is not there or not readable."""
        if character_map not in self.character_maps:
            return None
        record = 4 + 8 * self.character_maps.index(character_map)
        try:
            return _mapped(self._cmap, struct.unpack_from(">I", self._cmap, record + 4)[0], code)
        except (struct.error, IndexError):
            return None


def read_truetype(data: bytes) -> TrueType | None:
    """None where the bytes are no TrueType program or lack a table that widths need."""
    try:
        tables = font_tables(data)
        head, hhea, maxp, hmtx = (tables[tag] for tag in (b"head", b"hhea", b"maxp", b"hmtx"))
        glyphs = struct.unpack_from(">H", maxp, 4)[0]
        metrics = struct.unpack_from(">H", hhea, _HHEA_METRICS)[0]
        advances = [struct.unpack_from(">H", hmtx, 4 * index)[0] for index in range(min(metrics, glyphs))]
        units = struct.unpack_from(">H", head, _HEAD_UNITS)[0] or 1000
    except (KeyError, struct.error):
        return None
    advances += advances[-1:] * (glyphs - len(advances))
    cmap = tables.get(b"cmap", b"")
    names_glyphs = tables.get(b"post", b"")[:4] == _POST_WITH_NAMES.to_bytes(4, "big")
    return TrueType(units, advances, _character_maps(cmap), _outlines(tables, glyphs), names_glyphs, cmap)


def font_tables(data: bytes) -> dict[bytes, bytes]:
    """The tables of a TrueType or OpenType file by tag. Raises struct.error."""
    count = struct.unpack_from(">H", data, 4)[0]
    found: dict[bytes, bytes] = {}
    for index in range(count):
        tag, _checksum, offset, length = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        found[tag] = data[offset : offset + length]
    return found


def _character_maps(table: bytes) -> list[tuple[int, int]]:
    if len(table) < 4:
        return []
    count = struct.unpack_from(">H", table, 2)[0]
    return [
        struct.unpack_from(">HH", table, 4 + 8 * index) for index in range(min(count, (len(table) - 4) // 8))
    ]


def _outlines(tables: dict[bytes, bytes], glyphs: int) -> list[int]:
    try:
        is_long = struct.unpack_from(">h", tables[b"head"], _HEAD_LOCATION_FORMAT)[0] != 0
        places = struct.unpack_from(f">{glyphs + 1}{'I' if is_long else 'H'}", tables[b"loca"])
    except (KeyError, struct.error):
        return []
    return [end - start for start, end in pairwise(places)]


def _mapped(cmap: bytes, begin: int, code: int) -> int | None:
    """Subtables of the formats 0, 4, 6 and 12; None for others."""
    kind = struct.unpack_from(">H", cmap, begin)[0]
    if kind == 0:
        return cmap[begin + 6 + code] if code < 256 else 0
    if kind == 4:
        return _mapped_by_segments(cmap, begin, code)
    if kind == 6:
        first, count = struct.unpack_from(">HH", cmap, begin + 6)
        inside = first <= code < first + count
        return struct.unpack_from(">H", cmap, begin + 10 + 2 * (code - first))[0] if inside else 0
    if kind == 12:
        for group in range(struct.unpack_from(">I", cmap, begin + 12)[0]):
            first, last, glyph = struct.unpack_from(">III", cmap, begin + 16 + 12 * group)
            if first <= code <= last:
                return int(glyph + code - first)
        return 0
    return None


def _mapped_by_segments(cmap: bytes, begin: int, code: int) -> int:
    size = struct.unpack_from(">H", cmap, begin + 6)[0]
    for at in range(begin + 14, begin + 14 + size, 2):
        if struct.unpack_from(">H", cmap, at)[0] < code:
            continue
        start = struct.unpack_from(">H", cmap, at + size + 2)[0]
        if start > code:
            return 0
        delta = struct.unpack_from(">H", cmap, at + 2 * size + 2)[0]
        range_at = at + 3 * size + 2
        offset = struct.unpack_from(">H", cmap, range_at)[0]
        if offset == 0:
            return int(code + delta) & 0xFFFF
        glyph = struct.unpack_from(">H", cmap, range_at + offset + 2 * (code - start))[0]
        return int(glyph + delta) & 0xFFFF if glyph else 0
    return 0
