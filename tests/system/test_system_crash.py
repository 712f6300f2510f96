"""Killed anywhere, run again: the same records, none twice, none half, the journal whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from crash_batch import PIPELINES, SMALL, fresh_office, make_batch, write_pipelines
from crash_trial import (
    SABOTAGE,
    STAGES,
    Undisturbed,
    chosen_moments,
    killed_and_run_again,
    undisturbed_run,
    with_worker_moments,
    worker_killed,
)
from PIL import Image
from system_office import Office, draw_page, run_command

_Prepared = tuple[Path, Undisturbed]


@pytest.fixture(scope="module", params=PIPELINES)
def undisturbed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> _Prepared:
    """What a quiet run makes of a small batch, and the steps it takes on its way.

    Once with a document a file, once with documents that cross files.
    """
    folder = tmp_path_factory.mktemp("crash")
    pages = make_batch(folder / "batch", SMALL)
    write_pipelines(folder / "pipelines")
    pipeline = request.param
    quiet = undisturbed_run(_office(folder / "q", folder), pipeline, folder / "traces")
    quiet = with_worker_moments(quiet, _office(folder / "w", folder), folder / "traces")
    assert quiet.code == 4 and quiet.pages["scanned"] == pages
    assert quiet.records and quiet.waiting
    assert {moment.stage for moment in quiet.moments} >= set(STAGES)
    return folder, quiet


def _office(place: Path, folder: Path) -> Office:
    """An office of its own. Their paths are all as long: names that would be too long are shortened."""
    return fresh_office(place, folder / "batch", folder / "pipelines", run_command)


@pytest.mark.parametrize("turn", range(len(STAGES) // len(PIPELINES)))
def test_killed_at_any_moment_and_run_again(undisturbed: _Prepared, turn: int) -> None:
    folder, quiet = undisturbed
    # Each pipeline meets every other stage, so that both together meet all.
    number = len(PIPELINES) * turn + PIPELINES.index(quiet.pipeline)
    moment = chosen_moments(quiet.moments, len(STAGES), seed=2026)[number]
    assert moment.stage == STAGES[number]
    trial = killed_and_run_again(_office(folder / str(turn), folder), quiet, moment)
    assert trial.hit.partition(" ")[0] == moment.stage
    assert trial.problems == ()


@pytest.mark.parametrize("stage", ["journal", "ledger"])
def test_a_power_cut_takes_nothing_that_matters(undisturbed: _Prepared, stage: str) -> None:
    """Late in the run, where most was written and not synced."""
    folder, quiet = undisturbed
    own = [moment for moment in quiet.moments if moment.where == "run"]
    moment = [moment for moment in own if moment.stage == stage][-3]
    office = _office(folder / f"p{stage[0]}", folder)
    trial = killed_and_run_again(office, quiet, moment, power_cut=True)
    assert trial.hit.partition(" ")[0] == stage
    assert trial.problems == ()


@pytest.mark.parametrize("every", [False, True])
def test_workers_killed_by_the_system_cost_no_page_its_place(undisturbed: _Prepared, every: bool) -> None:
    folder, quiet = undisturbed
    if quiet.pipeline != PIPELINES[0]:
        pytest.skip("one pipeline is enough")
    moments = [moment for moment in quiet.moments if moment.where == "worker"]
    moment = moments[len(moments) // (2 if every else 3)]
    trial = worker_killed(_office(folder / "ab"[every], folder), quiet, moment, every=every)
    assert trial.hit
    assert trial.problems == ()


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
