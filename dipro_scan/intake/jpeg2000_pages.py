"""JPEG 2000 files: the simple kind keeps its own bits, all else is coded anew without loss."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from dipro_scan.intake.coded_page import coded_page
from dipro_scan.intake.decoding import decode_stream
from dipro_scan.intake.jpx import Jpeg2000Header, jpeg2000_header, simple_channels
from dipro_scan.intake.picture import load_picture, opened_picture, require_pixels
from dipro_scan.intake.pixels import CodedImage, code_losslessly, colour_of
from dipro_scan.model import ColourSpace, ImageFilter, ImageStream, Page
from dipro_scan.settings.schema import IntakeSettings

_MODES = {1: "L", 3: "RGB"}
_SPACES = {1: ColourSpace.GRAY, 3: ColourSpace.RGB}
# Lossy JPEG 2000 computes with fractions, and no two decoders must round alike (ISO/IEC 15444-4).
_ROUNDING_LEVELS = 2


def open_jpeg2000_page(path: Path, settings: IntakeSettings) -> Page:
    """The one page of a JP2 file or bare codestream. Raises PictureBroken, PictureTooLarge."""
    data = path.read_bytes()
    header = jpeg2000_header(data)
    require_pixels(header.width_px, header.height_px, settings.max_megapixels)
    with opened_picture(io.BytesIO(data), "JPEG2000") as image:
        load_picture(image)
        coded = _own_bits(data, header, image)
        if coded is None:
            coded = code_losslessly(
                _at_full_scale(image, header),
                "jpeg2000",
                icc_profile=header.icc_profile,
                stored_bits=header.bits,
                narrow=True,
            )
    return coded_page(coded, header.stated)


def _own_bits(data: bytes, header: Jpeg2000Header, image: Image.Image) -> CodedImage | None:
    """The file as a JPX stream, where a PDF/A may hold it and a PDF reader sees the same in it."""
    channels = simple_channels(data)
    if channels is None or not header.plain or image.mode != _MODES[channels]:
        return None
    stream = ImageStream(
        filter=ImageFilter.JPX,
        width_px=header.width_px,
        height_px=header.height_px,
        colour_space=_SPACES[channels],
        bits_per_component=8,
        data=data,
    )
    pixels = np.asarray(image)
    seen = decode_stream(stream)
    if seen is None or seen.shape != pixels.shape:
        return None
    farthest = int((np.maximum(seen, pixels) - np.minimum(seen, pixels)).max())
    return CodedImage(stream, pixels, colour_of(pixels)) if farthest <= _ROUNDING_LEVELS else None


def _at_full_scale(image: Image.Image, header: Jpeg2000Header) -> Image.Image:
    """Samples of fewer than eight bits from 0 to 255; Pillow only shifts them up, and white turns gray."""
    if header.bits >= 8 or image.mode not in ("L", "RGB", "LA", "RGBA"):
        return image
    top = (1 << header.bits) - 1
    scaled = [(value >> (8 - header.bits)) * 255 // top for value in range(256)]
    return image.point(scaled * len(image.getbands()))
