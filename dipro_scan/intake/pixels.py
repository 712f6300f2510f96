"""From any kind of samples that Pillow knows to those that a page may have: black, gray, RGB."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageCms

from dipro_scan.intake.encode import bitonal_stream, flate_stream, indexed_stream
from dipro_scan.intake.picture import PictureBroken
from dipro_scan.intake.samples import samples
from dipro_scan.model import Colour, ColourSpace, ImageStream, ProcessingStep

if TYPE_CHECKING:
    from numpy.typing import NDArray

# JPEG's rounding moves a gray pixel's channels apart by a few levels; ink moves them by dozens.
NEUTRAL_LEVELS = 8
_BAND_ROWS = 512
_PROFILE_CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")


@dataclass(frozen=True, slots=True)
class CodedImage:
    """A picture as a page holds it: stream and pixels show the same, `steps` say what was changed."""

    stream: ImageStream
    pixels: NDArray[np.uint8]
    colour: Colour
    steps: tuple[ProcessingStep, ...] = ()


def code_losslessly(
    image: Image.Image,
    why: str,
    *,
    icc_profile: bytes = b"",
    counts_from_white: bool = False,
    stored_bits: int = 8,
    narrow: bool = False,
) -> CodedImage:
    """Code a decoded Pillow image anew, without loss of what it shows; `why` goes into the steps.

    Black and white becomes CCITT Group 4, all else Flate. `counts_from_white` says that 16-bit samples
    are inverted, which Pillow leaves to us. `stored_bits` is the depth in the file, which Pillow may have
    reduced without a word. `narrow`: the format knows only colours (or grays), so that samples which hold
    less become gray or black and white. Raises PictureBroken for samples that no page can have.
    """
    plain, steps = _plain(image, icc_profile, counts_from_white)
    converted = bool(steps) and steps[-1].name == "convert_colour"
    if stored_bits > 8 and all(step.name != "reduce_depth" for step in steps):
        steps = [_depth_step(stored_bits), *steps]
    if narrow:
        plain = _narrowed(plain, keep_colours=bool(icc_profile) and not converted)
    recode = ProcessingStep("recode", archive=True, parameters={"from": why})
    if plain.mode == "P":
        pixels = page_pixels(plain)
        bitonal = _is_bitonal(pixels)
        stream = bitonal_stream(pixels == 0) if bitonal else indexed_stream(plain)
        return CodedImage(stream, pixels, colour_of(pixels, bitonal=bitonal), (*steps, recode))
    pixels = samples(plain.convert("L") if plain.mode == "1" else plain)
    if plain.mode == "1":
        return CodedImage(bitonal_stream(pixels == 0), pixels, Colour.BITONAL, (*steps, recode))
    profile = b"" if converted else fitting_profile(icc_profile, 1 if pixels.ndim == 2 else 3)
    return CodedImage(flate_stream(plain, profile), pixels, colour_of(pixels), (*steps, recode))


def page_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """A Pillow image of mode 1, L, P or RGB as uint8 gray or RGB; a gray palette gives gray."""
    if image.mode == "1":
        return samples(image.convert("L"))
    if image.mode == "P":
        palette = np.frombuffer(bytes(image.getpalette("RGB") or b""), dtype=np.uint8).reshape(-1, 3)
        if palette.size and (palette == palette[:, :1]).all():
            return samples(image.convert("RGB"))[:, :, 0].copy()
        return samples(image.convert("RGB"))
    return samples(image)


def colour_of(pixels: NDArray[np.uint8], *, bitonal: bool = False) -> Colour:
    """What a scan holds; RGB whose channels differ by no more than `NEUTRAL_LEVELS` is gray."""
    if pixels.ndim == 2:
        return Colour.BITONAL if bitonal else Colour.GRAY
    for top in range(0, pixels.shape[0], _BAND_ROWS):
        red, green, blue = (pixels[top : top + _BAND_ROWS, :, channel] for channel in range(3))
        highest = np.maximum(np.maximum(red, green), blue)
        lowest = np.minimum(np.minimum(red, green), blue)
        if (highest - lowest > NEUTRAL_LEVELS).any():
            return Colour.COLOUR
    return Colour.GRAY


def colour_of_stream(stream: ImageStream, pixels: NDArray[np.uint8]) -> Colour:
    """What a scan holds, for a stream that was taken over as it is."""
    one_bit = stream.bits_per_component == 1
    if one_bit and stream.colour_space is ColourSpace.INDEXED:
        return colour_of(pixels, bitonal=_is_bitonal(pixels))
    return colour_of(pixels, bitonal=one_bit)


def fitting_profile(profile: bytes, components: int) -> bytes:
    """`profile` if it is an ICC profile for images of that many components, else nothing.

    Header fields as in ICC.1: size, class, colour space, signature.
    """
    space = {1: b"GRAY", 3: b"RGB "}.get(components)
    if len(profile) < 132 or int.from_bytes(profile[:4], "big") > len(profile):
        return b""
    if profile[36:40] != b"acsp" or profile[16:20] != space or profile[12:16] not in _PROFILE_CLASSES:
        return b""
    try:
        ImageCms.getOpenProfile(io.BytesIO(profile))
    except (OSError, ImageCms.PyCMSError):
        return b""
    return profile


def _plain(
    image: Image.Image, icc_profile: bytes, counts_from_white: bool
) -> tuple[Image.Image, list[ProcessingStep]]:
    """The image in mode 1, L, P or RGB, and what had to be done for that."""
    mode = image.mode
    if mode.startswith("I"):
        return _reduced_to_8_bits(image, counts_from_white)
    if mode in ("RGBA", "LA") and image.getchannel("A").getextrema() == (255, 255):
        return image.convert(mode[:-1]), []
    if mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        step = ProcessingStep("flatten_transparency", archive=True, parameters={"on": "white"})
        return _on_white(image), [step]
    if mode in ("1", "L", "P", "RGB"):
        return image, []
    if mode in ("CMYK", "YCbCr", "LAB"):
        converted, by = _in_srgb(image, icc_profile)
        parameters: dict[str, float | int | str | bool] = {"from": mode.lower(), "by": by}
        return converted, [ProcessingStep("convert_colour", archive=True, parameters=parameters)]
    raise PictureBroken(f"samples of kind {mode}")


def _reduced_to_8_bits(
    image: Image.Image, counts_from_white: bool
) -> tuple[Image.Image, list[ProcessingStep]]:
    samples = np.asarray(image).astype(np.int64)
    if samples.min() < 0 or samples.max() > 0xFFFF:
        raise PictureBroken("samples of more than 16 bits")
    if counts_from_white:
        samples = 0xFFFF - samples
    reduced = ((samples + 128) // 257).astype(np.uint8)
    return Image.fromarray(reduced), [_depth_step(16)]


def _depth_step(from_bits: int) -> ProcessingStep:
    return ProcessingStep("reduce_depth", archive=True, parameters={"from_bits": from_bits, "to_bits": 8})


def _narrowed(image: Image.Image, *, keep_colours: bool) -> Image.Image:
    """RGB without colour as gray, and gray of nothing but black and white as bitonal.

    `keep_colours`: a profile says what gray RGB looks like; only black and white are the same in each.
    """
    if image.mode not in ("L", "RGB"):
        return image
    pixels = np.asarray(image)
    gray = pixels if pixels.ndim == 2 else pixels[:, :, 0]
    bands = (pixels[top : top + _BAND_ROWS] for top in range(0, len(pixels), _BAND_ROWS))
    if pixels.ndim == 3 and not all((band == band[:, :, :1]).all() for band in bands):
        return image
    if _is_bitonal(gray):
        return Image.fromarray(gray == 255)
    return image if keep_colours else Image.fromarray(np.ascontiguousarray(gray))


def _on_white(image: Image.Image) -> Image.Image:
    gray = image.mode in ("LA", "La", "L", "1")
    layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, "white")
    paper.alpha_composite(layer)
    return paper.convert("L" if gray else "RGB")


def _in_srgb(image: Image.Image, icc_profile: bytes) -> tuple[Image.Image, str]:
    """The image in sRGB: by its own profile where it has one that works, else by Pillow's formulas."""
    try:
        if image.mode == "LAB":
            source = ImageCms.createProfile("LAB")
        elif image.mode == "CMYK" and icc_profile[16:20] == b"CMYK":
            source = ImageCms.getOpenProfile(io.BytesIO(icc_profile)).profile
        else:
            return image.convert("RGB"), "formula"
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (OSError, ImageCms.PyCMSError):
        converted = None
    return (converted, "profile") if converted is not None else (image.convert("RGB"), "formula")


def _is_bitonal(pixels: NDArray[np.uint8]) -> bool:
    return pixels.ndim == 2 and bool(((pixels == 0) | (pixels == 255)).all())
