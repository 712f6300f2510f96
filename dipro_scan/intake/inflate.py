"""Flate data, unpacked no further than it may be."""

from __future__ import annotations

import zlib

_PIECE_BYTES = 1 << 18


def inflated_size(data: bytes, limit_bytes: int) -> int | None:
    """How many bytes the zlib stream `data` unpacks to, without holding them.

    None where the stream is broken, incomplete, or longer than `limit_bytes`.
    """
    unpacker = zlib.decompressobj()
    size = 0
    try:
        for start in range(0, len(data), _PIECE_BYTES):
            piece = data[start : start + _PIECE_BYTES]
            while piece:
                size += len(unpacker.decompress(piece, _PIECE_BYTES))
                if size > limit_bytes:
                    return None
                piece = unpacker.unconsumed_tail
            if unpacker.eof:
                return size
    except zlib.error:
        return None
    return None


def inflate(data: bytes, limit_bytes: int) -> bytes | None:
    """What the zlib stream `data` unpacks to; None as for `inflated_size`."""
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, limit_bytes + 1)
    except zlib.error:
        return None
    return unpacked if unpacker.eof and len(unpacked) <= limit_bytes else None
