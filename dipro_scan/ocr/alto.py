"""ALTO 4: words, lines and blocks with their places, as libraries and viewers exchange them.

https://www.loc.gov/standards/alto/ (version 4.4). Places are tenths of a millimetre from the upper left
corner of the page as the record shows it; `WC` is the share of such words that are right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET

from dipro_scan.model import Block, Box, Line, Word
from dipro_scan.model.text import BlockKind
from dipro_scan.ocr.text_pages import TextFacts, TextPage, in_lines, in_xml

NAMESPACE: Final = "http://www.loc.gov/standards/alto/ns-v4#"
SCHEMA: Final = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
TAGS: Final[Mapping[BlockKind, str]] = {"stamp": "TAG_STAMP", "handwriting": "TAG_HANDWRITING"}
"""What is said of blocks that are no print: the kind, and the id of its tag."""
UNITS_PER_MM: Final = 10


def alto_xml(pages: Iterable[TextPage], facts: TextFacts) -> Iterator[str]:
    """The document's `pages` as one ALTO file, piece by piece; the same for the same input."""
    yield f"""<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="{NAMESPACE}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{NAMESPACE} {SCHEMA}" SCHEMAVERSION="4.4">
"""
    yield in_lines(_description(facts))
    tags = ET.Element("Tags")
    for kind, tag in TAGS.items():
        ET.SubElement(tags, "LayoutTag", {"ID": tag, "LABEL": kind})
    yield in_lines(tags)
    yield "  <Layout>\n"
    for number, page in enumerate(pages, start=1):
        yield in_lines(_page(number, page, facts.language), level=2)
    yield "  </Layout>\n</alto>\n"


def _description(facts: TextFacts) -> ET.Element:
    description = ET.Element("Description")
    ET.SubElement(description, "MeasurementUnit").text = "mm10"
    source = ET.SubElement(description, "sourceImageInformation")
    ET.SubElement(source, "fileName").text = in_xml(facts.title)
    ET.SubElement(source, "documentIdentifier").text = in_xml(facts.document_id)
    for number, engine in enumerate(facts.engines, start=1):
        processing = ET.SubElement(description, "Processing", {"ID": f"OCR_{number}"})
        ET.SubElement(processing, "processingCategory").text = "contentGeneration"
        ET.SubElement(processing, "processingStepDescription").text = "recognition"
        ET.SubElement(processing, "processingStepSettings").text = in_xml(" ".join(engine.models))
        _add_software(processing, engine.name, engine.version)
    processing = ET.SubElement(description, "Processing", {"ID": "TEXT"})
    ET.SubElement(processing, "processingCategory").text = "contentModification"
    ET.SubElement(processing, "processingStepDescription").text = "reading order, rereading, calibration"
    _add_software(processing, facts.software, facts.version)
    return description


def _add_software(processing: ET.Element, name: str, version: str) -> None:
    software = ET.SubElement(processing, "processingSoftware")
    ET.SubElement(software, "softwareName").text = in_xml(name)
    ET.SubElement(software, "softwareVersion").text = in_xml(version)


def _page(number: int, page: TextPage, language: str) -> ET.Element:
    shown = page.shown
    size = {"WIDTH": _units(shown.width_mm), "HEIGHT": _units(shown.height_mm)}
    name = f"P{number}"
    sheet = ET.Element("Page", {"ID": name, "PHYSICAL_IMG_NR": str(number), **size})
    space = ET.SubElement(sheet, "PrintSpace", {"HPOS": "0", "VPOS": "0", **size})
    for place, (block, lines) in enumerate(page.blocks(), start=1):
        _add_lines(_block(space, f"{name}_B{place}", block, shown, language), lines, shown)
    return sheet


def _block(space: ET.Element, name: str, block: Block, shown: Box, language: str) -> ET.Element:
    facts = {"ID": name, **_place(block.box, shown), "LANG": language}
    if block.kind in TAGS:
        facts["TAGREFS"] = TAGS[block.kind]
    return ET.SubElement(space, "TextBlock", facts)


def _add_lines(block: ET.Element, lines: Iterable[Line], shown: Box) -> None:
    for row, line in enumerate(lines, start=1):
        _add_line(block, f"{block.get('ID')}_L{row}", line, shown)


def _add_line(block: ET.Element, name: str, line: Line, shown: Box) -> None:
    x0, y0, x1, y1 = line.baseline
    ends = [(x0 - shown.x0, y0 - shown.y0), (x1 - shown.x0, y1 - shown.y0)]
    baseline = " ".join(f"{_units(x)},{_units(y)}" for x, y in ends)
    facts = {"ID": name, **_place(line.box, shown), "BASELINE": baseline}
    element = ET.SubElement(block, "TextLine", facts)
    for number, word in enumerate(line.words, start=1):
        if number > 1:
            ET.SubElement(element, "SP", _gap(line.words[number - 2], word, shown))
        facts = {
            "ID": f"{name}_W{number}",
            **_place(word.box, shown),
            "CONTENT": in_xml(word.text),
            "WC": f"{word.confidence:.4f}",
        }
        ET.SubElement(element, "String", facts)


def _gap(before: Word, after: Word, shown: Box) -> dict[str, str]:
    left = min(before.box.x1, after.box.x0)
    return {
        "HPOS": _units(left - shown.x0),
        "VPOS": _units(after.box.y0 - shown.y0),
        "WIDTH": _units(max(0.0, after.box.x0 - left)),
    }


def _place(box: Box, shown: Box) -> dict[str, str]:
    return {
        "HPOS": _units(box.x0 - shown.x0),
        "VPOS": _units(box.y0 - shown.y0),
        "WIDTH": _units(box.width_mm),
        "HEIGHT": _units(box.height_mm),
    }


def _units(length_mm: float) -> str:
    """In tenths of a millimetre, to a hundredth of a millimetre."""
    return f"{round(UNITS_PER_MM * length_mm, 1) + 0.0:g}"
