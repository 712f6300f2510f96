"""Document-wide rules: actions, forms, layers, permissions (ISO 19005-2, 6.1.12, 6.4, 6.5, 6.9 to 6.11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pikepdf import Array, Dictionary

from dipro_scan.pdf.conformance.inspected import (
    Inspected,
    dictionary,
    entry,
    has,
    is_indirect,
    items,
    members,
    name,
    parts,
    place,
    text,
)
from dipro_scan.pdf.conformance.word_lists import words
from dipro_scan.translation import _

ACTIONS: Final = words(
    """
    GoTo GoToR GoToE Thread URI Named SubmitForm
    """
)
NAMED_ACTIONS: Final = frozenset(["NextPage", "PrevPage", "FirstPage", "LastPage"])
_ACTION_KEYS: Final = ("/A", "/OpenAction", "/Next", "/PA")
_PERMISSIONS: Final = frozenset({"UR3", "DocMDP"})
_DIGESTS: Final = ("/DigestLocation", "/DigestMethod", "/DigestValue")


def check_catalogue(inspected: Inspected) -> None:
    _check_permissions(inspected)
    _check_form(inspected)
    _check_layers(inspected)
    for item in inspected.objects:
        for part in parts(item):
            _check_actions(inspected, part, place(item))
    catalogue, findings = inspected.catalogue, inspected.findings
    if has(catalogue, "/AA"):
        findings.add("6.5.2", "catalogue", _("The document has additional actions (AA)."))
    if has(dictionary(catalogue, "/Names"), "/AlternatePresentations"):
        findings.add("6.10", "catalogue", _("The document has alternate presentations."))
    if has(catalogue, "/Requirements"):
        findings.add("6.11", "catalogue", _("The document demands features of its reader (Requirements)."))


def _check_permissions(inspected: Inspected) -> None:
    permissions = dictionary(inspected.catalogue, "/Perms")
    if permissions is None:
        return
    if {key for key, _value in members(permissions)} - _PERMISSIONS:
        inspected.findings.add(
            "6.1.12", "catalogue", _("The permissions hold other entries than UR3 and DocMDP.")
        )
    signature = dictionary(permissions, "/DocMDP")
    for reference in items(signature, "/Reference"):
        if any(has(reference, key) for key in _DIGESTS):
            inspected.findings.add("6.1.12", place(signature), _("A signature reference holds a digest."))


def _check_form(inspected: Inspected) -> None:
    findings, catalogue = inspected.findings, inspected.catalogue
    form = dictionary(catalogue, "/AcroForm")
    if entry(form, "/NeedAppearances") is True:
        findings.add("6.4.1", "AcroForm", _("The form asks the reader to make its appearances."))
    if has(form, "/XFA"):
        findings.add("6.4.2", "AcroForm", _("The form is an XFA form."))
    if entry(catalogue, "/NeedsRendering") is True:
        findings.add("6.4.2", "catalogue", _("The document must be rendered by an XFA form."))
    for field in _fields(form):
        if has(field, "/AA"):
            findings.add("6.4.1", place(field, "AcroForm"), _("A form field has additional actions (AA)."))


def _fields(form: Dictionary | None) -> Iterator[Dictionary]:
    waiting, seen = list(items(form, "/Fields")), set()
    while waiting:
        field = waiting.pop()
        if not isinstance(field, Dictionary) or (is_indirect(field) and field.objgen in seen):
            continue
        seen.add(field.objgen)
        yield field
        waiting.extend(items(field, "/Kids"))


def _check_layers(inspected: Inspected) -> None:
    properties = dictionary(inspected.catalogue, "/OCProperties")
    if properties is None:
        return
    findings, where = inspected.findings, "OCProperties"
    configurations = [entry(properties, "/D"), *items(properties, "/Configs")]
    names: list[str] = []
    groups = {group.objgen for group in items(properties, "/OCGs") if is_indirect(group)}
    for configuration in configurations:
        label = text(entry(configuration, "/Name"))
        if not label:
            findings.add("6.9", where, _("A configuration of layers has no name."))
        elif label in names:
            findings.add("6.9", where, _("Two configurations of layers have the same name."))
        names.append(label or "")
        if has(configuration, "/AS"):
            findings.add("6.9", where, _("A configuration of layers changes by itself (AS)."))
        order = entry(configuration, "/Order")
        if isinstance(order, Array) and groups - _ordered_groups(order):
            findings.add("6.9", where, _("A layer is missing in the order of layers."))


def _ordered_groups(order: Array) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    waiting: list[Any] = list(order)
    while waiting:
        item = waiting.pop()
        if isinstance(item, Array):
            waiting.extend(item)
        elif is_indirect(item):
            found.add(item.objgen)
    return found


def _check_actions(inspected: Inspected, part: Any, where: str) -> None:
    for key in _ACTION_KEYS:
        value = entry(part, key)
        for action in value if isinstance(value, Array) else (value,):
            kind = name(action, "/S")
            if kind is None:
                continue
            if kind not in ACTIONS:
                inspected.findings.add(
                    "6.5.1", where, _("The action %(action)s is not allowed.") % {"action": kind}
                )
            if kind == "Named" and name(action, "/N") not in NAMED_ACTIONS:
                inspected.findings.add(
                    "6.5.1", where, _("A named action does something else than turn pages.")
                )
