"""PDF/A-3: an invoice inside our own file, associated as ISO 19005-3 asks, and broken in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from dipro_scan.pdf import Level, check_pdfa

INVOICE = b"<rsm:CrossIndustryInvoice/>"


@pytest.fixture(scope="module")
def part3(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("part3") / "invoice.pdf"
    changed(sound, path, lambda pdf: (claim(pdf, b"3", b"U"), attach(pdf)))
    return path


def changed(source: Path, target: Path, change: Callable[[Pdf], object]) -> Path:
    with pikepdf.open(source) as pdf:
        change(pdf)
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable, fix_metadata_version=False)
    return target


def claim(pdf: Pdf, part: bytes, conformance: bytes) -> None:
    packet = pdf.Root.Metadata.read_bytes()
    packet = packet.replace(b"<pdfaid:part>2", b"<pdfaid:part>" + part)
    packet = packet.replace(b"<pdfaid:conformance>U", b"<pdfaid:conformance>" + conformance)
    metadata = pdf.make_stream(packet)
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata


def attach(pdf: Pdf) -> None:
    embedded = pdf.make_stream(INVOICE)
    embedded.Type, embedded.Subtype = Name.EmbeddedFile, Name("/text/xml")
    specification = pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=String("factur-x.xml"),
            UF=String("factur-x.xml"),
            AFRelationship=Name.Alternative,
            EF=Dictionary(F=embedded, UF=embedded),
        )
    )
    names = Array([String("factur-x.xml"), specification])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))
    pdf.Root.AF = Array([specification])


def invoice(pdf: Pdf) -> Any:
    return pdf.Root.Names.EmbeddedFiles.Names[1]


def found(path: Path, level: Level = "3u") -> set[tuple[str, str]]:
    return {(violation.clause, violation.message) for violation in check_pdfa(path, level)}


@pytest.mark.parametrize("level", ["3u", "3b"])
def test_a_file_of_any_kind_may_be_inside_where_it_is_associated(part3: Path, level: Level) -> None:
    assert check_pdfa(part3, level) == ()


@pytest.mark.parametrize("level", ["3u", "3b"])
def test_part_3_needs_nothing_inside(sound: Path, tmp_path: Path, level: Level) -> None:
    assert check_pdfa(changed(sound, tmp_path / "own.pdf", lambda pdf: claim(pdf, b"3", b"U")), level) == ()


def associate_with(holder: Callable[[Pdf], Any], key: str) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        holder(pdf)[key] = pdf.Root.AF
        del pdf.Root["/AF"]

    return change


HOLDERS: dict[str, Callable[[Pdf], None]] = {
    "page": associate_with(lambda pdf: pdf.pages[0].obj, "/AF"),
    "image": associate_with(lambda pdf: pdf.pages[0].Resources.XObject["/Im0"], "/AF"),
    "marked content": lambda pdf: (
        setattr(pdf.pages[0].Resources, "Properties", Dictionary(Invoice=Dictionary(MCAF=pdf.Root.AF))),
        pdf.Root.__delitem__("/AF"),
    )[1],
    "array of its own": lambda pdf: setattr(pdf.Root, "AF", pdf.make_indirect(Array(list(pdf.Root.AF)))),
    "direct dictionary": lambda pdf: (
        setattr(pdf.Root, "AF", Array([Dictionary(dict(invoice(pdf).items()))])),
        pdf.Root.__delitem__("/Names"),
    )[1],
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_any_object_may_name_the_file_as_associated(part3: Path, tmp_path: Path, holder: str) -> None:
    assert found(changed(part3, tmp_path / "own.pdf", HOLDERS[holder])) == set()


@pytest.mark.parametrize("relationship", ["Source", "Data", "Supplement", "Unspecified", "KOSIT_Invoice"])
def test_relationships_that_are_defined_or_registered_pass(
    part3: Path, tmp_path: Path, relationship: str
) -> None:
    def change(pdf: Pdf) -> None:
        invoice(pdf).AFRelationship = Name(f"/{relationship}")

    assert found(changed(part3, tmp_path / "own.pdf", change)) == set()


FAULTS: dict[str, tuple[str, str, Callable[[Pdf], object]]] = {
    "no relationship": ("6.8", "AFRelationship", lambda pdf: invoice(pdf).__delitem__("/AFRelationship")),
    "a relationship of no meaning": (
        "6.8",
        "Cousin",
        lambda pdf: setattr(invoice(pdf), "AFRelationship", Name.Cousin),
    ),
    "no name F": ("6.8", "F and UF", lambda pdf: invoice(pdf).__delitem__("/F")),
    "no name UF": ("6.8", "F and UF", lambda pdf: invoice(pdf).__delitem__("/UF")),
    "no MIME type": ("6.8", "MIME", lambda pdf: invoice(pdf).EF.F.__delitem__("/Subtype")),
    "a MIME type that is none": (
        "6.8",
        "MIME",
        lambda pdf: setattr(invoice(pdf).EF.F, "Subtype", Name.xml),
    ),
    "no association": ("6.8", "(AF)", lambda pdf: pdf.Root.__delitem__("/AF")),
    "another file associated": (
        "6.8",
        "(AF)",
        lambda pdf: setattr(
            pdf.Root, "AF", Array([pdf.make_indirect(Dictionary(Type=Name.Filespec, F="a", UF="a"))])
        ),
    ),
    "another part": ("6.6.4", "part 3", lambda pdf: claim_again(pdf, b"part>3", b"part>2")),
    "level B only": ("6.6.4", "level U", lambda pdf: claim_again(pdf, b"conformance>U", b"conformance>B")),
    "a level that is none": (
        "6.6.4",
        "level U",
        lambda pdf: claim_again(pdf, b"conformance>U", b"conformance>F"),
    ),
    "a font without Unicode": (
        "6.2.11.7.2",
        "Unicode",
        lambda pdf: pdf.pages[0].Resources.Font["/F0"].__delitem__("/ToUnicode"),
    ),
}


def claim_again(pdf: Pdf, old: bytes, new: bytes) -> None:
    metadata = pdf.make_stream(pdf.Root.Metadata.read_bytes().replace(old, new))
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_under_its_clause(fault: str, part3: Path, tmp_path: Path) -> None:
    clause, said, spoil = FAULTS[fault]
    violations = found(changed(part3, tmp_path / "broken.pdf", spoil))
    assert {each for each, _message in violations} == {clause}
    assert all(said in message for _clause, message in violations)


def test_level_b_of_part_3_asks_for_no_unicode(part3: Path, tmp_path: Path) -> None:
    def change(pdf: Pdf) -> None:
        claim_again(pdf, b"conformance>U", b"conformance>B")
        del pdf.pages[0].Resources.Font["/F0"]["/ToUnicode"]

    assert found(changed(part3, tmp_path / "own.pdf", change), "3b") == set()


def test_parts_are_not_taken_for_each_other(sound: Path, part3: Path) -> None:
    assert {clause for clause, _message in found(sound)} == {"6.6.4"}
    assert {clause for clause, _message in found(part3, "2u")} == {"6.6.4", "6.8"}


def test_part_2_takes_archival_files_only(sound: Path, tmp_path: Path) -> None:
    def change(pdf: Pdf) -> None:
        attach(pdf)
        invoice(pdf).EF.F.write(sound.read_bytes())

    assert found(changed(sound, tmp_path / "own.pdf", change), "2u") == set()
