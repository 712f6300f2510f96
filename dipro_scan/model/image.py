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
class InkImage:
    """One ink of a page: its colour, RGB 0-255, and where it lies: one bit a pixel, black is ink."""

    colour: tuple[int, int, int]
    mask: ImageStream


@dataclass(frozen=True, slots=True)
class CompactImage:
    """A page in layers (ITU-T T.44), encoded: inks at full resolution over a calm background.

    All masks are `width_px` × `height_px`. A pixel of `background` covers `background_step` of theirs across
    and down, from the upper left on, so that its last row and column may stick out of the page.
    """

    width_px: int
    height_px: int
    background: ImageStream
    background_step: int
    inks: tuple[InkImage, ...]

    @property
    def size_bytes(self) -> int:
        """Of all encoded data."""
        return len(self.background.data) + sum(len(ink.mask.data) for ink in self.inks)


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
