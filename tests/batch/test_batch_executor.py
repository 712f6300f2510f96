from __future__ import annotations

import os
import time

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
