"""Value types of XMP properties (XMP Specification, September 2005, chapter 4) and their check.

A type is written as the specification writes it: `Text`, `Seq Date`, `bag ProperName`, `Lang Alt`, `closed
Choice of Integer`. Choices are checked as the type they choose from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from dipro_scan.pdf.conformance.xmp_tree import XmpNode

_ARRAY_KINDS: Final = ("bag", "seq", "alt")
_CHOICE: Final = re.compile(r"(open |closed )?choice( |$)(of )?")
_DATE: Final = re.compile(
    r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?|T?\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?"
)
_SCALARS: Final[dict[str, re.Pattern[str] | None]] = {
    "agentname": None,
    "boolean": re.compile("True|False"),
    "date": _DATE,
    "gpscoordinate": re.compile(r"\d{1,3},\d{1,2}(,\d{1,2}|\.\d+)[NSEW]"),
    "integer": re.compile(r"[+-]?\d+"),
    "locale": None,
    "mimetype": re.compile(r"[-\w+.]+/[-\w+.]+"),
    "propername": None,
    "rational": None,
    "real": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)"),
    "renditionclass": None,
    "text": None,
    "uri": None,
    "url": None,
    "xpath": None,
}


class Structure(NamedTuple):
    """A structured type: its fields' namespace and types."""

    namespace: str
    fields: Mapping[str, str]


Structures = Mapping[str, Structure]


def fits(node: XmpNode, type_name: str, structures: Structures) -> bool:
    """Whether a value is of a type; `structures` holds the structured types that are known, in lower case."""
    simple = _simplified(type_name)
    if simple == "any":
        return True
    if simple == "lang alt":
        return node.kind == "alt" and all(_has_language(item) for item in node.children)
    array, _, member = simple.partition(" ")
    if array in _ARRAY_KINDS and member:
        return node.kind == array and all(fits(item, member, structures) for item in node.children)
    if simple in structures:
        return _fits_structure(node, structures[simple], structures)
    if simple not in _SCALARS or node.kind != "simple":
        return False
    pattern = _SCALARS[simple]
    return pattern is None or pattern.fullmatch(node.value) is not None


def is_known(type_name: str, structures: Structures) -> bool:
    """Whether a type's name means anything."""
    simple = _simplified(type_name)
    while simple.partition(" ")[0] in _ARRAY_KINDS and " " in simple:
        simple = simple.partition(" ")[2]
    return simple in ("any", "lang alt") or simple in _SCALARS or simple in structures


def _simplified(type_name: str) -> str:
    simple = _CHOICE.sub("", type_name.lower()).strip()
    if not simple:
        return "text"
    if simple.endswith("lang alt"):
        return simple
    return f"{simple} text" if simple.split(" ")[-1] in _ARRAY_KINDS else simple


def _has_language(item: XmpNode) -> bool:
    return item.kind == "simple" and item.language is not None


def _fits_structure(node: XmpNode, structure: Structure, structures: Structures) -> bool:
    return node.kind == "struct" and all(
        item.namespace == structure.namespace
        and item.name in structure.fields
        and fits(item, structure.fields[item.name], structures)
        for item in node.children
    )
