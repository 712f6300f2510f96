"""A PDF file opened by qpdf (pikepdf), which knows its objects, with bounds on what it may unpack."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import settings as qpdf_settings

# Object streams, palettes, profiles: what is unpacked whole. Image rows are measured, not unpacked.
_MOST_UNPACKED_BYTES = 256 << 20
_HIDDEN_FLAGS = 2 | 32  # ISO 32000-1, table 165: Hidden, NoView


@contextlib.contextmanager
def opened_pdf(path: Path) -> Iterator[pikepdf.Pdf]:
    """The PDF without a password. Raises pikepdf.PasswordError and pikepdf.PdfError."""
    previous: dict[str, Any] = qpdf_settings.set_qpdf_limits(
        flate_max_memory=_MOST_UNPACKED_BYTES,
        png_max_memory=_MOST_UNPACKED_BYTES,
        run_length_max_memory=_MOST_UNPACKED_BYTES,
        tiff_max_memory=_MOST_UNPACKED_BYTES,
    )
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            yield pdf
    finally:
        qpdf_settings.set_qpdf_limits(**previous)


def shown_annotations(page: pikepdf.Page) -> list[pikepdf.Object]:
    """Annotations that a reader draws: not hidden, no pop-ups, no bare links."""
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return []
    return [item for item in annotations if isinstance(item, pikepdf.Dictionary) and _is_shown(item)]


def has_text(annotation: pikepdf.Object) -> bool:
    """Whether an annotation shows real text: a filled field, a free text, an appearance with a font."""
    if str(annotation.get("/Subtype")) == "/FreeText" and str(annotation.get("/Contents", "")).strip():
        return True
    if str(annotation.get("/Subtype")) == "/Widget":
        return _field_text(annotation) != ""
    return any("/Font" in form.get("/Resources", {}) for form in _appearances(annotation))


def _is_shown(annotation: pikepdf.Object) -> bool:
    if int(annotation.get("/F", 0)) & _HIDDEN_FLAGS:
        return False
    subtype = str(annotation.get("/Subtype"))
    if subtype == "/Popup":
        return False
    if subtype == "/Widget" and _field_text(annotation):
        return True
    return any(len(form.read_raw_bytes()) > 0 for form in _appearances(annotation))


def _appearances(annotation: pikepdf.Object) -> list[pikepdf.Stream]:
    """The normal appearance, in its present state where there are several."""
    appearance = annotation.get("/AP")
    normal = appearance.get("/N") if isinstance(appearance, pikepdf.Dictionary) else None
    if isinstance(normal, pikepdf.Dictionary):
        normal = normal.get(str(annotation.get("/AS", "/Off")))
    return [normal] if isinstance(normal, pikepdf.Stream) else []


def _field_text(annotation: pikepdf.Object) -> str:
    """The value of a text or choice field; values and types are inherited from parents."""
    value = kind = None
    field: pikepdf.Object | None = annotation
    for _generation in range(32):
        if not isinstance(field, pikepdf.Dictionary):
            break
        value = field.get("/V") if value is None else value
        kind = field.get("/FT") if kind is None else kind
        field = field.get("/Parent")
    if value is None or str(kind) not in ("/Tx", "/Ch"):
        return ""
    if isinstance(value, pikepdf.Stream):
        return "text"
    return str(value).strip()
