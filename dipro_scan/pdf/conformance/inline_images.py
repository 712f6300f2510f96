"""Images written into the content itself, with their own short names (ISO 19005-2, 6.1.10 and 6.2.8)."""

from __future__ import annotations

from typing import Any, Final

from pikepdf import Array, PdfInlineImage

from dipro_scan.pdf.conformance.colour import ColourCheck
from dipro_scan.pdf.conformance.content_state import Content, State
from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.graphics_state import check_rendering_intent
from dipro_scan.pdf.conformance.inspected import name_text
from dipro_scan.pdf.conformance.objects import FILTERS
from dipro_scan.translation import _

_FILTERS: Final = (FILTERS - {"JBIG2Decode", "JPXDecode"}) | {"AHx", "A85", "Fl", "RL", "CCF", "DCT"}


def check_inline_image(
    findings: Findings, colours: ColourCheck, inline: PdfInlineImage, content: Content, state: State
) -> None:
    image = _entries(inline)
    filters = image.get("Filter", image.get("F"))
    for value in filters if isinstance(filters, Array) else [] if filters is None else [filters]:
        if name_text(value) not in _FILTERS:
            findings.add(
                "6.1.10",
                content.where,
                _("The filter %(filter)s is not allowed.") % {"filter": name_text(value)},
            )
    if image.get("Interpolate", image.get("I")) is True:
        findings.add("6.2.8", content.where, _("An image is to be interpolated."))
    check_rendering_intent(findings, image.get("Intent"), content.where)
    if image.get("ImageMask", image.get("IM")) is True:
        colours.check(state.fill_space, content.resources, content.where)
    else:
        colours.check(image.get("ColorSpace", image.get("CS")), content.resources, content.where)


def _entries(inline: PdfInlineImage) -> dict[str, Any]:
    """Keys and values as written, with long or short names; pikepdf gives them only one after the other."""
    values = list(inline._image_object)
    return {str(key)[1:]: value for key, value in zip(values[::2], values[1::2], strict=False)}
