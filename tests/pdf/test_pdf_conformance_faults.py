"""Our own file, broken in one place: the checker names the clause."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from dipro_scan.pdf import check_pdfa


def clauses(path: Path) -> set[str]:
    return {violation.clause for violation in check_pdfa(path)}


def image(pdf: Pdf) -> Any:
    return pdf.pages[0].Resources.XObject["/Im0"]


def font(pdf: Pdf) -> Any:
    return pdf.pages[0].Resources.Font["/F0"]


def add_to_content(pdf: Pdf, operators: bytes) -> None:
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + b"\n" + operators)


def change_packet(pdf: Pdf, old: bytes, new: bytes) -> None:
    packet = pdf.Root.Metadata.read_bytes()
    assert old in packet
    metadata = pdf.make_stream(packet.replace(old, new))
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata


def graphics_state(pdf: Pdf, **entries: Any) -> None:
    pdf.pages[0].Resources.ExtGState = Dictionary(GS0=Dictionary(**entries))
    add_to_content(pdf, b"/GS0 gs")


def annotate(pdf: Pdf, **entries: Any) -> None:
    note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **entries)
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])


def paint_over(pdf: Pdf, profile: bytes = b"CMYK", components: int = 4, **entries: Any) -> None:
    """Fills with a colour of an ICC profile whose header is all there is."""
    header = bytes(8) + b"\4\0\0\0" + b"prtr" + profile + b"Lab " + bytes(12) + b"acsp" + bytes(88)
    stream = pdf.make_stream(header, N=components)
    pdf.pages[0].Resources.ColorSpace = Dictionary(CS0=Array([Name.ICCBased, stream]))
    graphics_state(pdf, **entries)
    add_to_content(pdf, b"/CS0 cs " + b"0 " * components + b"sc 0 0 9 9 re f")


FAULTS: dict[str, tuple[str, Callable[[Pdf], object]]] = {
    "no metadata": ("6.6.2.1", lambda pdf: pdf.Root.__delitem__("/Metadata")),
    "metadata that is no XML": ("6.6.2.1", lambda pdf: change_packet(pdf, b"</rdf:RDF>", b"")),
    "entities in the metadata": (
        "6.6.2.1",
        lambda pdf: change_packet(pdf, b"<x:xmpmeta", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x:xmpmeta"),
    ),
    "another part": ("6.6.4", lambda pdf: change_packet(pdf, b"<pdfaid:part>2", b"<pdfaid:part>3")),
    "level B only": ("6.6.4", lambda pdf: change_packet(pdf, b"conformance>U<", b"conformance>B<")),
    "an undeclared property": (
        "6.6.2.3.1",
        lambda pdf: change_packet(pdf, b"<pdf:Producer>", b"<diproscan:X>1</diproscan:X><pdf:Producer>"),
    ),
    "a title without language": (
        "6.6.2.3.1",
        lambda pdf: change_packet(pdf, b' xml:lang="x-default"', b""),
    ),
    "a date that is none": (
        "6.6.2.3.1",
        lambda pdf: change_packet(pdf, b"<xmp:CreateDate>2025", b"<xmp:CreateDate>gestern"),
    ),
    "a declaration without category": (
        "6.6.2.3.3",
        lambda pdf: change_packet(pdf, b"<pdfaProperty:category>external</pdfaProperty:category>", b""),
    ),
    "no output intent": ("6.2.4.3", lambda pdf: pdf.Root.__delitem__("/OutputIntents")),
    "a broken output profile": (
        "6.2.3",
        lambda pdf: setattr(pdf.Root.OutputIntents[0], "DestOutputProfile", pdf.make_stream(b"none")),
    ),
    "CMYK paint": ("6.2.4.3", lambda pdf: add_to_content(pdf, b"0 1 0 0 k 0 0 9 9 re f")),
    "CMYK that overprints": ("6.2.4.2", lambda pdf: paint_over(pdf, OP=True, OPM=1)),
    "a CMYK image": ("6.2.4.3", lambda pdf: setattr(image(pdf), "ColorSpace", Name.DeviceCMYK)),
    "an interpolated image": ("6.2.8", lambda pdf: setattr(image(pdf), "Interpolate", True)),
    "a strange rendering intent": ("6.2.6", lambda pdf: setattr(image(pdf), "Intent", Name.Pretty)),
    "LZW": ("6.1.7.2", lambda pdf: setattr(image(pdf), "Filter", Name.LZWDecode)),
    "an unknown operator": ("6.2.2", lambda pdf: add_to_content(pdf, b"1 2 foo")),
    "operators in BX EX": ("6.2.2", lambda pdf: add_to_content(pdf, b"BX foo EX")),
    "states nested too deeply": ("6.1.13", lambda pdf: add_to_content(pdf, b"q " * 29 + b"Q " * 29)),
    "an integer too large": ("6.1.13", lambda pdf: add_to_content(pdf, b"99999999999 w")),
    "a transfer function": ("6.2.5", lambda pdf: graphics_state(pdf, TR=Name.Identity)),
    "a halftone with a transfer function": (
        "6.2.5",
        lambda pdf: graphics_state(pdf, HT=Dictionary(HalftoneType=1, TransferFunction=Name.Identity)),
    ),
    "a blend mode of one's own": ("6.2.10", lambda pdf: graphics_state(pdf, BM=Name.Custom)),
    "JavaScript": (
        "6.5.1",
        lambda pdf: setattr(pdf.Root, "OpenAction", Dictionary(S=Name.JavaScript, JS=String("app.beep()"))),
    ),
    "actions of the document": ("6.5.2", lambda pdf: setattr(pdf.Root, "AA", Dictionary())),
    "an annotation without flags": ("6.3.2", lambda pdf: annotate(pdf, Subtype=Name.Link)),
    "a movie": ("6.3.1", lambda pdf: annotate(pdf, Subtype=Name.Movie, F=4)),
    "a note without appearance": ("6.3.3", lambda pdf: annotate(pdf, Subtype=Name.Text, F=4)),
    "an XFA form": ("6.4.2", lambda pdf: setattr(pdf.Root, "AcroForm", Dictionary(XFA=String("x")))),
    "a font without Unicode": ("6.2.11.7.2", lambda pdf: font(pdf).__delitem__("/ToUnicode")),
    "a character without meaning": (
        "6.2.11.7.2",
        lambda pdf: setattr(
            font(pdf), "ToUnicode", pdf.make_stream(b"1 beginbfchar\n<0001> <FEFF>\nendbfchar")
        ),
    ),
    "a font without glyph map": (
        "6.2.11.3.2",
        lambda pdf: font(pdf).DescendantFonts[0].__delitem__("/CIDToGIDMap"),
    ),
    "widths that are not the glyphs'": (
        "6.2.11.5",
        lambda pdf: setattr(font(pdf).DescendantFonts[0], "DW", 600),
    ),
    "characters without glyphs": (
        "6.2.11.8",
        lambda pdf: setattr(font(pdf).DescendantFonts[0], "CIDToGIDMap", pdf.make_stream(bytes(400))),
    ),
    "visible text in a font that is not there": (
        "6.2.11.4.1",
        lambda pdf: (
            font(pdf).DescendantFonts[0].FontDescriptor.__delitem__("/FontFile2"),
            add_to_content(pdf, b"BT 0 Tr /F0 9 Tf <0001> Tj ET"),
        ),
    ),
    "a page too small": ("6.1.13", lambda pdf: setattr(pdf.pages[0], "MediaBox", Array([0, 0, 2, 2]))),
    "a layer without name": (
        "6.9",
        lambda pdf: setattr(pdf.Root, "OCProperties", Dictionary(OCGs=Array(), D=Dictionary())),
    ),
    "a file inside that is no PDF/A": (
        "6.8",
        lambda pdf: pdf.attachments.__setitem__("note.txt", b"hello"),
    ),
    "demands on the reader": ("6.11", lambda pdf: setattr(pdf.Root, "Requirements", Array())),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_under_its_clause(fault: str, sound: Path, tmp_path: Path) -> None:
    clause, spoil = FAULTS[fault]
    broken = tmp_path / "broken.pdf"
    with pikepdf.open(sound) as pdf:
        spoil(pdf)
        pdf.save(
            broken,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            fix_metadata_version=False,
        )
    assert clause in clauses(broken)


@pytest.mark.parametrize(
    "harmless",
    [
        {"OP": True, "OPM": 0},
        {"OP": True, "op": False, "OPM": 1},
        {"OPM": 1},
        {"OP": True, "OPM": 1, "profile": b"RGB ", "components": 3},
    ],
)
def test_overprint_that_changes_no_colour_is_no_fault(
    harmless: dict[str, Any], sound: Path, tmp_path: Path
) -> None:
    with pikepdf.open(sound) as pdf:
        paint_over(pdf, **harmless)
        pdf.save(tmp_path / "own.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert clauses(tmp_path / "own.pdf") == set()


def test_saving_again_without_a_change_is_no_fault(sound: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.pdf"
    with pikepdf.open(sound) as pdf:
        pdf.save(again, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert check_pdfa(again) == ()


BYTE_FAULTS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "something before the header": ("6.1.2", lambda data: b"\n" + data),
    "no binary comment": ("6.1.2", lambda data: data.replace(data[9:14], b"%abcd", 1)),
    "something after the end": ("6.1.3", lambda data: data + b"more"),
    "no identifier": ("6.1.3", lambda data: data.replace(b"/ID [", b"/XD [")),
    "spaces after xref": ("6.1.4", lambda data: data.replace(b"\nxref\n", b"\nxref \n")),
    "a wrong length": (
        "6.1.7.1",
        lambda data: re.sub(rb"/Metadata /Length \d", b"/Metadata /Length 1", data),
    ),
    "no line end before endstream": ("6.1.7.1", lambda data: data.replace(b"\nendstream", b" endstream")),
    "two spaces in an object's head": ("6.1.9", lambda data: data.replace(b"\n1 0 obj", b"\n1  0 obj")),
    "an odd hexadecimal string": (
        "6.1.6",
        lambda data: data.replace(b"/RegistryName (http://www.color.org)", b"/RegistryName <123>"),
    ),
}


@pytest.mark.parametrize("fault", BYTE_FAULTS)
def test_a_fault_in_the_bytes_is_found_under_its_clause(fault: str, sound: Path, tmp_path: Path) -> None:
    clause, spoil = BYTE_FAULTS[fault]
    data = sound.read_bytes()
    spoiled = spoil(data)
    assert spoiled != data
    (tmp_path / "broken.pdf").write_bytes(spoiled)
    assert clause in clauses(tmp_path / "broken.pdf")


def test_encrypted_empty_and_foreign_files_are_refused(sound: Path, tmp_path: Path) -> None:
    with pikepdf.open(sound) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "foreign.pdf").write_bytes(b"PK\x03\x04 no PDF at all")
    assert clauses(tmp_path / "locked.pdf") == {"6.1.3"}
    assert clauses(tmp_path / "empty.pdf") == {"6.1"}
    assert clauses(tmp_path / "foreign.pdf") == {"6.1"}


def test_real_pdfs_are_judged_without_an_error(scans: Path) -> None:
    for path in sorted((scans / "pdf").glob("*.pdf")) + sorted((scans / "bad").glob("*.pdf")):
        assert check_pdfa(path) != (), path.name


def test_no_damage_breaks_the_checker(sound: Path, tmp_path: Path) -> None:
    """Random bytes changed, cut out or doubled: a verdict, whatever it is."""
    chance = random.Random(20250304)
    data = sound.read_bytes()
    for _round in range(150):
        damaged = bytearray(data)
        for _hit in range(chance.choice([1, 5, 30])):
            position = chance.randrange(len(damaged) - 40)
            kind = chance.randrange(3)
            if kind == 0:
                damaged[position] = chance.randrange(256)
            elif kind == 1:
                del damaged[position : position + chance.randrange(20)]
            else:
                damaged[position:position] = damaged[position : position + chance.randrange(20)]
        path = tmp_path / "damaged.pdf"
        path.write_bytes(damaged)
        assert isinstance(check_pdfa(path), tuple)
