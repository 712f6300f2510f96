"""BMP, GIF and WebP: formats whose coding no PDF has, so that each page is coded anew without loss.

Every frame of an animation is a page, as a viewer shows it: laid over the frames before it.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from dipro_scan.intake.coded_page import coded_page
from dipro_scan.intake.gif_frames import gif_frames
from dipro_scan.intake.picture import (
    PictureBroken,
    exif_orientation,
    exif_resolution,
    load_picture,
    opened_picture,
    require_pixels,
    select_frame,
)
from dipro_scan.intake.pixels import code_losslessly
from dipro_scan.intake.resolution import StatedResolution
from dipro_scan.intake.webp_frames import webp_frames
from dipro_scan.model import Page
from dipro_scan.settings.schema import IntakeSettings


def open_bmp_page(path: Path, settings: IntakeSettings) -> Page:
    """The one page of a Windows bitmap. Raises PictureBroken, PictureTooLarge."""
    with opened_picture(path, "BMP") as image:
        require_pixels(*image.size, settings.max_megapixels)
        load_picture(image)
        coded = code_losslessly(_without_empty_alpha(image), "bmp", narrow=True)
        x, y = image.info.get("dpi", (0.0, 0.0))
    return coded_page(coded, StatedResolution.of(x, y, per_inch=1.0))


def open_gif_page(path: Path, source_page: int, settings: IntakeSettings) -> Page:
    """Frame `source_page` (from 1) of a GIF file. Raises PictureBroken, PictureTooLarge."""
    found = gif_frames(path, most=source_page)
    require_pixels(found.width_px, found.height_px, settings.max_megapixels)
    with opened_picture(path, "GIF") as image:
        select_frame(image, source_page - 1)
        load_picture(image)
        coded = code_losslessly(image, "gif", narrow=True)
    return coded_page(coded, found.stated)


def open_webp_page(path: Path, source_page: int, settings: IntakeSettings) -> Page:
    """Frame `source_page` (from 1) of a WebP file. Raises PictureBroken, PictureTooLarge."""
    found = webp_frames(path, most=source_page)
    require_pixels(found.width_px, found.height_px, settings.max_megapixels)
    with opened_picture(path, "WEBP") as image:
        if image.size != (found.width_px, found.height_px):
            raise PictureBroken("WebP of two sizes")
        select_frame(image, source_page - 1)
        load_picture(image)
        profile = image.info.get("icc_profile") or b""
        coded = code_losslessly(image, "webp", icc_profile=profile, narrow=True)
        orientation, stated = exif_orientation(image), exif_resolution(image)
    return coded_page(coded, stated, orientation)


def _without_empty_alpha(image: Image.Image) -> Image.Image:
    """Programs that do not know opacity leave its byte 0; a page that shows nothing is not meant."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0):
        return image.convert("RGB")
    return image
