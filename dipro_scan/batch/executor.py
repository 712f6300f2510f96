"""Worker processes behind the `Executor` port: one task at a time each, killed when over time."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar

from pebble import ProcessPool
from pebble.common.types import ProcessExpired

from dipro_scan.model import TaskTimeout, WorkerDied
from dipro_scan.translation import set_language

T = TypeVar("T")
log = logging.getLogger(__name__)

_TASKS_PER_WORKER = 500


class WorkerPool:
    """`jobs` processes with one Tesseract thread each.

    A worker that dies or runs over its time costs the task that it worked on; a new one takes its place.
    """

    def __init__(self, jobs: int, language: str) -> None:
        self._pool = ProcessPool(
            max_workers=jobs,
            max_tasks=_TASKS_PER_WORKER,
            initializer=prepare_worker,
            initargs=(language, os.getpid(), log.isEnabledFor(logging.INFO)),
            context=multiprocessing.get_context("spawn"),
        )

    def submit(self, function: Callable[..., T], /, *arguments: Any, timeout_seconds: float) -> Future[T]:
        outer: Future[T] = Future()
        inner = self._pool.schedule(function, args=list(arguments), timeout=timeout_seconds)

        def hand_over(done: Future[T]) -> None:
            if done.cancelled():
                outer.cancel()
                return
            error = done.exception()
            if error is None:
                outer.set_result(done.result())
            elif isinstance(error, FutureTimeout):
                outer.set_exception(TaskTimeout(str(error)))
            elif isinstance(error, ProcessExpired):
                outer.set_exception(WorkerDied(str(error)))
            else:
                outer.set_exception(error)

        inner.add_done_callback(hand_over)
        return outer

    def close(self, *, cancel: bool = False) -> None:
        if cancel:
            self._pool.stop()
        else:
            self._pool.close()
        self._pool.join()


def prepare_worker(language: str, parent: int, verbose: bool) -> None:
    """Once per worker: one thread, the run's language, deaf to Ctrl-C, gone when its parent is gone.

    Unless `verbose`, nothing that C libraries print about broken files reaches the clerk.
    """
    if not verbose:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    set_language(language)
    threading.Thread(target=_leave_with_parent, args=(parent,), daemon=True).start()


def _leave_with_parent(parent: int) -> None:
    # A killed run must not leave workers behind that hold memory and read on.
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)
