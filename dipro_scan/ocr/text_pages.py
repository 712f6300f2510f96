"""Pages of a document as its text files show them, and what the text files say of themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from dipro_scan.model import Block, Box, EngineIdentity, Line, PageText

_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 file can hold (https://www.w3.org/TR/xml/#charsets)."""

_UNKNOWN: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class TextPage:
    """What was read on a page, and which part of the page's frame (mm) the record shows as this page."""

    text: PageText
    shown: Box

    def blocks(self) -> Iterator[tuple[Block, list[Line]]]:
        """Blocks in reading order with those of their lines that have words, as ALTO demands of a line."""
        for block in self.text.blocks:
            if lines := [line for line in block.lines if line.words]:
                yield block, lines


@dataclass(frozen=True, slots=True)
class TextFacts:
    """Of which document the text is, and who wrote it. `engines` have read its pages; `language` is a code of
    BCP 47."""

    document_id: str
    title: str
    software: str
    version: str
    engines: tuple[EngineIdentity, ...] = ()
    language: str = "de"


def plain_text(pages: Iterable[TextPage]) -> Iterator[str]:
    """The text page by page: a line per line, an empty line between blocks, a form feed before all pages but
    the first. The same characters as in the XML files, so that no other form feed is among them; what stamps
    say stands behind the page's own text."""
    for number, page in enumerate(pages):
        yield ("\f" if number else "") + in_xml(page.text.text) + "\n"


def in_xml(text: str) -> str:
    """`text` in NFC, with U+FFFD for what no XML file can hold; every text file has its words so."""
    return _NOT_IN_XML.sub(_UNKNOWN, unicodedata.normalize("NFC", text))


def in_lines(element: ET.Element, level: int = 1) -> str:
    """An element of an XML file that is written piece by piece, indented as one on that level."""
    ET.indent(element, level=level)
    return "  " * level + ET.tostring(element, encoding="unicode").rstrip() + "\n"
