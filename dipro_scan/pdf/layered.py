"""A page in layers → encoded images: each ink as a stencil in group 4, the background as JPEG.

JPEG is made and read with OpenCV's libjpeg-turbo: what the guard judges is what a viewer will show.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dipro_scan.model import ColourSpace, CompactImage, ImageFilter, ImageStream, InkImage
from dipro_scan.model.layers import BACKGROUND_STEP, PageLayers
from dipro_scan.pdf.group4 import group4_stream

Pixels = NDArray[np.uint8]


def encoded_layers(layers: PageLayers, background_quality: int) -> CompactImage:
    """`layers`, encoded; inks that lie nowhere are left out. `background_quality` is JPEG's, 1 to 95."""
    height, width = layers.mask.shape
    inks = tuple(InkImage(ink.colour, stencil(ink.mask)) for ink in layers.inks if ink.mask.any())
    background = jpeg_stream(layers.background, background_quality)
    return CompactImage(width, height, background, BACKGROUND_STEP, inks)


def stencil(ink: NDArray[np.bool_]) -> ImageStream:
    """Group 4 of `ink`, shape (height, width): what is ink is black."""
    height, width = ink.shape
    rows = np.packbits(~ink, axis=1)
    return group4_stream(Image.frombuffer("1", (width, height), rows.tobytes(), "raw", "1", 0, 1))


def jpeg_stream(pixels: Pixels, quality: int) -> ImageStream:
    """Baseline JPEG of gray or RGB pixels."""
    gray = pixels.ndim == 2
    shown = pixels if gray else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the background cannot be encoded")
    return ImageStream(
        filter=ImageFilter.DCT,
        width_px=pixels.shape[1],
        height_px=pixels.shape[0],
        colour_space=ColourSpace.GRAY if gray else ColourSpace.RGB,
        bits_per_component=8,
        data=data.tobytes(),
    )


def jpeg_pixels(stream: ImageStream) -> Pixels:
    """The pixels that a viewer shows of a JPEG made by `jpeg_stream`: gray, or RGB."""
    shown = cv2.imdecode(np.frombuffer(stream.data, np.uint8), cv2.IMREAD_UNCHANGED)
    if shown is None:
        raise ValueError("the stream is no JPEG")
    if shown.ndim == 3:
        shown = cv2.cvtColor(shown, cv2.COLOR_BGR2RGB)
    return np.asarray(shown, dtype=np.uint8)
