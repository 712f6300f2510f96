"""What a source is, how many pages it has, when it was made, and why it is refused."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dipro_scan.intake.outline import outline_source
from dipro_scan.model import QuarantineReason, SourceRefused
from dipro_scan.settings.schema import IntakeSettings
from dipro_scan.translation import set_language

MakePdf = Callable[..., Path]
SETTINGS = IntakeSettings()


def _refusal(path: Path, limits: IntakeSettings = SETTINGS) -> SourceRefused:
    with pytest.raises(SourceRefused) as caught:
        outline_source(path, limits)
    return caught.value


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _image(path: Path, **options: Any) -> Path:
    Image.new("L", (30, 20), 200).save(path, **options)
    return path


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("jpg", "image/jpeg"),
        ("png", "image/png"),
        ("tif", "image/tiff"),
        ("jp2", "image/jp2"),
        ("j2k", "image/j2c"),
        ("webp", "image/webp"),
        ("gif", "image/gif"),
        ("bmp", "image/bmp"),
    ],
)
def test_the_type_is_what_the_bytes_say(tmp_path: Path, suffix: str, media_type: str) -> None:
    path = _image(tmp_path / f"a.{suffix}")
    for name in ("b.pdf", "c", "d.docx"):
        outline = outline_source(_file(tmp_path / name, path.read_bytes()), SETTINGS)
        assert (outline.media_type, outline.pages) == (media_type, 1)


def test_a_pdf_may_begin_with_rubbish(tmp_path: Path, make_pdf: MakePdf) -> None:
    path = _file(tmp_path / "a.jpg", b"\r\n\0rubbish\n" * 20 + make_pdf(b"").read_bytes())
    assert (outline_source(path, SETTINGS).media_type, outline_source(path, SETTINGS).pages) == (
        "application/pdf",
        1,
    )


@pytest.mark.parametrize(
    "content",
    [
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x0cjP  \r\n\x87\n",
        b"\xff\x4f\xff\x51",
        b"GIF89a",
        b"BM" + bytes(12) + b"\x28\0\0\0",
    ],
)
def test_a_format_that_is_read_but_only_begins_is_damaged(tmp_path: Path, content: bytes) -> None:
    assert _refusal(_file(tmp_path / "a", content)).reason is QuarantineReason.DAMAGED


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PK\x03\x04 word/document.xml", "office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older office"),
        (b"%!PS-Adobe-3.0\n", "PostScript"),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", "SVG"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"{\\rtf1 hello}", "RTF"),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", "film"),
        (b"AT&TFORM\0\0\0\0DJVU", "DjVu"),
        (b"BMW-Niederlassung, Rechnung Nr. 4711\n", "text file"),
        (b"BM\0\0", "no known format"),
        (b"Sehr geehrte Damen und Herren,\n", "text file"),
        (b"\x00\x01\x02\x03", "no known format"),
    ],
)
def test_other_formats_are_named_in_the_refusal(tmp_path: Path, content: bytes, word: str) -> None:
    refusal = _refusal(_file(tmp_path / "a.pdf", content))
    assert refusal.reason is QuarantineReason.UNSUPPORTED
    assert word in refusal.message
    assert "only PDF, TIFF, JPEG, JPEG 2000, PNG, WebP, HEIF, GIF and BMP are read" in refusal.message


def test_a_zip_is_never_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../outside.pdf", b"%PDF-1.7")
    assert _refusal(path).reason is QuarantineReason.UNSUPPORTED
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.zip"]


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    assert _refusal(_file(tmp_path / "a.pdf", b"")).reason is QuarantineReason.EMPTY


@pytest.mark.parametrize("strength", [2, 3, 4, 6])
def test_only_a_pdf_that_asks_for_a_password_is_encrypted(make_pdf: MakePdf, strength: int) -> None:
    if strength < 4:
        locks = [
            pikepdf.Encryption(owner="o", user=user, R=strength, aes=False, metadata=False)
            for user in ("", "u")
        ]
    else:
        locks = [pikepdf.Encryption(owner="o", user=user, R=strength) for user in ("", "u")]
    assert outline_source(make_pdf(b"", encryption=locks[0]), SETTINGS).pages == 1
    refusal = _refusal(make_pdf(b"", encryption=locks[1]))
    assert refusal.reason is QuarantineReason.ENCRYPTED
    assert "password" in refusal.message


def test_an_unknown_security_handler_is_encryption_too(tmp_path: Path, make_pdf: MakePdf) -> None:
    data = make_pdf(b"", encryption=pikepdf.Encryption(owner="o", user="", R=4)).read_bytes()
    path = _file(tmp_path / "a.pdf", data.replace(b"/Filter /Standard", b"/Filter /Adobe.PS"))
    assert _refusal(path).reason is QuarantineReason.ENCRYPTED


def _pages(tmp_path: Path, count: int) -> Path:
    with pikepdf.new() as pdf:
        for _page in range(count):
            pdf.add_blank_page()
        pdf.save(tmp_path / "pages.pdf")
    return tmp_path / "pages.pdf"


def test_pages_are_counted_and_limited(tmp_path: Path) -> None:
    path = _pages(tmp_path, 12)
    assert outline_source(path, SETTINGS).pages == 12
    refusal = _refusal(path, IntakeSettings(max_pages=11))
    assert (refusal.reason, refusal.pages) == (QuarantineReason.TOO_LARGE, 12)
    frames = [Image.new("1", (8, 8)) for _frame in range(12)]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:])
    assert outline_source(tmp_path / "a.tif", SETTINGS).pages == 12
    assert _refusal(tmp_path / "a.tif", IntakeSettings(max_pages=5)).pages == 12


def test_a_pdf_without_pages_is_empty(tmp_path: Path) -> None:
    refusal = _refusal(_pages(tmp_path, 0))
    assert (refusal.reason, refusal.pages) == (QuarantineReason.EMPTY, 0)


def test_a_pdf_that_lost_pages_is_damaged_and_never_shorter(tmp_path: Path) -> None:
    data = _pages(tmp_path, 3).read_bytes()
    broken = _file(tmp_path / "a.pdf", data.replace(b"/Count 3", b"/Count 5"))
    refusal = _refusal(broken)
    assert refusal.reason is QuarantineReason.DAMAGED
    assert "5 pages" in refusal.message
    assert _refusal(_file(tmp_path / "b.pdf", b"%PDF-1.7\nnothing more")).reason is QuarantineReason.DAMAGED


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_cut_or_changed_ends_in_an_outline_or_a_refusal(
    tmp_path: Path, make_pdf: MakePdf, data: st.DataObject
) -> None:
    sources = [
        make_pdf(b"q Q"),
        _image(tmp_path / "x.tif"),
        _image(tmp_path / "x.png"),
        _image(tmp_path / "x.jpg"),
    ]
    content = bytearray(data.draw(st.sampled_from(sources)).read_bytes())
    cut = data.draw(st.integers(0, len(content)))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    path = _file(tmp_path / "fuzzed", bytes(content[:cut]))
    try:
        assert outline_source(path, SETTINGS).pages >= 1
    except SourceRefused as refusal:
        assert refusal.message


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_a_single_image_beyond_the_pixel_limit_is_refused(tmp_path: Path, suffix: str) -> None:
    refusal = _refusal(_image(tmp_path / f"a.{suffix}"), IntakeSettings(max_megapixels=0.0005))
    assert (refusal.reason, refusal.pages) == (QuarantineReason.TOO_LARGE, 1)
    assert "30 × 20" in refusal.message


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("D:20240229134500+02'00'", dt.datetime(2024, 2, 29, 11, 45, tzinfo=dt.UTC)),
        ("D:20240229134500-05'30", dt.datetime(2024, 2, 29, 19, 15, tzinfo=dt.UTC)),
        ("D:20240229134500Z", dt.datetime(2024, 2, 29, 13, 45, tzinfo=dt.UTC)),
        ("20240229", dt.datetime(2024, 2, 29, tzinfo=dt.UTC)),
        ("D:2024", dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
        ("D:19800101000000", None),
        ("D:20249999000000", None),
        ("yesterday", None),
    ],
)
def test_the_date_of_a_pdf(
    tmp_path: Path, make_pdf: MakePdf, written: str, expected: dt.datetime | None
) -> None:
    with pikepdf.open(make_pdf(b"")) as pdf:
        pdf.docinfo["/CreationDate"] = written
        pdf.save(tmp_path / "dated.pdf")
    assert outline_source(tmp_path / "dated.pdf", SETTINGS).created == expected


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_the_date_of_a_picture(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2019:03:04 05:06:07"
    plain = outline_source(_image(tmp_path / f"a.{suffix}", exif=exif), SETTINGS)
    assert plain.created == dt.datetime(2019, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
    if suffix != "tif":  # Pillow writes no EXIF folder into TIFFs
        exif.get_ifd(0x8769)[0x9003] = "2018:01:02 03:04:05"
        exif.get_ifd(0x8769)[0x9011] = "+01:00"
        taken = outline_source(_image(tmp_path / f"b.{suffix}", exif=exif), SETTINGS)
        assert taken.created == dt.datetime(2018, 1, 2, 2, 4, 5, tzinfo=dt.UTC)
    exif = Image.Exif()
    exif[0x0132] = "0000:00:00 00:00:00"
    assert outline_source(_image(tmp_path / f"c.{suffix}", exif=exif), SETTINGS).created is None


def test_sentences_are_made_in_the_language_of_the_moment(tmp_path: Path) -> None:
    path = _file(tmp_path / "a", b"%!PS")
    try:
        set_language("de")
        german = _refusal(path).message
    finally:
        set_language("en")
    english = _refusal(path).message
    assert "PostScript" in english
    assert german  # differs as soon as the catalogue holds the sentence; never an error
