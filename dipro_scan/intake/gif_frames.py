"""How many frames a GIF file has and how large they get, before any is decoded (GIF89a, appendix B)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dipro_scan.intake.picture import PictureBroken
from dipro_scan.intake.resolution import StatedResolution

_HEADER_BYTES, _DESCRIPTOR_BYTES = 13, 9
_EXTENSION, _IMAGE, _TRAILER = b"!", b",", b";"
_HAS_COLOUR_TABLE = 0x80


@dataclass(frozen=True, slots=True)
class GifFrames:
    """`width_px` × `height_px` holds the screen and every frame counted."""

    frames: int
    width_px: int
    height_px: int
    stated: StatedResolution


def gif_frames(path: Path, most: int) -> GifFrames:
    """The frames of a GIF file; counting stops at `most` + 1.

    Raises PictureBroken where the file has none, or ends before it says that it does: frames may be lost.
    """
    with path.open("rb") as file:
        width, height, flags, _background, aspect = struct.unpack("<HHBBB", _exactly(file, _HEADER_BYTES)[6:])
        _skip_colour_table(file, flags)
        frames = 0
        while frames <= most:
            kind = _exactly(file, 1)
            if kind == _TRAILER:
                break
            if kind == _EXTENSION:
                _exactly(file, 1)
                _skip_blocks(file)
            elif kind == _IMAGE:
                left, top, across, down, flags = struct.unpack("<HHHHB", _exactly(file, _DESCRIPTOR_BYTES))
                width, height = max(width, left + across), max(height, top + down)
                _skip_colour_table(file, flags)
                _exactly(file, 1)  # the size of the first codes
                _skip_blocks(file)
                frames += 1
    if frames == 0:
        raise PictureBroken("GIF without a frame")
    return GifFrames(frames, width, height, _pixel_shape(aspect))


def _pixel_shape(aspect: int) -> StatedResolution:
    """The byte tells how much wider than high a pixel is, 0 nothing."""
    return StatedResolution.of(1.0, (aspect + 15) / 64, per_inch=None) if aspect else StatedResolution()


def _skip_colour_table(file: IO[bytes], flags: int) -> None:
    if flags & _HAS_COLOUR_TABLE:
        _exactly(file, 3 << (flags & 7) + 1)


def _skip_blocks(file: IO[bytes]) -> None:
    while length := _exactly(file, 1)[0]:
        _exactly(file, length)


def _exactly(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise PictureBroken("GIF ends too early")
    return data
