"""A deadline on a page is told first by the run, the list of what waits, and the status; and it is kept."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from system_office import Office, draw_page

DAY = (dt.date.today() + dt.timedelta(days=20)).isoformat()
WRITTEN = (dt.date.today() - dt.timedelta(days=3)).strftime("%d.%m.%Y")
SPOKEN = dt.date.fromisoformat(DAY).strftime("%d.%m.%Y")
REMINDER = f"""Stadtwerke Nachbarort AG, Am Werk 1, 54329 Nachbarort

Datum: {WRITTEN}

2. Mahnung zu unserer Rechnung 4711-25

Sie befinden sich in Verzug. Mahngebühren 5,00 EUR
zu zahlen: 124,00 EUR
Bitte zahlen Sie spätestens bis zum {SPOKEN} den offenen Betrag.
Nach Ablauf der Frist leiten wir die Vollstreckung ein."""
UNDATED = REMINDER.replace(f"Datum: {WRITTEN}\n\n", "")
REMEDY = """Erika Mustermann, Musterweg 5, 12345 Musterstadt

Widerspruch gegen Ihren Bescheid

gegen Ihren Bescheid lege ich hiermit Widerspruch ein. Begründung folgt."""


def text_of(office: Office, *arguments: object) -> str:
    return office.command(*arguments, *office.shared).stdout


def test_what_is_filed_with_a_deadline_is_told_first_and_kept_in_its_metadata(office: Office) -> None:
    office.pipeline(otherwise=REMINDER)
    draw_page(office.inbox / "post.png", 1)
    shown = text_of(office, "run", office.inbox, "--pipeline", "recorded", "--jobs", "1")
    assert shown.splitlines()[0].startswith(f"deadline   {DAY}")
    assert "post.png" in shown.splitlines()[0]
    (filed,) = office.filed()
    metadata = json.loads((office.records / filed).with_suffix(".json").read_text(encoding="utf-8"))
    (deadline,) = metadata["deadlines"]
    assert (deadline["kind"], deadline["day"], deadline["page"]) == ("date", DAY, 1)
    assert SPOKEN in deadline["text"] and len(deadline["box_mm"]) == 4
    again = office.run()
    assert [item["state"] for item in again.json["documents"]] == ["duplicate"]


def test_a_rehearsal_tells_it_too(office: Office) -> None:
    office.pipeline(otherwise=REMINDER)
    draw_page(office.inbox / "post.png", 1)
    (document,) = office.run("--dry-run").json["documents"]
    assert document["deadline"]["day"] == DAY


def test_what_waits_is_listed_by_deadline_and_status_names_the_oldest(office: Office, tmp_path: Path) -> None:
    for name, letter in (("remedy", REMEDY), ("reminder", UNDATED)):
        office.pipeline(name, otherwise=letter)
        draw_page(office.inbox / name / "post.png", len(name))
        outcome = office.command(
            "run", office.inbox / name, "--pipeline", name, "--jobs", "1", "--json", *office.shared
        )
        assert outcome.code == 3, outcome
        (document,) = outcome.json["documents"]
        assert document["deadline"] is not None
    listed = office.command("review", "list", "--json", *office.shared).json["documents"]
    assert [item["deadline"]["day"] for item in listed] == [DAY, None]
    shown = text_of(office, "review", "list")
    assert DAY in shown.splitlines()[1]
    status = office.command("status", "--json", *office.shared).json
    assert status["oldest_deadline"]["day"] == DAY
    assert status["oldest_deadline"]["document"] == listed[0]["id"]
    assert DAY in text_of(office, "status")
    assert DAY in text_of(office, "review", "show", listed[0]["id"])
    office.command("review", "reject", listed[0]["id"], "--reason", "x", *office.shared)
    assert office.command("status", "--json", *office.shared).json["oldest_deadline"]["kind"] == "remedy"


def test_a_deadline_is_kept_when_a_person_accepts_the_document(office: Office) -> None:
    office.pipeline(otherwise=REMEDY)
    draw_page(office.inbox / "post.png", 1)
    (document,) = office.run().json["documents"]
    accepted = office.command(
        "review", "accept", document["id"], "--aktenzeichen", "30.10-0001/2026", *office.shared
    )
    assert accepted.code == 0, accepted
    (filed,) = office.filed()
    metadata = json.loads((office.records / filed).with_suffix(".json").read_text(encoding="utf-8"))
    assert [item["kind"] for item in metadata["deadlines"]] == ["remedy"]
