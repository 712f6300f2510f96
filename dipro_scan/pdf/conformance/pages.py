"""Pages: their boundaries, their content, what is drawn on top of them, and their transparency."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from pikepdf import Dictionary, Stream

from dipro_scan.pdf.conformance.content import ContentWalker
from dipro_scan.pdf.conformance.fonts import check_fonts
from dipro_scan.pdf.conformance.inspected import Inspected, dictionary, entry, has, items, members, place
from dipro_scan.translation import _

_INHERITED_BOXES: Final = ("/MediaBox", "/CropBox")
_OWN_BOXES: Final = ("/TrimBox", "/ArtBox", "/BleedBox")
_SMALLEST: Final = 3
_LARGEST: Final = 14400
_DEEPEST_TREE: Final = 50


def check_pages(inspected: Inspected) -> None:
    walker = ContentWalker(inspected)
    for number, page in enumerate(inspected.pages, start=1):
        where = place(page, f"page {number}")
        _check_boundaries(inspected, page, where)
        if has(page, "/AA"):
            inspected.findings.add("6.5.2", where, _("The page has additional actions (AA)."))
        if has(page, "/PresSteps"):
            inspected.findings.add("6.10", where, _("The page has presentation steps."))
        _check_content(inspected, walker, page, where)
    check_fonts(inspected, walker.fonts)


def _check_content(inspected: Inspected, walker: ContentWalker, page: Dictionary, where: str) -> None:
    walker.transparent = False
    walker.walk_page(page, where)
    for annotation in items(page, "/Annots"):
        for appearance in _appearances(annotation):
            walker.walk_form(appearance, None, where)
    group = dictionary(page, "/Group")
    if has(group, "/CS"):
        walker.colours.check(entry(group, "/CS"), entry(page, "/Resources"), where)
    elif walker.transparent and not walker.colours.has_output_intent:
        inspected.findings.add(
            "6.2.10", where, _("The page is transparent, and nothing says in which colour space to blend.")
        )


def _appearances(annotation: Any) -> Iterator[Stream]:
    for _key, value in members(dictionary(annotation, "/AP")):
        if isinstance(value, Stream):
            yield value
        else:
            yield from (state for _name, state in members(value) if isinstance(state, Stream))


def _check_boundaries(inspected: Inspected, page: Dictionary, where: str) -> None:
    for key in (*_INHERITED_BOXES, *_OWN_BOXES):
        box = _inherited(page, key) if key in _INHERITED_BOXES else items(page, key)
        values = [float(value) for value in box if isinstance(value, (int, Decimal))]
        if len(values) != 4:
            continue
        sides = (abs(values[2] - values[0]), abs(values[3] - values[1]))
        if not all(_SMALLEST <= side <= _LARGEST for side in sides):
            inspected.findings.add(
                "6.1.13",
                where,
                _("A page boundary (%(box)s) is smaller than 3 or larger than 14400 units.")
                % {"box": key[1:]},
            )


def _inherited(page: Dictionary, key: str) -> tuple[Any, ...]:
    node: Any = page
    for _step in range(_DEEPEST_TREE):
        found = items(node, key)
        if found or node is None:
            return found
        node = dictionary(node, "/Parent")
    return ()
