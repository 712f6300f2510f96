"""Rules for every object: filters, external streams, limits (ISO 19005-2, 6.1.7 and 6.1.13)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from pikepdf import Array, Dictionary, Name, Stream, String

from dipro_scan.pdf.conformance.inspected import Inspected, entry, has, items, name, name_text, parts, place
from dipro_scan.pdf.conformance.word_lists import words
from dipro_scan.translation import _

FILTERS: Final = words(
    """
    ASCIIHexDecode ASCII85Decode FlateDecode RunLengthDecode CCITTFaxDecode JBIG2Decode DCTDecode
    JPXDecode
    """
)
_LARGEST_INTEGER: Final = 2**31 - 1
_LARGEST_REAL: Final = Decimal("3.403e38")
_SMALLEST_REAL: Final = Decimal("1.175e-38")
_LONGEST_STRING: Final = 32767
_LONGEST_NAME: Final = 127
_MOST_OBJECTS: Final = 8388607


def check_objects(inspected: Inspected) -> None:
    if len(inspected.pdf.objects) > _MOST_OBJECTS:
        inspected.findings.add("6.1.13", "file", _("The file has more indirect objects than are allowed."))
    for number, item in enumerate(inspected.pdf.objects, start=1):
        where = place(item, f"{number} 0 obj")
        for part in parts(item):
            check_limits(inspected, part, where)
            if isinstance(part, Stream):
                _check_stream(inspected, part, where)


def check_limits(inspected: Inspected, value: Any, where: str) -> None:
    """Limits of one value and, for a dictionary, of its keys."""
    if isinstance(value, bool):
        return
    if isinstance(value, int) and not -_LARGEST_INTEGER - 1 <= value <= _LARGEST_INTEGER:
        inspected.findings.add("6.1.13", where, _("An integer lies outside the range of 32 bits."))
    elif isinstance(value, Decimal) and value and not _SMALLEST_REAL <= abs(value) <= _LARGEST_REAL:
        inspected.findings.add("6.1.13", where, _("A real number is too large or too close to zero."))
    elif isinstance(value, String) and len(bytes(value)) > _LONGEST_STRING:
        inspected.findings.add("6.1.13", where, _("A string is longer than 32767 bytes."))
    elif isinstance(value, Name):
        _check_names(inspected, [f"/{name_text(value)}"], where)
    elif isinstance(value, (Dictionary, Stream)):
        _check_names(inspected, [str(key) for key in value.keys()], where)  # noqa: SIM118 - not a dict


def _check_names(inspected: Inspected, names: Iterable[str], where: str) -> None:
    if any(len(text.encode("utf-8", "surrogateescape")) - 1 > _LONGEST_NAME for text in names):
        inspected.findings.add("6.1.13", where, _("A name is longer than 127 bytes."))


def _check_stream(inspected: Inspected, item: Stream, where: str) -> None:
    if any(has(item, key) for key in ("/F", "/FFilter", "/FDecodeParms")):
        inspected.findings.add("6.1.7.1", where, _("The stream's data lies in another file."))
    filters = entry(item, "/Filter")
    names = (
        [name_text(filters)]
        if isinstance(filters, Name)
        else [name_text(value) for value in items(item, "/Filter")]
    )
    for index, filter_name in enumerate(names):
        if filter_name == "Crypt" and _is_identity(item, index):
            continue
        if filter_name not in FILTERS:
            inspected.findings.add(
                "6.1.7.2", where, _("The filter %(filter)s is not allowed.") % {"filter": filter_name}
            )


def _is_identity(item: Stream, index: int) -> bool:
    parameters = entry(item, "/DecodeParms")
    if isinstance(parameters, Array):
        parameters = parameters[index] if index < len(parameters) else None
    return name(parameters, "/Name") in (None, "Identity")
