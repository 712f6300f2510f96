"""Which image of each page its record shows: the scan's own, or the smaller one, once the class is known.

The worker makes both, as the pipeline asks. A class can only be stricter: where its Schutzbedarf for
Integrität is above `normal`, where nobody knows the class yet, or where the guard found a fault, it is the
scan's own. Each choice has its reason, and what makes an image smaller is a step of the record (TR-03138,
A.SC.12).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dipro_scan.model import Document, ProcessingStep, ProtectionNeed, ReadPage, SmallerImage

AS_SCANNED: Final = "as_scanned"
"""The pipeline asks for nothing smaller, or the page is black and white, or blank."""

CLASS_UNKNOWN: Final = "class_unknown"
INTEGRITY: Final = "schutzbedarf_integritaet"
GUARD: Final = "guard"
SAVES_NOTHING: Final = "saves_nothing"
SAVES: Final = "saves"


def with_images_chosen(document: Document, integrity: ProtectionNeed | None) -> Document:
    """`document` with the image chosen for each page. `integrity`: what its class needs, None without one."""
    return replace(document, pages=tuple(_chosen(page, integrity) for page in document.pages))


def _chosen(page: ReadPage, integrity: ProtectionNeed | None) -> ReadPage:
    smaller = page.reading.smaller
    why = _why(smaller, integrity)
    if smaller is None or why != SAVES:
        return replace(page, stored="original", why=why)
    facts: dict[str, float | int | str | bool] = {
        "kind": smaller.kind,
        "bytes_before": smaller.before,
        "bytes_after": smaller.after,
    }
    step = ProcessingStep("compress_image", archive=True, parameters=facts)
    reading = replace(page.reading, steps=(*page.reading.steps, step))
    return replace(page, reading=reading, stored=smaller.kind, why=why)


def _why(smaller: SmallerImage | None, integrity: ProtectionNeed | None) -> str:
    if smaller is None:
        return AS_SCANNED
    if integrity != "normal":
        return CLASS_UNKNOWN if integrity is None else INTEGRITY
    if smaller.faults:
        return GUARD
    return SAVES if smaller.saves else SAVES_NOTHING


def drop_images(page: ReadPage) -> None:
    """Removes the encoded images of a page whose document is filed; its source makes them again."""
    page.stream.unlink(missing_ok=True)
    page.smaller.unlink(missing_ok=True)
