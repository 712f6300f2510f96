"""Tickets and folder rules by the real command: what is said beside a scan reaches its records."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from system_office import Office, draw_page, write_pipeline


def _note(office: Office, document: dict[str, Any]) -> tuple[str | None, str | None]:
    """Operator and station in the Transfervermerk of a document, filed or in review."""
    path = Path(document["metadata"])
    content = json.loads((path if path.is_absolute() else office.records / path).read_text())
    note = content.get("metadata", content)["transfer_note"]
    return note["ersteller"]["pseudonym"], note["scansystem"]["arbeitsplatz"]


def _metadata(office: Office, document: dict[str, Any]) -> dict[str, Any]:
    path = Path(document["metadata"])
    content: dict[str, Any] = json.loads((path if path.is_absolute() else office.records / path).read_text())
    found: dict[str, Any] = content.get("metadata", content)
    return found


def _by_source(outcome: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {document["pages"][0]["source"]: document for document in outcome["documents"]}


@pytest.fixture
def two(office: Office) -> Office:
    """Two pipelines with settings of their own, and rules for two folders."""
    rules = [
        {"folder": "Bau", "pipeline": "bau", "station": "scan-bau"},
        {"folder": "Steuer/*", "operator": "st", "class": "rechnung"},
    ]
    write_pipeline(office.pipelines, "recorded", {}, inbox={"rules": rules})
    write_pipeline(office.pipelines, "bau", {}, separation={"set_aside_blank": False})
    return office


def test_an_inbox_with_two_pipelines_and_tickets_of_all_kinds(two: Office) -> None:
    office, inbox = two, two.inbox
    for number, name in enumerate(
        ["Bau/a.tif", "Bau/b.tif", "Steuer/c.tif", "Steuer/d.tif", "gru\u0308n.tif", "f.tif", "g.tif"]
    ):
        draw_page(inbox / name, number, pages=2 if name == "f.tif" else 1)
    (inbox / "Bau" / "a.xml").write_text("<ticket><operator>mm</operator><seiten>1</seiten></ticket>")
    (inbox / "Bau" / "b.json").write_text('{"schema": 1, "operator": "m')
    (inbox / "Steuer" / "liste.csv").write_text("datei;bearbeiter;station\nc.tif;cc;platz-3\nd.tif;;\n")
    (inbox / "gr\u00fcn.json").write_text('{"schema": 1, "pipeline": "bau", "bearbeiter": "gg"}')
    (inbox / "f.json").write_text('{"schema": 1, "seiten": 3}')
    before = {path for path in inbox.rglob("*") if path.is_file()}
    outcome = office.run("--consume", "--operator", "option", "--station", "foyer")
    assert outcome.code == 3, outcome.stderr
    found = _by_source(outcome.json)
    assert len(found) == 7
    states = {name: document["state"] for name, document in found.items()}
    assert states == {
        "Bau/a.tif": "filed",
        "Bau/b.tif": "review",
        "Steuer/c.tif": "filed",
        "Steuer/d.tif": "filed",
        "gr\u00fcn.tif": "filed",
        "f.tif": "review",
        "g.tif": "filed",
    }
    # Why those two wait.
    reasons = {name: json.dumps(_metadata(office, found[name])["reasons"]) for name in ("Bau/b.tif", "f.tif")}
    assert "ticket_unreadable" in reasons["Bau/b.tif"] and "Bau/b.json" in reasons["Bau/b.tif"]
    assert "page_count_differs" in reasons["f.tif"]
    # Who scanned where: the ticket before the rule, the rule before the option.
    assert _note(office, found["Bau/a.tif"]) == ("mm", "scan-bau")
    assert _note(office, found["Steuer/c.tif"]) == ("cc", "platz-3")
    assert _note(office, found["Steuer/d.tif"]) == ("st", "foyer")
    assert _note(office, found["gr\u00fcn.tif"]) == ("gg", "foyer")
    assert _note(office, found["g.tif"]) == ("option", "foyer")
    # Each by its own pipeline, and by the hash of its settings.
    pipelines = {name: _metadata(office, document)["pipeline"] for name, document in found.items()}
    assert {name for name, used in pipelines.items() if used == "bau"} == {
        "Bau/a.tif", "Bau/b.tif", "gr\u00fcn.tif"
    }  # fmt: skip
    hashes = {
        pipelines[name]: _metadata(office, document)["settings_hash"] for name, document in found.items()
    }
    assert len(set(hashes.values())) == 2
    # One batch, one balance, and nothing left in the inbox.
    assert outcome.json["pages"]["scanned"] == 8
    assert outcome.json["ignored"] == []
    assert [path for path in inbox.rglob("*") if path.is_file()] == []
    kept = {
        path.read_bytes() for path in (office.records / ".dipro" / "originals").rglob("*") if path.is_file()
    }
    assert len(kept) == len(before)
    # A person accepts by the pipeline and the operator that the document came with.
    waiting = found["Bau/b.tif"]["id"]
    accepted = office.command(
        *("review", "accept", waiting, "--class", "rechnung", *office.shared, "--operator", "xx")
    )
    assert accepted.code == 0, accepted.stderr
    (record,) = [path for path in office.records.rglob("*.json") if waiting in path.read_text() and
                 ".dipro" not in path.parts and path.name not in ("akte.json", "vorgang.json")]  # fmt: skip
    content = json.loads(record.read_text())
    assert content["pipeline"] == "bau"
    assert content["transfer_note"]["scansystem"]["arbeitsplatz"] == "scan-bau"


def test_without_consume_nothing_moves_and_a_second_run_knows_it_all(two: Office) -> None:
    draw_page(two.inbox / "Bau" / "a.tif", 1)
    (two.inbox / "Bau" / "a.json").write_text('{"schema": 1, "operator": "mm"}')
    first, second = two.run(), two.run()
    assert (first.code, second.code) == (0, 0), first.stderr + second.stderr
    assert [document["state"] for document in second.json["documents"]] == ["duplicate"]
    assert sorted(path.name for path in (two.inbox / "Bau").iterdir()) == ["a.json", "a.tif"]


def test_a_ticket_of_a_scan_that_changed_or_is_missing_stays(two: Office) -> None:
    draw_page(two.inbox / "a.tif", 1)
    (two.inbox / "a.json").write_text('{"schema": 1, "operator": "mm"}')
    (two.inbox / "allein.json").write_text('{"schema": 1, "operator": "mm"}')
    outcome = two.run("--consume")
    assert outcome.code == 0, outcome.stderr
    assert outcome.json["ignored"] == ["allein.json"]
    assert [path.name for path in two.inbox.iterdir() if path.is_file()] == ["allein.json"]


def test_a_dry_run_sorts_alike(two: Office) -> None:
    draw_page(two.inbox / "Bau" / "a.tif", 1)
    draw_page(two.inbox / "b.tif", 2)
    (two.inbox / "b.xml").write_text("<ticket><klasse>rech")
    outcome = two.run("--dry-run")
    assert outcome.code == 3, outcome.stderr
    states = {name: document["state"] for name, document in _by_source(outcome.json).items()}
    assert states == {"Bau/a.tif": "filed", "b.tif": "review"}
    assert not two.records.exists()


def test_what_was_said_is_not_forgotten_in_quarantine(two: Office) -> None:
    """The ticket leaves the inbox with its scan; trying the scan again takes the same pipeline."""
    broken = two.inbox / "Bau" / "a.tif"
    broken.parent.mkdir()
    broken.write_bytes(b"II*\0 no picture")
    (broken.parent / "a.json").write_text('{"schema": 1, "operator": "mm"}')
    assert two.run("--consume").code == 4
    (reason,) = (two.records / ".dipro" / "quarantine").rglob("reason.json")
    content = json.loads(reason.read_text())
    assert (content["pipeline"], content["index"][0]["operator"]) == ("bau", "mm")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"folder": "Bau", "pipeline": "baum"}, "“bau” may be meant"),
        ({"folder": "Bau", "class": "rechnun"}, "“rechnung” may be meant"),
        ({"folder": "Bau", "class": "baugenehmigung"}, "no class “baugenehmigung”"),
        ({"folder": "../Bau", "operator": "a"}, "below the inbox"),
        ({"folder": "Bau"}, "says nothing"),
        ({"folder": "Bau", "fields": {"nummer": "1"}}, "no field “nummer”"),
    ],
)
def test_a_wrong_rule_is_told_with_its_line(two: Office, rule: dict[str, Any], said: str) -> None:
    path = two.pipelines / "recorded.yaml"
    content = yaml.safe_load(path.read_text())
    content["inbox"]["rules"] = [{"folder": "Amt", "station": "x"}, rule]
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
    checked = two.command("pipelines", "check", "--pipelines", two.pipelines)
    assert checked.code == 2
    told = checked.stdout + checked.stderr
    assert said in told
    assert f"{os.fspath(path)}, line " in told
