"""What a source is, how many pages it has, when it was made, and why it is refused."""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dipro_scan.intake.media import media_type_of
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


_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + b"\x09\0" + bytes(16) + b"\0\0\0\0"
_MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Rechnung\r\n\r\nGuten Tag,\r\n"


def _zipped(name: bytes, content: bytes = b"") -> bytes:
    """The beginning of a ZIP archive whose first file is this one, stored as it is."""
    sizes = struct.pack("<IIIHH", zlib.crc32(content), len(content), len(content), len(name), 0)
    return b"PK\x03\x04" + struct.pack("<5H", 20, 0, 0, 0, 0) + sizes + name + content


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (_zipped(b"[Content_Types].xml"), "office document"),
        (_zipped(b"word/document.xml"), "office document"),
        (_zipped(b"mimetype", b"application/vnd.oasis.opendocument.text"), "office document"),
        (_COMPOUND, "office document"),
        (b"{\\rtf1 hello}", "office document"),
        (_zipped(b"mimetype", b"application/epub+zip"), "electronic book"),
        (b"AT&TFORM\0\0\0\0DJVU", "electronic book"),
        (_zipped(b"brief.pdf", b"%PDF-1.7"), "archive"),
        (b"PK\x05\x06" + bytes(18), "archive"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
        (b"\x1f\x8b\x08\0", "archive"),
        (b"BZh91AY&SY", "archive"),
        (b"a".ljust(257, b"\0") + b"ustar\0", "archive"),
        (_COMPOUND.ljust(512, b"\0") + "__nameid_version1.0".encode("utf-16-le"), "e-mail"),
        (_MAIL, "e-mail"),
        (b"From a@example.org Sun Nov 22\n" + _MAIL, "e-mail"),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", "vector graphics"),
        (b"\xd7\xcd\xc6\x9a\0\0", "vector graphics"),
        (b"AC1032\0\0\0", "CAD"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "CAD"),
        (b"%!PS-Adobe-3.0\n", "PostScript"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf", "picture"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "picture"),
        (b"8BPS\0\1", "picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", "film"),
        (b"RIFF\0\0\0\0WAVEfmt ", "film"),
        (b"ID3\4\0", "film"),
        (b"MZ\x90\0\3\0", "program"),
        (b"\x7fELF\2\1", "program"),
        (b"MZ Bau GmbH, Rechnung Nr. 4711\n", "text"),
        (b"BMW-Niederlassung, Rechnung Nr. 4711\n", "text"),
        (b"Betreff: Rechnung\nDate: heute\n", "text"),
        (b"Sehr geehrte Damen und Herren,\n", "text"),
        (b"BM\0\0", "no known format"),
        (b"\x00\x01\x02\x03", "no known format"),
    ],
)
def test_other_formats_are_named_in_the_refusal(tmp_path: Path, content: bytes, word: str) -> None:
    refusal = _refusal(_file(tmp_path / "a.pdf", content))
    assert refusal.reason is QuarantineReason.UNSUPPORTED
    assert word in refusal.message.partition(":")[0]


@given(st.sampled_from([_COMPOUND[:24], b"PK\x03\x04", b"\0\0\0\x18ftyp", b"From ", b"<", b""]), st.binary())
def test_whatever_a_file_holds_it_is_known_or_refused(
    tmp_path_factory: pytest.TempPathFactory, begin: bytes, rest: bytes
) -> None:
    path = _file(tmp_path_factory.mktemp("a") / "a", begin + rest or b"x")
    try:
        assert media_type_of(path.read_bytes(), path)
    except SourceRefused as refusal:
        assert refusal.reason is QuarantineReason.UNSUPPORTED and refusal.message


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
