"""Image objects of a PDF as streams that can be placed into another PDF bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pikepdf

from dipro_scan.intake.encode import png_parms
from dipro_scan.intake.inflate import inflate, inflated_size
from dipro_scan.intake.jbig2 import is_generic_only, segment_types
from dipro_scan.intake.jpx import simple_channels
from dipro_scan.intake.pixels import fitting_profile
from dipro_scan.model import ColourSpace, ImageFilter, ImageStream

_CODECS = {
    "/DCTDecode": ImageFilter.DCT,
    "/DCT": ImageFilter.DCT,
    "/CCITTFaxDecode": ImageFilter.CCITT,
    "/CCF": ImageFilter.CCITT,
    "/FlateDecode": ImageFilter.FLATE,
    "/Fl": ImageFilter.FLATE,
    "/JBIG2Decode": ImageFilter.JBIG2,
    "/JPXDecode": ImageFilter.JPX,
}
_CCITT_KEYS = ("K", "Columns", "Rows", "BlackIs1", "EndOfLine", "EncodedByteAlign", "EndOfBlock")
_MOST_PALETTE = 256 * 3


@dataclass(frozen=True, slots=True)
class _Colours:
    space: ColourSpace
    components: int
    palette: bytes = b""
    icc_profile: bytes = b""


def own_stream(image: pikepdf.Object, *, as_stencil: bool = False) -> ImageStream | None:
    """The image's own bits; None where they would not show the same elsewhere, or not be sound.

    `as_stencil`: an image mask that was painted in opaque black counts as black on white.
    """
    coded = _codec_and_data(image)
    if coded is None:
        return None
    codec, parms, data = coded
    bits = 1 if as_stencil else int(image.get("/BitsPerComponent", 0))
    if codec is ImageFilter.JBIG2 or codec is ImageFilter.CCITT:
        bits = 1
    if codec in (ImageFilter.DCT, ImageFilter.JPX):
        bits = 8
    colours = _Colours(ColourSpace.GRAY, 1) if as_stencil else _colours_of(image, codec, data)
    if colours is None or bits not in (1, 2, 4, 8):
        return None
    inverted = _inversion(image, colours, bits)
    width, height = int(image.get("/Width", 0)), int(image.get("/Height", 0))
    decode_parms = _decode_parms(codec, parms, width, colours)
    if inverted is None or decode_parms is None or (bits == 1 and colours.components == 3):
        return None
    if codec is ImageFilter.FLATE and not _rows_are_whole(data, decode_parms, width, height, colours, bits):
        return None
    globals_data = _jbig2_globals(parms) if codec is ImageFilter.JBIG2 else b""
    return ImageStream(
        filter=codec,
        width_px=width,
        height_px=height,
        colour_space=colours.space,
        bits_per_component=bits,
        data=data,
        decode_parms=decode_parms,
        inverted=inverted,
        palette=colours.palette,
        icc_profile=colours.icc_profile,
        jbig2_globals=globals_data,
    )


def may_be_archived(stream: ImageStream) -> bool:
    """Whether the coding is one that may be passed on: no symbol coding, no unusual JPEG 2000."""
    if stream.filter is ImageFilter.JBIG2:
        types = segment_types(stream.jbig2_globals), segment_types(stream.data)
        return None not in types and is_generic_only(frozenset().union(*(kinds or () for kinds in types)))
    if stream.filter is ImageFilter.JPX:
        return simple_channels(stream.data) == (1 if stream.colour_space is ColourSpace.GRAY else 3)
    return True


def codec_of(image: pikepdf.Object) -> str:
    """The name of the image's last filter in small letters, for the steps; `none` without one."""
    filters = _listed(image.get("/Filter"))
    return str(filters[-1]).removeprefix("/").removesuffix("Decode").lower() if filters else "none"


def _codec_and_data(image: pikepdf.Object) -> tuple[ImageFilter, Any, bytes] | None:
    """The codec, its parameters, its data; an outer Flate wrapping is taken off."""
    filters = [str(name) for name in _listed(image.get("/Filter"))]
    parms = _listed(image.get("/DecodeParms", image.get("/DP")))
    parms += [None] * (len(filters) - len(parms))
    if not filters or len(filters) > 2 or filters[-1] not in _CODECS:
        return None
    data = bytes(image.read_raw_bytes())
    if len(filters) == 2:
        if _CODECS.get(filters[0]) is not ImageFilter.FLATE or parms[0] is not None:
            return None
        # A codec's data hardly shrink, so anything that unpacks to far more is no image.
        unwrapped = inflate(data, 20 * len(data) + (1 << 20))
        if unwrapped is None:
            return None
        data = unwrapped
    return _CODECS[filters[-1]], parms[len(filters) - 1], data


def _colours_of(image: pikepdf.Object, codec: ImageFilter, data: bytes) -> _Colours | None:
    space = image.get("/ColorSpace", image.get("/CS"))
    if space is None:
        channels = simple_channels(data) if codec is ImageFilter.JPX else None
        return {1: _Colours(ColourSpace.GRAY, 1), 3: _Colours(ColourSpace.RGB, 3)}.get(channels or 0)
    colours = _device_colours(space)
    if colours is not None or not isinstance(space, pikepdf.Array) or len(space) != 4:
        return colours
    if str(space[0]) not in ("/Indexed", "/I") or codec not in (ImageFilter.FLATE, ImageFilter.CCITT):
        return None
    base = _device_colours(space[1])
    if base is None:
        return None
    table = space[3]
    looked_up = bytes(table.read_bytes()) if isinstance(table, pikepdf.Stream) else bytes(table)
    looked_up = looked_up[: min((int(space[2]) + 1) * base.components, _MOST_PALETTE)]
    palette = looked_up if base.components == 3 else bytes(value for value in looked_up for _ in range(3))
    profile = base.icc_profile if base.components == 3 else b""
    return _Colours(ColourSpace.INDEXED, 1, palette[: len(palette) // 3 * 3], profile)


def _device_colours(space: pikepdf.Object) -> _Colours | None:
    """Gray and RGB, plain or by an ICC profile."""
    gray, rgb = _Colours(ColourSpace.GRAY, 1), _Colours(ColourSpace.RGB, 3)
    if isinstance(space, pikepdf.Name):
        return {"/DeviceGray": gray, "/G": gray, "/DeviceRGB": rgb, "/RGB": rgb}.get(str(space))
    if not isinstance(space, pikepdf.Array) or len(space) == 0:
        return None
    if len(space) == 1:
        return _device_colours(space[0])
    if str(space[0]) != "/ICCBased" or not isinstance(space[1], pikepdf.Stream):
        return None
    plain = {1: gray, 3: rgb}.get(int(space[1].get("/N", 0)))
    if plain is None:
        return None
    profile = fitting_profile(bytes(space[1].read_bytes()), plain.components)
    return _Colours(plain.space, plain.components, icc_profile=profile)


def _inversion(image: pikepdf.Object, colours: _Colours, bits: int) -> bool | None:
    """Whether samples count from white; None for a /Decode that says anything else."""
    decode = [float(value) for value in _listed(image.get("/Decode", image.get("/D")))]
    top = float((1 << bits) - 1) if colours.space is ColourSpace.INDEXED else 1.0
    if not decode or decode == [0.0, top] * colours.components:
        return False
    return True if colours.space is ColourSpace.GRAY and decode == [1.0, 0.0] else None


def _decode_parms(
    codec: ImageFilter, parms: Any, width: int, colours: _Colours
) -> dict[str, int | bool] | None:
    given = {} if parms is None else {key.removeprefix("/"): value for key, value in parms.items()}
    if codec is ImageFilter.CCITT:
        taken = {
            key: bool(given[key]) if isinstance(given[key], bool) else int(given[key])
            for key in _CCITT_KEYS
            if key in given
        }
        # PDF's default for Columns is a fax's 1728, whatever the width; said aloud, nobody errs.
        taken.setdefault("Columns", 1728)
        taken.setdefault("K", 0)
        return taken if taken["Columns"] == width else None
    if codec is ImageFilter.DCT:
        says = colours.components == 3 and "ColorTransform" in given
        return {"ColorTransform": int(given["ColorTransform"])} if says else {}
    if codec is not ImageFilter.FLATE or int(given.get("Predictor", 1)) == 1:
        return {}
    named = [
        int(given.get(key, default))
        for key, default in (("Colors", 1), ("BitsPerComponent", 8), ("Columns", 1))
    ]
    return png_parms(*named) | {"Predictor": int(given["Predictor"])}


def _rows_are_whole(
    data: bytes, parms: dict[str, int | bool], width: int, height: int, colours: _Colours, bits: int
) -> bool:
    """Whether Flate data unpack to all the rows that the image has, and to hardly more."""
    row_bytes = (width * colours.components * bits + 7) // 8
    predictor = int(parms.get("Predictor", 1))
    if predictor > 1 and (
        parms["Columns"] != width
        or parms["Colors"] != colours.components
        or parms["BitsPerComponent"] != bits
    ):
        return False
    expected = height * (row_bytes + (1 if predictor >= 10 else 0))
    size = inflated_size(data, expected + row_bytes + 2)
    return size is not None and size >= expected


def _jbig2_globals(parms: Any) -> bytes:
    stream = None if parms is None else parms.get("/JBIG2Globals")
    return bytes(stream.read_bytes()) if isinstance(stream, pikepdf.Stream) else b""


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]
