"""Composite fonts: CMap, descendant font, glyphs (ISO 19005-2, 6.2.11.3 to 6.2.11.5 and 6.2.11.8).

Which glyphs are shown is known where codes are CIDs, which is so for Identity-H and Identity-V.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from pikepdf import Array, Dictionary, Stream

from dipro_scan.pdf.conformance.cff import CompactFont
from dipro_scan.pdf.conformance.cmaps import PREDEFINED, read_cmap
from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.font_programs import compact_font, embedded_program
from dipro_scan.pdf.conformance.inspected import (
    decoded,
    dictionary,
    entry,
    integer,
    items,
    name,
    place,
    text,
)
from dipro_scan.pdf.conformance.simple_fonts import WIDTH_TOLERANCE
from dipro_scan.pdf.conformance.subset_lists import check_cid_set
from dipro_scan.pdf.conformance.truetype import TrueType, read_truetype
from dipro_scan.translation import _

_IDENTITY: Final = ("Identity-H", "Identity-V")
_LARGEST_CID: Final = 65535
_DEFAULT_WIDTH: Final = 1000


def check_composite_font(
    findings: Findings, font: Dictionary, shown: Iterable[bytes], visible: Iterable[bytes], where: str
) -> None:
    """`shown` are all strings in this font, `visible` those that are painted."""
    descendant = next(
        (value for value in items(font, "/DescendantFonts") if isinstance(value, Dictionary)), None
    )
    if descendant is None:
        findings.add("6.2.11.2", where, _("A composite font has no descendant font."))
        return
    _check_cmap(findings, font, descendant, where)
    descriptor = dictionary(descendant, "/FontDescriptor")
    program = embedded_program(descriptor)
    if program is None:
        if any(True for _string in visible):
            findings.add("6.2.11.4.1", where, _("The font is not embedded."))
        return
    inner, is_identity = place(descendant, where), name(font, "/Encoding") in _IDENTITY
    if name(descendant, "/Subtype") == "CIDFontType2":
        _check_truetype(findings, descendant, program, _cids(shown) if is_identity else frozenset(), inner)
        return
    check_cid_set(findings, descendant, descriptor, None, inner)
    compact = compact_font(descriptor)
    if compact is not None and is_identity:
        _check_compact_glyphs(findings, descendant, compact, _cids(shown), _cids(visible), inner)


def _cids(strings: Iterable[bytes]) -> frozenset[int]:
    """Of two bytes each."""
    return frozenset(
        int.from_bytes(shown[start : start + 2], "big")
        for shown in strings
        for start in range(0, len(shown), 2)
    )


def _check_truetype(
    findings: Findings, descendant: Dictionary, program: Stream, cids: Iterable[int], where: str
) -> None:
    glyph_map = entry(descendant, "/CIDToGIDMap")
    if not isinstance(glyph_map, Stream) and name(descendant, "/CIDToGIDMap") != "Identity":
        findings.add("6.2.11.3.2", where, _("A TrueType font does not map its characters to glyphs."))
        return
    truetype = read_truetype(decoded(program) or b"")
    if truetype is not None:
        check_cid_set(findings, descendant, dictionary(descendant, "/FontDescriptor"), truetype, where)
        _check_glyphs(findings, descendant, truetype, cids, where)


def _check_cmap(findings: Findings, font: Dictionary, descendant: Dictionary, where: str) -> None:
    cmap = entry(font, "/Encoding")
    label = name(font, "/Encoding")
    if label in _IDENTITY:
        return
    if not isinstance(cmap, Stream):
        if label not in PREDEFINED:
            findings.add("6.2.11.3.3", where, _("The CMap is neither predefined nor embedded."))
        return
    facts = read_cmap(decoded(cmap) or b"")
    if facts.largest_cid > _LARGEST_CID:
        findings.add("6.1.13", place(cmap, where), _("A CMap names a character above 65535."))
    if facts.writing_mode != (integer(cmap, "/WMode") or 0):
        findings.add("6.2.11.3.3", place(cmap, where), _("A CMap contradicts its own writing mode."))
    used = name(cmap, "/UseCMap")
    if used is not None and used not in PREDEFINED:
        findings.add("6.2.11.3.3", place(cmap, where), _("A CMap refers to one that is not predefined."))
    ours, theirs = dictionary(descendant, "/CIDSystemInfo"), dictionary(cmap, "/CIDSystemInfo")
    for key in ("/Registry", "/Ordering"):
        if text(entry(ours, key)) != text(entry(theirs, key)):
            findings.add("6.2.11.3.1", where, _("CMap and font belong to different character collections."))
    if (integer(ours, "/Supplement") or 0) > (integer(theirs, "/Supplement") or 0):
        findings.add("6.2.11.3.1", where, _("CMap and font belong to different character collections."))


def _check_glyphs(
    findings: Findings, descendant: Dictionary, truetype: TrueType, cids: Iterable[int], where: str
) -> None:
    glyph_map = entry(descendant, "/CIDToGIDMap")
    table = decoded(glyph_map) if isinstance(glyph_map, Stream) else None
    widths, default_width = _widths(descendant), _default_width(descendant)
    for cid in cids:
        glyph = cid if table is None else int.from_bytes(table[2 * cid : 2 * cid + 2], "big")
        own = truetype.width(glyph)
        if own is None:
            findings.add("6.2.11.4.1", where, _("A character shown has no glyph in the font."))
        elif abs(own - widths.get(cid, default_width)) > WIDTH_TOLERANCE:
            findings.add("6.2.11.5", where, _("A character's width is not that of its glyph."))
        if glyph == 0:
            findings.add("6.2.11.8", where, _("The glyph .notdef is shown."))


def _check_compact_glyphs(
    findings: Findings,
    descendant: Dictionary,
    program: CompactFont,
    shown: frozenset[int],
    visible: frozenset[int],
    where: str,
) -> None:
    widths, default_width = _widths(descendant), _default_width(descendant)
    if 0 in shown:
        findings.add("6.2.11.8", where, _("The glyph .notdef is shown."))
    for cid in visible:
        glyph = program.glyph_of_cid.get(cid)
        own = program.width(glyph) if glyph is not None else None
        if glyph is None:
            findings.add("6.2.11.4.1", where, _("A character shown has no glyph in the font."))
        elif own is not None and abs(own - widths.get(cid, default_width)) > WIDTH_TOLERANCE:
            findings.add("6.2.11.5", where, _("A character's width is not that of its glyph."))


def _default_width(descendant: Dictionary) -> float:
    default = entry(descendant, "/DW")
    return float(default) if isinstance(default, (int, Decimal)) else _DEFAULT_WIDTH


def _widths(descendant: Dictionary) -> dict[int, float]:
    """The array W: `c [w …]` or `first last w` (ISO 32000-1, 9.7.4.3)."""
    values: list[Any] = list(items(descendant, "/W"))
    found: dict[int, float] = {}
    position = 0
    while position + 1 < len(values):
        first, second = values[position], values[position + 1]
        if isinstance(second, Array):
            found.update({int(first) + offset: float(width) for offset, width in enumerate(second)})
            position += 2
        elif position + 2 < len(values):
            last = min(int(second), int(first) + _LARGEST_CID)
            found.update(dict.fromkeys(range(int(first), last + 1), float(values[position + 2])))
            position += 3
        else:
            break
    return found
