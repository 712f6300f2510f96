"""The write lock: one holder, named; the same thread may enter again."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import dipro_scan
from dipro_scan.model import Locked, Unwritable
from dipro_scan.records import WriteLock

_HOLDING = """
import datetime as dt, sys, time
from pathlib import Path
from dipro_scan.records import WriteLock
class Clock:
    def now(self): return dt.datetime(2025, 3, 4, tzinfo=dt.UTC)
with WriteLock(Path(sys.argv[1]), Clock()).held(5):
    print("held", flush=True)
    sys.stdin.readline()
"""


class Clock:
    def now(self) -> dt.datetime:
        return dt.datetime(2025, 3, 4, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def lock(tmp_path: Path) -> WriteLock:
    return WriteLock(tmp_path / "write.lock", Clock())


def start_holder(path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDING, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(dipro_scan.__file__).parent.parent)},
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    return holder


def test_a_thread_may_enter_again(lock: WriteLock, tmp_path: Path) -> None:
    with lock.held(1):
        with lock.held(0):
            assert lock.holder() is not None
        other = WriteLock(tmp_path / "write.lock", Clock())
        with pytest.raises(Locked), other.held(0):
            pass
    assert lock.holder() is None
    with WriteLock(tmp_path / "write.lock", Clock()).held(0):
        pass


def test_another_process_is_named(lock: WriteLock, tmp_path: Path) -> None:
    holder = start_holder(tmp_path / "write.lock")
    with pytest.raises(Locked, match=f"process {holder.pid} .* since 2025-03-04T00:00:00"), lock.held(0.1):
        pass
    assert lock.holder() is not None
    holder.communicate("\n")
    with lock.held(5):
        mine = lock.holder()
        assert mine is not None and mine.pid == os.getpid()


def test_a_killed_holder_holds_nothing(lock: WriteLock, tmp_path: Path) -> None:
    holder = start_holder(tmp_path / "write.lock")
    holder.kill()
    holder.wait()
    assert (tmp_path / "write.holder.json").exists()
    assert lock.holder() is None, "its note is no longer true"
    with lock.held(5):
        pass


def test_threads_exclude_each_other(lock: WriteLock) -> None:
    order: list[str] = []

    def enter(name: str) -> None:
        with lock.held(10):
            order.append(f"{name} in")
            order.append(f"{name} out")

    threads = [threading.Thread(target=enter, args=(str(number),)) for number in range(8)]
    with lock.held(1):
        for thread in threads:
            thread.start()
        order.append("main")
        refused: list[Exception] = []

        def refuse() -> None:
            try:
                with lock.held(0.05):
                    pass
            except Locked as error:
                refused.append(error)

        impatient = threading.Thread(target=refuse)
        impatient.start()
        impatient.join()
        assert len(refused) == 1
    for thread in threads:
        thread.join()
    assert order[0] == "main"
    assert all(order[i].split()[0] == order[i + 1].split()[0] for i in range(1, len(order), 2))


def test_a_failing_note_lets_go_of_the_lock(lock: WriteLock, tmp_path: Path) -> None:
    (tmp_path / "write.holder.json").mkdir()
    with pytest.raises(Unwritable), lock.held(1):
        pass
    (tmp_path / "write.holder.json").rmdir()
    with lock.held(1):
        note = json.loads((tmp_path / "write.holder.json").read_text())
    assert note["schema"] == 1


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Unwritable), WriteLock(file / "write.lock", Clock()).held(0):
        pass
