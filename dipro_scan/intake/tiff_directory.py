"""The chain of image directories in a TIFF file: where its pages are, before any is decoded.

TIFF 6.0 and BigTIFF, either byte order.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_WIDTH, _HEIGHT, _SUBFILE = 256, 257, 254
_REDUCED = 1  # NewSubfileType bit 0: a smaller version of another image in the file
_NUMBER_FORMATS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_ENTRIES = 4096


@dataclass(frozen=True, slots=True)
class TiffDirectory:
    """One image of a file. `frame` counts directories from 0, as Pillow does; None: it is unreadable."""

    frame: int | None
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True, slots=True)
class _Layout:
    """Byte order, and how wide counts, offsets and entries are."""

    order: str
    big: bool

    @property
    def count_format(self) -> str:
        return self.order + ("Q" if self.big else "H")

    @property
    def offset_format(self) -> str:
        return self.order + ("Q" if self.big else "I")

    @property
    def entry_bytes(self) -> int:
        return 20 if self.big else 12


def tiff_pages(path: Path, most: int) -> list[TiffDirectory]:
    """The pages of a TIFF in order, at most `most` + 1 of them.

    Thumbnails are no pages. A link that leads nowhere stands for one page that cannot be read, because
    the file promises it. Empty where not even the first directory can be read.
    """
    pages: list[TiffDirectory] = []
    seen: set[int] = set()
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        layout, offset = _header(file)
        frame = 0
        while layout is not None and offset and offset not in seen and len(pages) <= most:
            seen.add(offset)
            entries = _entries(file, layout, offset) if offset < size else None
            if entries is None:
                return [*pages, TiffDirectory(None)] if pages else []
            values, following = entries
            page = TiffDirectory(frame, values.get(_WIDTH, 0), values.get(_HEIGHT, 0))
            if not (pages and values.get(_SUBFILE, 0) & _REDUCED and page.width_px < pages[-1].width_px):
                pages.append(page)
            frame += 1
            offset = following
    return pages


def _header(file: IO[bytes]) -> tuple[_Layout | None, int]:
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return None, 0
    (magic,) = struct.unpack_from(order + "H", head, 2)
    layout = _Layout(order, big=magic == 43)
    if layout.big and len(head) < 16:
        return None, 0
    (offset,) = struct.unpack_from(layout.offset_format, head, 8 if layout.big else 4)
    return layout, offset


def _entries(file: IO[bytes], layout: _Layout, offset: int) -> tuple[dict[int, int], int] | None:
    """First values of the directory's short entries and the next directory's offset."""
    file.seek(offset)
    count_bytes = struct.calcsize(layout.count_format)
    head = file.read(count_bytes)
    if len(head) < count_bytes:
        return None
    (count,) = struct.unpack(layout.count_format, head)
    body = file.read(min(count, _MOST_ENTRIES) * layout.entry_bytes)
    tail = file.read(struct.calcsize(layout.offset_format))
    if not 0 < count <= _MOST_ENTRIES or len(body) < count * layout.entry_bytes:
        return None
    values = {}
    for start in range(0, len(body), layout.entry_bytes):
        tag, kind = struct.unpack_from(layout.order + "HH", body, start)
        number_format = _NUMBER_FORMATS.get(kind)
        if number_format is not None and (layout.big or kind != 16):
            place = start + (12 if layout.big else 8)
            (values[tag],) = struct.unpack_from(layout.order + number_format, body, place)
    whole = len(tail) == struct.calcsize(layout.offset_format)
    # A directory that the file cuts off right after its entries is whole, only its successor is unknown.
    return values, struct.unpack(layout.offset_format, tail)[0] if whole else 0
