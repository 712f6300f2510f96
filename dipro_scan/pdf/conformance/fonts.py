"""Fonts as they are used: embedded, complete, and saying which Unicode they mean (ISO 19005-2, 6.2.11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from pikepdf import Dictionary, Stream

from dipro_scan.pdf.conformance.cid_fonts import check_composite_font
from dipro_scan.pdf.conformance.cmaps import read_cmap
from dipro_scan.pdf.conformance.encodings import base_encoding, differences
from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.font_programs import embedded_kind, embedded_program
from dipro_scan.pdf.conformance.glyph_names import has_unicode
from dipro_scan.pdf.conformance.inspected import (
    Inspected,
    decoded,
    dictionary,
    entry,
    has,
    integer,
    items,
    members,
    name,
    place,
    stream,
    text,
)
from dipro_scan.pdf.conformance.simple_fonts import SYMBOLIC, WIDTH_TOLERANCE, check_simple_glyphs
from dipro_scan.pdf.conformance.subset_lists import check_char_set
from dipro_scan.pdf.conformance.truetype import read_truetype
from dipro_scan.pdf.conformance.word_lists import words
from dipro_scan.translation import _

_SUBTYPES: Final = words(
    """
    Type1 MMType1 TrueType Type3 Type0 CIDFontType0 CIDFontType2
    """
)
_STANDARD_FONTS: Final = words(
    """
    Courier Courier-Bold Courier-Oblique Courier-BoldOblique Helvetica Helvetica-Bold Helvetica-Oblique
    Helvetica-BoldOblique Times-Roman Times-Bold Times-Italic Times-BoldItalic Symbol ZapfDingbats
    """
)
_UNICODE_ENCODINGS: Final = frozenset({"WinAnsiEncoding", "MacRomanEncoding", "MacExpertEncoding"})
_COLLECTIONS: Final = frozenset({"GB1", "CNS1", "Japan1", "Korea1"})
_PROGRAM_KINDS: Final = (None, "Type1C", "CIDFontType0C", "OpenType")
"""ISO 32000-1, table 126: the Subtype of FontFile3."""

_FORBIDDEN_UNICODE: Final = frozenset("\u0000\ufeff\ufffe")
_INVISIBLE: Final = 3


@dataclass(slots=True)
class FontUse:
    """A font and what was shown in it: all codes' bytes, and whether any of it is visible."""

    font: Dictionary
    where: str
    visible: bool = False
    strings: set[bytes] = field(default_factory=set)
    visible_strings: set[bytes] = field(default_factory=set)


class FontUses:
    """Every font that text was shown in."""

    def __init__(self) -> None:
        self._uses: dict[Any, FontUse] = {}

    def add(self, font: Dictionary, render_mode: int, strings: Iterable[bytes], where: str) -> None:
        key = font.objgen if font.objgen != (0, 0) else str(font.unparse())
        use = self._uses.setdefault(key, FontUse(font, place(font, where)))
        shown = set(strings)
        use.strings |= shown
        if render_mode != _INVISIBLE:
            use.visible = True
            use.visible_strings |= shown

    def all(self) -> tuple[FontUse, ...]:
        return tuple(self._uses.values())


def check_fonts(inspected: Inspected, uses: FontUses) -> None:
    for use in uses.all():
        kind = name(use.font, "/Subtype")
        _check_dictionary(inspected.findings, use, kind)
        if kind == "Type0":
            check_composite_font(inspected.findings, use.font, use.strings, use.visible_strings, use.where)
        elif kind == "Type3":
            _check_type3_widths(inspected.findings, use)
        else:
            _check_program(inspected.findings, use)
        if kind == "TrueType":
            _check_encoding(inspected.findings, use)
        if inspected.needs_unicode:
            _check_unicode(inspected.findings, use, kind)


def _check_dictionary(findings: Findings, use: FontUse, kind: str | None) -> None:
    font, where = use.font, use.where
    if name(font, "/Type") != "Font" or kind not in _SUBTYPES:
        findings.add("6.2.11.2", where, _("The font is of no known type."))
    if kind != "Type3" and name(font, "/BaseFont") is None:
        findings.add("6.2.11.2", where, _("The font has no name (BaseFont)."))
    if embedded_kind(dictionary(_described(font), "/FontDescriptor")) not in _PROGRAM_KINDS:
        findings.add("6.2.11.2", where, _("The font's program is of a kind that PDF does not know."))
    if kind in ("Type0", "CIDFontType0", "CIDFontType2") or name(font, "/BaseFont") in _STANDARD_FONTS:
        return
    first, last = integer(font, "/FirstChar"), integer(font, "/LastChar")
    if first is None or last is None or len(items(font, "/Widths")) != last - first + 1:
        findings.add("6.2.11.2", where, _("The font does not give the widths of all its characters."))


def _described(font: Dictionary) -> Any:
    """The font that has the descriptor: of a composite font its descendant."""
    return next(iter(items(font, "/DescendantFonts")), font)


def _check_program(findings: Findings, use: FontUse) -> None:
    """The embedded program of a simple font that is not of Type 3."""
    descriptor = dictionary(use.font, "/FontDescriptor")
    if embedded_program(descriptor) is None:
        if use.visible:
            findings.add("6.2.11.4.1", use.where, _("The font is not embedded."))
        return
    check_simple_glyphs(findings, use.font, use.strings, use.visible_strings, use.where)
    check_char_set(findings, use.font, descriptor, use.where)


def _check_encoding(findings: Findings, use: FontUse) -> None:
    """ISO 19005-2, 6.2.11.6: TrueType fonts with letters name their encoding, symbolic ones must not."""
    descriptor = dictionary(use.font, "/FontDescriptor")
    symbolic = bool((integer(descriptor, "/Flags") or 0) & SYMBOLIC)
    if symbolic and entry(use.font, "/Encoding") is not None:
        findings.add("6.2.11.6", use.where, _("A symbolic TrueType font has an encoding."))
    if not symbolic and base_encoding(use.font) not in ("MacRomanEncoding", "WinAnsiEncoding"):
        findings.add("6.2.11.6", use.where, _("A TrueType font's encoding is neither WinAnsi nor MacRoman."))
    if not symbolic and not all(has_unicode(label) for label in differences(use.font).values()):
        findings.add(
            "6.2.11.6",
            use.where,
            _("A TrueType font's encoding uses glyph names without a meaning in Unicode."),
        )
    program = stream(descriptor, "/FontFile2")
    data = decoded(program) if program is not None else None
    truetype = read_truetype(data) if data is not None else None
    if truetype is None:
        return
    maps = truetype.character_maps
    if symbolic and len(maps) != 1 and (3, 0) not in maps:
        findings.add("6.2.11.6", use.where, _("A symbolic TrueType font has no clear character map."))
    if not symbolic and len(maps) <= ((3, 0) in maps):
        findings.add("6.2.11.6", use.where, _("A TrueType font with letters has no character map."))


def _check_type3_widths(findings: Findings, use: FontUse) -> None:
    """The width in a glyph's own description (d0 or d1) against the font's table, in glyph space."""
    first, widths = integer(use.font, "/FirstChar") or 0, items(use.font, "/Widths")
    procedures = dict(members(dictionary(use.font, "/CharProcs")))
    names = differences(use.font)
    for code in {code for shown in use.visible_strings for code in shown}:
        procedure = procedures.get(names.get(code, ""))
        data = decoded(procedure) if isinstance(procedure, Stream) else None
        words = data.split(None, 8) if data is not None else []
        ends = [index for index, word in enumerate(words) if word in (b"d0", b"d1")]
        if not ends or not 0 <= code - first < len(widths):
            continue
        try:
            own = float(words[0])
        except ValueError:
            continue
        if abs(own - float(widths[code - first])) > WIDTH_TOLERANCE:
            findings.add("6.2.11.5", use.where, _("A character's width is not that of its glyph."))


def _check_unicode(findings: Findings, use: FontUse, kind: str | None) -> None:
    """ISO 19005-2, 6.2.11.7.2, for level U: every character shown means some Unicode text."""
    mapping = stream(use.font, "/ToUnicode")
    if mapping is None:
        if not _means_unicode_by_itself(use.font, kind):
            findings.add(
                "6.2.11.7.2", use.where, _("The font does not say which Unicode its characters mean.")
            )
        return
    unicode = read_cmap(decoded(mapping) or b"").unicode
    size = 2 if kind == "Type0" else 1
    codes = {
        int.from_bytes(shown[start : start + size], "big")
        for shown in use.strings
        for start in range(0, len(shown), size)
    }
    two_bytes = kind != "Type0" or name(use.font, "/Encoding") in ("Identity-H", "Identity-V")
    for code in codes if two_bytes else ():
        meaning = unicode.get(code)
        if meaning is None and not _means_unicode_by_itself(use.font, kind):
            findings.add("6.2.11.7.2", use.where, _("A character has no Unicode meaning."))
        if meaning is not None and _FORBIDDEN_UNICODE & set(meaning):
            findings.add(
                "6.2.11.7.2", use.where, _("A character means U+0000, U+FEFF or U+FFFE, which say nothing.")
            )


def _means_unicode_by_itself(font: Dictionary, kind: str | None) -> bool:
    """Fonts whose characters are known without a ToUnicode map."""
    if kind == "Type0":
        descendant = next(iter(items(font, "/DescendantFonts")), None)
        information = dictionary(descendant, "/CIDSystemInfo")
        return (
            text(entry(information, "/Registry")) == "Adobe"
            and text(entry(information, "/Ordering")) in _COLLECTIONS
        )
    encoding = entry(font, "/Encoding")
    base = base_encoding(font)
    if kind == "TrueType":
        return base in _UNICODE_ENCODINGS
    if kind == "Type3":
        names = differences(font)
        return bool(names) and all(has_unicode(label) for label in names.values())
    return base in _UNICODE_ENCODINGS or has(encoding, "/Differences") or encoding is None
