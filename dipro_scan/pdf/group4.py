"""Bitonal pixels → CCITT group 4 (ITU-T T.6), as libtiff codes it."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from dipro_scan.model import ColourSpace, ImageFilter, ImageStream

_PHOTOMETRIC, _STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_BYTES = 262, 273, 278, 279
_BLACK_IS_ZERO: Final = 1


def group4_stream(image: Image.Image) -> ImageStream:
    """The whole image (mode `1`) as one strip, taken out of the TIFF that libtiff writes around it."""
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: image.height})
    data = buffer.getvalue()
    with Image.open(io.BytesIO(data)) as tiff:
        tags = dict(tiff.getexif())
    start, length = (_only(tags[tag]) for tag in (_STRIP_OFFSETS, _STRIP_BYTES))
    parameters: dict[str, int | bool] = {"K": -1, "Columns": image.width, "Rows": image.height}
    if tags[_PHOTOMETRIC] == _BLACK_IS_ZERO:
        parameters["BlackIs1"] = True
    return ImageStream(
        filter=ImageFilter.CCITT,
        width_px=image.width,
        height_px=image.height,
        colour_space=ColourSpace.GRAY,
        bits_per_component=1,
        data=data[start : start + length],
        decode_parms=parameters,
    )


def _only(value: int | tuple[int, ...]) -> int:
    """A tag's single value, however Pillow gives it."""
    return value if isinstance(value, int) else value[0]
