"""The lock between machines: one holder, dead ones give way, living ones never do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dipro_scan
from dipro_scan.records.lease import LeaseLock, Rhythm, age_by_drive
from dipro_scan.records.process import ProcessFacts, running_command, start_of
from dipro_scan.records.process_lock import ProcessLock

_HOLD = """
import sys
from pathlib import Path
from dipro_scan.records.process_lock import ProcessLock
lock = ProcessLock(Path(sys.argv[1]), on_network=lambda path: sys.argv[2] == "lease")
assert lock.acquire(20)
print("held", flush=True)
sys.stdin.readline()
"""

# Each process adds to a number that is wrong as soon as two of them hold the lock at once.
_CONTEND = """
import sys, time
from pathlib import Path
from dipro_scan.records.lease import LeaseLock
path, tally = Path(sys.argv[1]), Path(sys.argv[2])
sys.stdin.readline()
for _round in range(int(sys.argv[3])):
    lock = LeaseLock(path)
    assert lock.acquire(60)
    before = int(tally.read_text())
    time.sleep(0.001)
    tally.write_text(str(before + 1))
    lock.release()
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(dipro_scan.__file__).parent.parent)},
    )


def write_claim(path: Path, facts: ProcessFacts, number: int = 1) -> Path:
    file = path.with_name(f"{path.name}.{number:012d}")
    file.write_text(json.dumps({"schema": 1, "released": False, "beat": "x", **facts.as_dict()}))
    return file


@pytest.fixture
def elsewhere() -> ProcessFacts:
    return ProcessFacts(1, "another-machine", "some boot:1")


@pytest.mark.parametrize("kind", ["lease", "system"])
def test_a_killed_holder_gives_way_at_once(tmp_path: Path, kind: str) -> None:
    holder = start(_HOLD, tmp_path / "x.lock", kind)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    mine = ProcessLock(tmp_path / "x.lock", on_network=lambda _path: kind == "lease")
    assert not mine.acquire(0)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert mine.acquire(0)
    mine.release()


def test_of_many_that_contend_one_holds_it_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "tally").write_text("0")
    write_claim(tmp_path / "x.lock", ProcessFacts(2**22 + 1, ProcessFacts.own().host, "gone"), 7)
    contenders = [start(_CONTEND, tmp_path / "x.lock", tmp_path / "tally", 25) for _each in range(4)]
    for contender in contenders:
        assert contender.stdin is not None
        contender.stdin.write("\n")
        contender.stdin.flush()
    assert [contender.wait(timeout=120) for contender in contenders] == [0, 0, 0, 0]
    assert (tmp_path / "tally").read_text() == "100"
    assert len(list(tmp_path.glob("x.lock.*"))) == 1


def test_another_machine_gives_way_only_after_its_silence(tmp_path: Path, elsewhere: ProcessFacts) -> None:
    write_claim(tmp_path / "x.lock", elsewhere)
    age, told = [39.9], []
    lock = LeaseLock(tmp_path / "x.lock", on_takeover=told.append, drive_age=lambda _file: age[0])
    assert not lock.acquire(0)
    age[0] = 40.0
    assert lock.acquire(0)
    assert told == [elsewhere]
    lock.release()


def test_a_takeover_is_logged_without_personal_data(
    tmp_path: Path, elsewhere: ProcessFacts, caplog: pytest.LogCaptureFixture
) -> None:
    old = write_claim(tmp_path / "x.lock", elsewhere)
    os.utime(old, (1, 1))
    lock = ProcessLock(tmp_path / "x.lock", on_network=lambda _path: True)
    assert lock.acquire(0)
    assert "process 1 on another-machine" in caplog.text and str(tmp_path) not in caplog.text
    lock.release()


def test_a_holder_shows_that_it_lives_and_learns_that_it_lost(
    tmp_path: Path, elsewhere: ProcessFacts
) -> None:
    lock = LeaseLock(tmp_path / "x.lock", Rhythm(heartbeat_seconds=0.01))
    assert lock.acquire(0)
    file = next(tmp_path.glob("x.lock.*"))
    first = json.loads(file.read_text())["beat"]
    while json.loads(file.read_text() or "{}").get("beat") in (first, None):
        pass
    assert not lock.is_lost
    write_claim(tmp_path / "x.lock", elsewhere, 2)
    assert lock.is_lost
    lock.release()
    assert not LeaseLock(tmp_path / "x.lock", drive_age=lambda _file: 0.0).acquire(0), "the other's stands"


def test_a_number_made_again_gives_way_to_a_higher_one(
    tmp_path: Path, elsewhere: ProcessFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.lock"
    write_claim(path, ProcessFacts(2**22 + 1, ProcessFacts.own().host, "gone"), 1)
    lock = LeaseLock(path, drive_age=lambda _file: 0.0)
    looks: Iterator[None] = iter([None])

    def numbers() -> list[int]:
        if next(looks, "later") == "later":
            write_claim(path, elsewhere, 5)
            return [2, 5]
        return [1]

    monkeypatch.setattr(lock, "_numbers", numbers)
    assert not lock.acquire(0)
    assert not path.with_name("x.lock.000000000002").exists()


def test_an_unfinished_claim_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.lock.000000000001").touch()
    assert not LeaseLock(tmp_path / "x.lock").acquire(0)
    os.utime(tmp_path / "x.lock.000000000001", (1, 1))
    assert LeaseLock(tmp_path / "x.lock").acquire(0)


def test_age_is_told_by_the_drive(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    ahead = file.stat().st_mtime + 5000
    os.utime(file, (ahead, ahead))
    assert age_by_drive(file) < -4000
    os.utime(file, (1, 1))
    assert age_by_drive(file) > 1e9
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_where_the_drive_keeps_no_locks_a_lease_takes_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    one, other = ProcessLock(tmp_path / "x.lock"), ProcessLock(tmp_path / "x.lock")
    assert one.acquire(0) and not other.acquire(0)
    one.release()
    assert other.acquire(0)
    other.release()


def test_a_process_is_known_by_its_start() -> None:
    own = ProcessFacts.own()
    assert own.is_alive and start_of(own.pid) == own.started
    assert not ProcessFacts(own.pid, own.host, "another start").is_alive
    assert not ProcessFacts(2**22 + 1, own.host, own.started).is_alive
    assert ProcessFacts(own.pid, "another-machine", "?").is_alive
    gone = subprocess.Popen([sys.executable, "-c", ""])
    while start_of(gone.pid) is not None:
        pass
    gone.wait()


def test_the_command_is_told_without_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/dipro-scan", "--lang", "de", "run", "/home/huber/akte"])
    assert running_command() == "dipro-scan run"
    monkeypatch.setattr(sys, "argv", ["/usr/bin/dipro-scan"])
    assert running_command() == "dipro-scan"
