"""Names of fonts, spot colours and structure types are written in UTF-8 (ISO 19005-2, 6.1.8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pikepdf import Array, Dictionary, Name

from dipro_scan.pdf.conformance.inspected import (
    Inspected,
    dictionary,
    entry,
    members,
    name,
    name_text,
    parts,
    place,
)
from dipro_scan.translation import _

_NAME_KEYS = {"Font": "/BaseFont", "FontDescriptor": "/FontName", "StructElem": "/S"}


def check_unicode_names(inspected: Inspected) -> None:
    for item in inspected.objects:
        for part in parts(item):
            if any(not _is_utf8(value) for value in _names(part)):
                inspected.findings.add("6.1.8", place(item), _("A name is not written in UTF-8."))


def _names(part: Any) -> Iterator[Any]:
    if isinstance(part, Array):
        family = name_text(part[0]) if len(part) > 1 else None
        if family == "Separation":
            yield part[1]
        elif family == "DeviceN" and isinstance(part[1], Array):
            yield from part[1]
    elif isinstance(part, Dictionary):
        key = _NAME_KEYS.get(name(part, "/Type") or "")
        if key is not None:
            yield entry(part, key)
        for _type, role in members(dictionary(part, "/RoleMap")):
            yield role


def _is_utf8(value: Any) -> bool:
    if not isinstance(value, Name):
        return True
    try:
        str(value)
    except UnicodeDecodeError:
        return False
    return True
