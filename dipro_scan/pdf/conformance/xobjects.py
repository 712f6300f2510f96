"""Images and forms as dictionaries (ISO 19005-2, 6.2.8 and 6.2.9)."""

from __future__ import annotations

from typing import Any, Final

from pikepdf import Array, Name, Stream

from dipro_scan.pdf.conformance.colour import ColourCheck
from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.graphics_state import check_rendering_intent
from dipro_scan.pdf.conformance.inspected import entry, has, integer, items, name, name_text, stream
from dipro_scan.pdf.conformance.jpeg2000 import check_jpeg2000
from dipro_scan.translation import _

_BITS: Final = (1, 2, 4, 8, 16)


def check_image(findings: Findings, colours: ColourCheck, image: Stream, resources: Any, where: str) -> None:
    if has(image, "/Alternates"):
        findings.add("6.2.8", where, _("An image has alternates."))
    if has(image, "/OPI"):
        findings.add("6.2.8", where, _("An image refers to an OPI server."))
    if entry(image, "/Interpolate") is True:
        findings.add("6.2.8", where, _("An image is to be interpolated."))
    check_rendering_intent(findings, entry(image, "/Intent"), where)
    bits = integer(image, "/BitsPerComponent")
    if entry(image, "/ImageMask") is True:
        if bits not in (None, 1):
            findings.add("6.2.8", where, _("An image mask has more than one bit per pixel."))
        return
    if bits is not None and bits not in _BITS:
        findings.add("6.2.8", where, _("An image has an impossible number of bits per component."))
    if has(image, "/ColorSpace"):
        colours.check(entry(image, "/ColorSpace"), resources, where)
    if "JPXDecode" in filter_names(image):
        check_jpeg2000(findings, image, where)
    for key in ("/SMask", "/Mask"):
        mask = stream(image, key)
        if mask is not None:
            check_image(findings, colours, mask, resources, where)


def is_transparent_image(image: Stream) -> bool:
    return stream(image, "/SMask") is not None or (integer(image, "/SMaskInData") or 0) > 0


def check_form(findings: Findings, form: Stream, where: str) -> None:
    if has(form, "/OPI"):
        findings.add("6.2.9", where, _("A form refers to an OPI server."))
    if has(form, "/PS") or name(form, "/Subtype2") == "PS":
        findings.add("6.2.9", where, _("A form holds PostScript."))
    if has(form, "/Ref"):
        findings.add("6.2.9", where, _("A form shows a page of another file."))


def filter_names(item: Any) -> list[str | None]:
    filters = entry(item, "/Filter")
    if isinstance(filters, Name):
        return [name_text(filters)]
    return [name_text(value) for value in items(item, "/Filter")] if isinstance(filters, Array) else []
