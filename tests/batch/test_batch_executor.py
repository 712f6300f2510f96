from __future__ import annotations

import os
import signal
import struct
import subprocess
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import pytest

from dipro_scan.batch.executor import WorkerPool
from dipro_scan.model import SourceRefused, TaskTimeout, WorkerDied
from dipro_scan.model.errors import QuarantineReason


def _square(number: int) -> int:
    return number * number


def _die() -> None:
    os._exit(11)


def _sleep() -> None:
    time.sleep(600)


def _refuse() -> None:
    raise SourceRefused(QuarantineReason.EMPTY, "It is empty.", 3)


def _threads() -> str | None:
    return os.environ.get("OMP_THREAD_LIMIT")


@pytest.fixture(scope="module")
def pool():
    made = WorkerPool(1, "de")
    yield made
    made.close()


def test_a_worker_that_dies_costs_one_task(pool: WorkerPool) -> None:
    before = pool.submit(_square, 3, timeout_seconds=60)
    death = pool.submit(_die, timeout_seconds=60)
    after = pool.submit(_square, 4, timeout_seconds=60)
    assert before.result() == 9
    with pytest.raises(WorkerDied):
        death.result()
    assert after.result() == 16


def test_a_task_over_its_time_is_stopped_and_the_next_one_runs(pool: WorkerPool) -> None:
    slow = pool.submit(_sleep, timeout_seconds=1)
    after = pool.submit(_square, 5, timeout_seconds=60)
    with pytest.raises(TaskTimeout):
        slow.result()
    assert after.result() == 25


def test_errors_arrive_with_all_they_carry(pool: WorkerPool) -> None:
    with pytest.raises(SourceRefused) as caught:
        pool.submit(_refuse, timeout_seconds=60).result()
    assert (caught.value.reason, caught.value.pages, str(caught.value)) == ("empty", 3, "It is empty.")


def test_a_worker_reads_with_one_thread(pool: WorkerPool) -> None:
    assert pool.submit(_threads, timeout_seconds=60).result() == "1"


def _kill_once(mark: str) -> str:
    if not os.path.exists(mark):  # noqa: PTH110
        with open(mark, "w"):  # noqa: PTH123
            os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_answering() -> None:
    """Dies in the middle of its answer."""

    def send_half(pipe: Connection, _data: bytes) -> None:
        pipe._send(struct.pack("!i", 1000) + b"x" * 10)
        os.kill(os.getpid(), signal.SIGKILL)

    Connection._send_bytes = send_half


class _Unpackable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__("only one argument is kept")


def _raise_unpackable() -> None:
    raise _Unpackable(1, 2)


def test_a_task_whose_worker_the_system_killed_is_tried_once_more(pool: WorkerPool, tmp_path: Path) -> None:
    assert pool.submit(_kill_once, str(tmp_path / "mark"), timeout_seconds=60).result() == "done"
    with pytest.raises(WorkerDied):
        pool.submit(_kill, timeout_seconds=60).result()
    assert pool.submit(_square, 6, timeout_seconds=60).result() == 36


def test_a_worker_killed_between_tasks_costs_nothing(pool: WorkerPool) -> None:
    worker = pool.submit(os.getpid, timeout_seconds=60).result()
    os.kill(worker, signal.SIGKILL)
    assert pool.submit(_square, 7, timeout_seconds=60).result() == 49


def test_a_worker_killed_in_the_middle_of_its_answer_costs_one_task(pool: WorkerPool) -> None:
    with pytest.raises(WorkerDied):
        pool.submit(_die_answering, timeout_seconds=60).result()
    assert pool.submit(_square, 8, timeout_seconds=60).result() == 64


def test_an_error_that_cannot_travel_is_an_error_all_the_same(pool: WorkerPool) -> None:
    with pytest.raises(Exception, match="argument"):
        pool.submit(_raise_unpackable, timeout_seconds=60).result()
    assert pool.submit(_square, 9, timeout_seconds=60).result() == 81


def test_a_pool_that_is_cancelled_leaves_no_worker_behind() -> None:
    pool = WorkerPool(1, "de")
    worker = pool.submit(os.getpid, timeout_seconds=60).result()
    slow = pool.submit(_sleep, timeout_seconds=600)
    waiting = pool.submit(_square, 1, timeout_seconds=60)
    while not slow.running():
        time.sleep(0.01)
    pool.close(cancel=True)
    assert not psutil.pid_exists(worker)
    assert waiting.cancelled()
    with pytest.raises(WorkerDied):
        slow.result()


def _with_child(mark: str, then: Callable[[], None]) -> None:
    """Starts a command, as an engine does, and leaves its number in `mark`; then whatever comes."""
    child = subprocess.Popen(["sleep", "600"])
    partial = Path(f"{mark}.part")
    partial.write_text(str(child.pid))
    partial.rename(mark)
    then()


def _child(mark: Path) -> psutil.Process:
    while not mark.exists():
        time.sleep(0.01)
    return psutil.Process(int(mark.read_text()))


def _ends(process: psutil.Process) -> bool:
    """Whether it ends, or is about to; killed orphans wait for init, which may have other work."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("then", "seconds", "error"),
    [(_sleep, 2, TaskTimeout), (_die, 60, WorkerDied), (_kill, 60, WorkerDied)],
    ids=["over its time", "ends by itself", "killed"],
)
def test_what_a_lost_worker_had_started_ends_with_it(
    pool: WorkerPool, tmp_path: Path, then: Callable[[], None], seconds: float, error: type[Exception]
) -> None:
    mark = tmp_path / "child"
    lost = pool.submit(_with_child, str(mark), then, timeout_seconds=seconds)
    child = _child(mark)
    with pytest.raises(error):
        lost.result()
    assert _ends(child)
    assert pool.submit(_square, 2, timeout_seconds=60).result() == 4


def test_what_workers_of_a_cancelled_pool_had_started_ends_with_them(tmp_path: Path) -> None:
    pool = WorkerPool(1, "de")
    slow = pool.submit(_with_child, str(tmp_path / "child"), _sleep, timeout_seconds=600)
    child = _child(tmp_path / "child")
    pool.close(cancel=True)
    with pytest.raises(WorkerDied):
        slow.result()
    assert _ends(child)


def _nothing() -> None:
    """Leaves the command that was started to itself."""


def test_what_an_idle_worker_left_running_ends_with_it(tmp_path: Path) -> None:
    pool = WorkerPool(1, "de")
    pool.submit(_with_child, str(tmp_path / "child"), _nothing, timeout_seconds=60).result()
    child = _child(tmp_path / "child")
    assert child.is_running()
    pool.close()
    assert _ends(child)


def _group() -> tuple[int, int]:
    return os.getpgrp(), os.getpid()


def test_each_worker_leads_a_group_of_its_own(pool: WorkerPool) -> None:
    group, worker = pool.submit(_group, timeout_seconds=60).result()
    assert group == worker != os.getpgrp()
