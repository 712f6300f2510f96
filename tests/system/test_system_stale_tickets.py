"""Tickets that lie without their scans, by the real command: none is ever that of another citizen's scan."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crash_trial import run
from system_office import Office, Outcome, draw_page, write_pipeline

TICKET = json.dumps({"schema": 1, "klasse": "mahnung", "bearbeiter": "mm", "pipeline": "bau"})


@pytest.fixture
def two(office: Office) -> Office:
    write_pipeline(office.pipelines, "bau", {})
    return office


def _metadata(office: Office, document: dict[str, Any]) -> dict[str, Any]:
    path = Path(document["metadata"])
    content: dict[str, Any] = json.loads((path if path.is_absolute() else office.records / path).read_text())
    found: dict[str, Any] = content.get("metadata", content)
    return found


def _left(office: Office) -> list[str]:
    return sorted(path.name for path in office.inbox.iterdir())


def _quietly(office: Office, *more: str) -> Outcome:
    return office.command(
        "run", office.inbox, "--pipeline", "recorded", "--jobs", "1", "-q", *office.shared, *more
    )


def test_a_late_ticket_is_told_and_never_used_for_the_next_scan_of_the_name(two: Office) -> None:
    draw_page(two.inbox / "scan0001.png", 1)
    assert two.run("--consume").json["pages"]["filed"] == 1
    (two.inbox / "scan0001.json").write_text(TICKET)
    quiet = _quietly(two, "--consume")
    assert (quiet.code, quiet.stdout) == (0, "")
    assert quiet.stderr.splitlines() == [
        "1 ticket lies in the inbox without its scan; find out whose it is: scan0001.json"
    ]
    listed = two.run("--consume").json
    assert listed["ignored"] == listed["orphan_tickets"] == ["scan0001.json"]
    draw_page(two.inbox / "scan0001.png", 2)
    for outcome in (two.run("--dry-run"), two.run("--consume")):
        assert outcome.code == 3, outcome
        (document,) = outcome.json["documents"]
        assert (document["state"], document["class"]) == ("review", "rechnung")
        (reason,) = [text for text in document["reasons"] if "scan0001.json" in text]
        assert "mahnung" in reason and "mm" in reason
    metadata = _metadata(two, document)
    assert "ticket_stale" in {reason["code"] for reason in metadata["reasons"]}
    assert metadata["pipeline"] == "recorded"
    assert metadata["transfer_note"]["ersteller"]["pseudonym"] != "mm"
    assert _left(two) == []
    shown = two.command("review", "show", document["id"], *two.shared)
    assert "scan0001.json" in shown.stdout and "mahnung" in shown.stdout


def test_the_summary_does_not_say_that_nothing_is_left(two: Office) -> None:
    (two.inbox / "scan0001.json").write_text(TICKET)
    outcome = two.command("run", two.inbox, "--pipeline", "recorded", "--lang", "en", *two.shared)
    assert outcome.code == 0
    assert outcome.stdout.splitlines()[-1].startswith("1 ticket lies in the inbox without its scan")
    assert "Nothing is left" not in outcome.stdout


def test_a_ticket_that_comes_with_its_scan_or_while_it_is_written_is_used(two: Office) -> None:
    write_pipeline(two.pipelines, "recorded", {}, inbox={"patience_seconds": 0})
    (two.inbox / "a.json").write_text(TICKET)
    draw_page(two.inbox / "a.png", 1)
    first = two.run("--consume", DIPRO_SCAN_RUN_SETTLE_SECONDS="3600").json
    assert (set(first["unsettled"]), first["orphan_tickets"]) == ({"a.json", "a.png"}, [])
    second = two.run("--consume")
    metadata = _metadata(two, second.json["documents"][0])
    assert metadata["pipeline"] == "bau"
    assert metadata["transfer_note"]["ersteller"]["pseudonym"] == "mm"


@pytest.fixture
def killed(tmp_path: Path, dipro_scan: Callable[..., Outcome]) -> Office:
    """An office whose run was killed when the scan had left the inbox and its ticket was to follow."""

    def made(name: str) -> Office:
        place = tmp_path / name
        (place / "inbox").mkdir(parents=True)
        office = Office(place / "inbox", place / "records", place / "pipelines", dipro_scan)
        office.pipeline()
        write_pipeline(office.pipelines, "bau", {})
        draw_page(office.inbox / "scan0001.png", 1)
        (office.inbox / "scan0001.json").write_text(TICKET)
        return office

    trace, hit = tmp_path / "trace", tmp_path / "hit"
    quiet = made("a")
    assert run(quiet, "recorded", "none", 0, "run", trace=trace).code in (0, 3)
    assert _left(quiet) == []
    steps = [line.split()[:2] for line in trace.read_text().splitlines()]
    removals = [number for number, step in enumerate(steps, start=1) if step == ["release", "unlink"]]
    assert len(removals) == 2
    office = made("b")
    assert run(office, "recorded", "kill", removals[1], "run", hit=hit).code == -9
    assert hit.read_text().split()[:2] == ["release", "unlink"]
    assert _left(office) == ["scan0001.json"]
    return office


def test_a_ticket_that_a_kill_left_behind_goes_and_tells_nothing(killed: Office) -> None:
    draw_page(killed.inbox / "scan0001.png", 2)
    outcome = killed.run("--consume")
    (document,) = outcome.json["documents"]
    assert (document["state"], document["class"]) == ("filed", "rechnung")
    metadata = _metadata(killed, document)
    assert "ticket_stale" not in {reason["code"] for reason in metadata["reasons"]}
    assert metadata["pipeline"] == "recorded"
    assert metadata["transfer_note"]["ersteller"]["pseudonym"] != "mm"
    assert (outcome.json["ignored"], outcome.json["orphan_tickets"]) == ([], [])
    assert _left(killed) == []


def test_a_ticket_that_a_kill_left_behind_goes_alone(killed: Office) -> None:
    outcome = killed.run("--consume")
    assert (outcome.code, outcome.json["documents"], outcome.json["orphan_tickets"]) == (0, [], [])
    assert _left(killed) == []
