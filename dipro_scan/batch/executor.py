"""Worker processes behind the `Executor` port: one task at a time each, killed when over time.

Each worker has a pipe of its own and shares no lock with another. So whatever moment the system's
out-of-memory killer takes one at, in the middle of a message too, costs no more than that worker. What a
worker has started ends with it.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from dipro_scan.batch.worker import Answer, Job, Pipe, prepare_worker, serve
from dipro_scan.batch.worker_group import end_group
from dipro_scan.model import EnvironmentLacking, TaskTimeout, WorkerDied
from dipro_scan.translation import _, os_reason

T = TypeVar("T")
log = logging.getLogger(__name__)

_TASKS_PER_WORKER = 500
_ATTEMPTS = 2
"""A task whose worker was killed from outside is tried again: most likely another one took the memory."""

_START_SECONDS = 120.0
_CONTEXT = multiprocessing.get_context("spawn")

__all__ = ["WorkerPool", "prepare_worker"]


@dataclass(slots=True)
class _Task:
    job: Job
    timeout_seconds: float
    future: Future[Any]


class WorkerPool:
    """`jobs` processes with one Tesseract thread each, started as they are needed.

    A worker that dies or runs over its time costs the task that it worked on; a new one takes its place.
    """

    def __init__(self, jobs: int, language: str) -> None:
        start = (language, os.getpid(), log.isEnabledFor(logging.INFO))
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._places = [_Place(start) for _number in range(jobs)]
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._carry, args=(place,), daemon=True) for place in self._places
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[..., T], /, *arguments: Any, timeout_seconds: float) -> Future[T]:
        future: Future[T] = Future()
        self._tasks.put(_Task((function, arguments), timeout_seconds, future))
        return future

    def close(self, *, cancel: bool = False) -> None:
        if cancel:
            self._stopped.set()
            for place in self._places:
                place.kill()
        for _thread in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def _carry(self, place: _Place) -> None:
        """Gives one worker task after task, until the pool closes."""
        try:
            while (task := self._tasks.get()) is not None:
                if self._stopped.is_set():
                    task.future.cancel()
                elif task.future.set_running_or_notify_cancel():
                    self._settle(place, task)
        finally:
            place.dismiss()

    def _settle(self, place: _Place, task: _Task) -> None:
        try:
            result = self._result(place, task)
        except BaseException as error:
            task.future.set_exception(error)
        else:
            task.future.set_result(result)

    def _result(self, place: _Place, task: _Task) -> Any:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = place.answer(task.job, task.timeout_seconds)
            except WorkerDied:
                again = place.was_killed and attempt < _ATTEMPTS and not self._stopped.is_set()
                if not again:
                    raise
                log.warning("a worker was killed; its task is tried again")
                continue
            if answer.error is not None:
                raise answer.error
            return answer.result
        raise AssertionError("the last attempt returns or raises")


class _Place:
    """The place of one worker: whoever dies here is followed by another."""

    def __init__(self, start: tuple[str, int, bool]) -> None:
        self._start = start
        self._process: BaseProcess | None = None
        self._pipe: Pipe | None = None
        self._left = 0
        self._closed = False
        self.was_killed = False

    def answer(self, job: Job, timeout_seconds: float) -> Answer:
        """What the worker says to `job`. Raises TaskTimeout, WorkerDied, EnvironmentLacking."""
        if self._left <= 0:
            self.dismiss()
        if self._process is None or self._pipe is None:
            self._process, self._pipe = self._employed()
            self._left = _TASKS_PER_WORKER
        if self._closed:
            raise self._died()
        self._left -= 1
        try:
            self._pipe.send(job)
            # What a task may take counts from when its worker has begun, libraries loaded.
            if not self._pipe.poll(_START_SECONDS):
                raise self._over_time(_START_SECONDS)
            self._pipe.hear_begun()
            # The beginning of an answer is waited for: a worker that sends one is not over time.
            if not self._pipe.poll(timeout_seconds):
                raise self._over_time(timeout_seconds)
            return self._pipe.receive()
        except (EOFError, OSError) as error:
            raise self._died() from error

    def kill(self) -> None:
        """Ends the worker and every one to come, whatever they are at."""
        self._closed = True
        process = self._process
        if process is not None:
            end_group(process)

    def dismiss(self) -> None:
        """Lets an idle worker go: it ends when its pipe does."""
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if process is None or pipe is None:
            return
        pipe.close()
        process.join(5.0)
        end_group(process)
        process.join()

    def _employed(self) -> tuple[BaseProcess, Pipe]:
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=serve, args=(theirs, self._start), daemon=True)
        try:
            process.start()
        except OSError as error:
            ours.close()
            raise EnvironmentLacking(
                _("A worker process cannot be started (%(why)s); free memory or allow more processes.")
                % {"why": os_reason(error)}
            ) from error
        finally:
            # With the other end held by the worker alone, its death ends the pipe.
            theirs.close()
        return process, Pipe(ours)

    def _over_time(self, seconds: float) -> TaskTimeout:
        self._bury(patience_seconds=0.0)
        return TaskTimeout(f"no answer within {seconds:g} seconds")

    def _died(self) -> WorkerDied:
        # It has ended on its own, or is about to; its exit code tells how.
        exit_code = self._bury(patience_seconds=1.0)
        self.was_killed = exit_code == -signal.SIGKILL
        return WorkerDied(f"the worker ended with {exit_code}")

    def _bury(self, patience_seconds: float) -> int | None:
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if process is None or pipe is None:
            return None
        pipe.close()
        process.join(patience_seconds)
        end_group(process)
        process.join()
        return process.exitcode
