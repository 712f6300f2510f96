"""Encoded images, as a PDF would hold them, and the pixels that a worker looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

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
class CompactImage:
    """A page in layers (ITU-T T.44), encoded: inks at full resolution over a calm background.

    All layers cover the same place: `width_px` × `height_px` pixels of the page, and up to the next whole
    pixel of the background to the right and below. `mask`: one bit a pixel of the page, black where ink is;
    None for a page without any. `inks`: the inks' colours, RGB 0-255, or the image of them that shows through
    the mask.
    """

    width_px: int
    height_px: int
    background: ImageStream
    mask: ImageStream | None = None
    inks: ImageStream | tuple[int, int, int] = (0, 0, 0)

    @property
    def streams(self) -> tuple[ImageStream, ...]:
        """The background, then what is painted over it: the mask, if any, and its inks, if many."""
        over = () if self.mask is None else (self.mask,)
        inks = (self.inks,) if isinstance(self.inks, ImageStream) else ()
        return (self.background, *over, *inks)

    @property
    def size_bytes(self) -> int:
        """Of all encoded data."""
        return sum(len(stream.data) for stream in self.streams)


StoredImage = ImageStream | CompactImage
"""How a page's image is stored in its record."""

SmallerKind = Literal["compact", "bitonal"]


@dataclass(frozen=True, slots=True)
class SmallerImage:
    """What became of the attempt to make a page's image smaller: in bytes, `before` and `after`.

    `faults` are the rules of the guard that it broke (stable ids). `saves`: whether it is small enough to be
    worth it.
    """

    kind: SmallerKind
    before: int
    after: int
    faults: tuple[str, ...] = ()
    saves: bool = True

    @property
    def is_there(self) -> bool:
        """Whether the smaller image was kept, so that it may be stored."""
        return self.saves and not self.faults


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
