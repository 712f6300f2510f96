"""What a Type 1 program says of itself: glyph names, widths, encoding (Adobe Type 1 Font Format, 2 to 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_FILE_KEY: Final = 55665
_CHAR_STRING_KEY: Final = 4330
_HEADING: Final = 4
_MATRIX: Final = re.compile(rb"/FontMatrix\s*\[\s*(\d*\.?\d+(?:[Ee][-+]?\d{1,2})?)\s")
_CODE: Final = re.compile(rb"dup\s+(\d+)\s*/(\S+)\s+put")
_STANDARD: Final = re.compile(rb"/Encoding\s+StandardEncoding\b")
_HEADING_LENGTH: Final = re.compile(rb"/lenIV\s+(\d+)")
_GLYPH: Final = re.compile(rb"/([^\s/\[\](){}<>%]+)\s+(\d+)\s+(?:RD|-\||\S+) ")
_HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f\s]{8}")
_HSBW, _ESCAPE, _SBW, _DIV = 13, 12, 7, 12


class Type1(NamedTuple):
    """`widths` are in thousandths of an em by glyph name; `encoding` is None where it is Standard."""

    widths: dict[str, float | None]
    encoding: dict[int, str] | None


def read_type1(data: bytes) -> Type1 | None:
    """None where the bytes are no Type 1 program."""
    clear, keyword, private = data.partition(b"eexec")
    if not keyword:
        return None
    private = private.lstrip(b" \t\r\n")
    if _HEXADECIMAL.match(private):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", private)
        private = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
    private = _decrypted(private, _FILE_KEY)[_HEADING:]
    matrix = _MATRIX.search(clear)
    unit = float(matrix[1]) if matrix else 0.001
    widths: dict[str, float | None] = {}
    for label, code in _char_strings(private):
        own = _width(code)
        widths[label] = None if own is None else own * unit * 1000
    if not widths:
        return None
    codes = {int(match[1]): match[2].decode("latin-1") for match in _CODE.finditer(clear)}
    return Type1(widths, None if _STANDARD.search(clear) else codes)


def _decrypted(data: bytes, key: int) -> bytes:
    plain = bytearray()
    for byte in data:
        plain.append(byte ^ (key >> 8))
        key = ((byte + key) * 52845 + 22719) & 0xFFFF
    return bytes(plain)


def _char_strings(private: bytes) -> Iterator[tuple[str, bytes]]:
    found = _HEADING_LENGTH.search(private)
    heading = int(found[1]) if found else _HEADING
    position = private.find(b"/CharStrings")
    if position < 0:
        return
    position += len(b"/CharStrings")
    while (match := _GLYPH.search(private, position)) is not None:
        position = match.end() + int(match[2])
        yield (
            match[1].decode("latin-1"),
            _decrypted(private[match.end() : position], _CHAR_STRING_KEY)[heading:],
        )


def _width(code: bytes) -> float | None:
    """The width that `hsbw` or `sbw` gives at the head of a charstring, in font units."""
    operands: list[float] = []
    position = 0
    while position < len(code):
        byte = code[position]
        position += 1
        following = code[position] if position < len(code) else 0
        if 32 <= byte <= 246:
            operands.append(byte - 139)
        elif 247 <= byte <= 254:
            high = (byte - 247) * 256 + 108 if byte <= 250 else -(byte - 251) * 256 - 108
            operands.append(high + following if byte <= 250 else high - following)
            position += 1
        elif byte == 255:
            operands.append(int.from_bytes(code[position : position + 4], "big", signed=True))
            position += 4
        elif byte == _ESCAPE and following == _DIV and len(operands) > 1 and operands[-1]:
            operands[-2:] = [operands[-2] / operands[-1]]
            position += 1
        elif byte == _HSBW and len(operands) > 1:
            return operands[1]
        elif byte == _ESCAPE and following == _SBW and len(operands) > 2:
            return operands[2]
        else:
            return None
    return None
