"""XMP packet → a tree of properties (ISO 16684-1, 7: the RDF that XMP allows).

Prefixes are kept, because ISO 19005-2 prescribes some of them; the standard library's tree builder drops
them. A document type declaration is refused: XMP has none, and entities are how XML files attack their
readers.
"""

from __future__ import annotations

import xml.parsers.expat
from dataclasses import dataclass, field
from typing import Final, Literal

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML: Final = "http://www.w3.org/XML/1998/namespace"
Kind = Literal["simple", "struct", "bag", "seq", "alt"]
_ARRAYS: Final[dict[str, Kind]] = {"Bag": "bag", "Seq": "seq", "Alt": "alt"}
_DEEPEST: Final = 60


class NotXmp(Exception):
    """The bytes are no XMP packet; says why."""


@dataclass(slots=True)
class XmpNode:
    """A property, array item or structure field.

    `value` is the text of a simple one, `children` the items or fields of the others, `language` its
    xml:lang.
    """

    namespace: str
    name: str
    prefix: str
    kind: Kind = "simple"
    value: str = ""
    children: list[XmpNode] = field(default_factory=list)
    language: str | None = None

    def child(self, namespace: str, name: str) -> XmpNode | None:
        return next(
            (node for node in self.children if (node.namespace, node.name) == (namespace, name)), None
        )


@dataclass(slots=True)
class _Element:
    namespace: str
    name: str
    prefix: str
    attributes: list[XmpNode]
    children: list[_Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def is_rdf(self, name: str) -> bool:
        return self.namespace == RDF and self.name == name

    def rdf_attribute(self, name: str) -> str | None:
        found = (node.value for node in self.attributes if (node.namespace, node.name) == (RDF, name))
        return next(found, None)


def read_xmp(packet: bytes) -> list[XmpNode]:
    """The top-level properties of a packet. Raises NotXmp."""
    roots = [element for element in _descendants(_parse(packet)) if element.is_rdf("RDF")]
    if len(roots) != 1:
        raise NotXmp("there is not exactly one rdf:RDF")
    properties: list[XmpNode] = []
    for description in roots[0].children:
        if not description.is_rdf("Description"):
            raise NotXmp("rdf:RDF holds something else than rdf:Description")
        properties += _fields(description)
    return properties


def _parse(packet: bytes) -> _Element:
    parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
    parser.namespace_prefixes = True
    parser.buffer_text = True
    top = _Element("", "", "", [])
    open_elements = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > _DEEPEST:
            raise NotXmp("elements are nested too deeply")
        nodes = [XmpNode(*_split(key), value=value) for key, value in attributes.items()]
        element = _Element(*_split(name), nodes)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_name: str) -> None:
        open_elements.pop()

    def refuse(*_arguments: object) -> None:
        raise NotXmp("a document type declaration is not allowed")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: open_elements[-1].text.append(text)
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(packet, True)
    except xml.parsers.expat.ExpatError as error:
        raise NotXmp(str(error)) from error
    return top


def _split(expanded: str) -> tuple[str, str, str]:
    """expat's `namespace name prefix` in its three parts."""
    parts = expanded.split(" ")
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _descendants(element: _Element) -> list[_Element]:
    found, waiting = [], [element]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting += current.children
    return found


def _fields(element: _Element) -> list[XmpNode]:
    """Properties as attributes and as child elements of a description."""
    from_attributes = [node for node in element.attributes if node.namespace not in (RDF, XML, "")]
    return from_attributes + [_property(child) for child in element.children]


def _property(element: _Element) -> XmpNode:
    language = next(
        (node.value for node in element.attributes if (node.namespace, node.name) == (XML, "lang")), None
    )
    node = XmpNode(element.namespace, element.name, element.prefix, language=language)
    only = element.children[0] if len(element.children) == 1 else None
    resource = element.rdf_attribute("resource")
    shorthand = [item for item in element.attributes if item.namespace not in (RDF, XML, "")]
    if resource is not None:
        node.value = resource
    elif element.rdf_attribute("parseType") == "Resource":
        _become_struct(node, _fields(element))
    elif only is not None and only.namespace == RDF and only.name in _ARRAYS:
        node.kind = _ARRAYS[only.name]
        node.children = [_property(item) for item in only.children if item.is_rdf("li")]
    elif only is not None and only.is_rdf("Description"):
        _become_struct(node, _fields(only))
    elif element.children:
        raise NotXmp(f"{element.prefix}:{element.name} holds elements that are no RDF value")
    elif shorthand:
        _become_struct(node, shorthand)
    else:
        node.value = "".join(element.text)
    return node


def _become_struct(node: XmpNode, fields: list[XmpNode]) -> None:
    """A structure, unless it is a value with qualifiers (`rdf:value`), which counts as that value."""
    value = next((item for item in fields if (item.namespace, item.name) == (RDF, "value")), None)
    if value is not None:
        node.kind, node.value, node.children = value.kind, value.value, value.children
    else:
        node.kind, node.children = "struct", fields
