"""HEIF: upright pages with the right pixels, one for each image of the container.

No free encoder of HEVC is at hand, so the files are made here: HEVC may hold samples as they are (PCM), and
the little arithmetic coding around them is written out below. So the pixels are known exactly.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from dipro_scan.intake import open_page, outline_source
from dipro_scan.model import (
    Colour,
    ColourSpace,
    ImageFilter,
    ImageStream,
    Page,
    PageFailed,
    PageInput,
    QuarantineReason,
    SourceRefused,
)
from dipro_scan.settings.schema import IntakeSettings

OpenPage = Callable[..., Page]
PixelsOf = Callable[[ImageStream], NDArray[np.uint8]]
Pixels = NDArray[np.uint8]
SETTINGS = IntakeSettings(max_megapixels=5)
BLOCK = 32
# ITU-T H.265, table 9-52: the first states of a context that always holds what is most probable.
LPS_RANGES = [
    (128, 176, 208, 240),
    (128, 167, 197, 227),
    (128, 158, 187, 216),
    (123, 150, 178, 205),
    (116, 142, 169, 195),
    (111, 135, 160, 185),
]
PROFILE = bytes([4]) + struct.pack(">I", 1 << 27) + bytes([0x90, 0, 0, 0, 0, 0]) + bytes([93])


class Bits:
    def __init__(self) -> None:
        self.text: list[str] = []

    def fixed(self, count: int, value: int = 0) -> Bits:
        self.text.append(f"{value:0{count}b}" if count else "")
        return self

    def whole(self, *data: int) -> Bits:
        return self.fixed(8 * len(data), int.from_bytes(bytes(data), "big"))

    def golomb(self, *values: int) -> Bits:
        for value in values:
            width = (value + 1).bit_length()
            self.fixed(2 * width - 1, value + 1)
        return self

    def aligned(self) -> Bits:
        return self.fixed(-len("".join(self.text)) % 8)

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
        self.range -= LPS_RANGES[state][self.range >> 6 & 3]
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
            for value in plane[y : y + BLOCK, x : x + BLOCK].flat:
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


def _file(path: Path, *items: Item, brand: bytes = b"heic") -> Path:
    path.write_bytes(heif(*items, brand=brand))
    return path


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_a_colour_image_keeps_its_pixels(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels, brand: bytes
) -> None:
    path = _file(tmp_path / "a.jpg", Item(colour_picture), brand=brand)
    assert outline_source(path, SETTINGS).media_type == "image/heif"
    page = page_of(path)
    assert (page.pixels == colour_picture).all()
    assert (shown_by_pikepdf(page.stream) == colour_picture).all()
    assert (page.stream.filter, page.colour, page.orientation) == (ImageFilter.FLATE, Colour.COLOUR, 1)
    assert [(step.name, step.parameters) for step in page.steps] == [("recode", {"from": "heif"})]


def test_gray_is_gray_and_black_on_white_is_bitonal(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, gray_picture: Pixels
) -> None:
    page = page_of(_file(tmp_path / "a.heic", Item(gray_picture)))
    assert (page.pixels == gray_picture).all()
    assert (page.colour, page.stream.colour_space) == (Colour.GRAY, ColourSpace.GRAY)
    bitonal = np.where(gray_picture > 127, 255, 0).astype(np.uint8)
    page = page_of(_file(tmp_path / "b.heic", Item(bitonal)))
    assert (page.stream.filter, page.colour) == (ImageFilter.CCITT, Colour.BITONAL)
    assert (shown_by_pikepdf(page.stream) == bitonal).all()


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("mirror", [None, 0, 1])
def test_the_container_s_turns_are_made_once(
    tmp_path: Path, page_of: OpenPage, colour_picture: Pixels, turns: int, mirror: int | None
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # what cameras write beside the container's own turn
    item = Item(colour_picture, turns=turns, mirror=mirror, exif=exif.tobytes())
    expected = np.rot90(colour_picture, turns)
    if mirror is not None:  # ISO/IEC 23008-12, 6.5.12: 0 swaps top and bottom, 1 swaps left and right
        expected = expected[::-1] if mirror == 0 else expected[:, ::-1]
    page = page_of(_file(tmp_path / "a.heic", item))
    assert page.orientation == 1
    assert (page.pixels == expected).all()


def test_each_image_is_a_page(
    tmp_path: Path, page_of: OpenPage, gray_picture: Pixels, colour_picture: Pixels
) -> None:
    items = [Item(gray_picture), Item(colour_picture, turns=1), Item(255 - gray_picture[:20])]
    path = _file(tmp_path / "a.heic", *items)
    assert outline_source(path, SETTINGS).pages == 3
    for number, expected in enumerate((gray_picture, np.rot90(colour_picture), 255 - gray_picture[:20]), 1):
        assert (page_of(path, number).pixels == expected).all()
    with pytest.raises(SourceRefused) as caught:
        outline_source(path, IntakeSettings(max_pages=2))
    assert (caught.value.reason, caught.value.pages) == (QuarantineReason.TOO_LARGE, 3)


def test_what_shines_through_is_paper(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels
) -> None:
    alpha = np.full(colour_picture.shape[:2], 255, dtype=np.uint8)
    alpha[:10, :30] = 0
    page = page_of(_file(tmp_path / "a.heic", Item(colour_picture, alpha=alpha)))
    assert [step.name for step in page.steps] == ["flatten_transparency", "recode"]
    assert (page.pixels[:10, :30] == 255).all() and (page.pixels[10:] == colour_picture[10:]).all()
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()


def test_ten_bits_become_eight(tmp_path: Path, page_of: OpenPage, colour_picture: Pixels) -> None:
    page = page_of(_file(tmp_path / "a.heic", Item(colour_picture.astype(np.uint16) * 4 + 1, depth=10)))
    assert np.abs(page.pixels.astype(int) - colour_picture).max() <= 1
    assert [step.name for step in page.steps] == ["reduce_depth", "recode"]
    assert page.steps[0].parameters["from_bits"] == 10


def test_exif_tells_resolution_and_date(tmp_path: Path, page_of: OpenPage) -> None:
    exif = Image.Exif()
    exif[0x011A], exif[0x011B], exif[0x0132] = 100.0, 50.0, "2019:03:04 05:06:07"
    path = _file(tmp_path / "a.heic", Item(np.full((32, 96), 77, np.uint8), exif=exif.tobytes()))
    page = page_of(path)
    assert (tuple(page.resolution), page.resolution_origin) == ((100.0, 50.0), "file")
    created = outline_source(path, SETTINGS).created
    assert created is not None and created.isoformat() == "2019-03-04T05:06:07+00:00"


def test_a_colour_profile_is_kept(tmp_path: Path, page_of: OpenPage, colour_picture: Pixels) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    page = page_of(_file(tmp_path / "a.heic", Item(colour_picture, profile=profile)))
    assert page.stream.icc_profile == profile


def test_a_size_beyond_the_limit_is_refused_before_decoding(tmp_path: Path, gray_picture: Pixels) -> None:
    bomb = Item(gray_picture, stated_size=(16000, 9000))
    with pytest.raises(SourceRefused, match="16000 × 9000") as caught:
        outline_source(_file(tmp_path / "a.heic", bomb), SETTINGS)
    assert caught.value.reason is QuarantineReason.TOO_LARGE
    path = _file(tmp_path / "b.heic", Item(gray_picture), bomb)
    assert outline_source(path, SETTINGS).pages == 2
    with pytest.raises(PageFailed, match="16000 × 9000"):
        open_page(PageInput(path, "", "image/heif", 2), SETTINGS)


def _outcomes(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Pixels of the pages that can be had; whatever fails must fail in words."""
    try:
        pages = outline_source(path, SETTINGS).pages
    except SourceRefused as refusal:
        assert str(refusal)
        return
    for number in range(1, pages + 1):
        try:
            yield open_page(PageInput(path, "", "image/heif", number), SETTINGS).pixels
        except PageFailed as failure:
            assert str(failure)


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_file_that_breaks_off_shows_no_false_page(
    tmp_path: Path, colour_picture: Pixels, tenths: int
) -> None:
    whole = heif(Item(colour_picture), Item(colour_picture[:, ::-1]))
    path = tmp_path / "a.heic"
    path.write_bytes(whole[: len(whole) * tenths // 10])
    found = list(_outcomes(path))
    assert len(found) <= (1 if tenths > 5 else 0)
    assert all((pixels == colour_picture).all() for pixels in found)


SMALL = heif(Item(np.arange(1024, dtype=np.uint8).reshape(32, 32)), Item(np.zeros((8, 8, 3), np.uint8)))


# The same examples each time: libheif may die of others, which only a worker of its own survives.
@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 255)), min_size=1, max_size=8))
def test_damaged_containers_fail_in_words(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    content = bytearray(SMALL)
    for place, value in changes:
        content[place] = value
    path = tmp_path / "a.heic"
    path.write_bytes(content)
    assert all(pixels.dtype == np.uint8 for pixels in _outcomes(path))
