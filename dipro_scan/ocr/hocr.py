"""hOCR: the text with its places as a web page, as search engines and correcting programs read it.

http://kba.github.io/hocr-spec/1.2/. Places are pixels of a picture of the shown page at 300 dpi; `x_wconf` is
the share of such words that are right, in percent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from dipro_scan.model import MM_PER_INCH, Block, Box, Line
from dipro_scan.ocr.language_tags import script_of
from dipro_scan.ocr.text_pages import TextFacts, TextPage, in_lines, in_xml

DPI: Final = 300
_DOCTYPE: Final = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
    ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
)
_CAPABILITIES: Final = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf ocrp_lang"


def hocr_html(pages: Sequence[TextPage], facts: TextFacts) -> Iterator[str]:
    """The document's `pages` as one XHTML file, piece by piece; the same for the same input."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n' + _DOCTYPE
    yield f'<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{facts.language}" lang="{facts.language}">\n'
    head = ET.Element("head")
    ET.SubElement(head, "title").text = in_xml(facts.title)
    systems = [f"{each.name} {each.version}" for each in facts.engines]
    for name, content in (
        ("ocr-system", "; ".join([f"{facts.software} {facts.version}", *systems])),
        ("ocr-capabilities", _CAPABILITIES),
        ("ocr-number-of-pages", str(len(pages))),
        ("ocr-langs", facts.language),
        ("ocr-scripts", script_of(facts.language)),
        ("dc.identifier", facts.document_id),
    ):
        ET.SubElement(head, "meta", {"name": name, "content": in_xml(content)})
    yield in_lines(head) + "  <body>\n"
    for number, page in enumerate(pages, start=1):
        yield in_lines(_page(number, page, facts), level=2)
    yield "  </body>\n</html>\n"


def _page(number: int, page: TextPage, facts: TextFacts) -> ET.Element:
    shown = page.shown
    properties = [
        f'image "{facts.document_id}.pdf"',
        f"bbox 0 0 {_px(shown.width_mm)} {_px(shown.height_mm)}",
        f"ppageno {number - 1}",
        f"scan_res {DPI} {DPI}",
    ]
    facts_of_page = {"class": "ocr_page", "id": f"page_{number}", "title": "; ".join(properties)}
    element = ET.Element("div", facts_of_page)
    for place, (block, lines) in enumerate(page.blocks(), start=1):
        name = f"{number}_{place}"
        paragraph = _paragraph(element, name, block, shown, facts.language)
        for row, line in enumerate(lines, start=1):
            _add_line(paragraph, f"{name}_{row}", line, shown)
    return element


def _paragraph(page: ET.Element, name: str, block: Block, shown: Box, language: str) -> ET.Element:
    box = _bbox(block.box, shown)
    kind = "ocr_carea" if block.kind == "print" else f"ocr_carea {block.kind}"
    area = _div(page, "div", kind, f"block_{name}", [box])
    paragraph = _div(area, "p", "ocr_par", f"par_{name}", [box])
    paragraph.set("lang", language)
    return paragraph


def _add_line(paragraph: ET.Element, name: str, line: Line, shown: Box) -> None:
    properties = [_bbox(line.box, shown), *_direction(line)]
    element = _div(paragraph, "span", "ocr_line", f"line_{name}", properties)
    for number, word in enumerate(line.words, start=1):
        confidence = math.floor(100 * word.confidence)
        box = _bbox(word.box, shown)
        span = _div(element, "span", "ocrx_word", f"word_{name}_{number}", [box, f"x_wconf {confidence}"])
        span.text = in_xml(word.text)


def _direction(line: Line) -> list[str]:
    """Its slope and how far it begins above the box's lower left corner; where it stands, by which angle."""
    x0, y0, x1, y1 = line.baseline
    if not line.is_level:
        return [f"textangle {90 if y1 < y0 else 270}"]
    slope = (y1 - y0) / (x1 - x0) if x1 != x0 else 0.0
    at_left = y0 + slope * (line.box.x0 - x0)
    offset = round((at_left - line.box.y1) / MM_PER_INCH * DPI)
    return [f"baseline {round(slope, 4) + 0.0:g} {offset}"]


def _div(parent: ET.Element, tag: str, kind: str, name: str, properties: Sequence[str]) -> ET.Element:
    return ET.SubElement(parent, tag, {"class": kind, "id": name, "title": "; ".join(properties)})


def _bbox(box: Box, shown: Box) -> str:
    edges = (box.x0 - shown.x0, box.y0 - shown.y0, box.x1 - shown.x0, box.y1 - shown.y0)
    return "bbox " + " ".join(str(max(0, _px(edge))) for edge in edges)


def _px(length_mm: float) -> int:
    return round(length_mm / MM_PER_INCH * DPI)
