"""The font of the text layer: seven boxes, no letters.

The text lies invisibly over the scan, so its glyphs need no shape of letters, only the place they take. They
are boxes and not empty, because PDF viewers measure words and marks by the glyphs' outlines and lose words
whose glyphs have none. There are seven, so that a mark around a word is as high as the word: with or without
ascender, with or without descender, a comma, a dash or a dot at half height, marks above a capital.

The TrueType file is built here, table by table (OpenType 1.9, "The OpenType Font File"; ISO 14496-22).
"""

from __future__ import annotations

import struct
import unicodedata
from functools import cache, lru_cache
from typing import Final, NamedTuple

UNITS_PER_EM: Final = 1000
ADVANCE: Final = 500
ASCENDER: Final = 720
MARKED_CAPITAL: Final = 910
X_HEIGHT: Final = 520
DESCENDER: Final = -210
COMMA_DEPTH: Final = -120
MIDDLE: Final = (150, 400)
"""Foot of a comma, and what dashes, middle dots and bullets take: medians of common book faces."""
_FIXED_DATE: Final = 3_029_529_600
"""2000-01-01 in seconds since 1904: nothing in the font depends on the day."""
FONT_NAME: Final = "DiproScanGlyphless"


class GlyphShape(NamedTuple):
    """A box of the full advance from `bottom` to `top`, in font units; `glyph` is its place in the font."""

    glyph: int
    bottom: int
    top: int


NOTDEF: Final = GlyphShape(0, 0, ASCENDER)
TALL: Final = GlyphShape(1, 0, ASCENDER)
SMALL: Final = GlyphShape(2, 0, X_HEIGHT)
SMALL_DEEP: Final = GlyphShape(3, DESCENDER, X_HEIGHT)
TALL_DEEP: Final = GlyphShape(4, DESCENDER, ASCENDER)
RAISED: Final = GlyphShape(5, *MIDDLE)
COMMA: Final = GlyphShape(6, COMMA_DEPTH, X_HEIGHT)
MARKED: Final = GlyphShape(7, 0, MARKED_CAPITAL)
SHAPES: Final = (NOTDEF, TALL, SMALL, SMALL_DEEP, TALL_DEEP, RAISED, COMMA, MARKED)

_ABOVE: Final = 230
"""Unicode's combining class of marks above a letter."""

_RAISED_SIGNS: Final = frozenset("-–—−·•")
_COMMAS: Final = frozenset(",;")
_SMALL_LETTERS: Final = frozenset("acemnorsuvwxzæœøı.:…=+~«»") | _RAISED_SIGNS
_SMALL_DEEP_LETTERS: Final = frozenset("gpqyµ_") | _COMMAS
_TALL_DEEP_LETTERS: Final = frozenset("jQ§()[]{}|/\\@$ſþ")


@lru_cache(maxsize=4_096)
def shape_of(text: str) -> GlyphShape:
    """The box that fits a character with its combining marks, or a whole word, in common book faces."""
    decomposed = unicodedata.normalize("NFD", text)
    others = decomposed[1:]
    letters = {decomposed[0], *(other for other in others if not unicodedata.category(other).startswith("M"))}
    if letters <= _RAISED_SIGNS:
        return RAISED
    if letters <= _COMMAS:
        return COMMA
    marked = any(unicodedata.combining(other) >= 220 for other in others)
    if len(letters) == 1 and decomposed[0].isupper() and any(map(_stands_above, others)):
        return MARKED
    deep = not letters.isdisjoint(_SMALL_DEEP_LETTERS | _TALL_DEEP_LETTERS)
    if marked or not letters <= _SMALL_LETTERS | _SMALL_DEEP_LETTERS:
        return TALL_DEEP if deep else TALL
    return SMALL_DEEP if deep else SMALL


def _stands_above(mark: str) -> bool:
    return unicodedata.combining(mark) == _ABOVE


@cache
def font_program() -> bytes:
    """The TrueType file, some 700 bytes, always the same."""
    glyphs = [_box_outline(shape) for shape in SHAPES]
    offsets = [0]
    for glyph in glyphs:
        offsets.append(offsets[-1] + len(glyph))
    tables = {
        b"cmap": _empty_cmap(),
        b"glyf": b"".join(glyphs),
        b"head": _head(),
        b"hhea": _hhea(),
        b"hmtx": struct.pack(">Hh", ADVANCE, 0) * len(SHAPES),
        b"loca": b"".join(struct.pack(">H", offset // 2) for offset in offsets),
        b"maxp": struct.pack(">I14H", 0x00010000, len(SHAPES), 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": _names(),
        b"post": struct.pack(">IihhI4I", 0x00030000, 0, -100, 50, 1, 0, 0, 0, 0),
    }
    return _font_file(tables)


def _box_outline(shape: GlyphShape) -> bytes:
    """One closed contour of four points on the curve, clockwise."""
    header = struct.pack(">hhhhh", 1, 0, shape.bottom, ADVANCE, shape.top)
    on_curve = bytes([0x01] * 4)
    xs = struct.pack(">4h", 0, 0, ADVANCE, 0)
    ys = struct.pack(">4h", shape.bottom, shape.top - shape.bottom, 0, shape.bottom - shape.top)
    outline = header + struct.pack(">HH", 3, 0) + on_curve + xs + ys
    return outline + bytes(-len(outline) % 4)


def _head() -> bytes:
    return struct.pack(
        ">IIIIHHqqhhhhHHhhh",
        0x00010000,
        0x00010000,
        0,
        0x5F0F3CF5,
        0x000B,
        UNITS_PER_EM,
        _FIXED_DATE,
        _FIXED_DATE,
        0,
        DESCENDER,
        ADVANCE,
        MARKED_CAPITAL,
        0,
        8,
        2,
        0,
        0,
    )


def _hhea() -> bytes:
    return struct.pack(
        ">IhhhHhhhhhh4hhH",
        0x00010000,
        ASCENDER,
        DESCENDER,
        0,
        ADVANCE,
        0,
        0,
        ADVANCE,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        len(SHAPES),
    )


def _empty_cmap() -> bytes:
    """One (3, 0) subtable of format 4 without characters: glyphs are reached through CIDToGIDMap alone."""
    subtable = struct.pack(">HHHHHHH", 4, 24, 0, 2, 2, 0, 0) + struct.pack(">HHHhH", 0xFFFF, 0, 0xFFFF, 1, 0)
    return struct.pack(">HHHHI", 0, 1, 3, 0, 12) + subtable


def _names() -> bytes:
    """Family, style, full name and PostScript name, for Windows and Unicode."""
    names = {1: FONT_NAME, 2: "Regular", 4: FONT_NAME, 6: FONT_NAME}
    records, strings = b"", b""
    for name_id, text in names.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x0409, name_id, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(names), 6 + len(records)) + records + strings


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    """Table directory and tables in order of tag, with checksums and the file's own in `head`."""
    power = len(tables).bit_length() - 1
    search_range = 16 << power
    directory = struct.pack(
        ">IHHHH", 0x00010000, len(tables), search_range, power, 16 * len(tables) - search_range
    )
    position = len(directory) + 16 * len(tables)
    body = b""
    for tag in sorted(tables):
        data = tables[tag]
        directory += struct.pack(">4sIII", tag, _checksum(data), position + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    file = bytearray(directory + body)
    head_offset = position + sum(
        len(tables[tag]) + -len(tables[tag]) % 4 for tag in sorted(tables) if tag < b"head"
    )
    adjustment = (0xB1B0AFBA - _checksum(bytes(file))) & 0xFFFFFFFF
    file[head_offset + 8 : head_offset + 12] = struct.pack(">I", adjustment)
    return bytes(file)


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
