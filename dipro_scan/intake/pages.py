"""Opening one page of a kept file, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dipro_scan.intake.heif_pages import open_heif_page
from dipro_scan.intake.jpeg2000_pages import open_jpeg2000_page
from dipro_scan.intake.jpeg_pages import open_jpeg_page
from dipro_scan.intake.media import BMP, GIF, HEIF, JPEG, JPEG_2000, JPEG_2000_STREAM, PDF, PNG, TIFF, WEBP
from dipro_scan.intake.pdf_pages import open_pdf_page
from dipro_scan.intake.picture import PictureBroken, PictureTooLarge
from dipro_scan.intake.png_pages import open_png_page
from dipro_scan.intake.raster_pages import open_bmp_page, open_gif_page, open_webp_page
from dipro_scan.intake.tiff_pages import open_tiff_page
from dipro_scan.model import Page, PageFailed, PageInput
from dipro_scan.settings.schema import IntakeSettings
from dipro_scan.translation import _, os_reason


def open_page(page: PageInput, settings: IntakeSettings) -> Page:
    """The page as it came: stream, pixels, resolution, orientation. A pure function of the file's bytes.

    Raises PageFailed, with a sentence for people, where the page's image cannot be had.
    """
    try:
        return _open(page, settings)
    except PictureTooLarge as error:
        raise PageFailed(str(error)) from error
    except PictureBroken as error:
        raise PageFailed(_("The image of this page is damaged and cannot be read; scan it again.")) from error
    except OSError as error:
        raise PageFailed(
            _("The kept copy of this page's file cannot be read: %(reason)s.") % {"reason": os_reason(error)}
        ) from error


def _open(page: PageInput, settings: IntakeSettings) -> Page:
    if page.media_type in _MANY_PAGES:
        return _MANY_PAGES[page.media_type](page.path, page.source_page, settings)
    if page.media_type not in _ONE_PAGE:
        raise PageFailed(_("Pages of type %(type)s cannot be opened.") % {"type": page.media_type})
    if page.source_page != 1:
        raise PictureBroken(f"page {page.source_page} of a file with one page")
    return _ONE_PAGE[page.media_type](page.path, settings)


_MANY_PAGES: dict[str, Callable[[Path, int, IntakeSettings], Page]] = {
    PDF: open_pdf_page,
    TIFF: open_tiff_page,
    GIF: open_gif_page,
    WEBP: open_webp_page,
    HEIF: open_heif_page,
}
_ONE_PAGE: dict[str, Callable[[Path, IntakeSettings], Page]] = {
    JPEG: open_jpeg_page,
    JPEG_2000: open_jpeg2000_page,
    JPEG_2000_STREAM: open_jpeg2000_page,
    PNG: open_png_page,
    BMP: open_bmp_page,
}
