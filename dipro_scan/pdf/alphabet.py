"""Which characters a document's text layer uses, and the codes they get in its font."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from dipro_scan.pdf.glyphless_font import (
    ADVANCE,
    ASCENDER,
    DESCENDER,
    FONT_NAME,
    MARKED_CAPITAL,
    NOTDEF,
    X_HEIGHT,
    font_program,
    shape_of,
)

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
SPACE: Final = " "
_SOFT_HYPHEN: Final = "\N{SOFT HYPHEN}"
_MAPPINGS_PER_SECTION: Final = 100
_NONCHARACTERS: Final = range(0xFDD0, 0xFDF0)
_MOST_CODES: Final = 0xFFFF
"""CIDs end at 65535 (ISO 19005-2, 6.1.13); 0 is .notdef."""


@lru_cache(maxsize=16_384)
def clusters(text: str) -> tuple[str, ...]:
    """The characters of `text`, each with the marks combined with it; what no archive may hold is gone.

    Control and format characters vanish; private, unpaired and non-characters become U+FFFD, so that the
    place of a misread character stays visible. ISO 19005-2, 6.2.11.7.2 forbids U+0000, U+FEFF, U+FFFE.
    """
    found: list[str] = []
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp") or (category == "Cf" and character != _SOFT_HYPHEN):
            continue
        if category in ("Cs", "Co") or _is_noncharacter(character):
            found.append(REPLACEMENT)
        elif category.startswith("M") and found:
            found[-1] += character
        else:
            found.append(character)
    return tuple(found)


class Alphabet:
    """Codes 1, 2, … for the clusters of a document, in order of their code points, then for whole words.

    Whole words are wishes: those beyond the font's last code go without, see `in`.
    """

    def __init__(self, used: Iterable[str], whole_words: Iterable[str] = ()) -> None:
        characters = {SPACE, *used}
        if len(characters) > _MOST_CODES:
            raise ValueError(f"{len(characters)} different characters are too many for one font")
        words = sorted(set(whole_words) - characters)[: _MOST_CODES - len(characters)]
        self._clusters = (*sorted(characters), *words)
        self._codes = {cluster: code for code, cluster in enumerate(self._clusters, start=1)}

    def __contains__(self, text: object) -> bool:
        return text in self._codes

    def encode(self, word: Iterable[str]) -> str:
        """The clusters as a hexadecimal PDF string of two-byte codes."""
        return "<" + "".join(f"{self._codes[cluster]:04X}" for cluster in word) + ">"

    def font_object(self, pdf: Pdf) -> Object:
        """The composite font: codes are CIDs (Identity-H), each CID a box, each code its Unicode text."""
        program = pdf.make_stream(font_program())
        program.Length1 = len(font_program())
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + FONT_NAME),
            Flags=4,
            FontBBox=Array([0, DESCENDER, ADVANCE, MARKED_CAPITAL]),
            ItalicAngle=0,
            Ascent=ASCENDER,
            Descent=DESCENDER,
            CapHeight=ASCENDER,
            XHeight=X_HEIGHT,
            StemV=80,
            FontFile2=program,
        )
        glyph_map = pdf.make_stream(self._glyph_map())
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + FONT_NAME),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=ADVANCE,
            CIDToGIDMap=glyph_map,
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name("/" + FONT_NAME),
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_stream(self.to_unicode()),
            )
        )

    def _glyph_map(self) -> bytes:
        shapes = (NOTDEF, *(shape_of(cluster) for cluster in self._clusters))
        return b"".join(shape.glyph.to_bytes(2, "big") for shape in shapes)

    def to_unicode(self) -> bytes:
        """The ToUnicode CMap (ISO 32000-1, 9.10.3), with at most 100 mappings to a section."""
        lines = [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<0000> <FFFF>",
            "endcodespacerange",
        ]
        mappings = [
            f"<{code:04X}> <{cluster.encode('utf-16-be').hex().upper()}>"
            for cluster, code in self._codes.items()
        ]
        for start in range(0, len(mappings), _MAPPINGS_PER_SECTION):
            section = mappings[start : start + _MAPPINGS_PER_SECTION]
            lines += [f"{len(section)} beginbfchar", *section, "endbfchar"]
        lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
        return "\n".join(lines).encode("ascii")


def _is_noncharacter(character: str) -> bool:
    code = ord(character)
    return code & 0xFFFE == 0xFFFE or code in _NONCHARACTERS
