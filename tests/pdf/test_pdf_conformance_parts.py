from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.pdf.conformance.cmaps import read_cmap
from dipro_scan.pdf.conformance.glyph_names import has_unicode
from dipro_scan.pdf.conformance.tokens import end_of_value, hexadecimal_strings
from dipro_scan.pdf.conformance.truetype import read_truetype
from dipro_scan.pdf.conformance.xmp_schemas import STRUCTURES
from dipro_scan.pdf.conformance.xmp_tree import NotXmp, XmpNode, read_xmp
from dipro_scan.pdf.conformance.xmp_types import fits, is_known

RDF_HEAD = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:a="urn:a#" {attributes}>'
)
RDF_TAIL = "</rdf:Description></rdf:RDF></x:xmpmeta>"


def property_of(body: str, attributes: str = "") -> XmpNode:
    (node,) = read_xmp((RDF_HEAD.format(attributes=attributes) + body + RDF_TAIL).encode())
    return node


def test_a_property_may_be_an_attribute_or_an_element() -> None:
    assert property_of("", 'a:p="v"') == XmpNode("urn:a#", "p", "a", value="v")
    assert property_of("<a:p>v</a:p>") == XmpNode("urn:a#", "p", "a", value="v")


@pytest.mark.parametrize(
    "body",
    [
        '<a:p rdf:parseType="Resource"><a:x>1</a:x></a:p>',
        "<a:p><rdf:Description><a:x>1</a:x></rdf:Description></a:p>",
        '<a:p a:x="1"/>',
        '<a:p><rdf:Description a:x="1"/></a:p>',
    ],
)
def test_the_four_ways_to_write_a_structure_mean_the_same(body: str) -> None:
    node = property_of(body)
    assert node.kind == "struct"
    assert [(child.name, child.value) for child in node.children] == [("x", "1")]


def test_arrays_qualifiers_and_languages() -> None:
    node = property_of('<a:p><rdf:Alt><rdf:li xml:lang="de">Titel</rdf:li></rdf:Alt></a:p>')
    assert (node.kind, node.children[0].value, node.children[0].language) == ("alt", "Titel", "de")
    qualified = property_of('<a:p rdf:parseType="Resource"><rdf:value>v</rdf:value><a:q>x</a:q></a:p>')
    assert (qualified.kind, qualified.value) == ("simple", "v")


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<a/>",
        b"not xml",
        b"<!DOCTYPE lol [<!ENTITY a '1'>]><a>&a;</a>",
        b"<a>" * 100 + b"</a>" * 100,
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><other/></rdf:RDF>',
    ],
)
def test_what_is_no_xmp_is_refused(packet: bytes) -> None:
    with pytest.raises(NotXmp):
        read_xmp(packet)


@given(st.binary(max_size=200))
def test_bytes_are_xmp_or_are_refused(packet: bytes) -> None:
    with pytest.raises(NotXmp):
        read_xmp(packet)


def simple(value: str) -> XmpNode:
    return XmpNode("", "", "", value=value)


@pytest.mark.parametrize(
    ("type_name", "right", "wrong"),
    [
        ("Integer", "-12", "1.5"),
        ("Boolean", "True", "true"),
        ("Real", "+0.5", "half"),
        ("Date", "2025-03-04T10:11:12+01:00", "04.03.2025"),
        ("Date", "2025", "25"),
        ("MIMEType", "application/pdf", "pdf"),
        ("closed Choice of Integer", "3", "three"),
        ("GPSCoordinate", "51,27.5N", "51.46"),
    ],
)
def test_simple_types(type_name: str, right: str, wrong: str) -> None:
    assert fits(simple(right), type_name, STRUCTURES)
    assert not fits(simple(wrong), type_name, STRUCTURES)
    assert is_known(type_name, STRUCTURES)


def test_arrays_must_be_of_their_kind_and_their_members_of_theirs() -> None:
    members = [simple("2025-01-01"), simple("2026")]
    assert fits(XmpNode("", "", "", "seq", children=members), "seq Date", STRUCTURES)
    assert not fits(XmpNode("", "", "", "bag", children=members), "seq Date", STRUCTURES)
    assert not fits(XmpNode("", "", "", "seq", children=[simple("soon")]), "seq Date", STRUCTURES)
    assert not is_known("seq Unheard", STRUCTURES)
    assert fits(XmpNode("", "", "", "bag", children=[simple("x")]), "bag", STRUCTURES)


@given(st.dictionaries(st.integers(0, 0xFFFF), st.text(min_size=1, max_size=3), max_size=30))
def test_a_cmap_gives_back_what_was_mapped(mapping: dict[int, str]) -> None:
    pairs = {code: text for code, text in mapping.items() if not any("\ud800" <= c <= "\udfff" for c in text)}
    lines = [f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in pairs.items()]
    data = "\n".join(["beginbfchar", *lines, "endbfchar"]).encode()
    assert read_cmap(data).unicode == pairs


def test_ranges_of_a_cmap() -> None:
    data = b"2 beginbfrange\n<01> <03> <0041>\n<10> <11> [<0061> <0062>]\nendbfrange"
    assert read_cmap(data).unicode == {1: "A", 2: "B", 3: "C", 0x10: "a", 0x11: "b"}
    assert read_cmap(b"begincidrange\n<00> <ff> 65400\nendcidrange").largest_cid == 65655
    assert read_cmap(b"/WMode 1 def").writing_mode == 1


@given(st.binary(max_size=300))
def test_a_font_program_or_a_cmap_of_junk_breaks_nothing(data: bytes) -> None:
    read_cmap(data)
    truetype = read_truetype(data)
    assert truetype is None or truetype.units_per_em > 0


def test_where_a_value_ends() -> None:
    data = b" << /A [1 (a ) \\) b) <3E> ] /B << >> >> endobj"
    assert data[: end_of_value(data, 0)].endswith(b"/B << >> >>")
    assert end_of_value(b" 42 endobj", 0) == 3
    assert list(hexadecimal_strings(b"<< /A <0aF> /B (<99>) /C <>")) == [b"0aF", b""]


@pytest.mark.parametrize(
    ("glyph", "known"),
    [
        ("A", True),
        ("adieresis", True),
        ("uni20AC", True),
        ("f_f_i", True),
        ("a.alt", True),
        ("alpha", True),
        ("g123", False),
        ("triangle7", False),
    ],
)
def test_glyph_names_with_and_without_a_meaning(glyph: str, known: bool) -> None:
    assert has_unicode(glyph) is known
