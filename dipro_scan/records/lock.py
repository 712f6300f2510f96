"""The write lock of a records store: one writer at a time, and who that is."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from dipro_scan.model import Clock, Locked
from dipro_scan.records.durable import told_as_unwritable
from dipro_scan.records.process import ProcessFacts, running_command
from dipro_scan.records.process_lock import ProcessLock
from dipro_scan.translation import _


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds the write lock, as the holder wrote it down. `since` is ISO 8601, UTC.

    `command` is the program and its subcommand, without what it was given.
    """

    pid: int
    host: str
    since: str
    command: str
    started: str


class WriteLock:
    """A lock between processes that a thread may take again while it holds it.

    No dead process holds it: see `ProcessLock`. The note of who holds it lies beside it, for people only.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._note = path.with_suffix(".holder.json")
        self._clock = clock
        self._file_lock = ProcessLock(path)
        self._thread_lock = threading.RLock()
        self._depth = 0

    @contextmanager
    def held(self, timeout_seconds: float) -> Iterator[None]:
        """Holds the lock. Raises Locked after `timeout_seconds`, saying who holds it; Unwritable."""
        deadline = time.monotonic() + timeout_seconds
        if not self._thread_lock.acquire(timeout=timeout_seconds):
            raise Locked(self._sentence())
        try:
            if self._depth == 0:
                self._acquire(max(0.0, deadline - time.monotonic()))
            elif self._file_lock.is_lost:
                raise Locked(self._sentence())
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._release()
        finally:
            self._thread_lock.release()

    def holder(self) -> LockHolder | None:
        """Who holds the lock now, None where nobody does or nobody can be named."""
        try:
            data = json.loads(self._note.read_text(encoding="utf-8"))
            process = ProcessFacts.of(data)
            holder = LockHolder(process.pid, process.host, data["since"], data["command"], process.started)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        # A killed process leaves its note, though not its lock.
        return holder if process.is_alive else None

    def _acquire(self, timeout_seconds: float) -> None:
        with told_as_unwritable(self._path):
            held = self._file_lock.acquire(timeout_seconds)
        if not held:
            raise Locked(self._sentence())
        try:
            with told_as_unwritable(self._note):
                self._write_note()
        except BaseException:
            self._file_lock.release()
            raise

    def _write_note(self) -> None:
        process = ProcessFacts.own()
        holder = LockHolder(
            pid=process.pid,
            host=process.host,
            since=self._clock.now().isoformat(timespec="seconds"),
            command=running_command(),
            started=process.started,
        )
        text = json.dumps({"schema": 1, **asdict(holder)}, ensure_ascii=False)
        # Whole or not at all, for readers who look just now; it need not outlive a power cut.
        part = self._note.with_name(self._note.name + ".part")
        part.write_text(text, encoding="utf-8", errors="backslashreplace")
        part.replace(self._note)

    def _release(self) -> None:
        try:
            with told_as_unwritable(self._note):
                self._note.unlink(missing_ok=True)
        finally:
            self._file_lock.release()

    def _sentence(self) -> str:
        holder = self.holder()
        if holder is None:
            return _("Another program holds the records store; try again in a moment.")
        return _(
            "The records store is held by process %(pid)d on %(host)s since %(since)s (%(command)s);"
            " wait until it has finished."
        ) % asdict(holder)
