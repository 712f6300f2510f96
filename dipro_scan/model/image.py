"""Encoded images, as a PDF would hold them, and the pixels that a worker looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from dipro_scan.model.geometry import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ImageFilter(StrEnum):
    """How a stream is encoded; the values are PDF's names."""

    DCT = "DCTDecode"
    CCITT = "CCITTFaxDecode"
    FLATE = "FlateDecode"
    JPX = "JPXDecode"
    JBIG2 = "JBIG2Decode"


class ColourSpace(StrEnum):
    GRAY = "gray"
    RGB = "rgb"
    INDEXED = "indexed"


class Colour(StrEnum):
    """What the scan holds: black and white only, grays, or colour."""

    BITONAL = "bitonal"
    GRAY = "gray"
    COLOUR = "colour"


@dataclass(frozen=True, slots=True)
class ImageStream:
    """An encoded image, ready to become a PDF image without decoding.

    `decode_parms` are PDF's decode parameters (`K`, `Columns`, `Rows`, `BlackIs1`, `Predictor`, …).
    `inverted` means that samples count from white: PDF's `/Decode [1 0]`. `palette` holds RGB
    triplets for `INDEXED`. `icc_profile` is the colour profile the source declared, empty for none.
    """

    filter: ImageFilter
    width_px: int
    height_px: int
    colour_space: ColourSpace
    bits_per_component: int
    data: bytes = field(repr=False)
    decode_parms: dict[str, int | bool] = field(default_factory=dict)
    inverted: bool = False
    palette: bytes = field(default=b"", repr=False)
    icc_profile: bytes = field(default=b"", repr=False)
    jbig2_globals: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class ReadingImage:
    """What an OCR engine sees: the upright, straightened page as gray pixels.

    pixels: uint8, shape (height, width), 255 is paper. `dpi` holds for both axes. `origin_mm` is the
    place on the page (millimetres) of the image's top left corner; it is negative where straightening
    let a corner stick out of the frame.
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    dpi: float = 300.0
    origin_mm: tuple[float, float] = (0.0, 0.0)

    def box_mm(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The place on the page of a rectangle given in this image's pixels."""
        scale = 25.4 / self.dpi
        left, top = self.origin_mm
        return Box(x0 * scale + left, y0 * scale + top, x1 * scale + left, y1 * scale + top)
