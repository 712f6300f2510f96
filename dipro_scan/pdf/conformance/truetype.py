"""What a TrueType program says of itself: glyphs, widths, character maps (OpenType 1.9)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

_HEAD_UNITS: Final = 18
_HHEA_METRICS: Final = 34


@dataclass(slots=True)
class TrueType:
    """`advances` are in font units, one per glyph; `character_maps` are (platform, encoding) pairs."""

    units_per_em: int = 1000
    advances: list[int] = field(default_factory=list)
    character_maps: list[tuple[int, int]] = field(default_factory=list)

    def width(self, glyph: int) -> float | None:
        """Advance in thousandths of an em; None where there is no such glyph."""
        if 0 <= glyph < len(self.advances):
            return self.advances[glyph] * 1000 / self.units_per_em
        return None


def read_truetype(data: bytes) -> TrueType | None:
    """None where the bytes are no TrueType program or lack a table that widths need."""
    try:
        tables = _tables(data)
        head, hhea, maxp, hmtx = (tables[tag] for tag in (b"head", b"hhea", b"maxp", b"hmtx"))
        glyphs = struct.unpack_from(">H", maxp, 4)[0]
        metrics = struct.unpack_from(">H", hhea, _HHEA_METRICS)[0]
        advances = [struct.unpack_from(">H", hmtx, 4 * index)[0] for index in range(min(metrics, glyphs))]
        units = struct.unpack_from(">H", head, _HEAD_UNITS)[0] or 1000
    except (KeyError, struct.error):
        return None
    advances += advances[-1:] * (glyphs - len(advances))
    return TrueType(units, advances, _character_maps(tables.get(b"cmap", b"")))


def _tables(data: bytes) -> dict[bytes, bytes]:
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
