"""A lock between machines, for drives on which the operating system's locks are not to be relied on.

The holder changes its lock file every few seconds. Whoever finds one that has not changed for ten times as
long takes over, and so does whoever finds that the process of this machine that wrote it is gone.

The libraries' leases take a stale file over by exchanging two names at one stroke, which NFS and SMB refuse.
Here each claim is a file of its own with the next number, made exclusively; the highest number counts. So of
several that take over at once one wins, and no file of a living holder is ever moved or removed.
"""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dipro_scan.records.process import ProcessFacts

HEARTBEAT_SECONDS: Final = 4.0
BEATS_MISSED: Final = 10
_LOOK_AGAIN_SECONDS: Final = 0.1
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a holder shows that it lives, and how long it may be silent before another takes over."""

    heartbeat_seconds: float = HEARTBEAT_SECONDS

    @property
    def silence_seconds(self) -> float:
        return BEATS_MISSED * self.heartbeat_seconds


class LeaseLock:
    """A lock file by the name `path` with a number; `on_takeover` is told whose lock was stale.

    `drive_age` tells how many seconds ago a file changed, by the clock of the drive that holds it.
    """

    def __init__(
        self,
        path: Path,
        rhythm: Rhythm = Rhythm(),
        on_takeover: Callable[[ProcessFacts | None], None] = lambda _holder: None,
        drive_age: Callable[[Path], float] | None = None,
    ) -> None:
        self._path = path
        self._rhythm = rhythm
        self._on_takeover = on_takeover
        self._drive_age = drive_age or age_by_drive
        self._number = 0
        self._handle: int | None = None
        self._stop = threading.Event()
        self._heart: threading.Thread | None = None

    def acquire(self, timeout_seconds: float) -> bool:
        """Whether the lock is held now. Raises OSError where the drive cannot be written."""
        deadline = time.monotonic() + timeout_seconds
        while not self._claim():
            if time.monotonic() >= deadline:
                return False
            time.sleep(_LOOK_AGAIN_SECONDS)
        self._stop = threading.Event()
        self._heart = threading.Thread(target=self._beat, args=(self._stop, self._handle), daemon=True)
        self._heart.start()
        return True

    def release(self) -> None:
        """Lets go; the file stays, and says so, until the next holder removes it."""
        self._stop.set()
        if self._heart is not None:
            self._heart.join()
        self._heart = None
        handle, self._handle = self._handle, None
        if handle is not None:
            try:
                self._write(handle, None)
            finally:
                os.close(handle)

    @property
    def is_lost(self) -> bool:
        """Whether another took over because this process was silent for so long: it or the drive slept."""
        return self._handle is not None and self._numbers()[-1:] != [self._number]

    def _claim(self) -> bool:
        last = max(self._numbers(), default=0)
        stale = False
        if last and not (stale := self._is_stale(self._file(last))) and not self._is_free(self._file(last)):
            return False
        former = _facts(self._file(last)) if stale else None
        try:
            handle = os.open(self._file(last + 1), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        except FileExistsError:
            return False
        self._handle, self._number = handle, last + 1
        try:
            self._write(handle, ProcessFacts.own())
            # Where this number was taken, let go of and removed meanwhile, there is a higher one.
            won = max(self._numbers(), default=0) == self._number
        except BaseException:
            self._give_up()
            raise
        if not won:
            self._give_up()
            return False
        if stale:
            self._on_takeover(former)
        for number in self._numbers():
            if number < self._number:
                self._file(number).unlink(missing_ok=True)
        return True

    def _give_up(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)
        with suppress(OSError):
            self._file(self._number).unlink(missing_ok=True)

    def _is_free(self, file: Path) -> bool:
        try:
            return bool(json.loads(file.read_bytes()).get("released"))
        except (OSError, ValueError, AttributeError):
            return False

    def _is_stale(self, file: Path) -> bool:
        facts = _facts(file)
        if facts is not None and facts.is_of_this_machine:
            return not facts.is_alive
        if self._is_free(file):
            return False
        try:
            return self._drive_age(file) >= self._rhythm.silence_seconds
        except OSError:
            return False

    def _beat(self, stop: threading.Event, handle: int) -> None:
        while not stop.wait(self._rhythm.heartbeat_seconds):
            # A drive that does not answer for a moment is no reason to end; the next beat may succeed.
            with suppress(OSError):
                self._write(handle, ProcessFacts.own())

    def _write(self, handle: int, facts: ProcessFacts | None) -> None:
        """New content each time: some drives set the time of a change only when there is one."""
        content = {"schema": 1, "released": facts is None, "beat": uuid.uuid4().hex}
        data = json.dumps({**content, **(facts.as_dict() if facts else {})}).encode()
        os.pwrite(handle, data.ljust(512), 0)
        os.fsync(handle)

    def _numbers(self) -> list[int]:
        start = f"{self._path.name}."
        found = (file.name.removeprefix(start) for file in self._path.parent.glob(f"{start}*"))
        return sorted(int(number) for number in found if len(number) == _DIGITS and number.isdigit())

    def _file(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number:0{_DIGITS}d}")


def age_by_drive(file: Path) -> float:
    """Seconds since `file` changed, by the clock of the drive itself: those of two machines may differ.

    A file made just now beside it tells what time it is there. Raises OSError.
    """
    probe = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, b".")
        os.fsync(handle)
        now = os.fstat(handle).st_mtime
    finally:
        os.close(handle)
        probe.unlink(missing_ok=True)
    return now - file.stat().st_mtime


def _facts(file: Path) -> ProcessFacts | None:
    try:
        return ProcessFacts.of(json.loads(file.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return None
