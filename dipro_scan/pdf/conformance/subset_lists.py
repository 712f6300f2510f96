"""What a font's descriptor lists of the glyphs in a subset (ISO 19005-2, 6.2.11.4.2).

Where CharSet or CIDSet is there, it names every glyph of the subset's program, used or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pikepdf import Dictionary, Stream, String

from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.font_programs import compact_font, named_glyphs
from dipro_scan.pdf.conformance.inspected import decoded, entry, name, stream
from dipro_scan.pdf.conformance.truetype import TrueType
from dipro_scan.translation import _

_NAME: Final = re.compile(rb"/([^/\s()<>\[\]{}%]+)")
_SUBSET: Final = re.compile(r"[A-Z]{6}\+")
_NOTDEF: Final = ".notdef"


def check_char_set(findings: Findings, font: Dictionary, descriptor: Dictionary | None, where: str) -> None:
    """Of a Type 1 font."""
    if not _is_subset(font):
        return
    listed = entry(descriptor, "/CharSet")
    program = named_glyphs(descriptor) if isinstance(listed, String) else None
    if program is None:
        return
    names = {label.decode("latin-1") for label in _NAME.findall(bytes(listed))}
    if set(program.widths) - names - {_NOTDEF}:
        findings.add("6.2.11.4.2", where, _("The font's CharSet does not list all glyphs of the font."))


def check_cid_set(
    findings: Findings,
    descendant: Dictionary,
    descriptor: Dictionary | None,
    truetype: TrueType | None,
    where: str,
) -> None:
    """Of a composite font; CID 0 is .notdef, which every font has."""
    bits = stream(descriptor, "/CIDSet")
    if bits is None or not _is_subset(descendant):
        return
    listed = decoded(bits) or b""
    if any(cid and not _has_bit(listed, cid) for cid in _cids(descendant, descriptor, truetype)):
        findings.add("6.2.11.4.2", where, _("The font's CIDSet does not list all glyphs of the font."))


def _is_subset(font: Dictionary) -> bool:
    """Six letters and a plus sign before the name (ISO 32000-1, 9.6.4)."""
    return _SUBSET.match(name(font, "/BaseFont") or "") is not None


def _cids(descendant: Dictionary, descriptor: Dictionary | None, truetype: TrueType | None) -> Iterable[int]:
    """CIDs of glyphs that are in the program; of TrueType those with an outline, which subsetting keeps."""
    if truetype is None:
        compact = compact_font(descriptor)
        return compact.glyph_of_cid if compact is not None else ()
    glyph_map = entry(descendant, "/CIDToGIDMap")
    drawn = {glyph for glyph, size in enumerate(truetype.outlines) if size}
    if not isinstance(glyph_map, Stream):
        return drawn
    table = decoded(glyph_map) or b""
    glyphs = (int.from_bytes(table[at : at + 2], "big") for at in range(0, len(table) - 1, 2))
    return [cid for cid, glyph in enumerate(glyphs) if glyph in drawn and glyph]


def _has_bit(data: bytes, number: int) -> bool:
    return number // 8 < len(data) and bool(data[number // 8] & 0x80 >> number % 8)
