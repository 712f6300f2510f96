"""What a ticket says goes with its document through filing, review, mending and acceptance; no further."""

from __future__ import annotations

import json
from typing import Any

from PIL import Image
from system_office import Office, draw_page, write_pipeline

CLASSES = ["rechnung", "mahnung", "widerspruch", "allgemeines_schreiben", "bauantrag"]
SCRAWL = "kaum lesbar was hier steht"


def scribbled(office: Office, **sections: Any) -> None:
    write_pipeline(office.pipelines, "recorded", {"otherwise": SCRAWL}, classes=CLASSES, **sections)


def ticket(office: Office, name: str, **values: Any) -> None:
    (office.inbox / name).write_text(json.dumps(values), encoding="utf-8")


def metadata_of(office: Office, filed: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (office.records / filed).with_suffix(".json").read_text(encoding="utf-8")
    )
    return found


def test_handwriting_is_filed_as_its_ticket_says(office: Office) -> None:
    scribbled(office)
    draw_page(office.inbox / "a.png", 1)
    draw_page(office.inbox / "b.png", 2)
    ticket(office, "a.json", klasse="allgemeines_schreiben", bearbeiter="sk07", schutzbedarf="normal")
    outcome = office.run()
    assert outcome.code == 3, outcome
    states = {item["pages"][0]["source"]: item["state"] for item in outcome.json["documents"]}
    assert states == {"a.png": "filed", "b.png": "review"}
    (filed,) = office.filed()
    metadata = metadata_of(office, filed)
    (voice,) = metadata["index"]
    assert (voice["origin"], voice["class_id"], voice["operator"]) == (
        "ticket",
        "allgemeines_schreiben",
        "sk07",
    )
    assert metadata["transfer_note"]["ersteller"]["pseudonym"] == "sk07"
    other = next(item for item in outcome.json["documents"] if item["state"] == "review")
    case = office.command("review", "show", other["id"], "--json", *office.shared).json
    assert case["index"] == []


def test_a_higher_schutzbedarf_waits_and_is_filed_with_it(office: Office) -> None:
    scribbled(office)
    draw_page(office.inbox / "a.png", 1)
    ticket(office, "a.json", klasse="allgemeines_schreiben", schutzbedarf="sehr hoch")
    (document,) = office.run().json["documents"]
    assert document["state"] == "review"
    shown = office.command("review", "show", document["id"], *office.shared).stdout
    assert "a.json" in shown and "sehr hoch" in shown
    assert office.command("review", "accept", document["id"], *office.shared).code == 0
    (filed,) = office.filed()
    metadata = metadata_of(office, filed)
    assert set(metadata["schutzbedarf"].values()) == {"sehr hoch"}
    assert set(metadata["transfer_note"]["schutzbedarf"].values()) == {"sehr hoch"}
    assert metadata["class"] == "allgemeines_schreiben"


def test_what_was_said_stays_when_a_document_is_turned_parted_and_joined(office: Office) -> None:
    scribbled(office)
    pages = [Image.open(draw_page(office.inbox.with_name("work") / f"{n}.png", n)) for n in (1, 2)]
    pages[0].save(office.inbox / "a.tif", save_all=True, append_images=pages[1:], dpi=(100, 100))
    ticket(office, "a.json", klasse="bauantrag", aktenzeichen="63.10-0007/2026")
    (document,) = office.run().json["documents"]
    assert any("63.10-0007/2026" in reason for reason in document["reasons"])
    turned = office.command("review", "rotate", document["id"], "--by", "180", "--json", *office.shared)
    (now,) = turned.json["documents"]
    parted = office.command("review", "split", now["id"], "--before", "2", "--json", *office.shared)
    ids = [item["id"] for item in parted.json["documents"]]
    for id in ids:
        case = office.command("review", "show", id, "--json", *office.shared).json
        assert [voice["aktenzeichen"] for voice in case["index"]] == ["63.10-0007/2026"]
        assert case["class"] == "bauantrag"
    joined = office.command("review", "merge", *ids, "--json", *office.shared)
    (whole,) = joined.json["documents"]
    accepted = office.command("review", "accept", whole["id"], *office.shared)
    assert accepted.code == 0, accepted
    (filed,) = office.filed()
    metadata = metadata_of(office, filed)
    assert metadata["aktenzeichen"] == "63.10-0007/2026"
    assert len(metadata["index"]) == 1
    # Now there is such an Akte: the next paper with this ticket needs nobody.
    draw_page(office.inbox / "b.png", 3)
    ticket(office, "b.json", klasse="bauantrag", aktenzeichen="63 10-7/26")
    (second,) = [item for item in office.run().json["documents"] if item["state"] != "duplicate"]
    assert (second["state"], second["aktenzeichen"]) == ("filed", "63.10-0007/2026")


def test_a_ticket_that_contradicts_the_page_waits(office: Office) -> None:
    write_pipeline(office.pipelines, "recorded", {}, classes=CLASSES)
    draw_page(office.inbox / "a.png", 1)
    ticket(office, "a.json", klasse="widerspruch", aktenzeichen="30.10-0001/2026")
    (document,) = office.run().json["documents"]
    assert (document["state"], document["class"]) == ("review", "widerspruch")
    accepted = office.command("review", "accept", document["id"], "--class", "rechnung", *office.shared)
    assert accepted.code == 0, accepted
    # The number that was said is no place for the class that the person says.
    (filed,) = office.filed()
    assert metadata_of(office, filed)["aktenzeichen"].startswith("20.20-0001/")
