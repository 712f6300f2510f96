"""Metadata streams: present, readable, typed, and naming the level of conformance (ISO 19005-2, 6.6)."""

from __future__ import annotations

import re
from typing import Final

from pikepdf import Stream

from dipro_scan.pdf.conformance.extension_schemas import (
    EXTENSION,
    Declarations,
    check_extension_schemas,
    declarations,
)
from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.inspected import Inspected, decoded, name, place, stream
from dipro_scan.pdf.conformance.xmp_schemas import PDFA_ID, PROPERTIES, STRUCTURES
from dipro_scan.pdf.conformance.xmp_tree import NotXmp, XmpNode, read_xmp
from dipro_scan.pdf.conformance.xmp_types import fits
from dipro_scan.translation import _

_PACKET_HEADER: Final = re.compile(rb"<\?xpacket\s(?!\s*end\b)(.*?)\?>", re.DOTALL)
_CONFORMANCE: Final = {"b": ("A", "B", "U"), "u": ("A", "U")}


def check_metadata(inspected: Inspected) -> None:
    main = stream(inspected.catalogue, "/Metadata")
    if main is None:
        inspected.findings.add("6.6.2.1", "catalogue", _("The document has no metadata stream."))
        return
    properties = _read(inspected, main)
    if properties is None:
        return
    declared = declarations(properties)
    _check_packet(inspected.findings, main, properties, Declarations())
    _check_identification(inspected, place(main), properties)
    for other in inspected.objects:
        if isinstance(other, Stream) and name(other, "/Type") == "Metadata" and other.objgen != main.objgen:
            nested = _read(inspected, other)
            if nested is not None:
                _check_packet(inspected.findings, other, nested, declared)


def _read(inspected: Inspected, metadata: Stream) -> list[XmpNode] | None:
    """The properties of a packet; None, with the reason among the findings, where it cannot be read."""
    where, findings = place(metadata, "metadata"), inspected.findings
    packet = decoded(metadata)
    if packet is None:
        findings.add("6.6.2.1", where, _("The metadata stream cannot be decoded."))
        return None
    header = _PACKET_HEADER.search(packet)
    if header is not None and re.search(rb"\bbytes\s*=", header.group(1)):
        findings.add("6.6.2.1", where, _("The header of the metadata packet has the attribute bytes."))
    if header is not None and re.search(rb"\bencoding\s*=", header.group(1)):
        findings.add("6.6.2.1", where, _("The header of the metadata packet has the attribute encoding."))
    try:
        packet.decode("utf-8")
        return read_xmp(packet)
    except UnicodeDecodeError:
        findings.add("6.6.2.1", where, _("The metadata are not written in UTF-8."))
    except NotXmp as error:
        findings.add("6.6.2.1", where, _("The metadata cannot be read as XMP: %(error)s") % {"error": error})
    return None


def _check_packet(
    findings: Findings, metadata: Stream, properties: list[XmpNode], inherited: Declarations
) -> None:
    """`inherited` is what the document's own packet declares for the packets of its objects."""
    where = place(metadata, "metadata")
    declared = inherited.joined(declarations(properties))
    check_extension_schemas(findings, where, properties, declared)
    for item in properties:
        if item.namespace == EXTENSION:
            continue
        label = {"name": f"{item.prefix}:{item.name}"}
        predefined = PROPERTIES.get(item.namespace, {}).get(item.name)
        own = declared.properties.get((item.namespace, item.name))
        if predefined is not None:
            right = fits(item, predefined, STRUCTURES)
        elif own is not None:
            right = fits(item, own, declared.structures_for(item.namespace))
        else:
            findings.add(
                "6.6.2.3.1", where, _("The property %(name)s is neither predefined nor declared.") % label
            )
            continue
        if not right:
            findings.add(
                "6.6.2.3.1", where, _("The property %(name)s has a value of the wrong type.") % label
            )


def _check_identification(inspected: Inspected, where: str, properties: list[XmpNode]) -> None:
    findings = inspected.findings
    identification = {item.name: item for item in properties if item.namespace == PDFA_ID}
    part, conformance = identification.get("part"), identification.get("conformance")
    if part is None or part.value != inspected.part:
        findings.add(
            "6.6.4",
            where,
            _("The metadata do not say that the file is part %(part)s of PDF/A.") % {"part": inspected.part},
        )
    if conformance is None or conformance.value not in _CONFORMANCE[inspected.level[1]]:
        findings.add(
            "6.6.4",
            where,
            _("The metadata do not claim conformance level %(level)s.")
            % {"level": inspected.level[1:].upper()},
        )
    if any(item.prefix != "pdfaid" for item in identification.values()):
        findings.add("6.6.4", where, _("The PDF/A identification is not written with the prefix pdfaid."))
