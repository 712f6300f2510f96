from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import time
from multiprocessing.process import BaseProcess

import pytest

from dipro_scan.batch import worker_group

_CONTEXT = multiprocessing.get_context("spawn")


def _sleep() -> None:
    time.sleep(600)


def _leave() -> None:
    """Ends at once."""


def _end_all(led: bool) -> None:
    if led:
        worker_group.lead_own_group()
    worker_group.end_own_group()


def _run(target: object, *arguments: object) -> BaseProcess:
    process = _CONTEXT.Process(target=target, args=arguments)  # type: ignore[arg-type]
    process.start()
    return process


def test_a_worker_that_leads_no_group_yet_is_killed_by_itself() -> None:
    process = _run(_sleep)
    worker_group.end_group(process)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


def test_one_that_was_never_started_stays_as_it_was() -> None:
    process = _CONTEXT.Process(target=_leave)
    worker_group.end_group(process)
    assert process.pid is None
    process.start()
    process.join(60)
    assert process.exitcode == 0, "what was to be ended before it began still begins, and ends by itself"


def test_a_number_that_was_given_out_again_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    process = _run(_leave)
    process.join(60)
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        monkeypatch.setattr(type(process), "pid", stranger.pid)
        # Not this process's child: the numbers of other people's processes look like that.
        monkeypatch.setattr(os, "waitid", _no_child)
        worker_group.end_group(process)
        monkeypatch.undo()
        time.sleep(0.2)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def _no_child(*_arguments: object) -> None:
    raise ChildProcessError


@pytest.mark.parametrize(("led", "code"), [(True, -signal.SIGKILL), (False, 0)])
def test_only_a_group_of_its_own_is_ended(led: bool, code: int) -> None:
    """Without one, the group would be that of this very test."""
    process = _run(_end_all, led)
    process.join(60)
    assert process.exitcode == code
