"""How many frames a WebP file has and how large they are, before any is decoded (RFC 9649)."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dipro_scan.intake.picture import PictureBroken

_HEAD_BYTES = 30
_ANIMATED = 0x02
_LOSSLESS_SIGNATURE = 0x2F
_KEY_FRAME_START = b"\x9d\x01\x2a"


@dataclass(frozen=True, slots=True)
class WebpFrames:
    frames: int
    width_px: int
    height_px: int


def webp_frames(path: Path, most: int) -> WebpFrames:
    """The frames of a WebP file; counting stops at `most` + 1.

    Raises PictureBroken where the file is shorter than it says, or has no frame.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if len(head) < _HEAD_BYTES:
            raise PictureBroken("WebP ends too early")
        end = 8 + int.from_bytes(head[4:8], "little")
        if end > os.fstat(file.fileno()).st_size:
            raise PictureBroken("WebP ends too early")
        width, height = _canvas(head)
        animated = head[12:16] == b"VP8X" and bool(head[20] & _ANIMATED)
        frames = _animation_frames(file, end, most) if animated else 1
    if frames == 0:
        raise PictureBroken("WebP animation without a frame")
    return WebpFrames(frames, width, height)


def _canvas(head: bytes) -> tuple[int, int]:
    """Width and height by the first chunk: simple lossy, simple lossless, or extended."""
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L" and head[20] == _LOSSLESS_SIGNATURE:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and head[23:26] == _KEY_FRAME_START:
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise PictureBroken(f"WebP begins with {kind!r}")


def _animation_frames(file: IO[bytes], end: int, most: int) -> int:
    frames = 0
    position = 12
    while position + 8 <= end and frames <= most:
        file.seek(position)
        kind, length = struct.unpack("<4sI", file.read(8))
        position += 8 + length + length % 2
        if position > end:
            raise PictureBroken(f"WebP chunk {kind!r} ends too early")
        frames += kind == b"ANMF"
    return frames
