"""Embedded font programs, opened whatever their format (ISO 32000-1, 9.9, table 126)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import NamedTuple

from pikepdf import Dictionary, Stream

from dipro_scan.pdf.conformance.cff import CompactFont, read_cff
from dipro_scan.pdf.conformance.encodings import encoding_names
from dipro_scan.pdf.conformance.inspected import decoded, name, stream
from dipro_scan.pdf.conformance.truetype import font_tables
from dipro_scan.pdf.conformance.type1 import read_type1


class NamedGlyphs(NamedTuple):
    """A program whose glyphs have names; widths in thousandths of an em, None where it computes them.

    `encoding` is the one built into the program; None where it is not known here.
    """

    widths: Mapping[str, float | None]
    encoding: Mapping[int, str] | None


def embedded_program(descriptor: Dictionary | None) -> Stream | None:
    keys = ("/FontFile2", "/FontFile3", "/FontFile")
    return next((found for key in keys if (found := stream(descriptor, key)) is not None), None)


def embedded_kind(descriptor: Dictionary | None) -> str | None:
    """What the program says that it is; TrueType and Type 1 programs say nothing."""
    return name(embedded_program(descriptor), "/Subtype")


def compact_font(descriptor: Dictionary | None) -> CompactFont | None:
    """The Compact Font Format program of a descriptor, by itself or within OpenType."""
    program = stream(descriptor, "/FontFile3")
    data = decoded(program) if program is not None else None
    if data is not None and data[:4] == b"OTTO":
        try:
            data = font_tables(data).get(b"CFF ")
        except struct.error:
            return None
    return read_cff(data) if data else None


def named_glyphs(descriptor: Dictionary | None) -> NamedGlyphs | None:
    """Of a Type 1 or Compact Font Format program; None where there is none or it has no names."""
    program = stream(descriptor, "/FontFile")
    if program is not None:
        type1 = read_type1(decoded(program) or b"")
        if type1 is None:
            return None
        standard = encoding_names("StandardEncoding")
        return NamedGlyphs(type1.widths, standard if type1.encoding is None else type1.encoding)
    font = compact_font(descriptor)
    if font is None or font.names is None:
        return None
    widths = {label: font.width(glyph) for label, glyph in font.glyph_of_name.items()}
    return NamedGlyphs(
        widths, encoding_names("StandardEncoding") if font.has_standard_encoding else font.encoding
    )
