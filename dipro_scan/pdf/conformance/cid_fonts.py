"""Composite fonts: CMap, descendant font, glyphs (ISO 19005-2, 6.2.11.3 to 6.2.11.5 and 6.2.11.8)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from pikepdf import Array, Dictionary, Stream

from dipro_scan.pdf.conformance.cmaps import PREDEFINED, read_cmap
from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.inspected import (
    decoded,
    dictionary,
    entry,
    integer,
    items,
    name,
    place,
    stream,
    text,
)
from dipro_scan.pdf.conformance.truetype import TrueType, read_truetype
from dipro_scan.translation import _

_IDENTITY: Final = ("Identity-H", "Identity-V")
_LARGEST_CID: Final = 65535
_WIDTH_TOLERANCE: Final = 1.0
_DEFAULT_WIDTH: Final = 1000


def check_composite_font(
    findings: Findings, font: Dictionary, visible: bool, strings: Iterable[bytes], where: str
) -> None:
    descendant = next(
        (value for value in items(font, "/DescendantFonts") if isinstance(value, Dictionary)), None
    )
    if descendant is None:
        findings.add("6.2.11.2", where, _("A composite font has no descendant font."))
        return
    _check_cmap(findings, font, descendant, where)
    descriptor = dictionary(descendant, "/FontDescriptor")
    program = next(
        (
            found
            for key in ("/FontFile2", "/FontFile3", "/FontFile")
            if (found := stream(descriptor, key)) is not None
        ),
        None,
    )
    if visible and program is None:
        findings.add("6.2.11.4.1", where, _("The font is not embedded."))
    if name(descendant, "/Subtype") != "CIDFontType2" or program is None:
        return
    glyph_map = entry(descendant, "/CIDToGIDMap")
    if not isinstance(glyph_map, Stream) and name(descendant, "/CIDToGIDMap") != "Identity":
        findings.add(
            "6.2.11.3.2",
            place(descendant, where),
            _("A TrueType font does not map its characters to glyphs."),
        )
        return
    truetype = read_truetype(decoded(program) or b"")
    if truetype is not None and name(font, "/Encoding") in _IDENTITY:
        cids = {
            int.from_bytes(shown[start : start + 2], "big")
            for shown in strings
            for start in range(0, len(shown), 2)
        }
        _check_glyphs(findings, descendant, truetype, cids, place(descendant, where))


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
    widths = _widths(descendant)
    default = entry(descendant, "/DW")
    default_width = float(default) if isinstance(default, (int, Decimal)) else _DEFAULT_WIDTH
    for cid in cids:
        glyph = cid if table is None else int.from_bytes(table[2 * cid : 2 * cid + 2], "big")
        own = truetype.width(glyph)
        if own is None:
            findings.add("6.2.11.4.1", where, _("A character shown has no glyph in the font."))
        elif abs(own - widths.get(cid, default_width)) > _WIDTH_TOLERANCE:
            findings.add("6.2.11.5", where, _("A character's width is not that of its glyph."))
        if glyph == 0:
            findings.add("6.2.11.8", where, _("The glyph .notdef is shown."))


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
