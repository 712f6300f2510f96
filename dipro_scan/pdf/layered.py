"""A page in layers → encoded images: the mask in group 4, the inks as few colours, the background as JPEG.

JPEG is made and read with OpenCV's libjpeg-turbo: what the guard judges is what a viewer will show.
"""

from __future__ import annotations

import zlib
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dipro_scan.model import ColourSpace, CompactImage, ImageFilter, ImageStream
from dipro_scan.model.layers import BACKGROUND_STEP, PageLayers
from dipro_scan.pdf.group4 import group4_stream

Pixels = NDArray[np.uint8]

_LEVEL: Final = 6
_HUFFMAN: Final = (cv2.IMWRITE_JPEG_OPTIMIZE, 1)
"""Codes of its own take half the bytes of a calm ground, and a millisecond."""


def encoded_layers(layers: PageLayers, background_quality: int) -> CompactImage:
    """`layers`, encoded. `background_quality` is JPEG's, 1 to 95."""
    height, width = layers.mask.shape
    background = jpeg_stream(layers.background, background_quality)
    if not layers.mask.any():
        return CompactImage(width, height, background)
    rows, columns = (size * BACKGROUND_STEP for size in layers.numbers.shape)
    whole = np.zeros((rows, columns), dtype=np.bool_)
    whole[:height, :width] = layers.mask
    inks = layers.palette[0] if len(layers.palette) == 1 else _ink_image(layers, whole)
    return CompactImage(width, height, background, stencil(whole), inks)


def stencil(ink: NDArray[np.bool_]) -> ImageStream:
    """Group 4 of `ink`, shape (height, width): what is ink is black."""
    height, width = ink.shape
    rows = np.packbits(~ink, axis=1)
    return group4_stream(Image.frombuffer("1", (width, height), rows.tobytes(), "raw", "1", 0, 1))


def _ink_image(layers: PageLayers, whole: NDArray[np.bool_]) -> ImageStream:
    """Which ink lies where, four bits a square; squares without ink have that of the ink to their left."""
    rows, columns = layers.numbers.shape
    share = cv2.resize(whole.view(np.uint8) * np.uint8(255), (columns, rows), interpolation=cv2.INTER_AREA)
    inked = np.asarray(share) > 0
    places = np.arange(columns, dtype=np.int32)
    nearest = np.maximum.accumulate(np.where(inked, places, np.int32(0)), axis=1)
    numbers = np.take_along_axis(layers.numbers, nearest, axis=1)
    numbers[nearest == 0] = 0
    numbers[:, 0] = np.where(inked[:, 0], layers.numbers[:, 0], 0)
    packed = numbers[:, 0::2] << 4
    packed[:, : columns // 2] |= numbers[:, 1::2]
    return ImageStream(
        filter=ImageFilter.FLATE,
        width_px=columns,
        height_px=rows,
        colour_space=ColourSpace.INDEXED,
        bits_per_component=4,
        data=zlib.compress(packed.tobytes(), _LEVEL),
        palette=bytes(level for colour in layers.palette for level in colour),
    )


def jpeg_stream(pixels: Pixels, quality: int) -> ImageStream:
    """Baseline JPEG of gray or RGB pixels."""
    gray = pixels.ndim == 2
    shown = pixels if gray else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", shown, [*_HUFFMAN, cv2.IMWRITE_JPEG_QUALITY, quality])
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
