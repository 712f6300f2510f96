"""Pillow, held on a leash: only the format asked for, a pixel limit, one kind of error."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from PIL import Image, ImageFile

from dipro_scan.intake.resolution import StatedResolution
from dipro_scan.translation import _

# What Pillow raises on broken data when it decodes, and the more that it raises when it parses.
_DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)
_PARSING_ERRORS = (
    *_DECODING_ERRORS,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ZeroDivisionError,
    AssertionError,
)
_ORIENTATION, _DATE, _DATE_ORIGINAL, _OFFSET, _OFFSET_ORIGINAL = 0x0112, 0x0132, 0x9003, 0x9010, 0x9011
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT, _EXIF_FOLDER = 0x011A, 0x011B, 0x0128, 0x8769
_EXIF_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_EXIF_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
INCHES_PER_UNIT = {2: 1.0, 3: 2.54}
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100


class PictureBroken(Exception):
    """Pillow cannot open or decode this picture."""


class PictureTooLarge(Exception):
    """The picture's header states more pixels than the pipeline allows. `str()` is the sentence."""


@contextlib.contextmanager
def opened_picture(file: Path | IO[bytes], format_name: str) -> Iterator[Image.Image]:
    """`file` as a Pillow image of `format_name`, not yet decoded; closed at the end.

    What Pillow raises on broken data, here or while the block works with the picture, becomes
    PictureBroken. Pillow's own limit is lifted, because `require_pixels` holds ours.
    """
    with pillow_s_limit_lifted(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(file, formats=(format_name,))
        except _PARSING_ERRORS as error:
            raise PictureBroken(str(error)) from error
        try:
            with image:
                yield image
        except _DECODING_ERRORS as error:
            raise PictureBroken(str(error)) from error


def select_frame(image: Image.Image, frame: int) -> None:
    """Turn to one of several frames, from 0. Raises PictureBroken."""
    try:
        image.seek(frame)
    except _PARSING_ERRORS as error:
        raise PictureBroken(str(error)) from error


def load_picture(image: Image.Image) -> None:
    """Decode the present frame. Raises PictureBroken."""
    try:
        image.load()
    except _PARSING_ERRORS as error:
        raise PictureBroken(str(error)) from error


@contextlib.contextmanager
def pillow_s_limit_lifted() -> Iterator[None]:
    """Pillow opens pictures of any size in here; the caller holds the pipeline's limit."""
    limit = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit


@contextlib.contextmanager
def truncation_tolerated() -> Iterator[None]:
    """Pillow decodes what there is of a picture that ends too early, in here only."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def require_pixels(width_px: int, height_px: int, max_megapixels: float) -> None:
    """Raises PictureTooLarge above the limit, PictureBroken where a side is nothing."""
    if width_px <= 0 or height_px <= 0:
        raise PictureBroken(f"{width_px} x {height_px} pixels")
    megapixels = width_px * height_px / 1e6
    if megapixels > max_megapixels:
        raise PictureTooLarge(
            _(
                "The image has %(width)d × %(height)d pixels, more than the %(limit).0f megapixels "
                "that the pipeline allows; scan it at a lower resolution."
            )
            % {"width": width_px, "height": height_px, "limit": max_megapixels}
        )


def exif_orientation(image: Image.Image) -> int:
    """EXIF tag 274, 1–8; 1 where there is none or nonsense."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except _PARSING_ERRORS:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def exif_resolution(image: Image.Image) -> StatedResolution:
    """EXIF tags 282, 283 and 296."""
    try:
        exif = image.getexif()
        x, y = float(exif[_X_RESOLUTION]), float(exif[_Y_RESOLUTION])
        unit = exif.get(_RESOLUTION_UNIT, 2)
    except _PARSING_ERRORS:
        return StatedResolution()
    return StatedResolution.of(x, y, per_inch=INCHES_PER_UNIT.get(unit))


def taken_at(image: Image.Image) -> dt.datetime | None:
    """When the picture was made (EXIF DateTimeOriginal, else DateTime), UTC; None if not credible.

    A time without an offset is taken as UTC, because nothing says more.
    """
    try:
        exif = image.getexif()
        folder = exif.get_ifd(_EXIF_FOLDER)
        pairs = (
            (folder.get(_DATE_ORIGINAL), folder.get(_OFFSET_ORIGINAL)),
            (exif.get(_DATE), folder.get(_OFFSET)),
        )
    except _PARSING_ERRORS:
        return None
    for text, offset in pairs:
        moment = _exif_time(str(text or ""), str(offset or ""))
        if moment is not None:
            return moment
    return None


def credible(moment: dt.datetime) -> dt.datetime | None:
    """`moment` in UTC, unless its year shows that a clock was never set."""
    try:
        utc = moment.astimezone(dt.UTC)
    except (OverflowError, ValueError):
        return None
    return utc if EARLIEST_YEAR <= utc.year < LATEST_YEAR else None


def _exif_time(text: str, offset: str) -> dt.datetime | None:
    time, shift = _EXIF_TIME.match(text), _EXIF_OFFSET.match(offset)
    if time is None:
        return None
    zone = dt.UTC
    try:
        if shift is not None:
            minutes = int(shift[2]) * 60 + int(shift[3])
            zone = dt.timezone(dt.timedelta(minutes=-minutes if shift[1] == "-" else minutes))
        year, month, day, hour, minute, second = (int(part) for part in time.groups())
        return credible(dt.datetime(year, month, day, hour, minute, second, tzinfo=zone))
    except ValueError:
        return None
