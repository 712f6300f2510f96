"""Opening one page of a kept file, whatever its format."""

from __future__ import annotations

from dipro_scan.intake.jpeg_pages import open_jpeg_page
from dipro_scan.intake.media import JPEG, PDF, PNG, TIFF
from dipro_scan.intake.pdf_pages import open_pdf_page
from dipro_scan.intake.picture import PictureBroken, PictureTooLarge
from dipro_scan.intake.png_pages import open_png_page
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
    if page.media_type == PDF:
        return open_pdf_page(page.path, page.source_page, settings)
    if page.media_type == TIFF:
        return open_tiff_page(page.path, page.source_page, settings)
    if page.source_page != 1:
        raise PictureBroken(f"page {page.source_page} of a file with one page")
    if page.media_type == JPEG:
        return open_jpeg_page(page.path, settings)
    if page.media_type == PNG:
        return open_png_page(page.path, settings)
    raise PageFailed(_("Pages of type %(type)s cannot be opened.") % {"type": page.media_type})
