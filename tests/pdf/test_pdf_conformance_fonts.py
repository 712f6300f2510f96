"""Fonts of every embedded kind beside our own text: sound ones pass, each fault is found under its clause."""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from dipro_scan.pdf import check_pdfa
from dipro_scan.pdf.conformance.cff import CompactFont, read_cff
from dipro_scan.pdf.conformance.encodings import encoding_names, mac_code_of, unicode_of
from dipro_scan.pdf.conformance.truetype import TrueType, font_tables, read_truetype
from dipro_scan.pdf.conformance.type1 import Type1, read_type1

SHOWN = "Hello World"


def folder_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


@pytest.fixture(scope="module")
def truetype_data() -> bytes:
    return (folder_of("reportlab") / "fonts" / "Vera.ttf").read_bytes()


@pytest.fixture(scope="module")
def type1_data() -> bytes:
    """The segments of a .pfb file without their headings, as PDF has them."""
    data = (folder_of("reportlab") / "fonts" / "_a______.pfb").read_bytes()
    found, position = b"", 0
    while data[position + 1] in (1, 2):
        size = struct.unpack_from("<I", data, position + 2)[0]
        found += data[position + 6 : position + 6 + size]
        position += 6 + size
    return found


@pytest.fixture(scope="module")
def opentype_data() -> bytes:
    return next(folder_of("font_source_sans_pro").rglob("SourceSansPro-Light.otf")).read_bytes()


@pytest.fixture(scope="module")
def cff_data(opentype_data: bytes) -> bytes:
    return font_tables(opentype_data)[b"CFF "]


def checked_with(
    sound: Path, path: Path, add_font: Callable[[Pdf], Any], text: bytes, mode: int = 0
) -> set[str]:
    """The clauses found once `text` is shown in the font that `add_font` makes."""
    with pikepdf.open(sound) as pdf:
        page = pdf.pages[0]
        page.Resources.Font["/Own"] = pdf.make_indirect(add_font(pdf))
        shown = b"\nBT 0 g %d Tr /Own 9 Tf 9 9 Td <%s> Tj ET" % (mode, text.hex().encode())
        page.Contents = pdf.make_stream(page.Contents.read_bytes() + shown)
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.disable, fix_metadata_version=False)
    return {violation.clause for violation in check_pdfa(path)}


def simple_font(
    pdf: Pdf,
    subtype: Name,
    program: dict[str, Any],
    width: Callable[[str], float],
    **changes: Any,
) -> Dictionary:
    descriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name.Own, Flags=32)
    for key, value in program.items():
        descriptor[key] = value
    codes = range(32, 127)
    names = encoding_names("WinAnsiEncoding") or {}
    facts: dict[str, Any] = {
        "Type": Name.Font,
        "Subtype": subtype,
        "BaseFont": Name.Own,
        "Encoding": Name.WinAnsiEncoding,
        "FirstChar": codes[0],
        "LastChar": codes[-1],
        "Widths": Array([round(width(names[code]), 1) for code in codes]),
        "FontDescriptor": pdf.make_indirect(descriptor),
    }
    return Dictionary(**(facts | changes))


def truetype_font(pdf: Pdf, data: bytes, **changes: Any) -> Dictionary:
    program = read_truetype(data)
    assert program is not None
    return simple_font(
        pdf,
        Name.TrueType,
        {"/FontFile2": pdf.make_stream(data)},
        lambda label: letter_width(program, label),
        **changes,
    )


def letter_width(program: TrueType, label: str) -> float:
    glyph = program.glyph((3, 1), ord(unicode_of(label) or "\0"))
    return program.width(glyph or 0) or 0.0


def type1_font(pdf: Pdf, data: bytes, **changes: Any) -> Dictionary:
    program = read_type1(data)
    assert program is not None
    return simple_font(
        pdf,
        Name.Type1,
        {"/FontFile": pdf.make_stream(data)},
        lambda label: program.widths[label] or 0.0,
        **changes,
    )


def compact_type1_font(pdf: Pdf, data: bytes, subtype: Name = Name.Type1C, **changes: Any) -> Dictionary:
    program = compact(data if subtype == Name.Type1C else font_tables(data)[b"CFF "])
    stream = pdf.make_stream(data)
    stream.Subtype = subtype
    return simple_font(
        pdf,
        Name.Type1,
        {"/FontFile3": stream},
        lambda label: program.width(program.glyph_of_name[label]) or 0.0,
        **changes,
    )


def compact(data: bytes) -> CompactFont:
    font = read_cff(data)
    assert font is not None
    return font


def composite_font(pdf: Pdf, data: bytes, **changes: Any) -> Dictionary:
    """The program is not CID-keyed, so that CIDs are glyph numbers."""
    program = compact(data)
    stream = pdf.make_stream(data)
    stream.Subtype = Name.CIDFontType0C
    glyphs = range(1, 100)
    descriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name.Own, Flags=4, FontFile3=stream)
    descendant: dict[str, Any] = {
        "Type": Name.Font,
        "Subtype": Name.CIDFontType0,
        "BaseFont": Name.Own,
        "CIDSystemInfo": Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        "W": Array([1, Array([program.width(glyph) for glyph in glyphs])]),
        "FontDescriptor": descriptor,
    }
    characters = b"\n".join(b"<%04X> <0041>" % glyph for glyph in range(100))
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name.Own,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(Dictionary(**(descendant | changes)))]),
        ToUnicode=pdf.make_stream(b"100 beginbfchar\n%s\nendbfchar" % characters),
    )


MAKERS = ("truetype", "type1", "compact", "opentype")


@pytest.fixture
def maker(
    request: pytest.FixtureRequest,
    truetype_data: bytes,
    type1_data: bytes,
    cff_data: bytes,
    opentype_data: bytes,
) -> Callable[..., Dictionary]:
    makers: dict[str, Callable[..., Dictionary]] = {
        "truetype": lambda pdf, **changes: truetype_font(pdf, truetype_data, **changes),
        "type1": lambda pdf, **changes: type1_font(pdf, type1_data, **changes),
        "compact": lambda pdf, **changes: compact_type1_font(pdf, cff_data, **changes),
        "opentype": lambda pdf, **changes: compact_type1_font(pdf, opentype_data, Name.OpenType, **changes),
    }
    return makers[request.param]


@pytest.mark.parametrize("maker", MAKERS, indirect=True)
def test_a_sound_simple_font_passes(sound: Path, tmp_path: Path, maker: Callable[..., Dictionary]) -> None:
    assert checked_with(sound, tmp_path / "own.pdf", maker, SHOWN.encode()) == set()


@pytest.mark.parametrize("maker", MAKERS, indirect=True)
def test_widths_must_be_those_of_the_glyphs(
    sound: Path, tmp_path: Path, maker: Callable[..., Dictionary]
) -> None:
    def wrong(pdf: Pdf) -> Dictionary:
        return maker(pdf, Widths=Array([300] * 95))

    assert checked_with(sound, tmp_path / "own.pdf", wrong, SHOWN.encode()) == {"6.2.11.5"}
    assert checked_with(sound, tmp_path / "unseen.pdf", wrong, SHOWN.encode(), mode=3) == set()


@pytest.mark.parametrize("maker", MAKERS, indirect=True)
@pytest.mark.parametrize("mode", [0, 3])
def test_a_code_without_a_name_shows_notdef(
    sound: Path, tmp_path: Path, maker: Callable[..., Dictionary], mode: int
) -> None:
    assert checked_with(sound, tmp_path / "own.pdf", maker, b"\x01", mode) == {"6.2.11.8"}


@pytest.mark.parametrize("maker", ["type1", "compact"], indirect=True)
def test_a_name_that_the_program_lacks_has_no_glyph(
    sound: Path, tmp_path: Path, maker: Callable[..., Dictionary]
) -> None:
    def renamed(pdf: Pdf) -> Dictionary:
        encoding = Dictionary(BaseEncoding=Name.WinAnsiEncoding, Differences=Array([72, Name("/u1F600")]))
        return maker(pdf, Encoding=encoding)

    assert checked_with(sound, tmp_path / "own.pdf", renamed, b"H") == {"6.2.11.4.1"}
    assert checked_with(sound, tmp_path / "unused.pdf", renamed, b"e") == set()


def test_a_letter_whose_outline_is_gone_has_no_glyph(
    sound: Path, tmp_path: Path, truetype_data: bytes
) -> None:
    """As subsetting leaves it: the number and the width stay, the outline goes."""
    program = read_truetype(truetype_data)
    assert program is not None
    glyph = program.glyph((3, 1), ord("H"))
    assert glyph
    places = font_tables(truetype_data)[b"loca"]
    size = len(places) // (len(program.advances) + 1)
    begin, end = size * glyph, size * (glyph + 1)
    emptied = places[:end] + places[begin:end] + places[end + size :]
    data = truetype_data.replace(places, emptied)
    assert checked_with(sound, tmp_path / "own.pdf", lambda pdf: truetype_font(pdf, data), b"H") == {
        "6.2.11.4.1"
    }
    assert checked_with(sound, tmp_path / "other.pdf", lambda pdf: truetype_font(pdf, data), b"o W") == set()


@pytest.mark.parametrize("maker", ["type1", "compact"], indirect=True)
def test_a_char_set_lists_every_glyph(
    sound: Path, tmp_path: Path, maker: Callable[..., Dictionary], type1_data: bytes, cff_data: bytes
) -> None:
    type1 = read_type1(type1_data)
    assert type1 is not None

    def listing(names: list[str]) -> Callable[[Pdf], Dictionary]:
        def make(pdf: Pdf) -> Dictionary:
            font = maker(pdf)
            font.BaseFont = Name("/ABCDEF+Own")
            font.FontDescriptor.CharSet = String("".join(f"/{label}" for label in names))
            return font

        return make

    all_names = sorted({*type1.widths, *(compact(cff_data).names or ())})
    assert checked_with(sound, tmp_path / "all.pdf", listing(all_names), b"H") == set()
    without = [label for label in all_names if label != "z"]
    assert checked_with(sound, tmp_path / "less.pdf", listing(without), b"H") == {"6.2.11.4.2"}


def test_composite_fonts_are_judged_by_cid(sound: Path, tmp_path: Path, cff_data: bytes) -> None:
    def clauses(text: bytes, mode: int = 0, **changes: Any) -> set[str]:
        return checked_with(
            sound, tmp_path / "own.pdf", lambda pdf: composite_font(pdf, cff_data, **changes), text, mode
        )

    assert clauses(b"\x00\x21\x00\x22") == set()
    assert clauses(b"\x00\x21", W=Array([])) == {"6.2.11.5"}
    assert clauses(b"\x00\x21", 3, W=Array([])) == set()
    assert clauses(b"\x00\x00", 3) == {"6.2.11.8"}
    assert "6.2.11.4.1" in clauses(b"\xff\xf0")


def test_a_cid_set_lists_every_cid(sound: Path, tmp_path: Path, cff_data: bytes) -> None:
    def listing(bits: bytes) -> Callable[[Pdf], Dictionary]:
        def make(pdf: Pdf) -> Dictionary:
            font = composite_font(pdf, cff_data)
            font.DescendantFonts[0].BaseFont = Name("/ABCDEF+Own")
            font.DescendantFonts[0].FontDescriptor.CIDSet = pdf.make_stream(bits)
            return font

        return make

    glyphs = len(compact(cff_data).names or ())
    assert (
        checked_with(sound, tmp_path / "all.pdf", listing(b"\xff" * (glyphs // 8 + 1)), b"\x00\x21") == set()
    )
    assert checked_with(sound, tmp_path / "less.pdf", listing(b"\xff" * 9), b"\x00\x21") == {"6.2.11.4.2"}


def test_only_subsets_must_be_listed(sound: Path, tmp_path: Path, type1_data: bytes) -> None:
    def whole(pdf: Pdf) -> Dictionary:
        font = type1_font(pdf, type1_data)
        font.FontDescriptor.CharSet = String("/H")
        return font

    assert checked_with(sound, tmp_path / "own.pdf", whole, b"H") == set()


def test_a_program_of_an_unknown_kind_is_found(sound: Path, tmp_path: Path, cff_data: bytes) -> None:
    def odd(pdf: Pdf) -> Dictionary:
        font = compact_type1_font(pdf, cff_data)
        font.FontDescriptor.FontFile3.Subtype = Name.Type2C
        return font

    assert checked_with(sound, tmp_path / "own.pdf", odd, b"H") == {"6.2.11.2"}


def test_a_font_name_that_is_not_utf8_is_found(sound: Path, tmp_path: Path, type1_data: bytes) -> None:
    def odd(pdf: Pdf) -> Dictionary:
        return type1_font(pdf, type1_data, BaseFont=Object.parse(b"/Stra#DFe"))

    def right(pdf: Pdf) -> Dictionary:
        return type1_font(pdf, type1_data, BaseFont=Object.parse(b"/Stra#C3#9Fe"))

    assert checked_with(sound, tmp_path / "odd.pdf", odd, b"H") == {"6.1.8"}
    assert checked_with(sound, tmp_path / "right.pdf", right, b"H") == set()


def test_widths_of_compact_programs_are_those_of_their_opentype_tables(opentype_data: bytes) -> None:
    tables = font_tables(opentype_data)
    font = compact(tables[b"CFF "])
    count = struct.unpack_from(">H", tables[b"hhea"], 34)[0]
    advances = [struct.unpack_from(">H", tables[b"hmtx"], 4 * glyph)[0] for glyph in range(count)]
    assert [font.width(glyph) for glyph in range(count)] == pytest.approx(advances)
    assert font.names is not None and font.names[0] == ".notdef"


def test_type1_programs_in_hexadecimal_are_read_too(type1_data: bytes) -> None:
    clear, _keyword, private = type1_data.partition(b"eexec")
    written = clear + b"eexec\n" + private.lstrip(b"\r\n").hex().encode()
    read = read_type1(written)
    assert isinstance(read, Type1) and read == read_type1(type1_data)
    assert read.widths["H"] == pytest.approx(722) and read.encoding is None


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\x01\x00\x04\x02", b"%!PS eexec", b"\xff" * 200, bytes(400)]
)
def test_what_is_no_font_program_is_none(data: bytes) -> None:
    assert read_cff(data) is None
    assert read_type1(data) is None
    assert read_truetype(data) is None


def test_damaged_programs_are_read_without_an_error(
    cff_data: bytes, type1_data: bytes, truetype_data: bytes
) -> None:
    """Whatever is cut off, they are nothing, or what is left tells a width or a glyph."""
    told = []
    for size in range(0, 4000, 37):
        font = read_cff(cff_data[:size] + bytes(200))
        told.append(None if font is None else font.width(1))
        type1 = read_type1(type1_data[: 4000 + size])
        assert type1 is None or type1.widths
        truetype = read_truetype(truetype_data[:size] + bytes(200))
        told.append(None if truetype is None else truetype.glyph((3, 1), 65))
    assert {type(each) for each in told} <= {type(None), int, float}


@pytest.mark.parametrize(
    ("label", "character", "mac_code"),
    [
        ("A", "A", 65),
        ("adieresis", "ä", 0x8A),
        ("Euro", "€", None),
        ("uni20AC", "€", None),
        ("g12", None, None),
    ],
)
def test_glyph_names_mean_characters(label: str, character: str | None, mac_code: int | None) -> None:
    assert unicode_of(label) == character
    assert mac_code_of(label) == mac_code
