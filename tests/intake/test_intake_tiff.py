"""TIFF pages of every coding that scanners write."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, TiffImagePlugin

from dipro_scan.intake.outline import outline_source
from dipro_scan.model import Colour, ColourSpace, ImageFilter, ImageStream, Page, PageFailed, Resolution
from dipro_scan.settings.schema import IntakeSettings

OpenPage = Callable[..., Page]
PixelsOf = Callable[[ImageStream], NDArray[np.uint8]]
Pixels = NDArray[np.uint8]
REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
ROWS_PER_STRIP, PHOTOMETRIC, FILL_ORDER, T4_OPTIONS, ORIENTATION = 278, 262, 266, 292, 274


@pytest.fixture(scope="module")
def letter() -> Image.Image:
    """A bitonal page with lines of blobs, not a multiple of eight wide."""
    rng = np.random.default_rng(3)
    pixels = np.full((301, 203), 255, dtype=np.uint8)
    for top in range(20, 280, 12):
        blobs = np.kron(rng.integers(0, 2, (2, 60)), np.ones((3, 3)))
        pixels[top : top + 6, 10:190] = np.where(blobs, 0, 255)
    return Image.fromarray(pixels).convert("1")


def _saved(path: Path, image: Image.Image, tags: dict[int, Any] | None = None, **options: Any) -> Path:
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in (tags or {}).items():
        directory[tag] = value
    image.save(path, "TIFF", tiffinfo=directory, **options)
    return path


def _tag_place(data: bytes, tag: int) -> int:
    """Where the value of a little-endian TIFF's first directory's tag stands."""
    (offset,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, offset)
    for place in range(offset + 2, offset + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, place)[0] == tag:
            return place + 8
    raise LookupError(tag)


def _strip(path: Path) -> bytes:
    with Image.open(path) as image:
        (offset,), (count,) = image.tag_v2[273], image.tag_v2[279]
    return path.read_bytes()[offset : offset + count]


def _fill_order_2(source: Path, target: Path) -> Path:
    """The same fax file with the bits of each byte the other way round."""
    strip, data = _strip(source), bytearray(source.read_bytes())
    place = data.index(strip)
    data[place : place + len(strip)] = strip.translate(REVERSED)
    struct.pack_into("<H", data, _tag_place(data, FILL_ORDER), 2)
    target.write_bytes(data)
    return target


@pytest.mark.parametrize("name", ["group4", "group3", "tiff_ccitt"])
@pytest.mark.parametrize("white_is_zero", [True, False])
def test_a_fax_strip_is_passed_on_bit_for_bit(
    tmp_path: Path,
    page_of: OpenPage,
    shown_by_pikepdf: PixelsOf,
    letter: Image.Image,
    name: str,
    white_is_zero: bool,
) -> None:
    tags = {ROWS_PER_STRIP: 301, PHOTOMETRIC: 0 if white_is_zero else 1}
    path = _saved(tmp_path / "a.tif", letter, tags, compression=name)
    page = page_of(path)
    assert page.stream.filter is ImageFilter.CCITT
    assert page.stream.data == _strip(path)
    assert page.steps == ()
    assert page.colour is Colour.BITONAL
    expected = np.asarray(letter.convert("L"))
    assert (page.pixels == expected).all()
    if name == "group4":
        assert (shown_by_pikepdf(page.stream) == expected).all()


def test_two_dimensional_group_3_shows_the_same_whether_passed_on_or_not(
    tmp_path: Path, page_of: OpenPage, letter: Image.Image
) -> None:
    tags = {ROWS_PER_STRIP: 301, PHOTOMETRIC: 0, T4_OPTIONS: 1}
    page = page_of(_saved(tmp_path / "a.tif", letter, tags, compression="group3"))
    assert page.stream.filter is ImageFilter.CCITT
    assert (page.pixels == np.asarray(letter.convert("L"))).all()
    assert page.stream.decode_parms["K"] == 1 or page.steps[-1].name == "recode"


@pytest.mark.parametrize("name", ["group4", "group3"])
def test_fill_order_2_is_turned_round_and_said(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, letter: Image.Image, name: str
) -> None:
    tags = {ROWS_PER_STRIP: 301, PHOTOMETRIC: 0, FILL_ORDER: 1}
    source = _saved(tmp_path / "a.tif", letter, tags, compression=name)
    page = page_of(_fill_order_2(source, tmp_path / "b.tif"))
    assert page.stream.data == _strip(source)
    assert [step.name for step in page.steps] == ["reverse_bit_order"]
    assert (page.pixels == np.asarray(letter.convert("L"))).all()
    if name == "group4":
        assert (shown_by_pikepdf(page.stream) == page.pixels).all()


@pytest.mark.parametrize(
    ("compression", "rows"), [("group4", 64), (None, 301), ("tiff_lzw", 301), ("packbits", 40)]
)
def test_other_bitonal_codings_become_group_4_without_loss(
    tmp_path: Path,
    page_of: OpenPage,
    shown_by_pikepdf: PixelsOf,
    letter: Image.Image,
    compression: str | None,
    rows: int,
) -> None:
    page = page_of(_saved(tmp_path / "a.tif", letter, {ROWS_PER_STRIP: rows}, compression=compression))
    assert (page.stream.filter, page.stream.decode_parms["K"]) == (ImageFilter.CCITT, -1)
    assert [step.name for step in page.steps] == ["recode"]
    assert (page.pixels == np.asarray(letter.convert("L"))).all()
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()


@pytest.mark.parametrize(
    ("mode", "compression"),
    [
        *(
            (mode, name)
            for mode in ("L", "RGB", "P", "CMYK", "RGBA")
            for name in (None, "tiff_lzw", "packbits")
        ),
        ("RGB", "tiff_adobe_deflate"),
        ("YCbCr", None),
        ("LAB", None),
    ],
)
def test_every_colour_kind_shows_what_it_showed(
    tmp_path: Path,
    page_of: OpenPage,
    shown_by_pikepdf: PixelsOf,
    colour_picture: Pixels,
    mode: str,
    compression: str | None,
) -> None:
    picture = Image.fromarray(colour_picture)
    if mode == "LAB":
        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        picture = ImageCms.profileToProfile(picture, *profiles, outputMode="LAB")
    else:
        picture = picture.quantize(200) if mode == "P" else picture.convert(mode)
    page = page_of(_saved(tmp_path / "a.tif", picture, compression=compression))
    expected = colour_picture if mode == "LAB" else np.asarray(picture.convert("L" if mode == "L" else "RGB"))
    assert page.stream.filter is ImageFilter.FLATE
    assert np.quantile(np.abs(page.pixels.astype(int) - expected), 0.9) <= 8
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()
    assert page.steps[-1].name == "recode"
    if mode == "P":
        assert page.stream.colour_space is ColourSpace.INDEXED


@pytest.mark.parametrize("white_is_zero", [True, False])
def test_sixteen_bit_gray_of_either_sense(
    tmp_path: Path, page_of: OpenPage, gray_picture: Pixels, white_is_zero: bool
) -> None:
    path = _saved(tmp_path / "a.tif", Image.fromarray(gray_picture.astype(np.uint16) * 257))
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, _tag_place(data, PHOTOMETRIC), 0 if white_is_zero else 1)
    path.write_bytes(data)
    expected = 255 - gray_picture if white_is_zero else gray_picture
    assert (page_of(path).pixels == expected).all()


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_jpeg_in_tiff_shows_the_same(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels, mode: str
) -> None:
    picture = Image.fromarray(colour_picture).convert(mode)
    path = _saved(tmp_path / "a.tif", picture, {ROWS_PER_STRIP: 40}, compression="jpeg", quality=90)
    with Image.open(path) as image:
        expected = np.asarray(image)
    page = page_of(path)
    assert (page.pixels == expected).all()
    assert (shown_by_pikepdf(page.stream) == expected).all()
    if mode == "L":
        assert page.stream.filter is ImageFilter.DCT
        assert _strip(path)[-200:] == page.stream.data[-200:]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("compression", [None, "group4"])
def test_orientation_is_told_and_pixels_stay_as_stored(
    tmp_path: Path, page_of: OpenPage, letter: Image.Image, orientation: int, compression: str | None
) -> None:
    tags = {ORIENTATION: orientation, ROWS_PER_STRIP: 301}
    path = _saved(tmp_path / "a.tif", letter, tags, compression=compression)
    page = page_of(path)
    assert page.orientation == orientation
    assert (page.pixels == np.asarray(letter.convert("L"))).all()
    with Image.open(path) as image:
        image.load()
        shown = np.asarray(image.convert("L"))
    exif = Image.Exif()
    exif[ORIENTATION] = page.orientation
    stored = Image.fromarray(page.pixels)
    stored.getexif()[ORIENTATION] = page.orientation
    assert (np.asarray(ImageOps.exif_transpose(stored)) == shown).all()


def test_pages_of_a_file_keep_their_own_sizes_and_resolutions(tmp_path: Path, page_of: OpenPage) -> None:
    sizes = [(800, 400), (400, 800), (1728, 1143)]
    frames = [Image.new("1", size, 1) for size in sizes]
    path = tmp_path / "a.tif"
    with TiffImagePlugin.AppendingTiffWriter(path, new=True) as writer:
        for frame, dpi in zip(frames, [(200, 200), (118.11, 118.11), (204, 98)], strict=True):
            unit = {296: 3} if dpi[0] < 119 else {296: 2}
            info = TiffImagePlugin.ImageFileDirectory_v2()
            info[282], info[283], info[296] = dpi[0], dpi[1], unit[296]
            frame.save(writer, "TIFF", tiffinfo=info, compression="group4")
            writer.newFrame()
    assert outline_source(path, IntakeSettings()).pages == 3
    pages = [page_of(path, number) for number in (1, 2, 3)]
    assert [page.pixels.shape[::-1] for page in pages] == sizes
    assert pages[0].resolution == Resolution(200, 200)
    assert tuple(pages[1].resolution) == pytest.approx((300, 300), abs=0.01)
    assert pages[2].resolution == Resolution(204, 98)
    assert {page.resolution_origin for page in pages} == {"file"}


def test_thumbnails_are_no_pages(tmp_path: Path, page_of: OpenPage) -> None:
    path = tmp_path / "a.tif"
    with TiffImagePlugin.AppendingTiffWriter(path, new=True) as writer:
        for size, kind in (((400, 300), 0), ((40, 30), 1), ((400, 300), 2)):
            info = TiffImagePlugin.ImageFileDirectory_v2()
            info[254] = kind
            Image.new("L", size, kind * 80).save(writer, "TIFF", tiffinfo=info)
            writer.newFrame()
    assert outline_source(path, IntakeSettings()).pages == 2
    assert page_of(path, 2).pixels[0, 0] == 160


def test_a_file_whose_later_pages_are_broken_keeps_the_others(tmp_path: Path, page_of: OpenPage) -> None:
    path = tmp_path / "a.tif"
    frames = [Image.new("L", (400, 300), 40 * number) for number in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    data = path.read_bytes()
    path.write_bytes(data[: -len(data) // 6])  # the last page's rows or directory are gone
    pages = outline_source(path, IntakeSettings()).pages
    assert pages == 3
    assert page_of(path, 1).pixels[0, 0] == 0
    assert page_of(path, 2).pixels[0, 0] == 40
    with pytest.raises(PageFailed, match="damaged"):
        page_of(path, 3)


def test_a_circle_of_directories_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.new("L", (40, 30)).save(path)
    data = bytearray(path.read_bytes())
    (offset,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, offset)
    struct.pack_into("<I", data, offset + 2 + 12 * count, offset)
    path.write_bytes(data)
    assert outline_source(path, IntakeSettings()).pages == 1


def test_big_endian_and_big_tiff_are_read(tmp_path: Path, page_of: OpenPage, gray_picture: Pixels) -> None:
    picture = Image.fromarray(gray_picture)
    big = tmp_path / "a.tif"
    picture.save(big, big_tiff=True)
    assert (page_of(big).pixels == gray_picture).all()
    other = tmp_path / "b.tif"
    height, width = gray_picture.shape
    entries = [
        (256, 3, width << 16),
        (257, 3, height << 16),
        (258, 3, 8 << 16),
        (259, 3, 1 << 16),
        (262, 3, 1 << 16),
        (273, 4, 8),
        (277, 3, 1 << 16),
        (278, 3, height << 16),
        (279, 4, width * height),
    ]
    directory = struct.pack(">H", len(entries)) + b"".join(
        struct.pack(">HHII", tag, kind, 1, value) for tag, kind, value in entries
    )
    head = struct.pack(">2sHI", b"MM", 42, 8 + width * height)
    other.write_bytes(head + gray_picture.tobytes() + directory + bytes(4))
    assert (page_of(other).pixels == gray_picture).all()


def test_real_group_4_letters_are_passed_on(
    scans: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf
) -> None:
    for path in sorted((scans / "ocr").glob("unlv_*.tif")):
        page = page_of(path)
        assert page.stream.data == _strip(path)
        assert (page.steps, page.resolution, page.resolution_origin) == ((), Resolution(300, 300), "file")
        assert (shown_by_pikepdf(page.stream) == page.pixels).all()
