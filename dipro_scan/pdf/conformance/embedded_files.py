"""Files inside the file: only PDF/A in part 2, of any kind in part 3 (ISO 19005-2 and ISO 19005-3, 6.8)."""

from __future__ import annotations

import io
import re
from collections.abc import Hashable, Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Stream

from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.inspected import (
    Inspected,
    decoded,
    dictionary,
    entry,
    has,
    is_indirect,
    members,
    name,
    parts,
    place,
)
from dipro_scan.pdf.conformance.word_lists import words
from dipro_scan.pdf.conformance.xmp_schemas import PDFA_ID
from dipro_scan.pdf.conformance.xmp_tree import NotXmp, read_xmp
from dipro_scan.translation import _

_ASSOCIATIONS: Final = ("/AF", "/MCAF")
"""In catalogue, pages, objects, structure elements and annotations; in property lists of marked content."""

_RELATIONSHIPS: Final = words("Source Data Alternative Supplement Unspecified")
_OWN_NAME: Final = re.compile(r"[A-Za-z0-9.]+[_:].+")
"""Names that somebody registered begin with a prefix of theirs (ISO 32000-1, annex E)."""

_MIME_TYPE: Final = re.compile(r"[-\w.+!#$&^]+/[-\w.+!#$&^]+")


def check_embedded_files(inspected: Inspected) -> None:
    associated = _associated(inspected) if inspected.part == "3" else frozenset()
    for item in inspected.objects:
        for specification in _specifications(item):
            where = place(item)
            if not has(specification, "/F") or not has(specification, "/UF"):
                inspected.findings.add("6.8", where, _("An embedded file has not both its names (F and UF)."))
            if inspected.part == "3":
                _check_association(inspected.findings, specification, associated, where)
            else:
                _check_is_archival(inspected.findings, specification, where)


def _specifications(item: Any) -> Iterator[Dictionary]:
    """File specifications of embedded files, in one indirect object."""
    for part in parts(item):
        if isinstance(part, Dictionary) and dictionary(part, "/EF") is not None:
            yield part


def _embedded(specification: Dictionary) -> Iterator[Stream]:
    for _key, value in members(dictionary(specification, "/EF")):
        if isinstance(value, Stream):
            yield value


def _check_association(
    findings: Findings, specification: Dictionary, associated: frozenset[Hashable], where: str
) -> None:
    """ISO 19005-3, 6.8: what the file is, and what it has to do with what is seen."""
    relationship = name(specification, "/AFRelationship")
    if relationship is None:
        findings.add("6.8", where, _("An embedded file does not say its relationship (AFRelationship)."))
    elif relationship not in _RELATIONSHIPS and _OWN_NAME.fullmatch(relationship) is None:
        findings.add(
            "6.8",
            where,
            _("The relationship %(relationship)s of an embedded file is not defined.")
            % {"relationship": relationship},
        )
    if _identity(specification) not in associated:
        findings.add("6.8", where, _("An embedded file is not associated with anything (AF)."))
    for embedded in _embedded(specification):
        if _MIME_TYPE.fullmatch(name(embedded, "/Subtype") or "") is None:
            findings.add(
                "6.8", place(embedded, where), _("An embedded file does not say its MIME type (Subtype).")
            )


def _associated(inspected: Inspected) -> frozenset[Hashable]:
    """All file specifications that any object names as associated with it."""
    found: set[Hashable] = set()
    for item in inspected.objects:
        for part in parts(item):
            for key in _ASSOCIATIONS:
                value = entry(part, key)
                named = list(value) if isinstance(value, Array) else [value]
                found.update(_identity(each) for each in named if isinstance(each, Dictionary))
    return frozenset(found)


def _identity(specification: Dictionary) -> Hashable:
    return specification.objgen if is_indirect(specification) else specification.unparse()


def _check_is_archival(findings: Findings, specification: Dictionary, where: str) -> None:
    """ISO 19005-2, 6.8."""
    if not all(_is_archival(embedded) for embedded in _embedded(specification)):
        findings.add("6.8", where, _("An embedded file is no PDF/A-1 or PDF/A-2."))


def _is_archival(embedded: Stream) -> bool:
    """Whether the file inside claims to be PDF/A-1 or 2; it is not inspected further."""
    data = decoded(embedded)
    if data is None:
        return False
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as inner:
            metadata = entry(inner.Root, "/Metadata")
            packet = decoded(metadata) if isinstance(metadata, Stream) else None
            claims = read_xmp(packet) if packet is not None else []
    except (pikepdf.PdfError, NotXmp):
        return False
    return any(
        node.namespace == PDFA_ID and node.name == "part" and node.value in ("1", "2") for node in claims
    )
