"""Killed anywhere, run again: the same records, none twice, none half, the journal whole."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from system_office import Office, draw_page, write_pipeline

SABOTAGE = Path(__file__).parent / "sabotage"
MOMENTS = 10
"""For each of two pipelines."""


def _fill(office: Office) -> None:
    """Three pages in two files, and a file that cannot be read beside them."""
    # The settings are part of every record, so they must name no folder of one test alone.
    office.pipeline(count_file=None)
    together = {"separation": {"one_file_per_page": True}}
    write_pipeline(office.pipelines, "sheets", {"count_file": None}, **together)
    draw_page(office.inbox / "a.tif", 1, pages=2)
    draw_page(office.inbox / "b.png", 2)
    (office.inbox / "c.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    for path in office.inbox.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))


def _run(office: Office, kill_at: int, count: Path, pipeline: str) -> int:
    environment = {
        "PYTHONPATH": str(SABOTAGE),
        "SABOTAGE_FOLDER": str(office.records),
        "SABOTAGE_AT": str(kill_at),
        "SABOTAGE_COUNT": str(count),
        "SOURCE_DATE_EPOCH": "1750000000",
    }
    return office.run("--consume", pipeline=pipeline, **environment).code


def _records(office: Office) -> dict[str, bytes]:
    """Every file that stands among the records, with its bytes."""
    return {
        str(path.relative_to(office.records)): path.read_bytes()
        for path in office.records.rglob("*")
        if path.is_file() and ".dipro" not in path.parts
    }


def _waiting(office: Office) -> list[dict[str, Any]]:
    listed = office.command("review", "list", "--json", *office.shared)
    return [item["pages"] for item in listed.json["documents"]]


def _events(office: Office) -> list[tuple[str, str]]:
    return sorted(
        (line["event"], str(line["data"].get("document") or line["data"].get("key")))
        for line in office.journal()
        if line["event"] in ("filed", "held", "quarantined", "source_finished")
    )


@pytest.fixture(scope="module", params=["recorded", "sheets"])
def undisturbed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, dipro_scan: Any
) -> dict[str, Any]:
    """What one quiet run makes of the batch, and how many changes it makes on its way.

    Once with a document a file, once with documents that cross files.
    """
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "inbox").mkdir()
    office = Office(folder / "inbox", folder / "records", folder / "pipelines", dipro_scan)
    _fill(office)
    assert _run(office, 0, folder / "count", request.param) == 4
    changes = int((folder / "count").read_text().split()[0])
    assert changes > 30
    found = {"records": _records(office), "waiting": _waiting(office), "events": _events(office)}
    assert found["records"] or found["waiting"]
    return {**found, "changes": changes, "pipeline": request.param}


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_killed_at_any_moment_and_run_again(
    office: Office, undisturbed: dict[str, Any], moment: int, tmp_path: Path
) -> None:
    pipeline = undisturbed["pipeline"]
    _fill(office)
    kill_at = random.Random(f"{pipeline} {moment}").randint(1, undisturbed["changes"])
    assert _run(office, kill_at, tmp_path / "count", pipeline) == -9
    # Killed while it releases, the run may have taken the broken file to quarantine and out already.
    expected = 4 if (office.inbox / "c.png").exists() else 0
    assert _run(office, 0, tmp_path / "count", pipeline) == expected
    assert _records(office) == undisturbed["records"]
    assert _waiting(office) == undisturbed["waiting"]
    assert _events(office) == undisturbed["events"]
    assert not list(office.inbox.iterdir())
    assert not any((office.records / ".dipro" / "staging").iterdir())
    verified = office.command("verify", "--json", *office.shared)
    assert verified.code == 0, verified.stdout
    status = office.command("status", "--json", *office.shared).json
    assert status["journal"]["number"] == len(office.journal())


def test_a_torn_journal_line_is_set_aside(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0
    journal = office.records / ".dipro" / "journal.jsonl"
    with journal.open("ab") as file:
        file.write(b'{"schema": 1, "numb')
    draw_page(office.inbox / "b.png", 2)
    assert office.run().code == 0
    assert b'"numb' in (office.records / ".dipro" / "journal.torn").read_bytes()
    assert all(json.loads(line) for line in journal.read_text().splitlines())
    assert office.command("verify", *office.shared).code == 0


def test_a_lost_cache_costs_reading_again_and_nothing_else(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "a.png", 1)
    waiting = office.run().json["documents"][0]["id"]
    shutil.rmtree(office.records / ".dipro" / "cache")
    calls = office.calls
    accepted = office.command("review", "accept", waiting, "--class", "rechnung", *office.shared)
    assert accepted.code == 0, accepted
    assert office.calls == calls + 1
    assert len(office.filed()) == 1


def test_a_balance_that_does_not_add_up_releases_nothing_until_it_does(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    broken = {"PYTHONPATH": str(SABOTAGE), "SABOTAGE_BALANCE": "1"}
    for _attempt in range(2):
        outcome = office.run("--consume", **broken)
        assert outcome.code == 5
        assert [path.name for path in office.inbox.iterdir()] == ["a.png"]
    assert office.run("--consume").code == 0
    assert not list(office.inbox.iterdir())
    assert len(office.filed()) == 1
    assert office.command("verify", *office.shared).code == 0


def test_where_no_pdf_can_be_made_every_page_is_kept_and_can_be_filed_later(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    Image.new("L", (400, 560), 255).save(office.inbox / "blank.png", dpi=(100, 100))
    broken = {"PYTHONPATH": str(SABOTAGE), "SABOTAGE_PDF": "1"}
    outcome = office.run("--consume", **broken)
    assert outcome.code == 3, outcome
    assert (outcome.json["pages"]["review"], outcome.json["pages"]["blank"]) == (1, 1)
    assert (office.records / outcome.json["set_aside"][0]["path"]).is_file()
    document = outcome.json["documents"][0]["id"]
    accept = ("review", "accept", document, *office.shared)
    refused = office.command(*accept, **broken)
    assert refused.code == 2 and "review reject" in refused.stderr
    assert office.command(*accept).code == 0
    assert len(office.filed()) == 1
    assert office.command("verify", *office.shared).code == 0
