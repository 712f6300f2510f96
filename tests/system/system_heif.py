"""Makes HEIF files whose pixels are known exactly.

No free encoder of HEVC is at hand, so the files are made here: HEVC may hold samples as they are (PCM), and
the little arithmetic coding around them is written out below.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
# ITU-T H.265, table 9-52: how a context narrows while it always holds what is most probable.
_LPS_RANGES = """
    128,176,208,240  128,167,197,227  128,158,187,216  123,150,178,205  116,142,169,195  111,135,160,185
    105,128,152,175  100,122,144,166  95,116,137,158  90,110,130,150  85,104,123,142  81,99,117,135
    77,94,111,128  73,89,105,122  69,85,100,116  66,80,95,110  62,76,90,104  59,72,86,99
    56,69,81,94  53,65,77,89  51,62,73,85  48,59,69,80  46,56,66,76  43,53,63,72
    41,50,59,69  39,48,56,65  37,45,54,62  35,43,51,59  33,41,48,56  32,39,46,53
    30,37,43,50  29,35,41,48  27,33,39,45  26,31,37,43  24,30,35,41  23,28,33,39
    22,27,32,37  21,26,30,35  20,24,29,33  19,23,27,31  18,22,26,30  17,21,25,28
    16,20,23,27  15,19,22,25  14,18,21,24  14,17,20,23  13,16,19,22  12,15,18,21
    12,14,17,20  11,14,16,19  11,13,15,18  10,12,15,17  10,12,14,16  9,11,13,15
    9,11,12,14  8,10,12,14  8,9,11,13  7,9,11,12  7,9,10,12  7,8,10,11
    6,8,9,11  6,7,9,10  6,7,8,9
"""
LPS_RANGES = [tuple(map(int, row.split(","))) for row in _LPS_RANGES.split()]
PROFILE = bytes([4]) + struct.pack(">I", 1 << 27) + bytes([0x90, 0, 0, 0, 0, 0]) + bytes([93])


class Bits:
    def __init__(self) -> None:
        self.text: list[str] = []
        self.length = 0

    def fixed(self, count: int, value: int = 0) -> Bits:
        self.text.append(f"{value:0{count}b}" if count else "")
        self.length += count
        return self

    def whole(self, *data: int) -> Bits:
        return self.fixed(8 * len(data), int.from_bytes(bytes(data), "big"))

    def golomb(self, *values: int) -> Bits:
        for value in values:
            width = (value + 1).bit_length()
            self.fixed(2 * width - 1, value + 1)
        return self

    def aligned(self) -> Bits:
        return self.fixed(-self.length % 8)

    def stopped(self) -> bytes:
        self.fixed(1, 1).aligned()
        return self.data()

    def data(self) -> bytes:
        text = "".join(self.text)
        return int(text, 2).to_bytes(len(text) // 8, "big")


class Arithmetic:
    """The encoder of H.265, 9.3.5, for bins that are most probable or that end something."""

    def __init__(self, bits: Bits) -> None:
        self.bits = bits
        self.low, self.range, self.first, self.outstanding = 0, 510, True, 0

    def probable(self, state: int) -> None:
        self.range -= LPS_RANGES[min(state, len(LPS_RANGES) - 1)][self.range >> 6 & 3]
        self._renormalise()

    def end(self, value: bool) -> None:
        self.range -= 2
        if value:
            self.low += self.range
            self.range = 2
        self._renormalise()
        if value:
            self._put(self.low >> 9 & 1)
            self.bits.fixed(2, self.low >> 7 & 3 | 1).aligned()

    def _renormalise(self) -> None:
        while self.range < 256:
            if self.low < 256:
                self._put(0)
            elif self.low >= 512:
                self.low -= 512
                self._put(1)
            else:
                self.low -= 256
                self.outstanding += 1
            self.range <<= 1
            self.low <<= 1

    def _put(self, bit: int) -> None:
        if self.first:
            self.first = False
        else:
            self.bits.fixed(1, bit)
        for _count in range(self.outstanding):
            self.bits.fixed(1, 1 - bit)
        self.outstanding = 0


def _nal(kind: int, payload: bytes) -> bytes:
    escaped = bytearray()
    zeros = 0
    for value in payload:
        if zeros >= 2 and value <= 3:
            escaped.append(3)
            zeros = 0
        escaped.append(value)
        zeros = zeros + 1 if value == 0 else 0
    return bytes([kind << 1, 1]) + bytes(escaped)


def _parameter_sets(width: int, height: int, chroma: int, depth: int) -> list[tuple[int, bytes]]:
    video = Bits().fixed(4).fixed(2, 3).fixed(6).fixed(3).fixed(1, 1).fixed(16, 0xFFFF).whole(*PROFILE)
    video.fixed(1, 1).golomb(0, 0, 0).fixed(6).golomb(0).fixed(2)
    across, down = -width % BLOCK, -height % BLOCK
    sequence = Bits().fixed(4).fixed(3).fixed(1, 1).whole(*PROFILE).golomb(0, chroma)
    sequence.fixed(1 if chroma == 3 else 0).golomb(width + across, height + down)
    sequence.fixed(1, 1).golomb(0, across, 0, down).golomb(depth - 8, depth - 8, 0)
    sequence.fixed(1, 1).golomb(0, 0, 0).golomb(2, 0, 0, 3, 0, 0).fixed(3).fixed(1, 1)
    sequence.fixed(4, depth - 1).fixed(4, depth - 1).golomb(2, 0).fixed(1, 1).golomb(0).fixed(5)
    picture = Bits().golomb(0, 0).fixed(2).fixed(3).fixed(2).golomb(0, 0, 0).fixed(3).golomb(0, 0).fixed(7)
    picture.fixed(3, 0b101).fixed(2).golomb(0).fixed(2)
    sets = ((32, video), (33, sequence), (34, picture))
    return [(kind, _nal(kind, bits.stopped())) for kind, bits in sets]


def _slice(planes: list[NDArray[np.uint16]], depth: int) -> bytes:
    bits = Bits().fixed(2, 0b10).golomb(0, 2, 0).fixed(1, 1).aligned()
    height, width = planes[0].shape
    padded = [np.pad(plane, ((0, -height % BLOCK), (0, -width % BLOCK))) for plane in planes]
    coder = Arithmetic(bits)
    places = [
        (y, x) for y in range(0, padded[0].shape[0], BLOCK) for x in range(0, padded[0].shape[1], BLOCK)
    ]
    for number, (y, x) in enumerate(places):
        coder.probable(number)  # one coding unit, not parted
        coder.end(True)  # its samples follow as they are
        for plane in padded:
            block = plane[y : y + BLOCK, x : x + BLOCK]
            if depth == 8:
                bits.whole(*block.astype(np.uint8).tobytes())
            else:
                for value in block.flat:
                    bits.fixed(depth, int(value))
        coder = Arithmetic(bits)
        coder.end(number == len(places) - 1)
    return _nal(19, bits.data())


@dataclass
class Item:
    """An image of a HEIF file: gray or RGB samples; `turns` quarter turns to the left, then `mirror`."""

    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    depth: int = 8
    turns: int | None = None
    mirror: int | None = None
    exif: bytes = b""
    profile: bytes = b""
    alpha: NDArray[np.uint8] | None = None
    stated_size: tuple[int, int] | None = None
    properties: list[bytes] = field(default_factory=list)


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


def _full(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *content)


def _coded(item: Item) -> tuple[bytes, list[bytes]]:
    """The slice of an image and its properties."""
    gray = item.pixels.ndim == 2
    planes = [item.pixels] if gray else [item.pixels[:, :, channel] for channel in (1, 2, 0)]
    height, width = item.pixels.shape[:2]
    chroma = 0 if gray else 3
    arrays = [
        struct.pack(">BHH", 0x80 | kind, 1, len(nal)) + nal
        for kind, nal in _parameter_sets(width, height, chroma, item.depth)
    ]
    depth = 0xF8 | item.depth - 8
    described = struct.pack(">HBBBBHBB", 0xF000, 0xFC, 0xFC | chroma, depth, depth, 0, 0x0F, len(arrays))
    properties = [
        _box(b"hvcC", b"\1", PROFILE, described, *arrays),
        _full(b"ispe", struct.pack(">II", *(item.stated_size or (width, height)))),
    ]
    if not gray:  # samples are green, blue, red
        properties.append(_box(b"colr", b"nclx", struct.pack(">HHHB", 1, 13, 0, 0x80)))
    if item.profile:
        properties.append(_box(b"colr", b"prof", item.profile))
    if item.turns is not None:
        properties.append(_box(b"irot", bytes([item.turns])))
    if item.mirror is not None:
        properties.append(_box(b"imir", bytes([item.mirror])))
    nal = _slice([plane.astype(np.uint16) for plane in planes], item.depth)
    return struct.pack(">I", len(nal)) + nal, properties + item.properties


def heif(*items: Item, brand: bytes = b"heic") -> bytes:
    """A HEIF file of these images."""
    entries: list[tuple[bytes, bytes, list[bytes]]] = []
    references = []
    for item in items:
        entries.append((b"hvc1", *_coded(item)))
        number = len(entries)
        if item.exif:
            entries.append((b"Exif", struct.pack(">I", 0) + item.exif, []))
            references.append(_box(b"cdsc", struct.pack(">HHH", len(entries), 1, number)))
        if item.alpha is not None:
            auxiliary = _full(b"auxC", b"urn:mpeg:hevc:2015:auxid:1\0")
            entries.append((b"hvc1", *_coded(Item(item.alpha, properties=[auxiliary]))))
            references.append(_box(b"auxl", struct.pack(">HHH", len(entries), 1, number)))
    head = _box(b"ftyp", brand, b"\0\0\0\0", b"mif1", brand)
    meta = _meta(entries, references, 0)
    meta = _meta(entries, references, len(head) + len(meta) + 8)
    return head + meta + _box(b"mdat", *(data for _kind, data, _properties in entries))


def _meta(entries: list[tuple[bytes, bytes, list[bytes]]], references: list[bytes], start: int) -> bytes:
    infos, places, properties, uses = [], [], [], []
    for number, (kind, data, own) in enumerate(entries, start=1):
        infos.append(_full(b"infe", struct.pack(">HH", number, 0), kind, b"\0", version=2))
        places.append(struct.pack(">HHHII", number, 0, 1, start, len(data)))
        start += len(data)
        marked = [len(properties) + index + 1 for index in range(len(own))]
        properties += own
        uses.append(struct.pack(">HB", number, len(marked)) + bytes(0x80 | mark for mark in marked))
    return _full(
        b"meta",
        _full(b"hdlr", bytes(4), b"pict", bytes(13)),
        _full(b"pitm", struct.pack(">H", 1)),
        _full(b"iloc", b"\x44\0", struct.pack(">H", len(places)), *places),
        _full(b"iinf", struct.pack(">H", len(infos)), *infos),
        _full(b"iref", *references) if references else b"",
        _box(b"iprp", _box(b"ipco", *properties), _full(b"ipma", struct.pack(">I", len(uses)), *uses)),
    )
