"""What a Compact Font Format program says of itself: glyphs, their names or CIDs, widths (Adobe Technical
Note 5176).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

from dipro_scan.pdf.conformance.cff_names import STANDARD_STRINGS
from dipro_scan.pdf.conformance.type2_widths import Type2Font, advance_width

_CHARSET, _ENCODING, _CHAR_STRINGS, _PRIVATE, _SUBROUTINES = 15, 16, 17, 18, 19
_DEFAULT_WIDTH, _NOMINAL_WIDTH = 20, 21
_FONT_MATRIX, _ROS, _FD_ARRAY, _FD_SELECT = 1207, 1230, 1236, 1237
_ESCAPE: Final = 12
_ISO_ADOBE_GLYPHS: Final = 229
_PREDEFINED_CHARSETS: Final = 2
_UNIT: Final = 0.001
_NIBBLES: Final = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "E", "E-", "", "-")
_Dict = dict[int, list[float]]


@dataclass(frozen=True)
class CompactFont:
    """`names` (or `cids`, for a CID-keyed font) are given per glyph, None where they are not in the program.

    `encoding` maps codes to glyph names; None where the program uses a predefined one other than Standard.
    """

    names: tuple[str, ...] | None
    cids: tuple[int, ...] | None
    encoding: dict[int, str] | None
    has_standard_encoding: bool
    _char_strings: Sequence[bytes] = field(repr=False)
    _fonts: tuple[tuple[Type2Font, float], ...] = field(repr=False)
    _font_of_glyph: tuple[int, ...] = field(repr=False)

    @cached_property
    def glyph_of_cid(self) -> dict[int, int]:
        """CIDs to glyphs; in a font that is not CID-keyed they are the same (ISO 32000-1, 9.7.4.2)."""
        cids = self.cids if self.cids is not None else range(len(self._char_strings))
        return {cid: glyph for glyph, cid in enumerate(cids)}

    @cached_property
    def glyph_of_name(self) -> dict[str, int]:
        return {label: glyph for glyph, label in enumerate(self.names or ())}

    def width(self, glyph: int) -> float | None:
        """Advance in thousandths of an em; None where the program does not tell it plainly."""
        index = self._font_of_glyph[glyph] if glyph < len(self._font_of_glyph) else 0
        if index >= len(self._fonts):
            return None
        font, unit = self._fonts[index]
        own = advance_width(self._char_strings[glyph], font)
        return None if own is None else own * unit * 1000


def read_cff(data: bytes) -> CompactFont | None:
    """None where the bytes are no Compact Font Format program."""
    try:
        return _read(data)
    except (struct.error, IndexError, ValueError, KeyError, OverflowError):
        return None


def _read(data: bytes) -> CompactFont:
    _names, position = _index(data, data[2])
    tops, position = _index(data, position)
    strings, position = _index(data, position)
    subroutines, _end = _index(data, position)
    top = _dictionary(tops[0])
    char_strings, _end = _index(data, int(top[_CHAR_STRINGS][0]))
    is_cid_keyed = _ROS in top
    numbers = _charset(data, int(top.get(_CHARSET, [0])[0]), len(char_strings), is_cid_keyed)
    names = None if is_cid_keyed or numbers is None else tuple(_string(number, strings) for number in numbers)
    encoding = int(top.get(_ENCODING, [0])[0])
    return CompactFont(
        names,
        tuple(numbers) if is_cid_keyed and numbers is not None else None,
        _encoding(data, encoding, names) if names is not None and encoding > 1 else None,
        encoding == 0,
        char_strings,
        _fonts(data, top, subroutines),
        _font_of_glyph(data, int(top[_FD_SELECT][0]), len(char_strings)) if is_cid_keyed else (),
    )


def _index(data: bytes, position: int) -> tuple[list[bytes], int]:
    """The entries of an INDEX and the place after it."""
    count = struct.unpack_from(">H", data, position)[0]
    if count == 0:
        return [], position + 2
    size = data[position + 2]
    begin = position + 3
    offsets = [
        int.from_bytes(data[begin + size * number : begin + size * (number + 1)], "big")
        for number in range(count + 1)
    ]
    base = begin + size * (count + 1) - 1
    entries = [data[base + start : base + end] for start, end in pairwise(offsets)]
    return entries, base + offsets[-1]


def _dictionary(data: bytes) -> _Dict:
    """Operators to operands; two-byte operators count from 1200."""
    found: _Dict = {}
    operands: list[float] = []
    position = 0
    while position < len(data):
        byte = data[position]
        if byte <= 21:
            operator = byte
            if byte == _ESCAPE:
                position += 1
                operator = _ESCAPE * 100 + data[position]
            found[operator], operands = operands, []
            position += 1
        else:
            value, position = _operand(data, position)
            operands.append(value)
    return found


def _operand(data: bytes, position: int) -> tuple[float, int]:
    byte = data[position]
    if byte == 28:
        return struct.unpack_from(">h", data, position + 1)[0], position + 3
    if byte == 29:
        return struct.unpack_from(">i", data, position + 1)[0], position + 5
    if byte == 30:
        return _real(data, position + 1)
    if 32 <= byte <= 246:
        return byte - 139, position + 1
    if byte <= 250:
        return (byte - 247) * 256 + data[position + 1] + 108, position + 2
    return -(byte - 251) * 256 - data[position + 1] - 108, position + 2


def _real(data: bytes, position: int) -> tuple[float, int]:
    """A decimal number, four bits a digit, closed by the digit 15."""
    digits = ""
    while True:
        byte = data[position]
        position += 1
        for nibble in (byte >> 4, byte & 15):
            if nibble == 15:
                return float(digits), position
            digits += _NIBBLES[nibble]


def _charset(data: bytes, position: int, glyphs: int, is_cid_keyed: bool) -> list[int] | None:
    """String numbers, or CIDs, per glyph; None for the predefined Expert sets."""
    if position <= _PREDEFINED_CHARSETS and not is_cid_keyed:
        return list(range(min(glyphs, _ISO_ADOBE_GLYPHS))) if position == 0 else None
    found, kind = [0], data[position]
    position += 1
    while len(found) < glyphs:
        first = struct.unpack_from(">H", data, position)[0]
        more = 0
        if kind == 1:
            more = data[position + 2]
        elif kind == 2:
            more = struct.unpack_from(">H", data, position + 2)[0]
        found += range(first, first + more + 1)
        position += 2 + kind
    return found[:glyphs]


def _string(number: int, own: Sequence[bytes]) -> str:
    if number < len(STANDARD_STRINGS):
        return STANDARD_STRINGS[number]
    return own[number - len(STANDARD_STRINGS)].decode("latin-1")


def _encoding(data: bytes, position: int, names: Sequence[str]) -> dict[int, str]:
    """Codes to names; supplements, which give a glyph a second code, are read too."""
    kind, count = data[position], data[position + 1]
    position += 2
    codes: list[int] = []
    for _entry in range(count):
        more = data[position + 1] if kind & 127 else 0
        codes += range(data[position], data[position] + more + 1)
        position += 2 if kind & 127 else 1
    return dict(zip(codes, names[1:], strict=False)) | dict(_supplements(data, position, kind, names))


def _supplements(data: bytes, position: int, kind: int, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    if not kind & 128:
        return
    for entry in range(data[position]):
        code, number = struct.unpack_from(">BH", data, position + 1 + 3 * entry)
        if number < len(STANDARD_STRINGS) and STANDARD_STRINGS[number] in names:
            yield code, STANDARD_STRINGS[number]


def _fonts(data: bytes, top: _Dict, subroutines: list[bytes]) -> tuple[tuple[Type2Font, float], ...]:
    """What widths need, and the size of a font unit in ems; one for each part of a CID-keyed font."""
    if _FD_ARRAY not in top:
        return ((_font(data, top, subroutines), top.get(_FONT_MATRIX, [_UNIT])[0]),)
    found = []
    for entry in _index(data, int(top[_FD_ARRAY][0]))[0]:
        part = _dictionary(entry)
        matrices = [holder[_FONT_MATRIX][0] for holder in (top, part) if _FONT_MATRIX in holder]
        unit = 1.0 if matrices else _UNIT
        for scale in matrices:
            unit *= scale
        found.append((_font(data, part, subroutines), unit))
    return tuple(found)


def _font(data: bytes, holder: _Dict, subroutines: list[bytes]) -> Type2Font:
    size, begin = (int(value) for value in holder.get(_PRIVATE, [0, 0]))
    private = _dictionary(data[begin : begin + size])
    own = _index(data, begin + int(private[_SUBROUTINES][0]))[0] if _SUBROUTINES in private else []
    return Type2Font(
        private.get(_DEFAULT_WIDTH, [0])[0], private.get(_NOMINAL_WIDTH, [0])[0], own, subroutines
    )


def _font_of_glyph(data: bytes, position: int, glyphs: int) -> tuple[int, ...]:
    """The table FDSelect: which part of a CID-keyed font each glyph belongs to."""
    if data[position] == 0:
        return tuple(data[position + 1 : position + 1 + glyphs])
    found: list[int] = []
    for entry in range(struct.unpack_from(">H", data, position + 1)[0]):
        first, part, following = struct.unpack_from(">HBH", data, position + 3 + 3 * entry)
        found += [part] * (min(following, glyphs) - first)
    return tuple(found)
