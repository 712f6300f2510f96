"""Glyphs that simple fonts show: there, of the width that the font gives, and never .notdef.

ISO 19005-2, 6.2.11.4.1, 6.2.11.5 and 6.2.11.8. Glyphs are found as ISO 32000-1, 9.6.6 says; where it leaves
that to the reader, nothing is judged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from pikepdf import Dictionary

from dipro_scan.pdf.conformance.encodings import (
    base_encoding,
    differences,
    encoding_names,
    mac_code_of,
    unicode_of,
)
from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.font_programs import named_glyphs
from dipro_scan.pdf.conformance.inspected import decoded, dictionary, entry, integer, items, stream
from dipro_scan.pdf.conformance.truetype import TrueType, read_truetype
from dipro_scan.translation import _

NOTDEF: Final = ".notdef"
SYMBOLIC: Final = 4
WIDTH_TOLERANCE: Final = 1.0
"""Thousandths of an em: what rounding explains."""

_SYMBOL_MAP, _UNICODE_MAP, _MAC_MAP = (3, 0), (3, 1), (1, 0)
_SYMBOL_RANGES: Final = (0, 0xF000, 0xF100, 0xF200)
_BLANK_CATEGORIES: Final = ("Z", "C")


class _Glyph(NamedTuple):
    """What a code shows; width in thousandths of an em, None where it is not known."""

    is_notdef: bool = False
    is_there: bool = True
    width: float | None = None


def check_simple_glyphs(
    findings: Findings, font: Dictionary, shown: Iterable[bytes], visible: Iterable[bytes], where: str
) -> None:
    """`shown` are all strings in this font, `visible` those that are painted."""
    painted = {code for text in visible for code in text}
    widths = _Widths(font)
    for code, glyph in _glyphs(font, {code for text in shown for code in text}).items():
        if glyph.is_notdef:
            findings.add("6.2.11.8", where, _("The glyph .notdef is shown."))
        elif code in painted and not glyph.is_there:
            findings.add("6.2.11.4.1", where, _("A character shown has no glyph in the font."))
        elif code in painted and widths.contradict(code, glyph.width):
            findings.add("6.2.11.5", where, _("A character's width is not that of its glyph."))


class _Widths:
    """The widths of the font dictionary (ISO 32000-1, 9.6.2.1), in thousandths of an em."""

    def __init__(self, font: Dictionary) -> None:
        self._first = integer(font, "/FirstChar") or 0
        self._widths = items(font, "/Widths")
        missing = entry(dictionary(font, "/FontDescriptor"), "/MissingWidth")
        self._missing = float(missing) if isinstance(missing, (int, Decimal)) else 0.0

    def contradict(self, code: int, own: float | None) -> bool:
        if own is None or not self._widths:
            return False
        inside = 0 <= code - self._first < len(self._widths)
        declared = self._widths[code - self._first] if inside else self._missing
        return not isinstance(declared, (int, float, Decimal)) or (
            abs(own - float(declared)) > WIDTH_TOLERANCE
        )


def _glyphs(font: Dictionary, codes: Iterable[int]) -> Mapping[int, _Glyph]:
    descriptor = dictionary(font, "/FontDescriptor")
    program = stream(descriptor, "/FontFile2")
    if program is not None:
        truetype = read_truetype(decoded(program) or b"")
        if truetype is None:
            return {}
        if (integer(descriptor, "/Flags") or 0) & SYMBOLIC:
            return {code: _symbol(truetype, code) for code in codes}
        return _letters(font, truetype, codes)
    return _named(font, codes)


def _named(font: Dictionary, codes: Iterable[int]) -> Mapping[int, _Glyph]:
    """Type 1 and Compact Font Format programs find glyphs by name."""
    program = named_glyphs(dictionary(font, "/FontDescriptor"))
    label = base_encoding(font)
    if program is None:
        return {}
    base = program.encoding if label is None else encoding_names(label)
    if base is None:
        return {}
    names = {**base, **differences(font)}
    found: dict[int, _Glyph] = {}
    for code in codes:
        glyph = names.get(code, NOTDEF)
        found[code] = _Glyph(glyph == NOTDEF, glyph in program.widths, program.widths.get(glyph))
    return found


def _letters(font: Dictionary, truetype: TrueType, codes: Iterable[int]) -> Mapping[int, _Glyph]:
    """TrueType with letters: code → name → character → glyph."""
    base = encoding_names(base_encoding(font) or "")
    if base is None:
        return {}
    names = {**base, **differences(font)}
    return {
        code: _letter(truetype, names[code]) if code in names else _Glyph(is_notdef=True) for code in codes
    }


def _letter(truetype: TrueType, glyph_name: str) -> _Glyph:
    character = unicode_of(glyph_name)
    glyph = truetype.glyph(_UNICODE_MAP, ord(character)) if character is not None else None
    mac_code = mac_code_of(glyph_name)
    if not glyph and mac_code is not None:
        by_mac_code = truetype.glyph(_MAC_MAP, mac_code)
        glyph = glyph if by_mac_code is None else by_mac_code
    if glyph is None or (glyph == 0 and truetype.names_glyphs):
        return _Glyph()
    return _outline(truetype, glyph, is_blank=character is None or _is_blank(character))


def _symbol(truetype: TrueType, code: int) -> _Glyph:
    candidates = [truetype.glyph(_SYMBOL_MAP, start + code) for start in _SYMBOL_RANGES]
    candidates.append(truetype.glyph(_MAC_MAP, code))
    known = [glyph for glyph in candidates if glyph is not None]
    if not known:
        return _Glyph()
    return _outline(truetype, next((glyph for glyph in known if glyph), 0), is_blank=True)


def _outline(truetype: TrueType, glyph: int, *, is_blank: bool) -> _Glyph:
    """A subset that keeps a letter's number but drops its outline does not define that glyph."""
    width = truetype.width(glyph)
    is_there = width is not None and (is_blank or not truetype.is_empty(glyph))
    return _Glyph(glyph == 0, is_there, width)


def _is_blank(character: str) -> bool:
    return unicodedata.category(character)[0] in _BLANK_CATEGORIES
