"""What a source is and how many pages it has, without decoding any of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf

from dipro_scan.intake.gif_frames import gif_frames
from dipro_scan.intake.heif_pages import heif_images
from dipro_scan.intake.jpx import jpeg2000_header
from dipro_scan.intake.media import (
    BMP,
    GIF,
    HEAD_BYTES,
    HEIF,
    JPEG,
    JPEG_2000,
    JPEG_2000_STREAM,
    PDF,
    PNG,
    TIFF,
    WEBP,
    media_type_of,
)
from dipro_scan.intake.pdf_document import PDF_ERRORS, opened_pdf
from dipro_scan.intake.picture import (
    PictureBroken,
    PictureTooLarge,
    credible,
    opened_picture,
    require_pixels,
    taken_at,
)
from dipro_scan.intake.tiff_directory import tiff_pages
from dipro_scan.intake.webp_frames import webp_frames
from dipro_scan.model import QuarantineReason, SourceOutline, SourceRefused
from dipro_scan.settings.schema import IntakeSettings
from dipro_scan.translation import _, os_reason

_PNG_EXIF = frozenset({"exif", "Raw profile type exif"})
_MOST_TIFF_PAGES = _MOST_FRAMES = 100_000
_PDF_TIME = re.compile(
    r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+\-Zz])(?:(\d\d)'?(?:(\d\d)'?)?)?)?"
)


def outline_source(path: Path, settings: IntakeSettings) -> SourceOutline:
    """Media type (by content), number of pages, and the source's own date.

    Raises SourceRefused: empty, unsupported, encrypted, damaged, too_large, unreadable.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise SourceRefused(
            QuarantineReason.UNREADABLE,
            _("The kept copy of the file cannot be read: %(reason)s.") % {"reason": os_reason(error)},
        ) from error
    if not head:
        raise SourceRefused(QuarantineReason.EMPTY, _("The file is empty (0 bytes); scan it again."))
    outline = _OUTLINES[media_type_of(head, path)](path, settings)
    _refuse_too_many(outline.pages, settings)
    return outline


def _outline_pdf(path: Path, settings: IntakeSettings) -> SourceOutline:
    try:
        with opened_pdf(path) as pdf:
            promised = _promised_pages(pdf)
            pages = len(pdf.pages)
            created = _pdf_date(pdf)
    except pikepdf.PasswordError as error:
        raise _encrypted() from error
    except (*PDF_ERRORS, MemoryError) as error:
        if "encrypt" in str(error).lower() or "security handler" in str(error).lower():
            raise _encrypted() from error
        raise SourceRefused(
            QuarantineReason.DAMAGED,
            _("The PDF file is damaged and cannot be opened; scan it again."),
        ) from error
    if pages < promised:
        raise SourceRefused(
            QuarantineReason.DAMAGED,
            _("The PDF file is damaged: it should have %(promised)d pages, only %(found)d are found.")
            % {"promised": promised, "found": pages},
        )
    if pages == 0:
        raise SourceRefused(QuarantineReason.EMPTY, _("The PDF file has no pages; scan it again."), 0)
    return SourceOutline(PDF, pages, created)


def _outline_tiff(path: Path, settings: IntakeSettings) -> SourceOutline:
    pages = tiff_pages(path, most=_MOST_TIFF_PAGES)
    if not pages:
        raise SourceRefused(
            QuarantineReason.DAMAGED,
            _("The TIFF file is damaged: its table of pages is missing; scan it again."),
        )
    if len(pages) == 1:
        _refuse_by_pixels(pages[0].width_px, pages[0].height_px, settings)
    try:
        with opened_picture(path, "TIFF") as image:
            created = taken_at(image)
    except PictureBroken:
        created = None  # its page will say what is wrong
    return SourceOutline(TIFF, len(pages), created)


def _outline_jpeg(path: Path, settings: IntakeSettings) -> SourceOutline:
    return _outline_picture(path, "JPEG", JPEG, settings)


def _outline_png(path: Path, settings: IntakeSettings) -> SourceOutline:
    return _outline_picture(path, "PNG", PNG, settings)


def _outline_bmp(path: Path, settings: IntakeSettings) -> SourceOutline:
    return _outline_picture(path, "BMP", BMP, settings)


def _outline_picture(
    path: Path, format_name: str, media_type: str, settings: IntakeSettings
) -> SourceOutline:
    try:
        with opened_picture(path, format_name) as image:
            _refuse_by_pixels(*image.size, settings)
            # Pillow decodes a whole PNG to find EXIF data that do not stand at its beginning.
            at_hand = media_type != PNG or not _PNG_EXIF.isdisjoint(image.info)
            return SourceOutline(media_type, 1, taken_at(image) if at_hand else None)
    except PictureBroken as error:
        raise _damaged_picture() from error


def _outline_jpeg2000(path: Path, settings: IntakeSettings) -> SourceOutline:
    try:
        data = path.read_bytes()
        header = jpeg2000_header(data)
    except PictureBroken as error:
        raise _damaged_picture() from error
    _refuse_by_pixels(header.width_px, header.height_px, settings)
    return SourceOutline(media_type_of(data[:HEAD_BYTES]), 1, None)


def _outline_gif(path: Path, settings: IntakeSettings) -> SourceOutline:
    try:
        found = gif_frames(path, most=_MOST_FRAMES)
    except PictureBroken as error:
        raise _damaged_picture() from error
    _refuse_by_pixels(found.width_px, found.height_px, settings, found.frames)
    return SourceOutline(GIF, found.frames, None)


def _outline_webp(path: Path, settings: IntakeSettings) -> SourceOutline:
    try:
        found = webp_frames(path, most=_MOST_FRAMES)
        _refuse_by_pixels(found.width_px, found.height_px, settings, found.frames)
        with opened_picture(path, "WEBP") as image:
            return SourceOutline(WEBP, found.frames, taken_at(image))
    except PictureBroken as error:
        raise _damaged_picture() from error


def _outline_heif(path: Path, settings: IntakeSettings) -> SourceOutline:
    try:
        sizes, created = heif_images(path)
    except PictureBroken as error:
        raise _damaged_picture() from error
    if len(sizes) == 1:
        _refuse_by_pixels(*sizes[0], settings)
    return SourceOutline(HEIF, len(sizes), created)


def _refuse_by_pixels(width_px: int, height_px: int, settings: IntakeSettings, pages: int = 1) -> None:
    try:
        require_pixels(width_px, height_px, settings.max_megapixels)
    except PictureBroken as error:
        raise _damaged_picture() from error
    except PictureTooLarge as error:
        raise SourceRefused(QuarantineReason.TOO_LARGE, str(error), pages) from error


def _refuse_too_many(pages: int, settings: IntakeSettings) -> None:
    if pages > settings.max_pages:
        raise SourceRefused(
            QuarantineReason.TOO_LARGE,
            _("The file has more pages than the %(limit)d that the pipeline allows; split it.")
            % {"limit": settings.max_pages},
            pages,
        )


def _damaged_picture() -> SourceRefused:
    return SourceRefused(
        QuarantineReason.DAMAGED, _("The image file is damaged and cannot be opened; scan it again.")
    )


def _encrypted() -> SourceRefused:
    return SourceRefused(
        QuarantineReason.ENCRYPTED,
        _("The PDF file is protected by a password; save it without one and put it into the inbox again."),
    )


def _promised_pages(pdf: pikepdf.Pdf) -> int:
    """What the root of the page tree says; 0 where it says nothing of use."""
    count = pdf.Root.get("/Pages", pikepdf.Dictionary()).get("/Count", 0)
    return count if isinstance(count, int) and count > 0 else 0


def _pdf_date(pdf: pikepdf.Pdf) -> dt.datetime | None:
    """The CreationDate of the document information (ISO 32000-1, 7.9.4), UTC where it names no zone."""
    try:
        match = _PDF_TIME.match(str(pdf.docinfo.get("/CreationDate", "")))
    except PDF_ERRORS:
        return None
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups()[:6])
    sign, zone_hours, zone_minutes = match.groups()[6:]
    offset = dt.timedelta(hours=int(zone_hours or 0), minutes=int(zone_minutes or 0))
    try:
        zone = dt.timezone(-offset if sign == "-" else offset)
        moment = dt.datetime(
            year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=zone
        )
    except ValueError:
        return None
    return credible(moment)


_OUTLINES: dict[str, Callable[[Path, IntakeSettings], SourceOutline]] = {
    PDF: _outline_pdf,
    TIFF: _outline_tiff,
    JPEG: _outline_jpeg,
    PNG: _outline_png,
    JPEG_2000: _outline_jpeg2000,
    JPEG_2000_STREAM: _outline_jpeg2000,
    WEBP: _outline_webp,
    HEIF: _outline_heif,
    GIF: _outline_gif,
    BMP: _outline_bmp,
}
