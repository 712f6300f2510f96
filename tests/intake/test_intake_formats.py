"""JPEG 2000, WebP, GIF and BMP: the right pixels, as many pages as frames, and the file's resolution."""

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
    Resolution,
    SourceRefused,
)
from dipro_scan.settings.schema import IntakeSettings

OpenPage = Callable[..., Page]
PixelsOf = Callable[[ImageStream], NDArray[np.uint8]]
Pixels = NDArray[np.uint8]
SETTINGS = IntakeSettings()


def _saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def _steps(page: Page) -> list[str]:
    return [step.name for step in page.steps]


def _refusal(path: Path, limits: IntakeSettings = SETTINGS) -> SourceRefused:
    with pytest.raises(SourceRefused) as caught:
        outline_source(path, limits)
    return caught.value


# --- JPEG 2000 ---


@pytest.mark.parametrize("lossy", [False, True])
@pytest.mark.parametrize("gray", [False, True])
def test_a_simple_jp2_keeps_its_own_bits(
    tmp_path: Path,
    page_of: OpenPage,
    shown_by_pikepdf: PixelsOf,
    colour_picture: Pixels,
    lossy: bool,
    gray: bool,
) -> None:
    picture = colour_picture[:, :, 1] if gray else colour_picture
    options = {"irreversible": True, "quality_mode": "dB", "quality_layers": [40]} if lossy else {}
    path = _saved(tmp_path / "a.jp2", Image.fromarray(np.ascontiguousarray(picture)), **options)
    page = page_of(path)
    assert (page.stream.filter, page.stream.data, page.steps) == (ImageFilter.JPX, path.read_bytes(), ())
    assert page.stream.colour_space is (ColourSpace.GRAY if gray else ColourSpace.RGB)
    assert page.colour is (Colour.GRAY if gray else Colour.COLOUR)
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()
    assert np.abs(page.pixels.astype(int) - picture).max() <= (12 if lossy else 0)


def test_a_bare_codestream_is_coded_anew(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels
) -> None:
    page = page_of(_saved(tmp_path / "a.j2k", Image.fromarray(colour_picture)))
    assert (page.stream.filter, _steps(page)) == (ImageFilter.FLATE, ["recode"])
    assert (shown_by_pikepdf(page.stream) == colour_picture).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_opacity_in_a_jp2_is_laid_on_white(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels, mode: str
) -> None:
    picture = Image.fromarray(colour_picture).convert(mode)
    alpha = Image.new("L", picture.size, 255)
    alpha.paste(0, (0, 0, 30, 10))
    picture.putalpha(alpha)
    page = page_of(_saved(tmp_path / "a.jp2", picture))
    assert _steps(page) == ["flatten_transparency", "recode"]
    assert (page.pixels[:10, :30] == 255).all()
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()
    expected = np.asarray(Image.fromarray(colour_picture).convert("L" if mode == "LA" else "RGB"))
    assert (page.pixels[10:] == expected[10:]).all()


def test_a_jp2_of_sixteen_bits_becomes_eight(tmp_path: Path, page_of: OpenPage, gray_picture: Pixels) -> None:
    page = page_of(_saved(tmp_path / "a.jp2", Image.fromarray(gray_picture.astype(np.uint16) * 257)))
    assert (page.pixels == gray_picture).all()
    assert _steps(page) == ["reduce_depth", "recode"]


@pytest.mark.parametrize("bits", [1, 4])
def test_few_bits_reach_from_black_to_white(tmp_path: Path, page_of: OpenPage, bits: int) -> None:
    values = np.random.default_rng(3).integers(0, 1 << bits, (40, 60), dtype=np.uint8)
    values[0, :2] = (0, (1 << bits) - 1)
    buffer = io.BytesIO()
    # Samples count from the middle of their range, so those of a deeper image can be relabelled.
    Image.fromarray(values + np.uint8(128 - (1 << bits - 1))).save(buffer, "JPEG2000", no_jp2=True)
    data = bytearray(buffer.getvalue())
    data[42] = bits - 1
    path = tmp_path / "a.j2k"
    path.write_bytes(data)
    page = page_of(path)
    assert (page.pixels == values * (255 // ((1 << bits) - 1))).all()
    assert page.colour is (Colour.BITONAL if bits == 1 else Colour.GRAY)


def _with_colours(jp2: bytes, specification: bytes) -> bytes:
    """A JP2 file whose colour box says something else, lengths set right."""
    start = jp2.index(b"jp2h") - 4
    length = int.from_bytes(jp2[start : start + 4], "big")
    old = jp2.index(b"colr") - 4
    old_length = int.from_bytes(jp2[old : old + 4], "big")
    new = struct.pack(">I", 8 + len(specification)) + b"colr" + specification
    header = struct.pack(">I", length - old_length + len(new)) + jp2[start + 4 : old] + new
    return jp2[:start] + header + jp2[old + old_length :]


def test_cmyk_and_profiles_in_a_jp2(tmp_path: Path, page_of: OpenPage, colour_picture: Pixels) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = _saved(tmp_path / "a.jp2", Image.fromarray(colour_picture)).read_bytes()
    (tmp_path / "p.jp2").write_bytes(_with_colours(data, b"\2\0\0" + profile))
    page = page_of(tmp_path / "p.jp2")
    assert (page.pixels == colour_picture).all()
    assert (page.stream.filter, page.stream.icc_profile) == (ImageFilter.FLATE, profile)
    inks = np.dstack([255 - colour_picture, np.zeros(colour_picture.shape[:2], np.uint8)])
    data = _saved(tmp_path / "c.jp2", Image.fromarray(inks, "RGBA")).read_bytes()
    (tmp_path / "c.jp2").write_bytes(_with_colours(data, b"\1\0\0" + struct.pack(">I", 12)))
    page = page_of(tmp_path / "c.jp2")
    assert _steps(page) == ["convert_colour", "recode"]
    assert np.abs(page.pixels.astype(int) - colour_picture).max() <= 1


@pytest.mark.parametrize("kind", [b"resc", b"resd"])
def test_a_jp2_states_dots_per_metre(tmp_path: Path, page_of: OpenPage, kind: bytes) -> None:
    data = _saved(tmp_path / "a.jp2", Image.new("L", (800, 600), 200)).read_bytes()
    dots = struct.pack(">4H2b", 3937, 1000, 7874, 100, 3, 2)  # 3937 down, 7874 across
    box = struct.pack(">I", 26) + b"res " + struct.pack(">I", 18) + kind + dots
    start = data.index(b"jp2h") - 4
    length = int.from_bytes(data[start : start + 4], "big")
    end = start + length
    data = data[:start] + struct.pack(">I", length + 26) + data[start + 4 : end] + box + data[end:]
    (tmp_path / "b.jp2").write_bytes(data)
    page = page_of(tmp_path / "b.jp2")
    assert tuple(page.resolution) == pytest.approx((200, 100), abs=0.01)
    assert page.resolution_origin == "file"


def test_a_jp2_whose_codestream_is_larger_than_it_says_is_refused(
    tmp_path: Path, gray_picture: Pixels
) -> None:
    data = bytearray(_saved(tmp_path / "a.jp2", Image.fromarray(gray_picture)).read_bytes())
    sizes = data.index(b"\xff\x4f\xff\x51") + 8
    data[sizes : sizes + 8] = struct.pack(">II", 60000, 60000)
    (tmp_path / "b.jp2").write_bytes(data)
    assert _refusal(tmp_path / "b.jp2").reason is QuarantineReason.DAMAGED
    (tmp_path / "c.j2k").write_bytes(data[sizes - 8 :])
    refusal = _refusal(tmp_path / "c.j2k")
    assert (refusal.reason, refusal.pages) == (QuarantineReason.TOO_LARGE, 1)
    assert "60000 × 60000" in refusal.message


# --- frames: GIF and WebP ---


def _frames(colour_picture: Pixels) -> list[Image.Image]:
    pictures = (colour_picture, colour_picture[::-1], 255 - colour_picture)
    return [Image.fromarray(np.ascontiguousarray(pixels)).quantize(64) for pixels in pictures]


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_each_frame_is_a_page(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels, suffix: str
) -> None:
    frames = _frames(colour_picture)
    options = {"lossless": True} if suffix == "webp" else {}
    path = _saved(tmp_path / f"a.{suffix}", frames[0], save_all=True, append_images=frames[1:], **options)
    assert outline_source(path, SETTINGS).pages == 3
    for number, frame in enumerate(frames, 1):
        page = page_of(path, number)
        assert (page.pixels == np.asarray(frame.convert("RGB"))).all()
        assert (shown_by_pikepdf(page.stream) == page.pixels).all()
        assert (_steps(page), page.colour) == (["recode"], Colour.COLOUR)
    with pytest.raises(PageFailed):
        open_page(PageInput(path, "", f"image/{suffix}", 4), SETTINGS)
    refusal = _refusal(path, IntakeSettings(max_pages=2))
    assert (refusal.reason, refusal.pages) == (QuarantineReason.TOO_LARGE, 3)


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_a_fax_in_frames_is_bitonal(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, gray_picture: Pixels, suffix: str
) -> None:
    fax = [Image.fromarray(pixels > 200) for pixels in (gray_picture, gray_picture[:, ::-1])]
    options = {"lossless": True} if suffix == "webp" else {}
    first, second = (frame.convert("RGB" if suffix == "webp" else "1") for frame in fax)
    path = _saved(tmp_path / f"a.{suffix}", first, save_all=True, append_images=[second], **options)
    for number, frame in enumerate(fax, 1):
        page = page_of(path, number)
        assert (page.stream.filter, page.colour) == (ImageFilter.CCITT, Colour.BITONAL)
        assert (page.pixels == np.asarray(frame.convert("L"))).all()
        assert (shown_by_pikepdf(page.stream) == page.pixels).all()


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_transparent_places_are_paper(
    tmp_path: Path, page_of: OpenPage, colour_picture: Pixels, suffix: str
) -> None:
    picture = Image.fromarray(colour_picture // 2).convert("RGBA")
    picture.paste((9, 9, 9, 0), (0, 0, 30, 10))
    page = page_of(
        _saved(tmp_path / f"a.{suffix}", picture, **({"lossless": True} if suffix == "webp" else {}))
    )
    assert _steps(page) == ["flatten_transparency", "recode"]
    assert (page.pixels[:10, :30] == 255).all()
    assert page.pixels[10:].max() < 200


def test_a_gray_webp_is_gray_and_a_profile_keeps_its_colours(
    tmp_path: Path, page_of: OpenPage, gray_picture: Pixels
) -> None:
    picture = Image.fromarray(gray_picture).convert("RGB")
    page = page_of(_saved(tmp_path / "a.webp", picture, lossless=True))
    assert (page.pixels == gray_picture).all()
    assert (page.colour, page.stream.colour_space) == (Colour.GRAY, ColourSpace.GRAY)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    page = page_of(_saved(tmp_path / "b.webp", picture, lossless=True, icc_profile=profile))
    assert (page.stream.colour_space, page.stream.icc_profile) == (ColourSpace.RGB, profile)


def test_a_lossy_webp_shows_what_its_decoder_shows(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels
) -> None:
    path = _saved(tmp_path / "a.webp", Image.fromarray(colour_picture), quality=90)
    page = page_of(path)
    with Image.open(path) as image:
        assert (page.pixels == np.asarray(image.convert("RGB"))).all()
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()


def test_webp_tells_orientation_resolution_and_date_by_exif(tmp_path: Path, page_of: OpenPage) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x0132], exif[0x011A], exif[0x011B] = 8, "2019:03:04 05:06:07", 200.0, 100.0
    path = _saved(tmp_path / "a.webp", Image.new("RGB", (400, 300), "gray"), exif=exif)
    page = page_of(path)
    assert (page.orientation, page.resolution, page.resolution_origin) == (8, Resolution(200, 100), "file")
    assert page.pixels.shape[:2] == (300, 400)
    created = outline_source(path, SETTINGS).created
    assert created is not None and created.year == 2019


def test_a_gif_of_a_fax_may_say_that_its_pixels_are_wide(tmp_path: Path, page_of: OpenPage) -> None:
    data = bytearray(_saved(tmp_path / "a.gif", Image.new("1", (1728, 1122), 1)).read_bytes())
    assert page_of(tmp_path / "a.gif").resolution_origin == "assumed"  # nothing is said
    data[12] = round(0.5 * 64) - 15  # half as wide as high
    (tmp_path / "b.gif").write_bytes(data)
    page = page_of(tmp_path / "b.gif")
    assert page.resolution_origin == "inferred"
    assert page.resolution.x == pytest.approx(2 * page.resolution.y, rel=0.02)


def test_frames_beyond_a_gif_s_screen_count_for_the_limit(tmp_path: Path) -> None:
    picture = Image.new("1", (4000, 3000), 1)
    data = bytearray(_saved(tmp_path / "a.gif", picture).read_bytes())
    data[6:10] = struct.pack("<HH", 10, 10)
    (tmp_path / "b.gif").write_bytes(data)
    refusal = _refusal(tmp_path / "b.gif", IntakeSettings(max_megapixels=5))
    assert refusal.reason is QuarantineReason.TOO_LARGE
    assert "4000 × 3000" in refusal.message


def test_a_canvas_beyond_the_limit_is_refused_before_it_is_made(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    data = bytearray(
        _saved(tmp_path / "a.webp", frames[0], save_all=True, append_images=frames[1:]).read_bytes()
    )
    data[24:30] = (20000 - 1).to_bytes(3, "little") + (15000 - 1).to_bytes(3, "little")
    (tmp_path / "b.webp").write_bytes(data)
    refusal = _refusal(tmp_path / "b.webp")
    assert (refusal.reason, refusal.pages) == (QuarantineReason.TOO_LARGE, 2)


def test_thousands_of_frames_are_counted_and_refused(tmp_path: Path) -> None:
    data = _saved(tmp_path / "a.gif", Image.new("1", (8, 8))).read_bytes()
    head = 13 + (3 << (data[10] & 7) + 1)
    (tmp_path / "b.gif").write_bytes(data[:head] + data[head:-1] * 5000 + b";")
    refusal = _refusal(tmp_path / "b.gif")
    assert (refusal.reason, refusal.pages) == (QuarantineReason.TOO_LARGE, 5000)
    data = _saved(
        tmp_path / "a.webp",
        Image.new("RGB", (8, 8), "red"),
        save_all=True,
        append_images=[Image.new("RGB", (8, 8), "blue")],
    ).read_bytes()
    first = data.index(b"ANMF")
    many = data[12:first] + data[first:] * 2000
    (tmp_path / "b.webp").write_bytes(b"RIFF" + struct.pack("<I", 4 + len(many)) + b"WEBP" + many)
    refusal = _refusal(tmp_path / "b.webp")
    assert (refusal.reason, refusal.pages) == (QuarantineReason.TOO_LARGE, 4000)


# --- BMP ---


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_a_bitmap_s_pixels_and_resolution(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels, mode: str
) -> None:
    picture = Image.fromarray(np.tile(colour_picture, (5, 5, 1)))
    picture = picture.quantize(11) if mode == "P" else picture.convert(mode)
    page = page_of(_saved(tmp_path / "a.bmp", picture, dpi=(200, 100)))
    expected = np.asarray(picture.convert("L" if mode in "1L" else "RGB"))
    assert (page.pixels == expected).all()
    assert (shown_by_pikepdf(page.stream) == expected).all()
    assert page.stream.filter is (ImageFilter.CCITT if mode == "1" else ImageFilter.FLATE)
    assert page.stream.colour_space is {"P": ColourSpace.INDEXED, "RGB": ColourSpace.RGB}.get(
        mode, ColourSpace.GRAY
    )
    assert tuple(page.resolution) == pytest.approx((200, 100), abs=0.1)
    assert (page.resolution_origin, _steps(page)) == ("file", ["recode"])


def test_a_bitmap_from_the_top_down_and_without_resolution(
    tmp_path: Path, page_of: OpenPage, gray_picture: Pixels
) -> None:
    picture = Image.fromarray(np.ascontiguousarray(gray_picture[::-1])).convert("RGB")
    data = bytearray(_saved(tmp_path / "a.bmp", picture).read_bytes())
    data[22:26] = struct.pack("<i", -40)
    data[38:46] = bytes(8)
    (tmp_path / "b.bmp").write_bytes(data)
    page = page_of(tmp_path / "b.bmp")
    assert (page.pixels == gray_picture).all()
    assert page.resolution_origin == "assumed"


@pytest.mark.parametrize("opacity", [0, 255, 128])
def test_a_bitmap_whose_opacity_nobody_set_is_not_lost(
    tmp_path: Path, page_of: OpenPage, colour_picture: Pixels, opacity: int
) -> None:
    rows = np.dstack([colour_picture[::-1, :, ::-1], np.full((40, 60), opacity, np.uint8)]).tobytes()
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 108, 60, 40, 1, 32, 3, len(rows), 0, 0, 0, 0) + masks + bytes(52)
    path = tmp_path / "a.bmp"
    path.write_bytes(struct.pack("<2sIHHI", b"BM", 122 + len(rows), 0, 0, 122) + header + rows)
    page = page_of(path)
    if opacity == 128:
        assert (page.pixels >= 126).all()
    else:
        assert (page.pixels == colour_picture).all()
    assert _steps(page) == (["flatten_transparency", "recode"] if opacity == 128 else ["recode"])


# --- what Pillow reduces without a word ---


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_sixteen_bits_of_colour_are_reduced_with_a_step(
    tmp_path: Path, page_of: OpenPage, colour_picture: Pixels, kind: str
) -> None:
    path = tmp_path / "a"
    samples = colour_picture.astype(">u2") * 257
    if kind == "png":
        rows = zlib.compress(b"".join(b"\0" + row.tobytes() for row in samples))
        chunks = ((b"IHDR", struct.pack(">IIBBBBB", 60, 40, 16, 2, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
        path.write_bytes(
            b"\x89PNG\r\n\x1a\n"
            + b"".join(
                struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
                for name, body in chunks
            )
        )
    else:
        tags = [(256, 3, 1, 60 << 16), (257, 3, 1, 40 << 16), (258, 3, 3, 134), (259, 3, 1, 1 << 16)]
        tags += [(262, 3, 1, 2 << 16), (273, 4, 1, 140), (277, 3, 1, 3 << 16), (278, 3, 1, 40 << 16)]
        tags += [(279, 4, 1, samples.nbytes), (284, 3, 1, 1 << 16)]
        listed = b"".join(struct.pack(">HHII", *tag) for tag in tags)
        head = b"MM\0*" + struct.pack(">IH", 8, len(tags)) + listed + bytes(4)
        assert len(head) == 134
        path.write_bytes(head + struct.pack(">3H", 16, 16, 16) + samples.tobytes())
    page = page_of(path)
    assert (page.pixels == colour_picture).all()
    assert _steps(page) == ["reduce_depth", "recode"]


# --- files that break off ---


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize("suffix", ["jp2", "j2k", "webp", "gif", "bmp"])
def test_a_file_that_breaks_off_is_damaged(
    tmp_path: Path, page_of: OpenPage, colour_picture: Pixels, suffix: str, tenths: int
) -> None:
    frames = _frames(colour_picture) if suffix == "gif" else [Image.fromarray(colour_picture)] * 2
    options = {"save_all": True, "append_images": frames[1:]} if suffix in ("gif", "webp") else {}
    whole = _saved(tmp_path / f"a.{suffix}", frames[0], **options).read_bytes()
    path = tmp_path / "b"
    path.write_bytes(whole[: len(whole) * tenths // 10])
    with pytest.raises((SourceRefused, PageFailed), match="damaged"):
        page_of(path)
    if suffix in ("gif", "webp"):  # frames may be lost, so the file is refused whole
        assert _refusal(path).reason is QuarantineReason.DAMAGED
