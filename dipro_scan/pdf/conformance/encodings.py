"""Codes of simple fonts → glyph names, glyph names → Unicode (ISO 32000-1, 9.6.6 and annex D)."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pikepdf import Dictionary, Name
from reportlab.pdfbase.pdfmetrics import Encoding

from dipro_scan.pdf.conformance.inspected import dictionary, entry, items, name, name_text

_CODECS: Final = {"WinAnsiEncoding": "cp1252", "MacRomanEncoding": "mac_roman"}
_KNOWN: Final = (*_CODECS, "StandardEncoding")
_MAC_OS_NAMES: Final = {
    0xAD: "notequal",
    0xB0: "infinity",
    0xB2: "lessequal",
    0xB3: "greaterequal",
    0xB6: "partialdiff",
    0xB7: "summation",
    0xB8: "product",
    0xB9: "pi",
    0xBA: "integral",
    0xBD: "Omega",
    0xC3: "radical",
    0xC5: "approxequal",
    0xC6: "Delta",
    0xD7: "lozenge",
    0xF0: "apple",
}
"""ISO 32000-1, table 115: what Mac OS has beyond MacRomanEncoding."""

_UNICODE_NAME: Final = re.compile(r"uni([0-9A-F]{4})|u([0-9A-F]{4,6})")


def base_encoding(font: Dictionary) -> str | None:
    """The encoding that a font names, itself or as the base of its differences."""
    encoding = entry(font, "/Encoding")
    return name_text(encoding) if isinstance(encoding, Name) else name(encoding, "/BaseEncoding")


def differences(font: Dictionary) -> dict[int, str]:
    """Code → glyph name, as the font's encoding changes them."""
    found: dict[int, str] = {}
    code = 0
    for value in items(dictionary(font, "/Encoding"), "/Differences"):
        label = name_text(value)
        if label is not None:
            found[code] = label
            code += 1
        elif isinstance(value, int):
            code = value
    return found


@cache
def encoding_names(label: str) -> dict[int, str] | None:
    """Code → glyph name of an encoding of annex D; None for MacExpertEncoding and what is none."""
    if label not in _KNOWN:
        return None
    found = {code: str(glyph) for code, glyph in enumerate(Encoding(label).vector) if glyph}
    return (_MAC_OS_NAMES | found) if label == "MacRomanEncoding" else found


def unicode_of(glyph_name: str) -> str | None:
    """The character of a glyph name; None where it is not among those of annex D's Latin encodings."""
    known = _latin_characters().get(glyph_name)
    if known is not None or len(glyph_name) == 1:
        return known or glyph_name
    match = _UNICODE_NAME.fullmatch(glyph_name)
    number = int(match[1] or match[2], 16) if match else 0
    return chr(number) if 0 < number <= 0x10FFFF else None


def mac_code_of(glyph_name: str) -> int | None:
    """The code under which Mac OS shows a glyph."""
    return _mac_codes().get(glyph_name)


@cache
def _latin_characters() -> dict[str, str]:
    found: dict[str, str] = {}
    for label, codec in _CODECS.items():
        for code, glyph in (encoding_names(label) or {}).items():
            found.setdefault(glyph, bytes([code]).decode(codec, "replace"))
    return found | {"bullet": "\u2022", "space": " ", "hyphen": "-", "currency": "\u00a4"}


@cache
def _mac_codes() -> dict[str, int]:
    codes = encoding_names("MacRomanEncoding") or {}
    return {glyph: code for code, glyph in sorted(codes.items(), reverse=True)}
