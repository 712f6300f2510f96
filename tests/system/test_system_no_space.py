"""The disk full at places in the code that writes: exit 6, nothing lost, the next run does it all."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from system_office import COMMAND, Office, command_environment, draw_page

TRIAL = Path(__file__).with_name("no_space_trial.py")
SABOTAGE = Path(__file__).parent / "sabotage"
TRIED = 5
"""Places tried for each fault; `tests/soak/no_space.py` tries them all."""


@pytest.mark.parametrize(("fault", "first"), [("no_space", 7), ("disk_full", 20)])
def test_a_full_disk_ends_the_run_and_loses_nothing(tmp_path: Path, fault: str, first: int) -> None:
    stride = 26
    done = subprocess.run(
        [sys.executable, TRIAL, tmp_path, fault, str(first), str(stride)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "LANG": "en_US.UTF-8"},
        timeout=280,
    )
    facts = json.loads(done.stdout)
    assert len(facts["trials"]) >= TRIED
    assert [trial["problems"] for trial in facts["trials"] if trial["problems"]] == []
    assert {trial["code"] for trial in facts["trials"]} <= {4, 6}


def test_a_worker_without_room_ends_the_run_instead_of_holding_the_document(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    office.pipeline(count_file=None)
    full = {"SABOTAGE_STEPS": "disk_full", "SABOTAGE_WHERE": "worker", "SABOTAGE_AT": "1"}
    outcome = office.run("--consume", PYTHONPATH=str(SABOTAGE), **full)
    assert outcome.code == 6, outcome
    assert [path.name for path in office.inbox.iterdir()] == ["a.png"]
    assert office.run("--consume").code == 0
    assert len(office.filed()) == 1


@pytest.mark.parametrize("kilobytes", [2, 40])
def test_files_that_may_not_grow_end_the_run_and_lose_nothing(office: Office, kilobytes: int) -> None:
    """The limit of the system itself, which C libraries and SQLite meet as well."""
    draw_page(office.inbox / "a.png", 1)
    arguments = ["run", office.inbox, "--pipeline", "recorded", "--jobs", "1", "--consume", *office.shared]
    limit = kilobytes * 1024
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=command_environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 6, done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in office.inbox.iterdir()] == ["a.png"]
    assert office.run("--consume").code == 0
    assert len(office.filed()) == 1 and not list(office.inbox.iterdir())
    assert office.command("verify", *office.shared).code == 0
