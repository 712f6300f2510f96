"""PDF/A extension schemas: properties of one's own, declared in the packet itself.

ISO 19005-2, 6.6.2.3.2 and 6.6.2.3.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.xmp_schemas import STRUCTURES
from dipro_scan.pdf.conformance.xmp_tree import XmpNode
from dipro_scan.pdf.conformance.xmp_types import Structure, Structures, is_known
from dipro_scan.translation import _

EXTENSION: Final = "http://www.aiim.org/pdfa/ns/extension/"
SCHEMA: Final = "http://www.aiim.org/pdfa/ns/schema#"
PROPERTY: Final = "http://www.aiim.org/pdfa/ns/property#"
TYPE: Final = "http://www.aiim.org/pdfa/ns/type#"
FIELD: Final = "http://www.aiim.org/pdfa/ns/field#"
_CATEGORIES: Final = ("internal", "external")


class _Shape(NamedTuple):
    """What one kind of entry must and may hold: field name → kind of value."""

    namespace: str
    prefix: str
    required: dict[str, str]
    optional: dict[str, str]


_SCHEMA_SHAPE: Final = _Shape(
    SCHEMA,
    "pdfaSchema",
    {"schema": "simple", "namespaceURI": "simple", "prefix": "simple"},
    {"property": "seq", "valueType": "seq"},
)
_PROPERTY_SHAPE: Final = _Shape(
    PROPERTY,
    "pdfaProperty",
    {"name": "simple", "valueType": "simple", "category": "simple", "description": "simple"},
    {},
)
_TYPE_SHAPE: Final = _Shape(
    TYPE,
    "pdfaType",
    {"type": "simple", "namespaceURI": "simple", "prefix": "simple", "description": "simple"},
    {"field": "seq"},
)
_FIELD_SHAPE: Final = _Shape(
    FIELD, "pdfaField", {"name": "simple", "valueType": "simple", "description": "simple"}, {}
)


@dataclass(slots=True)
class Declarations:
    """Declared properties by namespace and name → type, and structured types by namespace."""

    properties: dict[tuple[str, str], str] = field(default_factory=dict)
    structures: dict[str, dict[str, Structure]] = field(default_factory=dict)

    def structures_for(self, namespace: str) -> Structures:
        return {**STRUCTURES, **self.structures.get(namespace, {})}

    def joined(self, other: Declarations) -> Declarations:
        structures = dict(self.structures)
        for namespace, types in other.structures.items():
            structures[namespace] = {**structures.get(namespace, {}), **types}
        return Declarations({**self.properties, **other.properties}, structures)


def declarations(properties: list[XmpNode]) -> Declarations:
    """What the packet's extension schemas declare."""
    found = Declarations()
    for schema in _schemas(properties):
        namespace = _value(schema, SCHEMA, "namespaceURI")
        if namespace is None:
            continue
        for item in _members(schema, SCHEMA, "property"):
            name, kind = _value(item, PROPERTY, "name"), _value(item, PROPERTY, "valueType")
            if name is not None and kind is not None:
                found.properties[namespace, name] = kind
        for item in _members(schema, SCHEMA, "valueType"):
            kind = _value(item, TYPE, "type")
            if kind is not None:
                found.structures.setdefault(namespace, {})[kind.lower()] = _structure(item)
    return found


def check_extension_schemas(
    findings: Findings, where: str, properties: list[XmpNode], declared: Declarations
) -> None:
    """Whether the declarations are made as the standard prescribes; `declared` are all that hold here."""
    for container in properties:
        if container.namespace != EXTENSION or container.name != "schemas":
            continue
        if container.kind != "bag" or container.prefix != "pdfaExtension":
            findings.add(
                "6.6.2.3.3", where, _("The extension schemas are not a Bag named pdfaExtension:schemas.")
            )
    for schema in _schemas(properties):
        namespace = _value(schema, SCHEMA, "namespaceURI") or ""
        structures = declared.structures_for(namespace)
        complain = _complainer(findings, where)
        _check_shape(schema, _SCHEMA_SHAPE, complain)
        for item in _members(schema, SCHEMA, "property"):
            _check_shape(item, _PROPERTY_SHAPE, complain)
            _check_type_name(item, PROPERTY, structures, complain)
            if _value(item, PROPERTY, "category") not in (None, *_CATEGORIES):
                complain("6.6.2.3.3", _("A declared property is neither internal nor external."))
        for item in _members(schema, SCHEMA, "valueType"):
            _check_shape(item, _TYPE_SHAPE, complain)
            for part in _members(item, TYPE, "field"):
                _check_shape(part, _FIELD_SHAPE, complain)
                _check_type_name(part, FIELD, structures, complain)


def _complainer(findings: Findings, where: str) -> Callable[[str, str], None]:
    return lambda clause, message: findings.add(clause, where, message)


def _check_shape(node: XmpNode, shape: _Shape, complain: Callable[[str, str], None]) -> None:
    allowed = {**shape.required, **shape.optional}
    for name in shape.required:
        if node.child(shape.namespace, name) is None:
            complain(
                "6.6.2.3.3",
                _("%(name)s is missing in an extension schema.") % {"name": f"{shape.prefix}:{name}"},
            )
    for child in node.children:
        label = f"{child.prefix}:{child.name}"
        if child.namespace != shape.namespace or child.name not in allowed:
            complain("6.6.2.3.2", _("%(name)s is not allowed in an extension schema.") % {"name": label})
        elif child.kind != allowed[child.name]:
            complain("6.6.2.3.3", _("%(name)s has a value of the wrong kind.") % {"name": label})
        elif child.prefix != shape.prefix:
            complain(
                "6.6.2.3.3",
                _("%(name)s must be written with the prefix %(prefix)s.")
                % {"name": label, "prefix": shape.prefix},
            )


def _check_type_name(
    node: XmpNode, namespace: str, structures: Structures, complain: Callable[[str, str], None]
) -> None:
    kind = _value(node, namespace, "valueType")
    if kind is not None and not is_known(kind, structures):
        complain("6.6.2.3.3", _("The value type %(type)s is not defined.") % {"type": kind})


def _schemas(properties: list[XmpNode]) -> Iterator[XmpNode]:
    for container in properties:
        if container.namespace == EXTENSION and container.name == "schemas":
            yield from container.children


def _members(node: XmpNode, namespace: str, name: str) -> list[XmpNode]:
    child = node.child(namespace, name)
    return child.children if child is not None and child.kind in ("seq", "bag", "alt") else []


def _value(node: XmpNode, namespace: str, name: str) -> str | None:
    child = node.child(namespace, name)
    return child.value if child is not None and child.kind == "simple" else None


def _structure(node: XmpNode) -> Structure:
    fields: dict[str, str] = {}
    for item in _members(node, TYPE, "field"):
        name, kind = _value(item, FIELD, "name"), _value(item, FIELD, "valueType")
        if name is not None and kind is not None:
            fields[name] = kind
    return Structure(_value(node, TYPE, "namespaceURI") or "", fields)
