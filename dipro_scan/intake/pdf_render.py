"""PDF pages to pixels: PDFium by default, poppler as the second renderer, or the other way round."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pdf2image
import pypdfium2 as pdfium
from pdf2image import exceptions as pdf2image_errors
from PIL import Image

from dipro_scan.intake.decoding import rgb_or_gray
from dipro_scan.intake.encode import flate_stream
from dipro_scan.intake.picture import pillow_s_limit_lifted
from dipro_scan.intake.pixels import CodedImage, colour_of
from dipro_scan.model import POINTS_PER_INCH, PageFailed, ProcessingStep, Resolution
from dipro_scan.settings.schema import IntakeSettings
from dipro_scan.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOWEST_RENDER_DPI = 36.0
RendererName = Literal["pdfium", "poppler"]


class RendererFailed(Exception):
    """This renderer is not there, or cannot draw the page; another may."""


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page as a renderer drew it, with the resolution that its pixels really have."""

    coded: CodedImage
    resolution: Resolution

    @property
    def is_white(self) -> bool:
        return bool((self.coded.pixels == 255).all())


@dataclass(frozen=True, slots=True)
class PdfView:
    """A page to be drawn: where it is, and its size as shown (points of 1/72 inch, after /Rotate)."""

    path: Path
    source_page: int
    size_points: tuple[float, float]
    user_unit: float
    page: pdfium.PdfPage | None


def render_dpi(view: PdfView, settings: IntakeSettings) -> float:
    """The pipeline's resolution, or what keeps the page within its pixel limit. Raises PageFailed."""
    inches = [side * view.user_unit / POINTS_PER_INCH for side in view.size_points]
    affordable = math.sqrt(settings.max_megapixels * 1e6 / max(inches[0] * inches[1], 1e-9))
    dpi = min(float(settings.render_dpi), math.floor(affordable * 0.999))
    if dpi < LOWEST_RENDER_DPI:
        raise PageFailed(
            _("The page is %(width).1f × %(height).1f m large; no readable image of it stays within limits.")
            % {"width": inches[0] * 0.0254, "height": inches[1] * 0.0254}
        )
    return dpi


def render_steps(dpi: float, renderer: RendererName, settings: IntakeSettings) -> tuple[ProcessingStep, ...]:
    """What the record says about a rendered page."""
    rendered = ProcessingStep("rendered", archive=True, parameters={"dpi": dpi, "renderer": renderer})
    if dpi >= settings.render_dpi:
        return (rendered,)
    wanted: dict[str, float | int | str | bool] = {"wanted": settings.render_dpi, "dpi": dpi}
    return (ProcessingStep("render_dpi_lowered", archive=True, parameters=wanted), rendered)


def render(view: PdfView, settings: IntakeSettings, renderers: tuple[RendererName, ...]) -> RenderedPage:
    """The page drawn by the first of `renderers` that can. Raises PageFailed where none can."""
    dpi = render_dpi(view, settings)
    for name in renderers:
        try:
            pixels = _RENDERERS[name](view, dpi, settings)
        except RendererFailed:
            continue
        pixels = _gray_if_neutral(pixels)
        stream = flate_stream(Image.fromarray(pixels))
        coded = CodedImage(stream, pixels, colour_of(pixels), render_steps(dpi, name, settings))
        height_px, width_px = pixels.shape[:2]
        inches = [side * view.user_unit / POINTS_PER_INCH for side in view.size_points]
        return RenderedPage(coded, Resolution(width_px / inches[0], height_px / inches[1]))
    raise PageFailed(_("The page cannot be drawn; open the file in a PDF reader and print or scan it again."))


def renderers_by_choice(settings: IntakeSettings) -> tuple[RendererName, ...]:
    """Both renderers, the chosen one first."""
    return ("pdfium", "poppler") if settings.renderer == "pdfium" else ("poppler", "pdfium")


def _by_pdfium(view: PdfView, dpi: float, _settings: IntakeSettings) -> NDArray[np.uint8]:
    """Annotations and form fields are drawn; scripts never run (PDFium is built without them)."""
    if view.page is None:
        raise RendererFailed
    try:
        bitmap = view.page.render(scale=dpi * view.user_unit / POINTS_PER_INCH)
        return rgb_or_gray(bitmap.to_numpy(), bitmap.format)
    except (pdfium.PdfiumError, ValueError, MemoryError) as error:
        raise RendererFailed(str(error)) from error


def _by_poppler(view: PdfView, dpi: float, settings: IntakeSettings) -> NDArray[np.uint8]:
    try:
        with pillow_s_limit_lifted():
            images = pdf2image.convert_from_path(
                view.path,
                dpi=dpi * view.user_unit,
                first_page=view.source_page,
                last_page=view.source_page,
                use_cropbox=True,
                timeout=settings.open_seconds,
            )
    except (*_POPPLER_ERRORS, OSError, ValueError, MemoryError) as error:
        raise RendererFailed(str(error)) from error
    if len(images) != 1:
        raise RendererFailed("poppler drew nothing")
    pixels: NDArray[np.uint8] = np.asarray(images[0].convert("RGB"))
    return pixels


_POPPLER_ERRORS = (
    pdf2image_errors.PDFInfoNotInstalledError,
    pdf2image_errors.PDFPageCountError,
    pdf2image_errors.PDFSyntaxError,
    pdf2image_errors.PDFPopplerTimeoutError,
)
_RENDERERS: dict[RendererName, Callable[[PdfView, float, IntakeSettings], NDArray[np.uint8]]] = {
    "pdfium": _by_pdfium,
    "poppler": _by_poppler,
}


def _gray_if_neutral(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One channel where all three are the same everywhere."""
    if pixels.ndim == 2:
        return pixels
    red = pixels[:, :, 0]
    if (pixels[:, :, 1] == red).all() and (pixels[:, :, 2] == red).all():
        return np.ascontiguousarray(red)
    return pixels
