"""An engine that starts a command for each page: what it started ends with its worker, whatever ends that."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from system_office import COMMAND, Office, command_environment, draw_page, write_pipeline

PATIENCE_SECONDS = 120.0

ENGINE = """
from pathlib import Path
from dipro_scan.ocr.command import CommandEngine
from dipro_scan.ocr.probe import ToolProbe

def make(settings):
    # The command itself is given longer than the page, so that it is the page's time that runs out.
    patient = settings.model_copy(update={"page_seconds": 3600, "options": {}})
    return CommandEngine(patient, ToolProbe("tesseract", "5.5.0", Path(settings.options["command"])))
"""
SLOW = """#!/bin/sh
sleep 3600 &
echo "$$ $!" >> "%s"
wait
"""


@pytest.fixture
def slow(office: Office, tmp_path: Path) -> Office:
    """An office whose engine is pytesseract with a command, and a child of that, that do not come back."""
    site = tmp_path / "site"
    info = site / "slow_command-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "slow_command.py").write_text(ENGINE, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-command\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[dipro_scan.ocr_engines]\nslow = slow_command:make\n")
    command = tmp_path / "tesseract"
    command.write_text(SLOW % (tmp_path / "numbers"))
    command.chmod(0o755)
    draw_page(office.inbox / "page.png", 1)
    return office


def with_limit(office: Office, seconds: int) -> None:
    reading = {
        "engine": "slow",
        "dpi": 100,
        "page_seconds": seconds,
        "options": {"command": str(office.inbox.with_name("tesseract"))},
    }
    write_pipeline(office.pipelines, "slow", {}, reading=reading)


def site_of(office: Office) -> dict[str, str]:
    return {"PYTHONPATH": str(office.inbox.with_name("site"))}


def started(office: Office) -> list[psutil.Process]:
    """The commands started so far, and their children; those that are gone are left out."""
    numbers = office.inbox.with_name("numbers")
    found = []
    for number in numbers.read_text().split() if numbers.exists() else ():
        if psutil.pid_exists(int(number)):
            found.append(psutil.Process(int(number)))
    return found


def living(processes: Sequence[psutil.Process]) -> list[int]:
    """Those that still run. Killed orphans are as good as gone while init has not waited for them."""
    left = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                left.append(process.pid)
        except psutil.NoSuchProcess:
            continue
    return left


def left_in_the_end(processes: Sequence[psutil.Process]) -> list[int]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := living(processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def begun(office: Office) -> tuple[subprocess.Popen[bytes], list[psutil.Process]]:
    """A run in a session of its own, as in a terminal, whose command is at work."""
    running = subprocess.Popen(
        [COMMAND, "run", office.inbox, "--pipeline", "slow", "--jobs", "1", *office.shared],
        env=command_environment(**site_of(office)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while len(started(office)) < 2 and running.poll() is None:
        time.sleep(0.05)
    family = psutil.Process(running.pid).children(recursive=True)
    assert {process.pid for process in started(office)} <= {process.pid for process in family}
    return running, family


def test_a_page_over_its_time_takes_its_command_along(slow: Office) -> None:
    with_limit(slow, 5)
    outcome = slow.run(pipeline="slow", **site_of(slow))
    assert outcome.code == 3, outcome
    assert outcome.json["pages"]["review"] == 1
    numbers = slow.inbox.with_name("numbers").read_text().split()
    assert len(numbers) == 2, "the command was started once, and had a child"
    assert left_in_the_end(started(slow)) == []


def test_a_killed_run_takes_its_workers_commands_along(slow: Office) -> None:
    with_limit(slow, 3600)
    running, family = begun(slow)
    running.kill()
    assert running.wait() == -signal.SIGKILL
    assert left_in_the_end(family) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_takes_its_workers_commands_along(
    slow: Office, number: signal.Signals, code: int
) -> None:
    """A terminal sends Ctrl-C to the group in front: to the run, and not to its workers."""
    with_limit(slow, 3600)
    running, family = begun(slow)
    os.killpg(running.pid, number)
    assert running.wait(PATIENCE_SECONDS) == code
    assert left_in_the_end(family) == []
    assert [path.name for path in slow.inbox.iterdir()] == ["page.png"]
    again = slow.run()
    assert again.code == 0 and len(slow.filed()) == 1
    assert slow.command("verify", *slow.shared).code == 0
