"""A PDF file opened by qpdf (pikepdf), which knows its objects, with bounds on what it may unpack."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import settings as qpdf_settings

# What pikepdf raises on objects that are damaged, or are not what their place asks for.
PDF_ERRORS = (
    pikepdf.PikepdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
)

# The page size that PDFium takes where a page has none (US Letter)
_DEFAULT_SIZE = (612.0, 792.0)

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


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page's dictionary tells without drawing it.

    `user_unit`: points of 1/72 inch in a unit of the page. `size_points`: in those units, as shown.
    `names_fonts`: some text may be drawn. `shows_annotations` and `annotation_text`: see there.
    """

    user_unit: float
    size_points: tuple[float, float]
    names_fonts: bool
    shows_annotations: bool
    annotation_text: bool


def page_facts(page: pikepdf.Page) -> PageFacts | None:
    """The facts, or None where the dictionary is damaged."""
    try:
        annotations = _shown_annotations(page)
        return PageFacts(
            user_unit=_user_unit(page),
            size_points=_size_points(page),
            names_fonts="/Font" in page.resources,
            shows_annotations=bool(annotations),
            annotation_text=any(_has_text(annotation) for annotation in annotations),
        )
    except PDF_ERRORS:
        return None


def _user_unit(page: pikepdf.Page) -> float:
    """ISO 32000-1, table 30; 1 where it is nonsense."""
    value = float(page.obj.get("/UserUnit", 1.0))
    return value if 0 < value <= 1000 else 1.0


def _size_points(page: pikepdf.Page) -> tuple[float, float]:
    left, bottom, right, top = (float(value) for value in page.cropbox)
    width, height = abs(right - left), abs(top - bottom)
    if width <= 0 or height <= 0:
        return _DEFAULT_SIZE
    return (height, width) if int(page.obj.get("/Rotate", 0)) % 180 else (width, height)


def _shown_annotations(page: pikepdf.Page) -> list[pikepdf.Object]:
    """Annotations that a reader draws: not hidden, no pop-ups, no bare links."""
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return []
    return [item for item in annotations if isinstance(item, pikepdf.Dictionary) and _is_shown(item)]


def _has_text(annotation: pikepdf.Object) -> bool:
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
