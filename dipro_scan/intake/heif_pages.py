"""HEIF containers with HEVC images (HEIC): each image that is shown by itself is a page.

A container says how its images are turned (`irot`, `imir`), and its reader obeys; an orientation in EXIF
beside it is for information only (ISO/IEC 23008-12, annex A), so pages come upright and are not turned again.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import warnings
from pathlib import Path
from typing import Any

from PIL import Image

from dipro_scan.intake.coded_page import coded_page
from dipro_scan.intake.picture import PictureBroken, exif_resolution, require_pixels, taken_at
from dipro_scan.intake.pixels import code_losslessly
from dipro_scan.model import Page
from dipro_scan.settings.schema import IntakeSettings

# What pi_heif documents that it raises, and what Pillow adds when it takes the samples.
_HEIF_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    RuntimeError,
    EOFError,
    MemoryError,
    TypeError,
    KeyError,
    IndexError,
)


def open_heif_page(path: Path, source_page: int, settings: IntakeSettings) -> Page:
    """Image `source_page` (from 1) of a HEIF file. Raises PictureBroken, PictureTooLarge."""
    images = _images_of(path)
    if not 1 <= source_page <= len(images):
        raise PictureBroken("no such HEIF image")
    item = images[source_page - 1]
    width, height = item.size
    require_pixels(width, height, settings.max_megapixels)
    try:
        image: Image.Image = item.to_pillow()
    except _HEIF_ERRORS as error:
        raise PictureBroken(str(error)) from error
    require_pixels(*image.size, settings.max_megapixels)
    coded = code_losslessly(
        image,
        "heif",
        icc_profile=image.info.get("icc_profile") or b"",
        stored_bits=int(image.info.get("bit_depth", 8)),
        narrow=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stated = exif_resolution(image)
    return coded_page(coded, stated)


def heif_images(path: Path) -> tuple[list[tuple[int, int]], dt.datetime | None]:
    """Width and height of each image as it is shown, and when the first one was made; nothing is decoded.

    Raises PictureBroken.
    """
    images = _images_of(path)
    if not images:
        raise PictureBroken("HEIF without an image")
    described = Image.new("L", (1, 1))  # Pillow reads EXIF data only of a picture
    described.info["exif"] = images[0].info.get("exif") or b""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        created = taken_at(described)
    return [(int(image.size[0]), int(image.size[1])) for image in images], created


def _images_of(path: Path) -> list[Any]:
    # libheif is C++ that trusts some references inside a file; what kills it costs a worker, not the run.
    data = path.read_bytes()
    try:
        return list(_library().open_heif(io.BytesIO(data), convert_hdr_to_8bit=True))
    except _HEIF_ERRORS as error:
        raise PictureBroken(str(error)) from error


@functools.cache
def _library() -> Any:
    """pi_heif, loaded when the first HEIF file is seen; workers share the cores, so one thread each."""
    import pi_heif  # type: ignore[import-untyped]

    pi_heif.options.DECODE_THREADS = 1
    pi_heif.options.THUMBNAILS = False
    pi_heif.options.DEPTH_IMAGES = False
    pi_heif.options.AUX_IMAGES = False
    return pi_heif
