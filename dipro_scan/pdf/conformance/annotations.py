"""Annotations: kinds, flags, appearances (ISO 19005-2, 6.3 and 6.4.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from pikepdf import Dictionary, Stream

from dipro_scan.pdf.conformance.inspected import (
    Inspected,
    dictionary,
    entry,
    has,
    integer,
    is_indirect,
    items,
    members,
    name,
    place,
)
from dipro_scan.pdf.conformance.word_lists import words
from dipro_scan.translation import _

TYPES: Final = words(
    """
    Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp
    Caret Ink Popup FileAttachment Widget PrinterMark TrapNet Watermark Redact
    """
)
_INVISIBLE, _HIDDEN, _PRINT, _NO_VIEW, _TOGGLE_NO_VIEW = 1, 2, 4, 32, 256
_FORBIDDEN_FLAGS: Final = _INVISIBLE | _HIDDEN | _NO_VIEW | _TOGGLE_NO_VIEW


def check_annotations(inspected: Inspected) -> None:
    for number, page in enumerate(inspected.pages, start=1):
        for annotation in items(page, "/Annots"):
            if isinstance(annotation, Dictionary):
                _check(inspected, annotation, place(annotation, f"page {number}"))


def _check(inspected: Inspected, annotation: Dictionary, where: str) -> None:
    findings, subtype = inspected.findings, name(annotation, "/Subtype")
    if subtype not in TYPES:
        findings.add(
            "6.3.1", where, _("Annotations of the type %(type)s are not allowed.") % {"type": subtype}
        )
    flags = integer(annotation, "/F")
    if flags is None and subtype != "Popup":
        findings.add("6.3.2", where, _("The annotation has no flags (F)."))
    if flags is not None and (flags & _FORBIDDEN_FLAGS or not flags & _PRINT):
        findings.add("6.3.2", where, _("The annotation is hidden or is not printed."))
    _check_appearance(inspected, annotation, subtype, where)
    if subtype == "Widget":
        if has(annotation, "/A") or has(annotation, "/AA"):
            findings.add("6.4.1", where, _("A form field's annotation has actions (A or AA)."))
    elif has(annotation, "/AA"):
        findings.add("6.5.2", where, _("The annotation has additional actions (AA)."))


def _check_appearance(inspected: Inspected, annotation: Dictionary, subtype: str | None, where: str) -> None:
    findings, appearance = inspected.findings, dictionary(annotation, "/AP")
    if appearance is None:
        if subtype not in ("Popup", "Link") and not _has_no_area(annotation):
            findings.add("6.3.3", where, _("The annotation has no appearance (AP)."))
        return
    if {key for key, _value in members(appearance)} != {"N"}:
        findings.add("6.3.3", where, _("The annotation has other appearances than the normal one (N)."))
        return
    normal = entry(appearance, "/N")
    is_button = subtype == "Widget" and _field_type(annotation) == "Btn"
    if is_button and (not isinstance(normal, Dictionary) or not any(True for _pair in members(normal))):
        findings.add("6.3.3", where, _("A button's appearance is not a dictionary of its states."))
    if not is_button and not isinstance(normal, Stream):
        findings.add("6.3.3", where, _("The annotation's appearance is not a stream."))


def _field_type(annotation: Dictionary) -> str | None:
    """FT is inherited from the parent field (ISO 32000-1, 12.7.3.1)."""
    field: Any = annotation
    seen: set[tuple[int, int]] = set()
    while isinstance(field, Dictionary):
        kind = name(field, "/FT")
        if kind is not None or (is_indirect(field) and field.objgen in seen):
            return kind
        seen.add(field.objgen)
        field = entry(field, "/Parent")
    return None


def _has_no_area(annotation: Dictionary) -> bool:
    values = [float(value) for value in items(annotation, "/Rect") if isinstance(value, (int, Decimal))]
    return len(values) == 4 and values[0] == values[2] and values[1] == values[3]
