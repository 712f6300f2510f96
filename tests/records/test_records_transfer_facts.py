"""The Transfervermerk: its parts, and that it claims nothing that nobody did."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dipro_scan.model import (
    Action,
    Batch,
    Block,
    Box,
    Classification,
    Colour,
    Decision,
    Document,
    EngineIdentity,
    Field,
    Line,
    PageGeometry,
    PageReading,
    PageRef,
    PageText,
    Place,
    ProcessingStep,
    ReadPage,
    Reason,
    Resolution,
    Source,
    Word,
)
from dipro_scan.records import TransferFacts, transfer_note
from dipro_scan.settings import DocumentClass, Filing, Phrase, Retention, Schutzbedarf

from ..pages_by_hand import page_reading

NOON = dt.datetime(2025, 3, 4, 13, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
SHA = "a" * 64
TESSERACT = EngineIdentity("tesserocr", "5.5.4", {"deu": "1" * 64})
BOX = Box(0, 0, 10, 10)
DESKEW = ProcessingStep("deskew", archive=True, parameters={"degrees_clockwise": 1.5})

PARTS = {
    "ersteller": ["pseudonym", "rolle"],
    "organisation": ["traeger", "einheit", "strasse", "plz", "ort"],
    "scansystem": ["scanner", "arbeitsplatz", "software"],
    "verfahren": ["bezeichnung", "auspraegung", "version", "stand", "sha256"],
    "stapel": ["id", "erstellt", "anzahl_abbilder"],
    "position": ["von", "bis", "gesamt", "text"],
    "seiten": ["erwartet", "gescannt", "ausgegeben", "leer_entfernt", "gedreht", "rescans"],
    "zeitpunkte": ["scan_beginn", "scan_ende", "import", "ocr", "qs", "siegel"],
    "profil": ["dpi", "farbe", "bit", "duplex", "kompression"],
    "qualitaetssicherung": [
        *["art", "quote", "seed", "person", "ergebnis", "vollstaendig"],
        *["lesbar", "bildlich", "inhaltlich", "bemerkung"],
    ],
    "original": ["verbleib", "vernichtung_fruehestens", "freigabe_von", "vernichtet_am"],
    "schutzbedarf": ["integritaet", "vertraulichkeit", "verfuegbarkeit"],
    "hashes": ["roh", "scanprodukt_sha256_ohne_tv", "ocr_text_sha256"],
}


def a_reading(**changes: Any) -> PageReading:
    word = Word("Guten", BOX, 0.9)
    text = PageText((Block((Line((word,), BOX, (0, 10, 10, 10)),), BOX),))
    reading = page_reading(content_sha256=SHA, colour=Colour.COLOUR, text=text, engine=TESSERACT)
    return replace(reading, **changes)


@pytest.fixture
def facts(kit: ModuleType) -> TransferFacts:
    return make_facts(kit, a_reading(), a_reading())


def make_facts(kit: ModuleType, *readings: PageReading) -> TransferFacts:
    source = Source("stapel.pdf", Path("/in/stapel.pdf"), Path("/kept/x"), SHA, 10, NOON)
    pages = tuple(
        ReadPage(PageRef(SHA, "stapel.pdf", number), reading, Path("/streams/x"))
        for number, reading in enumerate(readings, start=1)
    )
    found = Classification("geheime_klasse", 0.9, {"geheime_klasse": 7.0})
    field = Field("DE89370400440532013000", "DE89 3704", 0.9, "passed", 1)
    place = Place("63.10", "63.10-0007/2025", "Musterweg 5", "Bauantrag")
    decision = Decision(
        Action.FILE, found, {"iban": field}, place, (Reason("why", "geheime_klasse"),), NOON.date()
    )
    return TransferFacts(
        document=Document("doc-1", pages, (Reason("separator_sheet", "Ein Trennblatt."),)),
        batch=Batch("batch-1", "posteingang", (source,)),
        batch_pages=9,
        position=(3, 4),
        operator="op-17",
        station="Scanstelle 1",
        site=kit.SITE,
        document_class=None,
        sources=(source,),
        decision=decision,
        settings_sha256="f" * 64,
        software=(("dipro_scan", "0.1.0", None),),
        times={"erstellt": NOON, "scan_ende": NOON, "import": None},
    )


def steps(note: dict[str, Any]) -> dict[str, Any]:
    return {step["name"]: step for step in note["prozessschritte"]}


def test_it_has_every_part_and_is_json(facts: TransferFacts) -> None:
    note = transfer_note(facts)
    assert json.loads(json.dumps(note)) == note
    assert note["schema"] == 1
    for part, keys in PARTS.items():
        assert list(note[part]) == keys, part
    assert note["ersteller"]["pseudonym"] == "op-17"
    assert note["scansystem"]["arbeitsplatz"] == "Scanstelle 1"
    assert note["scansystem"]["software"] == [{"name": "dipro_scan", "version": "0.1.0", "sha256": None}]
    assert note["organisation"]["traeger"] == "Stadt Musterstadt"
    assert note["verfahren"]["sha256"] == "f" * 64
    assert note["stapel"]["id"] == "batch-1"
    assert (note["position"]["von"], note["position"]["bis"], note["position"]["gesamt"]) == (3, 4, 9)
    assert note["hashes"]["roh"] == [{"quelle": "stapel.pdf", "sha256": SHA}]


def test_its_id_follows_from_the_document(facts: TransferFacts) -> None:
    first = transfer_note(facts)["tv_id"]
    assert uuid.UUID(first).version == 5
    assert transfer_note(replace(facts, operator="another"))["tv_id"] == first
    other = replace(facts, document=replace(facts.document, id="doc-2"))
    assert transfer_note(other)["tv_id"] != first


def test_it_names_neither_class_nor_aktenzeichen_nor_fields(facts: TransferFacts) -> None:
    text = json.dumps(transfer_note(facts))
    for secret in ("geheime_klasse", "63.10", "Musterweg", "Bauantrag", "DE89"):
        assert secret not in text


def test_no_check_is_claimed_that_nobody_made(facts: TransferFacts) -> None:
    note = transfer_note(facts)
    assert set(note["qualitaetssicherung"].values()) == {None}
    assert set(note["original"].values()) == {None}
    assert "no person has compared" in note["erklaerung"]


@pytest.mark.parametrize("colour", [Colour.GRAY, Colour.BITONAL])
def test_a_match_in_appearance_is_claimed_for_colour_only(kit: ModuleType, colour: Colour) -> None:
    in_colour = transfer_note(make_facts(kit, a_reading(), a_reading()))
    assert "(bildlich und inhaltlich)" in in_colour["erklaerung"]
    assert in_colour["profil"]["farbe"] == "farbe"
    mixed = transfer_note(make_facts(kit, a_reading(), a_reading(colour=colour)))
    assert "(bildlich) is not claimed" in mixed["erklaerung"]
    assert mixed["profil"]["farbe"] == "gemischt"


def test_the_profile_says_what_is_known(kit: ModuleType) -> None:
    bitonal = a_reading(colour=Colour.BITONAL)
    assert transfer_note(make_facts(kit, bitonal))["profil"] == {
        "dpi": [300, 300],
        "farbe": "schwarzweiss",
        "bit": 1,
        "duplex": None,
        "kompression": None,
    }
    guessed = a_reading(resolution_origin="inferred")
    assert transfer_note(make_facts(kit, a_reading(), guessed))["profil"]["dpi"] is None
    finer = a_reading(resolution=Resolution(600.0, 600.0))
    assert transfer_note(make_facts(kit, a_reading(), finer))["profil"]["dpi"] is None


def test_steps_are_counted_once_a_kind(kit: ModuleType) -> None:
    other = ProcessingStep("deskew", archive=True, parameters={"degrees_clockwise": -0.5})
    turn = ProcessingStep("rotate", archive=True, parameters={"degrees_clockwise": 90})
    only_read = ProcessingStep("reading_image", archive=False, parameters={"dpi": 300})
    note = transfer_note(
        make_facts(
            kit,
            a_reading(
                steps=(turn, DESKEW, only_read),
                geometry=PageGeometry(210, 297, rotation=90, skew_degrees=1.5),
            ),
            a_reading(steps=(other, only_read)),
            a_reading(),
        )
    )
    found = steps(note)
    assert len(found) == len(note["prozessschritte"])
    assert found["SCHRAEGLAGE_KORRIGIERT"]["attribute"] == {
        "schritt": "deskew",
        "abbilder": 2,
        "parameter": {"degrees_clockwise": {"min": -0.5, "max": 1.5}},
    }
    assert found["GEDREHT"]["attribute"]["parameter"] == {"degrees_clockwise": 90}
    assert "READING_IMAGE" not in found
    assert found["TEXTERKENNUNG"]["attribute"]["abbilder"] == 3
    assert found["DOKUMENT_GEBILDET"]["attribute"]["gruende"] == ["separator_sheet"]
    assert found["INDEXIERT"]["attribute"] == {"felder": 1, "vorgang": "file"}
    assert note["seiten"]["gedreht"] == [{"abbild": 1, "grad": 90}]
    assert {step["durchfuehrung"] for step in note["prozessschritte"]} == {"automatisch"}
    assert note["auffaelligkeiten"] == []


def test_what_was_noticed_is_told_with_its_page(kit: ModuleType) -> None:
    facts = make_facts(
        kit,
        a_reading(doubts=("low_confidence", "never_heard_of")),
        a_reading(failed="timeout", engine=None, text=PageText()),
        a_reading(doubts=("truncated",), steps=(ProcessingStep("truncated", archive=True),)),
    )
    blank = PageRef(SHA, "stapel.pdf", 7)
    note = transfer_note(replace(facts, set_aside_blank=(blank,)))
    noticed = [(item["code"], item["seite"]) for item in note["auffaelligkeiten"]]
    assert noticed == [
        ("OCR_UNSICHER", 1),
        ("NEVER_HEARD_OF", 1),
        ("SCHLECHT_LESBAR", 2),
        ("BESCHAEDIGT", 3),
        ("LEERSEITE_ENTFERNT", None),
    ]
    assert all(item["text"] and "%" not in item["text"] for item in note["auffaelligkeiten"])
    assert note["seiten"]["leer_entfernt"] == [{"quelle": "stapel.pdf", "seite": 7}]
    assert (note["seiten"]["gescannt"], note["seiten"]["ausgegeben"]) == (4, 3)
    assert steps(note)["LEERSEITE_ENTFERNT"]["auffaelligkeit"] is True


def test_readings_for_tests_are_marked(kit: ModuleType) -> None:
    recorded = a_reading(engine=EngineIdentity("recorded", "1", {}, for_tests=True))
    note = transfer_note(make_facts(kit, a_reading(), recorded))
    assert note["for_tests"] is True
    engines = [step["attribute"] for step in note["prozessschritte"] if step["name"] == "TEXTERKENNUNG"]
    assert [(item["engine"], item["for_tests"]) for item in engines] == [
        ("tesserocr", False),
        ("recorded", True),
    ]
    assert transfer_note(make_facts(kit, a_reading()))["for_tests"] is False


def test_clock_times_stand_where_they_are_promised(facts: TransferFacts) -> None:
    early, late = transfer_note(facts), transfer_note(replace(facts, times={}))
    assert early["erstellt"] == "2025-03-04T12:00:00+00:00"
    assert early["zeitpunkte"]["scan_ende"] == "2025-03-04T12:00:00+00:00"
    assert late["erstellt"] is None
    assert set(late["zeitpunkte"].values()) == {None}
    for note in (early, late):
        note.pop("erstellt")
        note.pop("zeitpunkte")
        for step in note["prozessschritte"]:
            step.pop("zeitpunkt")
    assert early == late


def test_protection_needs_come_from_the_class(facts: TransferFacts) -> None:
    assert set(transfer_note(facts)["schutzbedarf"].values()) == {None}
    document_class = DocumentClass(
        schema=1,
        id="bauantrag",
        title="Bauantrag",
        phrases=(Phrase(text="Bauantrag"),),
        filing=Filing(kennzeichen="63.10", akte="case", vorgang="Bauantrag"),
        schutzbedarf=Schutzbedarf(vertraulichkeit="hoch"),
        retention=Retention(years=10, disposal="B"),
    )
    note = transfer_note(replace(facts, document_class=document_class))
    assert note["schutzbedarf"] == {
        "integritaet": "normal",
        "vertraulichkeit": "hoch",
        "verfuegbarkeit": "normal",
    }


def test_no_match_in_appearance_is_claimed_where_the_record_lost_the_colour(kit: ModuleType) -> None:
    facts = make_facts(kit, a_reading(), a_reading())
    first, second = facts.document.pages
    lost = replace(facts.document, pages=(first, replace(second, stored="bitonal")))
    assert "(bildlich) is not claimed" in transfer_note(replace(facts, document=lost))["erklaerung"]
    compact = replace(facts.document, pages=(first, replace(second, stored="compact")))
    assert "(bildlich und inhaltlich)" in transfer_note(replace(facts, document=compact))["erklaerung"]
