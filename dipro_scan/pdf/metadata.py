"""XMP and the document information dictionary, saying the same; the Transfervermerk inside the file.

The Transfervermerk (BSI TR-03138, A.NB.4) has to be inseparable from its document: it stands in the XMP
packet as one JSON text in a namespace of our own, which a PDF/A extension schema declares (ISO 19005-2,
6.6.2.3).
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

from pikepdf import Dictionary, String

from dipro_scan.pdf.job import PdfJob

NAMESPACE: Final = "https://dipro-scan.example/ns/transfervermerk/1.0/"
PREFIX: Final = "diproscan"
CREATOR_TOOL: Final = "dipro_scan"
NOTE_ID_KEY: Final = "tv_id"

_FORBIDDEN_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DOCUMENT_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
_NAMESPACES: Final = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
    PREFIX: NAMESPACE,
}
_PROPERTIES: Final = {
    "TransfervermerkId": "Identifier of the transfer note (Transfervermerk)",
    "Transfervermerk": "Transfer note of the scan product as of filing, BSI TR-03138 A.NB.4, as JSON",
}


def xmp_packet(job: PdfJob) -> bytes:
    """The XMP packet, UTF-8, read-only, without padding."""
    date = job.created.isoformat(timespec="seconds")
    title, producer = _clean(job.title), _clean(job.producer)
    lines = [
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
        '<rdf:Description rdf:about=""',
        *(f' xmlns:{prefix}="{namespace}"' for prefix, namespace in _NAMESPACES.items()),
        ">",
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>U</pdfaid:conformance>",
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>',
        f"<dc:language><rdf:Bag><rdf:li>{escape(_clean(job.language))}</rdf:li></rdf:Bag></dc:language>",
        "<dc:format>application/pdf</dc:format>",
        f"<xmp:CreateDate>{date}</xmp:CreateDate>",
        f"<xmp:ModifyDate>{date}</xmp:ModifyDate>",
        f"<xmp:MetadataDate>{date}</xmp:MetadataDate>",
        f"<xmp:CreatorTool>{CREATOR_TOOL}</xmp:CreatorTool>",
        f"<xmpMM:DocumentID>{document_uri(job.document_id)}</xmpMM:DocumentID>",
        f"<pdf:Producer>{escape(producer)}</pdf:Producer>",
        *_extension_schema(),
        *_transfer_note(job.transfer_note),
        "</rdf:Description>",
        "</rdf:RDF>",
        "</x:xmpmeta>",
        '<?xpacket end="r"?>',
    ]
    return "\n".join(lines).encode("utf-8")


def document_information(job: PdfJob) -> Dictionary:
    """The same facts as the XMP packet, for programs that read only this (ISO 32000-1, 14.3.3)."""
    date = _pdf_date(job.created)
    return Dictionary(
        Title=String(_clean(job.title)),
        Creator=String(CREATOR_TOOL),
        Producer=String(_clean(job.producer)),
        CreationDate=String(date),
        ModDate=String(date),
    )


def document_uri(document_id: str) -> str:
    """`document_id` as a UUID URI: itself where it is one, else derived from it (RFC 4122, version 5)."""
    try:
        identity = uuid.UUID(document_id)
    except ValueError:
        identity = uuid.uuid5(_DOCUMENT_NAMESPACE, document_id)
    return f"uuid:{identity}"


def transfer_note_json(note: dict[str, Any]) -> str:
    """Compact, keys sorted; characters that XML cannot hold are escaped the way JSON allows."""
    text = json.dumps(note, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _FORBIDDEN_IN_XML.sub(lambda match: json.dumps(match.group())[1:-1], text)


def _transfer_note(note: dict[str, Any]) -> Iterator[str]:
    note_id = note.get(NOTE_ID_KEY)
    if note_id is not None:
        yield f"<{PREFIX}:TransfervermerkId>{escape(_clean(str(note_id)))}</{PREFIX}:TransfervermerkId>"
    yield f"<{PREFIX}:Transfervermerk>{escape(transfer_note_json(note))}</{PREFIX}:Transfervermerk>"


def _extension_schema() -> Iterator[str]:
    yield '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    yield "<pdfaSchema:schema>dipro_scan Transfervermerk</pdfaSchema:schema>"
    yield f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>"
    yield f"<pdfaSchema:prefix>{PREFIX}</pdfaSchema:prefix>"
    yield "<pdfaSchema:property><rdf:Seq>"
    for name, description in _PROPERTIES.items():
        yield (
            '<rdf:li rdf:parseType="Resource">'
            f"<pdfaProperty:name>{name}</pdfaProperty:name>"
            "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
            "<pdfaProperty:category>external</pdfaProperty:category>"
            f"<pdfaProperty:description>{description}</pdfaProperty:description>"
            "</rdf:li>"
        )
    yield "</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"


def _clean(text: str) -> str:
    """Without what XML 1.0 cannot hold, and without line breaks, which XML readers may change."""
    return _FORBIDDEN_IN_XML.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def _pdf_date(moment: dt.datetime) -> str:
    """ISO 32000-1, 7.9.4: `D:20250304101112+01'00'`."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a date in a document needs its time zone")
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"D:{moment:%Y%m%d%H%M%S}{sign}{hours:02d}'{rest:02d}'"
