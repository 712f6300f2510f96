"""The worker's side of a pool: tasks in, answers out, through one pipe."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, NoReturn

from dipro_scan.batch.worker_group import end_own_group, lead_own_group
from dipro_scan.records.durable import told_as_full
from dipro_scan.translation import set_language

Job = tuple[Callable[..., Any], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a task, or the error that it raised."""

    result: Any = None
    error: BaseException | None = None


class Pipe:
    """The pool's end of the pipe to one worker."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, content: Any) -> None:
        self._connection.send(content)

    def poll(self, timeout_seconds: float) -> bool:
        """Whether something came in time. The end of the other side counts as something."""
        return self._connection.poll(timeout_seconds)

    def hear_begun(self) -> None:
        """Takes the word that a task has begun. Raises EOFError where the other side has ended."""
        self._connection.recv_bytes()

    def receive(self) -> Answer:
        """Raises EOFError where the other side has ended, before or within its answer."""
        packed = self._connection.recv_bytes()
        try:
            answer: Answer = pickle.loads(packed)
        except Exception as error:
            return Answer(error=error)
        return answer

    def close(self) -> None:
        self._connection.close()


def serve(connection: Connection, start: tuple[str, int, bool]) -> NoReturn:
    """A worker's life: task after task until the pipe ends."""
    prepare_worker(*start)
    while True:
        try:
            packed = connection.recv_bytes()
            job = _unpacked(packed)
            connection.send_bytes(b"begun")
            connection.send_bytes(_packed(job if isinstance(job, Answer) else _answered(*job)))
        except (EOFError, OSError):
            # The pool is gone. What a task itself raises is in its answer. There is nothing to tidy up, and
            # libraries that take leave of each other would keep the run waiting.
            os._exit(0)


def prepare_worker(language: str, parent: int, verbose: bool) -> None:
    """Once per worker: one thread, the run's language, a group of its own, gone when its parent is gone.

    It is deaf to Ctrl-C, whoever sends it: the run decides when its workers end. Unless `verbose`, nothing
    that C libraries print about broken files reaches the clerk.
    """
    if not verbose:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    lead_own_group()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    set_language(language)
    threading.Thread(target=_leave_with_parent, args=(parent,), daemon=True).start()


def _unpacked(packed: bytes) -> Job | Answer:
    """The task, its modules loaded; or what went wrong with that."""
    try:
        job: Job = pickle.loads(packed)
    except Exception as error:
        return Answer(error=error)
    return job


def _answered(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Answer:
    try:
        # Room for temporary files that lacks is no fault of the page that is worked on.
        with told_as_full(Path(os.environ.get("TMPDIR", "/tmp"))):
            return Answer(result=function(*arguments))
    except Exception as error:
        # The traceback stays behind in this process; "-v" is to show it all the same.
        error.add_note(traceback.format_exc())
        return Answer(error=error)


def _packed(answer: Answer) -> bytes | memoryview:
    try:
        return ForkingPickler.dumps(answer)
    except Exception as error:
        return ForkingPickler.dumps(Answer(error=RuntimeError(f"{type(error).__name__}: {error}")))


def _leave_with_parent(parent: int) -> None:
    # A killed run must not leave processes behind that hold memory and read on.
    while os.getppid() == parent:
        time.sleep(0.5)
    end_own_group()
