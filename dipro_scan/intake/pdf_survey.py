"""What a PDF page shows: one image and nothing else, real text, a drawing, or nothing at all.

PDFium interprets the page. Its objects are walked from the topmost down, so that what a full-page
image covers is known to be covered when it is met.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from dipro_scan.intake.placement import Placement, Rectangle, clip_of, placement_of, transformed

_DEEPEST_FORM = 16
_INVISIBLE, _CLIP_ONLY = 3, 7  # ISO 32000-1, table 106
_FIRST_CLIPPING = 4
_WHITE = 254


@dataclass(frozen=True, slots=True)
class Survey:
    """`image` is the page where nothing else shows; `largest_image_px` of all that are drawn."""

    image: Placement | None
    visible_text: bool
    draws: bool
    largest_image_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """An object, the matrix of the forms around it, and where it shows on the page."""

    object: pdfium.PdfObject
    around: pdfium.PdfMatrix
    bounds: Rectangle
    inside_forms: bool
    inside_blend: bool


class _Walk:
    """The state of one survey."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self.frame = Rectangle(*page.get_bbox())
        self.page = page
        self.image: Placement | None = None
        self.spoiled = False
        self.visible_text = False
        self.draws = False
        self.largest = (0, 0)
        self._texts: pdfium.PdfTextPage | None = None

    def meet(self, drawn: _Drawn) -> None:
        kind = drawn.object.type
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            self._measure(drawn.object)
        if not drawn.bounds.touches(self.frame):
            return
        covered = self.image is not None and self.image.covers(drawn.bounds)
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            self._meet_text(drawn, covered)
        elif covered:
            return
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            self._meet_image(drawn)
        elif kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            self._meet_path(drawn.object)
        else:
            self.draws = self.spoiled = True

    def _meet_image(self, drawn: _Drawn) -> None:
        self.draws = True
        if self.image is not None or self.spoiled:
            self.spoiled = True
            return
        self.image = placement_of(
            drawn.object, drawn.around, self.frame, certain=not drawn.inside_forms and not drawn.inside_blend
        )
        self.spoiled = self.image is None

    def _meet_text(self, drawn: _Drawn, covered: bool) -> None:
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(drawn.object)
        if mode >= _FIRST_CLIPPING and self.image is not None:
            self.spoiled = True  # it cuts what is drawn after it, and that is the image
        if covered or mode in (_INVISIBLE, _CLIP_ONLY) or self.visible_text:
            return
        if drawn.bounds.is_empty or _alpha(drawn.object) == 0 or self._is_white_space(drawn.object):
            return
        self.draws = self.spoiled = self.visible_text = True

    def _meet_path(self, path: pdfium.PdfObject) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDFPath_GetDrawMode(path, fill, stroke)
        if not fill.value and not stroke.value:
            return
        # White below the image is paper; above it, it may hide something.
        if self.image is not None and not stroke.value and _is_white(path):
            return
        self.draws = self.spoiled = True

    def _measure(self, image: pdfium.PdfImage) -> None:
        size = image.get_px_size()
        if size[0] * size[1] > self.largest[0] * self.largest[1]:
            self.largest = size

    def _is_white_space(self, text: pdfium.PdfTextObj) -> bool:
        """Glyphs that mean blanks. Glyphs that mean nothing known may look like anything."""
        if self._texts is None:
            self._texts = self.page.get_textpage()
        length = pdfium_c.FPDFTextObj_GetText(text, self._texts, None, 0)
        buffer = (pdfium_c.FPDF_WCHAR * max(length // 2, 1))()
        pdfium_c.FPDFTextObj_GetText(text, self._texts, buffer, length)
        characters = bytes(buffer)[: max(length - 2, 0)].decode("utf-16-le", errors="replace")
        return bool(characters) and not characters.strip()


def survey_page(page: pdfium.PdfPage) -> Survey:
    """What `page` shows, its annotations left aside. Raises PdfiumError."""
    walk = _Walk(page)
    for drawn in _topmost_first(page, None, pdfium.PdfMatrix(), 0, False):
        walk.meet(drawn)
    return Survey(
        image=None if walk.spoiled or walk.visible_text else walk.image,
        visible_text=walk.visible_text,
        draws=walk.draws,
        largest_image_px=walk.largest,
    )


def _topmost_first(
    page: pdfium.PdfPage,
    form: pdfium.PdfObject | None,
    around: pdfium.PdfMatrix,
    depth: int,
    inside_blend: bool,
) -> Iterator[_Drawn]:
    count, get = (
        (pdfium_c.FPDFPage_CountObjects(page), pdfium_c.FPDFPage_GetObject)
        if form is None
        else (pdfium_c.FPDFFormObj_CountObjects(form), pdfium_c.FPDFFormObj_GetObject)
    )
    for index in reversed(range(count)):
        raw = get(page if form is None else form, index)
        if not raw:
            raise pdfium.PdfiumError("page object is missing")
        item = pdfium.PdfObject(raw, page=page, pdf=page.pdf, container=form, level=depth)
        blends = inside_blend or bool(pdfium_c.FPDFPageObj_HasTransparency(item)) or _is_optional(item)
        if item.type == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            inner = item.get_matrix().multiply(around)
            yield from _topmost_first(page, item, inner, depth + 1, blends)
            continue
        bounds = _bounds_of(item, around)
        if clip := clip_of(item):
            bounds = bounds.within(transformed(clip.box, around))
        yield _Drawn(item, around, bounds, form is not None, blends)


def _bounds_of(item: pdfium.PdfObject, around: pdfium.PdfMatrix) -> Rectangle:
    """Where an object shows; the whole page where PDFium cannot tell."""
    try:
        return transformed(Rectangle(*item.get_bounds()), around)
    except pdfium.PdfiumError:
        return Rectangle(*item.page.get_bbox())


def _is_optional(item: pdfium.PdfObject) -> bool:
    """Whether the object stands in marked content that a layer may switch off."""
    for index in range(max(pdfium_c.FPDFPageObj_CountMarks(item), 0)):
        mark = pdfium_c.FPDFPageObj_GetMark(item, index)
        buffer = (pdfium_c.FPDF_WCHAR * 8)()
        length = ctypes.c_ulong()
        if pdfium_c.FPDFPageObjMark_GetName(mark, buffer, ctypes.sizeof(buffer), length):
            name = bytes(buffer)[: max(length.value - 2, 0)].decode("utf-16-le", errors="replace")
            if name == "OC":
                return True
    return False


def _fill_colour(item: pdfium.PdfObject) -> tuple[int, int, int, int] | None:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
        return None
    return red.value, green.value, blue.value, alpha.value


def _alpha(item: pdfium.PdfObject) -> int:
    colour = _fill_colour(item)
    return 255 if colour is None else colour[3]


def _is_white(item: pdfium.PdfObject) -> bool:
    colour = _fill_colour(item)
    return colour is not None and min(colour[:3]) >= _WHITE
