"""Drives that are full before and while a run works, and a source over which one run after another dies."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from system_office import Office, draw_page, sources_in, write_pipeline

SABOTAGE = {"PYTHONPATH": str(Path(__file__).parent / "sabotage")}


def test_without_room_nothing_is_claimed(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    outcome = office.run("--consume", SABOTAGE_ROOM="1", **SABOTAGE)
    assert outcome.code == 6
    assert outcome.json["exit"] == 6 and "MB" in outcome.json["error"]
    assert str(office.records) in outcome.stderr
    assert [path.name for path in office.inbox.iterdir()] == ["a.png"]
    assert not list((office.records / ".dipro").glob("originals/*/*"))
    assert not list((office.records / ".dipro" / "work").iterdir())
    rehearsed = office.run("--dry-run", SABOTAGE_ROOM="1", **SABOTAGE)
    assert rehearsed.code == 0, rehearsed


def test_where_room_runs_out_a_run_stops_in_order_and_the_next_goes_on(office: Office) -> None:
    for number in range(4):
        draw_page(office.inbox / f"{number}.png", number)
    stopped = office.run("--consume", SABOTAGE_ROOM="4", **SABOTAGE)
    assert stopped.code == 6, stopped
    assert len(sources_in(office.inbox)) == 4
    assert office.command("verify", *office.shared).code == 0
    assert office.calls > 0
    done = office.run("--consume")
    assert done.code == 0, done
    assert done.json["pages"]["filed"] + done.json["pages"]["duplicate"] == 4
    assert len(office.filed()) == 4
    assert not sources_in(office.inbox)
    assert [line["event"] for line in office.journal()].count("filed") == 4
    assert office.command("verify", *office.shared).code == 0


def test_little_memory_stops_a_run_before_it_begins(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    write_pipeline(office.pipelines, "hungry", {}, room={"megabytes_per_worker": 1e9})
    outcome = office.run(pipeline="hungry")
    assert outcome.code == 6 and "memory" in outcome.json["error"]
    assert not list((office.records / ".dipro").glob("originals/*/*"))


def test_poison_goes_to_quarantine_and_the_innocent_are_filed(office: Office) -> None:
    write_pipeline(
        office.pipelines,
        "recorded",
        {"count_file": str(office.pipelines / "calls")},
        inbox={"max_attempts": 2},
    )
    for number in range(4):
        draw_page(office.inbox / f"{number}.png", number)
    poison = hashlib.sha256((office.inbox / "1.png").read_bytes()).hexdigest()
    for _attempt in range(2):
        assert office.run("--consume", SABOTAGE_POISON=poison, **SABOTAGE).code == -9
        assert len(sources_in(office.inbox)) == 4
    outcome = office.run("--consume", SABOTAGE_POISON=poison, **SABOTAGE)
    assert outcome.code == 4, outcome
    assert [(item["source"], item["reason"]) for item in outcome.json["quarantined"]] == [("1.png", "poison")]
    assert len(office.filed()) == 3
    assert not sources_in(office.inbox)
    beside = office.records / ".dipro" / "quarantine" / poison[:16] / "reason.json"
    assert json.loads(beside.read_text(encoding="utf-8"))["reason"] == "poison"
    retried = office.command(
        "quarantine", "retry", poison, "--pipeline", "recorded", "--json", *office.shared
    )
    assert retried.code == 0, retried
    assert len(office.filed()) == 4
    assert office.command("verify", *office.shared).code == 0
