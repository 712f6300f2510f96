"""PDF pages: a page that is one image yields that image's own bits, others are drawn."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium

from dipro_scan.intake.encode import bitonal_stream
from dipro_scan.intake.pdf_content import content_size, draws_unseen
from dipro_scan.intake.pdf_document import PDF_ERRORS, PageFacts, opened_pdf, page_facts
from dipro_scan.intake.pdf_full_image import coded_full_image, every_image_decodes
from dipro_scan.intake.pdf_render import PdfView, render, render_dpi, render_steps, renderers_by_choice
from dipro_scan.intake.pdf_survey import survey_page
from dipro_scan.intake.picture import require_pixels
from dipro_scan.intake.placement import Placement
from dipro_scan.intake.resolution import StatedResolution, settle_resolution
from dipro_scan.model import POINTS_PER_INCH, Colour, Page, PageFailed, Resolution
from dipro_scan.settings.schema import IntakeSettings
from dipro_scan.translation import _


def open_pdf_page(path: Path, source_page: int, settings: IntakeSettings) -> Page:
    """Page `source_page` (from 1). Raises PageFailed, PictureBroken, PictureTooLarge."""
    with contextlib.ExitStack() as stack:
        qpdf_page = _qpdf_page(stack, path, source_page)
        if qpdf_page is not None and content_size(qpdf_page) is None:
            raise PageFailed(_("The page's content is damaged or far too large to be drawn; scan it again."))
        pdfium_page = _pdfium_page(stack, path, source_page)
        facts = None if qpdf_page is None else page_facts(qpdf_page)
        if pdfium_page is not None:
            with contextlib.suppress(pdfium.PdfiumError):
                return _page_with_pdfium(path, source_page, qpdf_page, facts, pdfium_page, settings)
        return _page_without_pdfium(path, source_page, facts, settings)


def _page_without_pdfium(
    path: Path, source_page: int, facts: PageFacts | None, settings: IntakeSettings
) -> Page:
    """For poppler alone. Fonts are taken for real text, because nobody can tell."""
    if facts is None:
        raise PageFailed(_("The page cannot be found in the damaged PDF file; scan it again."))
    view = PdfView(path, source_page, facts.size_points, facts.user_unit, None)
    text = facts.names_fonts or facts.annotation_text
    return _drawn_page(view, draws=True, visible_text=text, settings=settings)


def _page_with_pdfium(
    path: Path,
    source_page: int,
    qpdf_page: pikepdf.Page | None,
    facts: PageFacts | None,
    pdfium_page: pdfium.PdfPage,
    settings: IntakeSettings,
) -> Page:
    survey = survey_page(pdfium_page)
    width_px, height_px = survey.largest_image_px
    require_pixels(max(width_px, 1), max(height_px, 1), settings.max_megapixels)
    user_unit = 1.0 if facts is None else facts.user_unit
    view = PdfView(path, source_page, pdfium_page.get_size(), user_unit, pdfium_page)
    # Only where both libraries know the page, nothing but its image can show.
    if qpdf_page is not None and facts is not None and not facts.shows_annotations:
        if survey.image is not None:
            page = _page_of_image(qpdf_page, pdfium_page, survey.image, user_unit)
            if page is not None:
                return page
        if not survey.draws:
            return _empty_page(view, qpdf_page, settings)
    if not survey.draws and facts is None:
        raise PageFailed(_("The page is damaged and nothing of it can be drawn; scan it again."))
    visible_text = survey.visible_text or (facts is not None and facts.annotation_text)
    return _drawn_page(view, draws=survey.draws, visible_text=visible_text, settings=settings)


def _page_of_image(
    qpdf_page: pikepdf.Page, pdfium_page: pdfium.PdfPage, placement: Placement, user_unit: float
) -> Page | None:
    coded = coded_full_image(qpdf_page, pdfium_page, placement)
    if coded is None:
        return None
    width_px, height_px = coded.stream.width_px, coded.stream.height_px
    placed = placement.resolution(width_px, height_px, user_unit)
    stated = StatedResolution.of(placed.x, placed.y, per_inch=1.0, by_paper=True)
    resolution, origin = settle_resolution(width_px, height_px, stated)
    return Page(
        stream=coded.stream,
        pixels=coded.pixels,
        resolution=resolution,
        resolution_origin=origin,
        colour=coded.colour,
        orientation=placement.orientation(pdfium_page.get_rotation()),
        steps=coded.steps,
    )


def _empty_page(view: PdfView, qpdf_page: pikepdf.Page, settings: IntakeSettings) -> Page:
    """White paper of the page's size, made without drawing."""
    if draws_unseen(qpdf_page):
        raise PageFailed(_("The page should show something, but nothing of it can be drawn; scan it again."))
    dpi = render_dpi(view, settings)
    scale = dpi * view.user_unit / POINTS_PER_INCH
    width_px, height_px = (max(round(side * scale), 1) for side in view.size_points)
    return Page(
        stream=bitonal_stream(np.zeros((height_px, width_px), dtype=np.bool_)),
        pixels=np.full((height_px, width_px), 255, dtype=np.uint8),
        resolution=Resolution(dpi, dpi),
        resolution_origin="file",
        colour=Colour.BITONAL,
        steps=render_steps(dpi, "pdfium", settings),
    )


def _drawn_page(view: PdfView, *, draws: bool, visible_text: bool, settings: IntakeSettings) -> Page:
    renderers = renderers_by_choice(settings)
    drawn = render(view, settings, renderers)
    if draws and drawn.is_white and not _white_is_true(view):
        # The first renderer leaves out an image that it cannot decode. Perhaps the other can.
        drawn = render(view, settings, renderers[1:])
        if drawn.is_white:
            raise PageFailed(_("An image on the page is damaged and cannot be shown; scan the page again."))
    return Page(
        stream=drawn.coded.stream,
        pixels=drawn.coded.pixels,
        resolution=drawn.resolution,
        resolution_origin="file",
        colour=drawn.coded.colour,
        visible_text=visible_text,
        steps=drawn.coded.steps,
    )


def _white_is_true(view: PdfView) -> bool:
    return view.page is not None and every_image_decodes(view.page)


def _qpdf_page(stack: contextlib.ExitStack, path: Path, source_page: int) -> pikepdf.Page | None:
    try:
        return stack.enter_context(opened_pdf(path)).pages[source_page - 1]
    except PDF_ERRORS:
        return None


def _pdfium_page(stack: contextlib.ExitStack, path: Path, source_page: int) -> pdfium.PdfPage | None:
    try:
        return stack.enter_context(_opened_by_pdfium(path, source_page))
    except (pdfium.PdfiumError, IndexError):
        return None


@contextlib.contextmanager
def _opened_by_pdfium(path: Path, source_page: int) -> Iterator[pdfium.PdfPage]:
    document = pdfium.PdfDocument(path)
    try:
        document.init_forms()  # before the page is loaded, or its fields are not drawn
        page = document[source_page - 1]
        try:
            yield page
        finally:
            page.close()
    finally:
        document.close()
