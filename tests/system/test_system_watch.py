"""`dipro-scan watch`: it takes what comes, outlives what goes wrong, and ends when it is told to."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from system_office import COMMAND, Office, command_environment, draw_page, write_pipeline

SILENT = Path(__file__).parent / "sabotage" / "silent"
QUICK = {
    "inbox": {"settle_seconds": 0, "poll_seconds": 0.3, "retry_seconds": 0.2, "longest_retry_seconds": 1}
}


@dataclass
class Watching:
    """A watch at work. `lines` are those of its standard output so far."""

    office: Office
    process: subprocess.Popen[bytes]
    folder: Path
    health_file: Path = field(init=False)

    def __post_init__(self) -> None:
        self.health_file = self.folder / "health.json"

    def batches(self) -> list[dict[str, Any]]:
        text = (self.folder / "stdout").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def stderr(self) -> str:
        return (self.folder / "stderr").read_text(encoding="utf-8")

    def health(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.health_file.read_text(encoding="utf-8"))
        return value

    def until(self, what: Callable[[], Any]) -> None:
        """Waits until `what` is true; fails where the watch ends before, or after a long while."""
        end = time.monotonic() + 90
        while not what():
            assert self.process.poll() is None, self.stderr()
            assert time.monotonic() < end, self.stderr()
            time.sleep(0.05)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=60)


Start = Callable[..., Watching]


@pytest.fixture
def start(office: Office, tmp_path: Path) -> Iterator[Start]:
    """Starts a watch on the office's inbox, with quick pauses; ends it after the test."""
    write_pipeline(office.pipelines, "recorded", {}, **QUICK)
    running: list[Watching] = []

    def run(*more: object, inboxes: tuple[Path, ...] = (), **environment: str) -> Watching:
        folder = tmp_path / f"watch-{len(running)}"
        folder.mkdir()
        command = [COMMAND, "watch", *(inboxes or (office.inbox,)), "--pipeline", "recorded", "--jobs", "1"]
        command += ["--json", "--health", folder / "health.json", "--lang", "en", *office.shared, *more]
        with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
            process = subprocess.Popen(
                list(map(str, command)), stdout=out, stderr=err, env=command_environment(**environment)
            )
        running.append(Watching(office, process, folder))
        return running[-1]

    yield run
    for watching in running:
        if watching.process.poll() is None:
            watching.process.kill()
            watching.process.wait()
        assert "Traceback" not in watching.stderr()


def test_it_takes_what_lies_there_and_what_comes_and_ends_in_order(office: Office, start: Start) -> None:
    draw_page(office.inbox / "1.png", 1)
    watching = start("--consume", "--metrics", office.inbox.parent / "numbers.prom")
    watching.until(lambda: len(office.filed()) == 1)
    (office.inbox / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    draw_page(office.inbox / "later" / "2.png", 2)
    watching.until(
        lambda: len(office.filed()) == 2 and not [p for p in office.inbox.rglob("*") if p.is_file()]
    )
    watching.until(lambda: watching.health()["sources_in_quarantine"] == 1)
    assert watching.health()["state"] == "ok"
    assert watching.health()["pid"] == watching.process.pid
    status = office.command("status", "--json", *office.shared)
    assert status.code == 0
    assert status.json["filed"] == 2
    assert watching.stop() == 143
    assert watching.health()["state"] == "stopping"
    batches = watching.batches()
    assert sum(batch["pages"]["filed"] for batch in batches) == 2
    assert {batch["inbox"] for batch in batches} == {str(office.inbox)}
    assert 4 in {batch["exit"] for batch in batches}
    numbers = (office.inbox.parent / "numbers.prom").read_text()
    assert 'dipro_scan_pages_total{state="filed"} 2.0' in numbers.splitlines()
    assert office.command("verify", *office.shared).code == 0


def test_files_that_are_never_whole_show_in_health_and_numbers(office: Office, start: Start) -> None:
    numbers = office.inbox.parent / "numbers.prom"
    growing = office.inbox / "endless.png"
    growing.write_bytes(b"")
    watching = start("--settle-seconds", "3600", "--metrics", numbers)

    def grown(count: int) -> bool:
        with growing.open("ab") as file:
            file.write(b"1")
        inbox = watching.health()["inboxes"][0]
        return inbox["files_unsettled"] == 1 and inbox["oldest_unsettled_seconds"] >= count

    watching.until(lambda: watching.health_file.exists() and grown(1))
    assert "dipro_scan_files_unsettled 1.0" in numbers.read_text().splitlines()
    growing.unlink()
    watching.until(lambda: watching.health()["inboxes"][0]["files_unsettled"] == 0)
    assert watching.health()["inboxes"][0]["oldest_unsettled_seconds"] == 0


def test_files_that_stay_wake_nobody_again(office: Office, start: Start) -> None:
    draw_page(office.inbox / "1.png", 1)
    watching = start()
    watching.until(lambda: watching.batches())
    looked = watching.health()["updated"]
    watching.until(lambda: watching.health()["updated"] > looked and watching.health()["next_poll"])
    time.sleep(1.5)  # five intervals
    assert len(watching.batches()) == 1
    draw_page(office.inbox / "2.png", 2)
    watching.until(lambda: len(watching.batches()) == 2)
    assert watching.batches()[1]["pages"]["duplicate"] == 1


def test_it_polls_where_the_system_says_nothing(office: Office, start: Start) -> None:
    """As on a network drive: notification is there, and nothing is ever heard."""
    watching = start("--consume", PYTHONPATH=str(SILENT), SILENT="mute")
    watching.until(lambda: watching.health_file.exists())
    draw_page(office.inbox / "1.png", 1)
    watching.until(lambda: len(office.filed()) == 1)
    assert watching.stop() == 143


def test_it_polls_where_the_system_cannot_say_more_and_tells_so_once(office: Office, start: Start) -> None:
    watching = start("--consume", PYTHONPATH=str(SILENT), SILENT="limit")
    for number in range(2):
        draw_page(office.inbox / f"{number}.png", number)
        watching.until(lambda expected=number + 1: len(office.filed()) == expected)
    assert watching.stderr().count("looked at in intervals") == 1
    assert watching.stop() == 143


def test_a_failing_inbox_is_tried_again_and_does_not_hold_up_another(office: Office, start: Start) -> None:
    other = office.inbox.parent / "other"
    other.mkdir()
    watching = start("--consume", inboxes=(office.inbox, other))
    watching.until(lambda: watching.health_file.exists() and watching.health()["state"] == "ok")
    away = office.inbox.rename(office.inbox.with_name("away"))
    watching.until(lambda: watching.health()["state"] == "failing")
    trouble = {item["inbox"]: item["trouble"] for item in watching.health()["inboxes"]}
    assert trouble[str(office.inbox)]["exit"] == 2
    assert trouble[str(other)] is None
    draw_page(other / "1.png", 1)
    watching.until(lambda: len(office.filed()) == 1)
    draw_page(away / "2.png", 2)
    away.rename(office.inbox)
    watching.until(lambda: len(office.filed()) == 2)
    watching.until(lambda: watching.health()["state"] == "ok")
    assert "Tried again in" in watching.stderr()


def test_changed_settings_are_in_force_and_wrong_ones_are_not(office: Office, start: Start) -> None:
    watching = start("--consume")
    watching.until(lambda: watching.health_file.exists() and watching.health()["state"] == "ok")
    good = (office.pipelines / "recorded.yaml").read_text(encoding="utf-8")
    (office.pipelines / "recorded.yaml").write_text(good + "\nbroken: [\n", encoding="utf-8")
    watching.until(lambda: watching.health()["settings_problem"])
    assert watching.health()["state"] == "failing"
    draw_page(office.inbox / "1.png", 1)
    watching.until(lambda: len(office.filed()) == 1)
    write_pipeline(office.pipelines, "recorded", {"otherwise": "Nichts."}, **QUICK)
    watching.until(lambda: watching.health()["state"] == "ok")
    draw_page(office.inbox / "2.png", 2)
    watching.until(lambda: watching.health()["documents_waiting"] == 1)
    assert watching.stderr().count("The changed settings are wrong") == 1
    assert "recorded.yaml" in watching.stderr()


def test_what_stands_in_the_way_at_the_start_ends_it_at_once(office: Office) -> None:
    def ends_with(*more: object) -> tuple[int, dict[str, Any]]:
        done = office.command("watch", *more, "--json", *office.shared, timeout=60)
        return done.code, done.json

    assert ends_with(office.inbox.parent / "missing")[0] == 2
    assert ends_with(office.inbox, office.inbox)[0] == 2
    write_pipeline(office.pipelines, "recorded", {}, inbox={"poll_seconds": -1})
    code, told = ends_with(office.inbox, "--pipeline", "recorded")
    assert code == 2
    assert "poll_seconds" in told["error"]
    write_pipeline(office.pipelines, "recorded", {})
    draw_page(office.inbox / "1.png", 1)
    assert office.run().code == 0
    (office.records / ".dipro" / "store.json").write_text('{"schema": 99}')
    assert ends_with(office.inbox, "--pipeline", "recorded")[0] == 10


def test_a_ledger_made_again_meanwhile_is_the_one_that_is_used(office: Office, start: Start) -> None:
    watching = start("--consume")
    draw_page(office.inbox / "1.png", 1)
    watching.until(lambda: len(office.filed()) == 1 and not any(office.inbox.iterdir()))
    watching.until(lambda: watching.health()["working_on"] is None)
    assert office.command("ledger", "rebuild", *office.shared).code == 0
    draw_page(office.inbox / "2.png", 2)
    watching.until(lambda: len(office.filed()) == 2 and not any(office.inbox.iterdir()))
    assert watching.stop() == 143
    assert office.command("status", "--json", *office.shared).json["filed"] == 2
    assert office.command("verify", *office.shared).code == 0


def test_stopped_in_the_middle_and_started_again_it_goes_on(office: Office, start: Start) -> None:
    write_pipeline(office.pipelines, "recorded", {"pause_seconds": 0.3}, **QUICK)
    for number in range(6):
        draw_page(office.inbox / f"{number}.png", number)
    watching = start("--consume")
    watching.until(lambda: office.calls >= 2)
    assert watching.stop() == 143
    assert not [path for path in (office.records / ".dipro" / "work").iterdir() if path.is_dir()]
    again = start("--consume")
    again.until(lambda: len(office.filed()) == 6 and not any(office.inbox.iterdir()))
    assert again.stop() == 143
    assert office.command("verify", *office.shared).code == 0
    filed = [line["data"]["document"] for line in office.journal() if line["event"] == "filed"]
    assert len(filed) == len(set(filed)) == 6


def test_a_log_on_a_full_drive_does_not_stop_it(office: Office) -> None:
    if not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("no /dev/full")
    command = [COMMAND, "watch", office.inbox, "--pipeline", "recorded", "--jobs", "1", "--consume"]
    command += office.shared
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        process = subprocess.Popen(
            list(map(str, command)), stdout=full, stderr=subprocess.DEVNULL, env=command_environment()
        )
    try:
        for number in range(2):
            draw_page(office.inbox / f"{number}.png", number)
            end = time.monotonic() + 60
            while len(office.filed()) <= number and time.monotonic() < end:
                assert process.poll() is None
                time.sleep(0.05)
        assert len(office.filed()) == 2
    finally:
        process.terminate()
        process.wait(timeout=60)
