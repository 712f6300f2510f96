"""JPEG and PNG pages: their own bits where a PDF may hold them, and the same pixels always."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile

from dipro_scan.model import Colour, ColourSpace, ImageFilter, ImageStream, Page, PageFailed, Resolution
from dipro_scan.settings.schema import IntakeSettings

OpenPage = Callable[..., Page]
PixelsOf = Callable[[ImageStream], NDArray[np.uint8]]
Pixels = NDArray[np.uint8]


def _saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def _png(header: tuple[int, ...], rows: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    listed = [(b"IHDR", struct.pack(">IIBBBBB", *header)), *chunks, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in listed
    )


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_a_colour_jpeg_is_passed_on_bit_for_bit(
    tmp_path: Path,
    page_of: OpenPage,
    shown_by_pikepdf: PixelsOf,
    colour_picture: Pixels,
    progressive: bool,
    subsampling: int,
) -> None:
    path = tmp_path / "a.jpg"
    options = {"quality": 90, "progressive": progressive, "subsampling": subsampling, "dpi": (300, 300)}
    page = page_of(_saved(path, Image.fromarray(colour_picture), **options))
    assert page.stream.filter is ImageFilter.DCT
    assert page.stream.data == path.read_bytes()
    assert page.steps == ()
    assert (page.colour, page.stream.colour_space) == (Colour.COLOUR, ColourSpace.RGB)
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()
    assert (page.resolution, page.resolution_origin) == (Resolution(150, 150), "assumed")  # 5 mm is no paper


def test_a_gray_jpeg_is_gray(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, gray_picture: Pixels
) -> None:
    page = page_of(_saved(tmp_path / "a.jpg", Image.fromarray(gray_picture)))
    assert (page.colour, page.stream.colour_space, page.pixels.ndim) == (Colour.GRAY, ColourSpace.GRAY, 2)
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()


def test_gray_content_in_rgb_counts_as_gray_and_keeps_its_stream(
    tmp_path: Path, page_of: OpenPage, gray_picture: Pixels
) -> None:
    path = _saved(tmp_path / "a.jpg", Image.fromarray(gray_picture).convert("RGB"))
    page = page_of(path)
    assert page.colour is Colour.GRAY
    assert page.stream.data == path.read_bytes()
    assert page.stream.colour_space is ColourSpace.RGB
    stamped = np.stack([gray_picture] * 3, axis=2)
    stamped[3:6, 3:6] = (255, 40, 40)
    assert page_of(_saved(tmp_path / "b.png", Image.fromarray(stamped))).colour is Colour.COLOUR


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_exif_orientation_is_told_and_pixels_stay_as_stored(
    tmp_path: Path, page_of: OpenPage, colour_picture: Pixels, orientation: int, suffix: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = _saved(tmp_path / f"a.{suffix}", Image.fromarray(colour_picture), exif=exif)
    page = page_of(path)
    assert page.orientation == orientation
    assert page.pixels.shape == colour_picture.shape
    with Image.open(path) as image:
        assert (page.pixels == np.asarray(image)).all()
    assert page.stream.data in path.read_bytes()


def test_an_orientation_that_does_not_exist_is_upright(
    tmp_path: Path, page_of: OpenPage, gray_picture: Pixels
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 9
    assert page_of(_saved(tmp_path / "a.jpg", Image.fromarray(gray_picture), exif=exif)).orientation == 1


def test_cmyk_jpeg_becomes_rgb_because_no_pdf_a_of_ours_holds_it(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels
) -> None:
    page = page_of(_saved(tmp_path / "a.jpg", Image.fromarray(colour_picture).convert("CMYK"), quality=95))
    assert page.stream.filter is ImageFilter.FLATE
    assert page.stream.colour_space is ColourSpace.RGB
    assert [step.name for step in page.steps] == ["convert_colour", "recode"]
    assert all(step.archive for step in page.steps)
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()
    assert np.abs(page.pixels.astype(int) - colour_picture).mean() < 12


def test_jpeg_components_named_rgb_are_told_to_the_pdf(
    tmp_path: Path, page_of: OpenPage, colour_picture: Pixels
) -> None:
    path = _saved(tmp_path / "a.jpg", Image.fromarray(colour_picture), keep_rgb=True, quality=95)
    page = page_of(path)
    assert np.abs(page.pixels.astype(int) - colour_picture).mean() < 4
    data = path.read_bytes()
    adobe = data.find(b"Adobe")
    assert adobe >= 0 or page.stream.decode_parms == {"ColorTransform": 0}


def test_a_truncated_jpeg_keeps_what_there_is_and_says_so(
    scans: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf
) -> None:
    page = page_of(scans / "bad" / "trunc_scan.jpg")
    assert page.steps[0].name == "truncated" and page.steps[0].archive
    assert page.stream.filter is ImageFilter.FLATE
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()
    assert page.pixels[:200].std() > 1  # the upper part is the scan
    assert (page.resolution, page.resolution_origin) == (Resolution(204, 204), "inferred")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_jpeg_without_image_data_fails_alone(
    tmp_path: Path, page_of: OpenPage, gray_picture: Pixels
) -> None:
    path = _saved(tmp_path / "a.jpg", Image.fromarray(gray_picture))
    data = bytearray(path.read_bytes())
    start = data.index(b"\xff\xda")
    data[start:] = b"\xff\xd9"
    path.write_bytes(data)
    with pytest.raises(PageFailed, match="damaged"):
        page_of(path)


@pytest.mark.parametrize(
    ("mode", "space", "bits", "colour"),
    [
        ("1", ColourSpace.GRAY, 1, Colour.BITONAL),
        ("L", ColourSpace.GRAY, 8, Colour.GRAY),
        ("RGB", ColourSpace.RGB, 8, Colour.COLOUR),
        ("P", ColourSpace.INDEXED, 4, Colour.COLOUR),
    ],
)
def test_a_png_s_rows_are_passed_on_untouched(
    tmp_path: Path,
    page_of: OpenPage,
    shown_by_pikepdf: PixelsOf,
    colour_picture: Pixels,
    mode: str,
    space: ColourSpace,
    bits: int,
    colour: Colour,
) -> None:
    picture = Image.fromarray(colour_picture)
    picture = picture.quantize(11) if mode == "P" else picture.convert(mode)
    path = _saved(tmp_path / "a.png", picture, dpi=(50, 50))
    page = page_of(path)
    assert (page.stream.colour_space, page.stream.bits_per_component, page.colour) == (space, bits, colour)
    assert page.stream.data in path.read_bytes()
    assert page.steps == ()
    expected = np.asarray(picture.convert("RGB" if mode in ("P", "RGB") else "L"))
    assert (page.pixels == expected).all()
    assert (shown_by_pikepdf(page.stream) == expected).all()
    assert page.resolution_origin == "file" or page.resolution.x == 150


def test_a_black_and_white_palette_is_bitonal_and_other_two_colours_are_not(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, gray_picture: Pixels
) -> None:
    indices = Image.fromarray((gray_picture > 127).astype(np.uint8), mode=None).convert("P")
    for palette, colour in (([0, 0, 0, 255, 255, 255], "bitonal"), ([255, 255, 200, 0, 0, 90], "colour")):
        indices.putpalette(palette)
        page = page_of(_saved(tmp_path / f"{colour}.png", indices, bits=1))
        assert page.colour == colour
        assert (shown_by_pikepdf(page.stream) == page.pixels).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "tRNS"])
def test_transparency_is_laid_on_white_paper(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels, mode: str
) -> None:
    picture = Image.fromarray(colour_picture).convert("RGB" if mode == "tRNS" else mode)
    options: dict[str, Any] = {}
    if mode == "tRNS":
        options["transparency"] = tuple(int(value) for value in colour_picture[0, 0])
    else:
        alpha = Image.new("L", picture.size, 255)
        alpha.paste(0, (0, 0, 30, 10))
        picture.putalpha(alpha)
    page = page_of(_saved(tmp_path / "a.png", picture, **options))
    assert [step.name for step in page.steps] == ["flatten_transparency", "recode"]
    assert (page.pixels[0, 0] == 255).all()
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()
    assert page.pixels.ndim == (2 if mode == "LA" else 3)


def test_sixteen_bits_become_eight(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, gray_picture: Pixels
) -> None:
    page = page_of(_saved(tmp_path / "a.png", Image.fromarray(gray_picture.astype(np.uint16) * 257)))
    assert (page.pixels == gray_picture).all()
    assert (shown_by_pikepdf(page.stream) == gray_picture).all()
    assert [step.name for step in page.steps] == ["reduce_depth", "recode"]


def test_an_interlaced_png_is_coded_anew(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, gray_picture: Pixels
) -> None:
    passes = [
        (0, 0, 8, 8),
        (0, 4, 8, 8),
        (4, 0, 8, 4),
        (0, 2, 4, 4),
        (2, 0, 4, 2),
        (0, 1, 2, 2),
        (1, 0, 2, 1),
    ]
    rows = b"".join(
        b"\0" + row.tobytes()
        for top, left, down, right in passes
        for row in gray_picture[top::down, left::right]
    )
    path = tmp_path / "a.png"
    path.write_bytes(_png((60, 40, 8, 0, 0, 0, 1), zlib.compress(rows)))
    page = page_of(path)
    assert (page.pixels == gray_picture).all()
    assert (shown_by_pikepdf(page.stream) == gray_picture).all()
    assert [step.name for step in page.steps] == ["recode"]


@pytest.mark.parametrize("damage", ["check sum", "short rows", "no end", "rows cut"])
def test_a_broken_png_fails_and_never_passes_through(
    tmp_path: Path, page_of: OpenPage, gray_picture: Pixels, damage: str
) -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in gray_picture)
    if damage == "short rows":
        data = _png((60, 40, 8, 0, 0, 0, 0), zlib.compress(rows[:1200]))
    elif damage == "rows cut":
        data = _png((60, 40, 8, 0, 0, 0, 0), zlib.compress(rows)[:-800])
    else:
        data = _png((60, 40, 8, 0, 0, 0, 0), zlib.compress(rows))
        data = data[:-20] if damage == "no end" else data[:60] + bytes([data[60] ^ 1]) + data[61:]
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(PageFailed, match="damaged"):
        page_of(path)


def test_more_rows_than_the_header_says_are_not_passed_on(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, gray_picture: Pixels
) -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in gray_picture) + bytes(61 * 5)
    path = tmp_path / "a.png"
    path.write_bytes(_png((60, 40, 8, 0, 0, 0, 0), zlib.compress(rows)))
    page = page_of(path)
    assert [step.name for step in page.steps] == ["recode"]
    assert (shown_by_pikepdf(page.stream) == gray_picture).all()


def test_profiles_are_kept_only_where_they_fit(
    tmp_path: Path, page_of: OpenPage, colour_picture: Pixels, gray_picture: Pixels
) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for suffix in ("jpg", "png"):
        colour = _saved(tmp_path / f"c.{suffix}", Image.fromarray(colour_picture), icc_profile=profile)
        gray = _saved(tmp_path / f"g.{suffix}", Image.fromarray(gray_picture), icc_profile=profile)
        broken = _saved(tmp_path / f"b.{suffix}", Image.fromarray(colour_picture), icc_profile=profile[:200])
        assert page_of(colour).stream.icc_profile == profile
        assert page_of(gray).stream.icc_profile == b""
        assert page_of(broken).stream.icc_profile == b""


@pytest.mark.parametrize(
    ("chunk", "expected"),
    [
        (struct.pack(">IIB", 11811, 11811, 1), (299.9994, 299.9994)),
        (struct.pack(">IIB", 3937, 7874, 1), (99.9998, 199.9996)),
    ],
)
def test_png_states_pixels_per_metre(
    tmp_path: Path, page_of: OpenPage, chunk: bytes, expected: tuple[float, float]
) -> None:
    rows = zlib.compress(bytes(401 * 300))
    path = tmp_path / "a.png"
    path.write_bytes(_png((400, 300, 8, 0, 0, 0, 0), rows, (b"pHYs", chunk)))
    page = page_of(path)
    assert tuple(page.resolution) == pytest.approx(expected)
    assert page.resolution_origin == "file"


def test_jpeg_states_dots_in_jfif_or_exif(tmp_path: Path, page_of: OpenPage) -> None:
    picture = Image.new("L", (800, 600), 200)
    exif = Image.Exif()
    exif[0x011A], exif[0x011B], exif[0x0128] = 118.0, 59.0, 3  # per centimetre
    plain = page_of(_saved(tmp_path / "a.jpg", picture, dpi=(200, 100)))
    assert (plain.resolution, plain.resolution_origin) == (Resolution(200, 100), "file")
    by_exif = page_of(_saved(tmp_path / "b.jpg", picture, exif=exif))
    assert tuple(by_exif.resolution) == pytest.approx((299.72, 149.86))
    careless = page_of(_saved(tmp_path / "c.jpg", picture, dpi=(72, 72), exif=exif))
    assert careless.resolution == by_exif.resolution


def test_a_page_beyond_the_pixel_limit_fails_with_its_size(tmp_path: Path, page_of: OpenPage) -> None:
    frames = [Image.new("1", (10, 10)), Image.new("1", (4000, 3000))]
    path = tmp_path / "a.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    settings = IntakeSettings(max_megapixels=5)
    assert page_of(path, 1, settings).pixels.shape == (10, 10)
    with pytest.raises(PageFailed, match="4000 × 3000"):
        page_of(path, 2, settings)
    buffer = io.BytesIO(path.read_bytes())
    with Image.open(buffer) as image:
        assert image.n_frames == 2
