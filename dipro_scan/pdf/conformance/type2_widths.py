"""The width at the head of a Type 2 charstring (Adobe Technical Note 5177, 3.1 and 4)."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

_CALL_LOCAL, _CALL_GLOBAL, _RETURN, _END = 10, 29, 11, 14
_STEMS: Final = (1, 3, 18, 19, 20, 23)
_MOVES: Final = {4: 1, 21: 2, 22: 1}
_DEEPEST: Final = 10
_MOST_OPERANDS: Final = 200


class Type2Font(NamedTuple):
    """What a font gives to its charstrings; widths are in font units."""

    default_width: float
    nominal_width: float
    local_subroutines: list[bytes]
    global_subroutines: list[bytes]


def advance_width(char_string: bytes, font: Type2Font) -> float | None:
    """In font units; None where the charstring computes it, or is damaged.

    The operand before those that the first operator needs is the difference from the nominal width; where
    there is none, the width is the default one.
    """
    operands: list[float] = []
    try:
        operator = _first_operator(char_string, font, operands, 0)
    except (struct.error, IndexError):
        return None
    if operator is None or operator == _RETURN:
        return None
    if operator in _STEMS:
        has_width = len(operands) % 2 == 1
    elif operator == _END:
        has_width = len(operands) in (1, 5)
    else:
        has_width = len(operands) > _MOVES[operator]
    return font.nominal_width + operands[0] if has_width else font.default_width


def _first_operator(code: bytes, font: Type2Font, operands: list[float], depth: int) -> int | None:
    """The first operator that clears the stack, with subroutines followed; None where another comes first."""
    position = 0
    while position < len(code) and len(operands) < _MOST_OPERANDS:
        byte = code[position]
        if byte == 28 or byte >= 32:
            value, position = _number(code, position)
            operands.append(value)
            continue
        position += 1
        if byte in (_CALL_LOCAL, _CALL_GLOBAL) and depth < _DEEPEST:
            routines = font.local_subroutines if byte == _CALL_LOCAL else font.global_subroutines
            number = int(operands.pop()) + _bias(len(routines))
            if number < 0:
                return None
            found = _first_operator(routines[number], font, operands, depth + 1)
            if found != _RETURN:
                return found
        else:
            return byte if byte in (*_STEMS, *_MOVES, _END, _RETURN) else None
    return None


def _bias(routines: int) -> int:
    if routines < 1240:
        return 107
    return 1131 if routines < 33900 else 32768


def _number(code: bytes, position: int) -> tuple[float, int]:
    byte = code[position]
    if byte == 28:
        return struct.unpack_from(">h", code, position + 1)[0], position + 3
    if byte <= 246:
        return byte - 139, position + 1
    if byte <= 250:
        return (byte - 247) * 256 + code[position + 1] + 108, position + 2
    if byte <= 254:
        return -(byte - 251) * 256 - code[position + 1] - 108, position + 2
    return struct.unpack_from(">i", code, position + 1)[0] / 65536, position + 5
