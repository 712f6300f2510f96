"""JPEG files: their own bytes become the page's stream, unless no PDF/A may hold them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from dipro_scan.intake.coded_page import coded_page
from dipro_scan.intake.picture import (
    PictureBroken,
    exif_orientation,
    exif_resolution,
    load_picture,
    opened_picture,
    require_pixels,
    truncation_tolerated,
)
from dipro_scan.intake.pixels import CodedImage, code_losslessly, colour_of, fitting_profile
from dipro_scan.intake.resolution import StatedResolution
from dipro_scan.intake.samples import samples
from dipro_scan.model import ColourSpace, ImageFilter, ImageStream, Page, ProcessingStep
from dipro_scan.settings.schema import IntakeSettings

# ITU-T T.81, table B.1: the frames that PDF's DCTDecode reads are baseline, extended, progressive.
_DCT_FRAMES = (0xC0, 0xC1, 0xC2)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset(range(0xD0, 0xD8)) | {0x01}
_INCHES_PER_JFIF_UNIT = {1: 1.0, 2: 2.54}
_CARELESS = 72


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a JPEG's frame header says; `component_ids` are the bytes that name its components."""

    marker: int
    precision_bits: int
    component_ids: bytes


def open_jpeg_page(path: Path, settings: IntakeSettings) -> Page:
    """The one page of a JPEG file. Raises PictureBroken, PictureTooLarge."""
    data = path.read_bytes()
    with opened_picture(io.BytesIO(data), "JPEG") as image:
        require_pixels(*image.size, settings.max_megapixels)
        orientation = exif_orientation(image)
        stated = _stated_resolution(image)
        profile = image.info.get("icc_profile") or b""
    coded = code_jpeg(data, profile)
    return coded_page(coded, stated, orientation)


def code_jpeg(data: bytes, icc_profile: bytes = b"") -> CodedImage:
    """JPEG data as a DCT stream, bit for bit, with its pixels.

    Coded anew without loss where the data end too early, or their kind (CMYK, arithmetic coding) may
    not stand in a PDF/A. The caller has seen to the pixel limit. Raises PictureBroken.
    """
    try:
        return _code_complete_jpeg(data, icc_profile)
    except PictureBroken:
        with truncation_tolerated(), opened_picture(io.BytesIO(data), "JPEG") as image:
            load_picture(image)
            coded = code_losslessly(image, "jpeg", icc_profile=icc_profile)
        step = ProcessingStep("truncated", archive=True)
        return CodedImage(coded.stream, coded.pixels, coded.colour, (step, *coded.steps))


def _code_complete_jpeg(data: bytes, icc_profile: bytes) -> CodedImage:
    with opened_picture(io.BytesIO(data), "JPEG") as image:
        frame = _frame_of(data)
        load_picture(image)
        if frame.marker not in _DCT_FRAMES or frame.precision_bits != 8 or image.mode not in ("L", "RGB"):
            return code_losslessly(image, "jpeg", icc_profile=icc_profile)
        pixels = samples(image)
        components = 1 if image.mode == "L" else 3
        stream = ImageStream(
            filter=ImageFilter.DCT,
            width_px=image.width,
            height_px=image.height,
            colour_space=ColourSpace.GRAY if components == 1 else ColourSpace.RGB,
            bits_per_component=8,
            data=data,
            decode_parms={"ColorTransform": 0} if _is_plain_rgb(image, frame) else {},
            icc_profile=fitting_profile(icc_profile, components),
        )
    return CodedImage(stream, pixels, colour_of(pixels))


def _frame_of(data: bytes) -> _Frame:
    """The frame header (ITU-T T.81, B.2.2)."""
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            break
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker in _STANDALONE:
            position += 2
            continue
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        if marker in _FRAMES:
            body = data[position + 4 : position + 2 + length]
            if len(body) < 6:
                break
            return _Frame(marker, body[0], body[6::3][: body[5]])
        position += 2 + length
    raise PictureBroken("no JPEG frame header")


def _is_plain_rgb(image: Image.Image, frame: _Frame) -> bool:
    """Components named R, G, B are not YCbCr, which PDF would take them for unless it is told."""
    return frame.component_ids == b"RGB" and "adobe" not in image.info and "jfif" not in image.info


def _stated_resolution(image: Image.Image) -> StatedResolution:
    """JFIF's density, except that EXIF's counts where JFIF has no unit or programs' careless 72."""
    density = image.info.get("jfif_density")
    per_inch = _INCHES_PER_JFIF_UNIT.get(image.info.get("jfif_unit", 0))
    exif = exif_resolution(image)
    if not density:
        return exif
    jfif = StatedResolution.of(*density, per_inch=per_inch)
    if exif.dpi is not None and (jfif.dpi is None or round(jfif.dpi.x) == _CARELESS):
        return exif
    return jfif
