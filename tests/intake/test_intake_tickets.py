"""Tickets beside scans: three formats, every slip named, and nothing in them that can do harm."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.intake.ticket_formats import entries_of
from dipro_scan.intake.tickets import NoTicket, ReadTicket, Ticket, TicketUnreadable, read_ticket

pytestmark = pytest.mark.usefixtures("english")


def _read(path: Path, content: str | bytes) -> ReadTicket:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_ticket(path, f"in/{path.name}")


def _one(path: Path, content: str | bytes) -> Ticket:
    (ticket,) = _read(path, content).tickets
    return ticket


def _refused(path: Path, content: str | bytes) -> str:
    with pytest.raises(TicketUnreadable) as caught:
        _read(path, content)
    return str(caught.value)


JSON = {
    "schema": 1,
    "datei": "scan.pdf",
    "aktenzeichen": "63.10-0007/2025",
    "klasse": "bauantrag",
    "seiten": 4,
    "schutzbedarf": "hoch",
    "bearbeiter": "mm",
    "station": "scan-2",
    "pipeline": "bauakten",
    "felder": {"betrag": 119.5, "betreff": "Wintergarten"},
}
XML = """<?xml version="1.0" encoding="UTF-8"?>
<!-- from the capture program -->
<ticket schema="1"><datei>scan.pdf</datei><aktenzeichen>63.10-0007/2025</aktenzeichen>
<klasse>bauantrag</klasse><seiten>4</seiten><schutzbedarf>hoch</schutzbedarf><operator>mm</operator>
<station> scan-2 </station><pipeline>bauakten</pipeline>
<felder><betrag>119.5</betrag><betreff>Wintergarten</betreff></felder></ticket>"""
CSV = """datei;aktenzeichen;klasse;seiten;schutzbedarf;bearbeiter;station;pipeline;betrag;betreff
scan.pdf;63.10-0007/2025;bauantrag;4;hoch;mm;scan-2;bauakten;119.5;Wintergarten
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [("t.json", json.dumps(JSON)), ("t.xml", XML), ("t.csv", CSV), ("t.XML", XML.encode("utf-8-sig"))],
)
def test_the_three_formats_say_the_same(tmp_path: Path, name: str, content: str) -> None:
    ticket = _one(tmp_path / name, content)
    values = ticket.values
    assert (ticket.file, ticket.pipeline, ticket.problems) == ("scan.pdf", "bauakten", ())
    assert (values.origin, values.shown) == ("ticket", f"in/{name}")
    assert (values.class_id, values.aktenzeichen, values.pages) == ("bauantrag", "63.10-0007/2025", 4)
    assert (values.schutzbedarf, values.operator, values.station) == ("hoch", "mm", "scan-2")
    assert values.fields == {"betrag": "119.5", "betreff": "Wintergarten"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.json", '{"schema": 1, "tickets": [{"datei": "a.pdf"}, {"datei": "b/c.pdf", "seiten": 2}]}'),
        ("t.xml", "<tickets><ticket><datei>a.pdf</datei></ticket><ticket><datei>b\\c.pdf</datei>"
         "<seiten>2</seiten></ticket></tickets>"),
        ("t.csv", "Datei,Seiten\na.pdf,\nb/c.pdf,2\n"),
    ],
)  # fmt: skip
def test_one_file_may_tell_of_several_scans(tmp_path: Path, name: str, content: str) -> None:
    first, second = _read(tmp_path / name, content).tickets
    assert (first.file, first.values.pages) == ("a.pdf", None)
    assert (second.file, second.values.pages) == ("b/c.pdf", 2)


def test_what_is_wrong_is_named_and_the_rest_counts(tmp_path: Path) -> None:
    content = {"klasse": "rechnung", "seiten": "zwölf", "schutzbedarf": "geheim", "farbe": "rot",
               "operator": "a\nb", "felder": {"betrag": True, "schuhgröße": "44", "iban": "DE89"}}  # fmt:skip
    ticket = _one(tmp_path / "t.json", json.dumps(content))
    assert (ticket.values.class_id, ticket.values.fields) == ("rechnung", {"iban": "DE89"})
    assert (ticket.values.pages, ticket.values.schutzbedarf, ticket.values.operator) == (None, None, None)
    told = " / ".join(ticket.problems)
    for name in ("farbe", "schuhgröße", "seiten", "schutzbedarf", "betrag"):
        assert f"“{name}”" in told
    assert "control characters" in told


def test_letters_are_composed_and_files_stay_in_the_folder(tmp_path: Path) -> None:
    assert _one(tmp_path / "t.csv", "datei\nu\u0308ber.pdf\n").file == "\u00fcber.pdf"
    for outside in ("../a.pdf", "/etc/passwd", "C:\\scans\\a.pdf", "b/../../a.pdf"):
        ticket = _one(tmp_path / "t.json", json.dumps({"datei": outside}))
        assert ticket.file is None
        assert outside in ticket.problems[0]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE ticket [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    + "]><ticket><klasse>&a12;</klasse></ticket>"
)


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        BOMB.replace("ticket", "other"),
        '<!DOCTYPE ticket [<!ENTITY x SYSTEM "file:///etc/passwd">]><ticket><klasse>&x;</klasse></ticket>',
        '<!DOCTYPE ticket [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]><ticket/>',
        '<!DOCTYPE ticket SYSTEM "http://127.0.0.1/ticket.dtd"><ticket><klasse>a</klasse></ticket>',
    ],
)
def test_document_types_and_entities_are_refused(tmp_path: Path, content: str) -> None:
    assert "DOCTYPE" in _refused(tmp_path / "t.xml", content)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("t.json", '{"klasse": "rechn', "no whole JSON"),
        ("t.json", "[" * 200_000, "nested"),
        ("t.json", '{"klasse": "a", "klasse": "b"}', "twice"),
        ("t.json", '{"seiten": NaN}', "NaN"),
        ("t.json", '{"schema": 2, "klasse": "a"}', "form 2"),
        ("t.json", b'{"klasse": "\xe4"}', "UTF-8"),
        ("t.json", "", "empty"),
        ("t.json", "{" + " " * 1_000_000 + "}", "1 MB"),
        ("t.xml", "<ticket><klasse>rechnung", "no whole XML"),
        ("t.xml", "<ticket><klasse>a</klasse><klasse>b</klasse></ticket>", "twice"),
        ("t.xml", "<ticket><klasse>a<b/></klasse></ticket>", "text and nothing else"),
        ("t.xml", "<tickets><zettel/></tickets>", "nothing else"),
        ("t.xml", b'<?xml version="1.0" encoding="klingon"?><ticket/>', "coded"),
        ("t.csv", "datei;klasse\na.pdf;rechnung;zuviel\n", "line 2"),
        ("t.csv", 'datei;klasse\n"a.pdf;rechnung\n', "line 2"),
        ("t.csv", "datei;klasse\na.pdf;rechnung\n".encode("utf-16"), "UTF-8"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: str | bytes, why: str) -> None:
    sentence = _refused(tmp_path / name, content)
    assert why in sentence
    assert str(tmp_path) not in sentence
    assert not sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.json", '{"pages": 3}'),
        ("t.json", "[1, 2]"),
        ("t.xml", '<Invoice xmlns="urn:oasis:names:ubl:Invoice-2"><ID>1</ID></Invoice>'),
        ("t.xml", "<alto/>"),
        ("t.csv", "name;ort\nMuster;Stadt\n"),
        ("t.csv", "name;ort\n"),
    ],
)  # fmt: skip
def test_other_files_of_the_kind_are_no_tickets(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(NoTicket):
        _read(tmp_path / name, content)


def test_links_and_pipes_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text('{"klasse": "a"}')
    (tmp_path / "link.json").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("link.json", "pipe.json", "gone.json"):
        with pytest.raises(TicketUnreadable):
            read_ticket(tmp_path / name, name)


@given(st.binary(max_size=300), st.sampled_from(["t.json", "t.xml", "t.csv"]))
def test_any_bytes_end_in_entries_or_a_sentence(data: bytes, name: str) -> None:
    with contextlib.suppress(TicketUnreadable, NoTicket):
        assert all(isinstance(entry, dict) for entry in entries_of(data, name))


def test_deep_xml_is_no_trouble(tmp_path: Path) -> None:
    deep = "<ticket><felder>" + "<a>" * 100_000 + "</a>" * 100_000 + "</felder></ticket>"
    assert "text and nothing else" in _refused(tmp_path / "t.xml", deep)
