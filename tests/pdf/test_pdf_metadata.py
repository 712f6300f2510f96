from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dipro_scan.model import ImageStream, PageGeometry
from dipro_scan.pdf import PdfJob, PdfPage, check_pdfa, write_pdf
from dipro_scan.pdf.conformance.xmp_tree import XmpNode, read_xmp
from dipro_scan.pdf.metadata import NAMESPACE, document_uri, transfer_note_json, xmp_packet

MakeJob = Callable[..., PdfJob]
SAME_FACT = {
    "/Title": "title",
    "/Creator": "CreatorTool",
    "/Producer": "Producer",
    "/CreationDate": "CreateDate",
    "/ModDate": "ModifyDate",
}


@pytest.fixture
def write(
    tmp_path: Path, make_job: MakeJob, make_page: Callable[..., PdfPage], letter_stream: ImageStream
) -> Callable[..., Path]:
    def write_with(**facts: Any) -> Path:
        target = tmp_path / "facts.pdf"
        write_pdf(make_job(make_page(letter_stream, PageGeometry(210, 297)), **facts), target)
        return target

    return write_with


def packet_of(path: Path) -> list[XmpNode]:
    with pikepdf.open(path) as pdf:
        assert "/Filter" not in pdf.Root.Metadata
        return read_xmp(pdf.Root.Metadata.read_raw_bytes())


def value(packet: list[XmpNode], name: str) -> str:
    node = next(item for item in packet if item.name == name)
    return node.children[0].value if node.children else node.value


def same_date(information: str, xmp: str) -> bool:
    digits = re.sub(r"\D", "", information.replace("Z", "+00'00'"))
    return digits == re.sub(r"\D", "", xmp)


TITLES = st.text(min_size=1).filter(lambda text: text.strip() != "")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    title=TITLES,
    created=st.datetimes(
        dt.datetime(1990, 1, 1),
        dt.datetime(2200, 1, 1),
        timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m))),
    ),
)
def test_both_kinds_of_metadata_say_the_same(
    write: Callable[..., Path], title: str, created: dt.datetime
) -> None:
    path = write(title=title, created=created)
    packet = packet_of(path)
    with pikepdf.open(path) as pdf:
        information = {key: str(text) for key, text in pdf.docinfo.items()}
    assert set(information) == set(SAME_FACT)
    for key, name in SAME_FACT.items():
        if key.endswith("Date"):
            assert same_date(information[key], value(packet, name)), key
        else:
            assert information[key] == value(packet, name)
    assert check_pdfa(path) == ()


JSON_NOTES = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(note=JSON_NOTES)
def test_the_transfervermerk_comes_back_from_the_file_as_it_went_in(
    make_job: MakeJob, note: dict[str, Any]
) -> None:
    packet = read_xmp(xmp_packet(make_job(transfer_note=note)))
    text = next(
        item.value for item in packet if item.namespace == NAMESPACE and item.name == "Transfervermerk"
    )
    assert json.loads(text) == note
    assert text == transfer_note_json(note)


def test_the_transfervermerk_is_declared_and_named(write: Callable[..., Path]) -> None:
    path = write(transfer_note={"tv_id": "7d1f", "b": 1, "a": "ä<&>"})
    packet = packet_of(path)
    assert value(packet, "TransfervermerkId") == "7d1f"
    assert value(packet, "Transfervermerk") == '{"a":"ä<&>","b":1,"tv_id":"7d1f"}'
    assert check_pdfa(path) == ()
    assert packet_of(write(transfer_note={"a": 1}))
    assert not any(item.name == "TransfervermerkId" for item in packet_of(write(transfer_note={"a": 1})))


def test_the_document_says_what_it_is(write: Callable[..., Path]) -> None:
    path = write(language="de-DE", document_id="5f0c6a52-9a0e-5b39-8a56-0d1b0f6a7f11")
    packet = packet_of(path)
    assert value(packet, "part") == "2"
    assert value(packet, "conformance") == "U"
    assert value(packet, "language") == "de-DE"
    assert value(packet, "DocumentID") == "uuid:5f0c6a52-9a0e-5b39-8a56-0d1b0f6a7f11"
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == "de-DE"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
        (intent,) = pdf.Root.OutputIntents
        assert str(intent.S) == "/GTS_PDFA1"


def test_ids_that_are_no_uuid_get_one_of_their_own() -> None:
    one, other = document_uri("sha256-of-pages"), document_uri("sha256-of-others")
    assert one == document_uri("sha256-of-pages") != other
    assert uuid.UUID(one.removeprefix("uuid:")).version == 5


def test_a_date_without_time_zone_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(ValueError, match="time zone"):
        write(created=dt.datetime(2025, 1, 1))
