"""Stands between Python and the operating system: names, counts and breaks every step that writes.

A step is one call that changes a disk: opening for writing, writing, syncing, renaming, linking, making
and removing, and each changing statement and commit of SQLite. `arm` says at which step what happens:

- `kill`: this process gets SIGKILL before the step is done; in a worker, `kill_run` kills the run instead;
- `power`: as `kill`, and what this process wrote and did not sync is gone, as when the machine loses power;
- `no_space`: the step fails with ENOSPC, once;
- `disk_full`: it and every step after it that needs room fails so.

The environment arms a process that Python starts (see `sitecustomize`): `SABOTAGE_STEPS` is the fault (or
`none`), `SABOTAGE_WHERE` `run` or `worker`, `SABOTAGE_AT` the number of the step, from 1, `SABOTAGE_TRACE` a
file that gets each step's stage, name and place in the code, `SABOTAGE_HIT` one that gets the broken one's,
`SABOTAGE_ROOT` the folder in which a power cut takes what was not synced. With `SABOTAGE_ONCE`, a file that
must not exist yet, only the first process that comes so far is killed.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PLACES: tuple[tuple[str, str, str], ...] = (
    # The innermost frame that fits names the stage: module, function (empty: any), stage.
    ("dipro_scan.intake.claim", "release_source", "release"),
    ("dipro_scan.intake.claim", "", "claim"),
    ("dipro_scan.batch.claiming", "", "claim"),
    ("dipro_scan.records.journal", "", "journal"),
    ("dipro_scan.records.placement", "stage", "stage"),
    ("dipro_scan.records.placement", "clear", "stage"),
    ("dipro_scan.records.placement", "", "place"),
    ("dipro_scan.ledger.", "", "ledger"),
    ("dipro_scan.batch.assembly", "", "assemble"),
    ("dipro_scan.batch.page", "", "read"),
    ("dipro_scan.batch.reading", "", "read"),
    ("dipro_scan.batch.review", "", "hold"),
    ("dipro_scan.batch.side_pages", "", "set_aside"),
    ("dipro_scan.batch.placing", "", "set_aside"),
    ("dipro_scan.batch.quarantine", "", "quarantine"),
    ("dipro_scan.records.lock", "", "lock"),
    ("dipro_scan.batch.locks", "", "lock"),
)
_CHANGING = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "COMMIT", "REPLACE")
# What even a full disk still allows.
_FREEING = frozenset({"unlink", "rmdir", "ftruncate", "read"})


@dataclass(slots=True)
class _Armed:
    fault: str = "none"
    at: int = 0
    trace: str = ""
    hit: str = ""
    once: str = ""
    seen: int = 0
    broken: bool = False


@dataclass(slots=True)
class _Drive:
    """What would outlast a power cut: how far each file that was written is synced, by inode."""

    written: set[int] = field(default_factory=set)
    synced: dict[int, int] = field(default_factory=dict)
    logs: dict[Path, int] = field(default_factory=dict)

    def wrote(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode):
            self.written.add(found.st_ino)
            if found.st_size == 0:
                # The number of a file that is no more.
                self.synced.pop(found.st_ino, None)

    def was_synced(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        self.synced[found.st_ino] = found.st_size

    def committed(self, database: str) -> None:
        """SQLite synced its log by itself, all of it."""
        log = Path(f"{database}-wal")
        if log.exists():
            self.logs[log] = log.stat().st_size

    def lose_power(self, root: Path) -> None:
        for path in root.rglob("*"):
            found = path.lstat()
            kept = self.synced.get(found.st_ino, 0)
            if stat.S_ISREG(found.st_mode) and found.st_ino in self.written and kept < found.st_size:
                os.truncate(path, kept)
        for log, size in self.logs.items():
            if log.exists() and size < log.stat().st_size:
                os.truncate(log, size)


_armed = _Armed()
_drive = _Drive()
_guard = threading.local()
_real_open = io.open
_real_os: dict[str, Callable[..., Any]] = {}


def is_worker() -> bool:
    return "--multiprocessing-fork" in sys.orig_argv


def arm_from_environment() -> None:
    """Arms this process where it is the one that is meant; helpers of Python itself never are."""
    if "-c" in sys.orig_argv and not is_worker():
        return
    if (os.environ.get("SABOTAGE_WHERE") == "worker") is not is_worker():
        return
    install()
    arm(
        os.environ["SABOTAGE_STEPS"],
        int(os.environ.get("SABOTAGE_AT", "0")),
        trace=os.environ.get("SABOTAGE_TRACE", ""),
        hit=os.environ.get("SABOTAGE_HIT", ""),
        once=os.environ.get("SABOTAGE_ONCE", ""),
    )


def arm(fault: str, at: int, *, trace: str = "", hit: str = "", once: str = "") -> None:
    """Counts anew from here on."""
    global _armed
    _armed = _Armed(fault, at, trace, hit, once)


def steps_seen() -> int:
    return _armed.seen


def install() -> None:
    """Puts itself before every way to write. Once a process."""
    for name in ("rename", "replace", "link", "unlink", "remove", "mkdir", "rmdir", "symlink", "sendfile"):
        _wrap_os(name, lambda *_arguments: True)
    for name in ("write", "fsync", "ftruncate", "fdatasync"):
        _wrap_os(name, lambda *arguments: _is_file(arguments[0]))
    _wrap_os("open", _opens_to_write)
    io.open = builtins.open = _open  # type: ignore[assignment]
    real_connect = sqlite3.connect
    sqlite3.connect = lambda *a, **k: real_connect(*a, **{"factory": _Connection, **k})  # type: ignore[assignment]


def _wrap_os(name: str, counts: Callable[..., bool]) -> None:
    real = _real_os[name] = getattr(os, name)
    shown = {"remove": "unlink", "replace": "rename"}.get(name, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        if counts(*arguments):
            step(shown)
        result = real(*arguments, **named)
        if name == "open" and _opens_to_write(*arguments):
            _drive.wrote(result)
        if name in ("fsync", "fdatasync"):
            _drive.was_synced(arguments[0])
        return result

    setattr(os, name, wrapped)


def _opens_to_write(path: Any, flags: int, *_mode: int) -> bool:
    return path != os.devnull and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _is_file(descriptor: int) -> bool:
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


class _Raw(io.FileIO):
    def write(self, data: Any) -> int:
        if _is_file(self.fileno()):
            step("write")
        return super().write(data)


def _open(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    if not set(mode) & set("wax+") or file in (os.devnull, 1, 2):
        if is_worker() and not isinstance(file, int) and _in_stage("assemble", "read"):
            step("read")
        return _real_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
    if not isinstance(file, int):
        step("open")
    # The name that people see in errors is the same as ever: FileIO keeps it.
    raw = _Raw(file, mode.replace("b", "").replace("t", ""), closefd, opener)
    _drive.wrote(raw.fileno())
    if buffering == 0:
        return raw
    buffered = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw)  # type: ignore[type-var]
    if "b" in mode:
        return buffered
    return io.TextIOWrapper(buffered, encoding or "utf-8", errors, newline)


class _Cursor(sqlite3.Cursor):
    def execute(self, statement: str, *arguments: Any) -> Any:
        _sqlite_step(statement)
        return super().execute(statement, *arguments)

    def executemany(self, statement: str, *arguments: Any) -> Any:
        _sqlite_step(statement)
        return super().executemany(statement, *arguments)


class _Connection(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, statement: str, *arguments: Any) -> Any:
        return self.cursor().execute(statement, *arguments)

    def commit(self) -> None:
        if self.in_transaction:
            _sqlite_step("COMMIT")
        super().commit()
        (synchronous,) = super().execute("PRAGMA synchronous").fetchone()
        (_number, _name, database) = super().execute("PRAGMA database_list").fetchone()
        if synchronous >= 2:
            _drive.committed(database)


def _sqlite_step(statement: str) -> None:
    word = statement.lstrip().partition(" ")[0].upper()
    if word not in _CHANGING:
        return
    try:
        step(f"sqlite_{word.lower()}")
    except OSError as error:
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode, full.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
        raise full from error


def step(name: str) -> None:
    """One step: told, counted, and broken where that was asked for."""
    if getattr(_guard, "inside", False) or (_armed.fault == "none" and not _armed.trace):
        return
    needs_room = name not in _FREEING
    if _armed.fault in ("no_space", "disk_full") and not needs_room:
        return
    _guard.inside = True
    try:
        _armed.seen += 1
        shown = f"{_stage()} {name}\n"
        if _armed.trace:
            _tell(_armed.trace, f"{shown.strip()} {_place()}\n")
        due = _armed.seen == _armed.at and _is_first()
        if due and _armed.hit:
            _tell(_armed.hit, shown)
    finally:
        _guard.inside = False
    if due and _armed.fault == "power":
        _drive.lose_power(Path(os.environ["SABOTAGE_ROOT"]))
    if due and _armed.fault in ("kill", "power"):
        os.kill(os.getpid(), signal.SIGKILL)
    if due and _armed.fault == "kill_run":
        os.kill(os.getppid(), signal.SIGKILL)
    if _armed.fault in ("no_space", "disk_full") and (due or _armed.broken):
        _armed.broken = _armed.fault == "disk_full"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _is_first() -> bool:
    if not _armed.once:
        return True
    try:
        os.close(_real_os["open"](_armed.once, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
    except FileExistsError:
        return False
    return True


def _tell(path: str, text: str) -> None:
    handle = _real_os["open"](path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        _real_os["write"](handle, text.encode("ascii"))
    finally:
        os.close(handle)


def _in_stage(*stages: str) -> bool:
    return _stage() in stages


def _place() -> str:
    """Where in the code it is: the two innermost lines of the project's own."""
    frame, lines = sys._getframe(1), []
    while frame is not None and len(lines) < 2:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("dipro_scan."):
            lines.append(f"{module.removeprefix('dipro_scan.')}:{frame.f_lineno}")
        frame = frame.f_back  # type: ignore[assignment]
    return "<".join(lines)


def _stage() -> str:
    frame = sys._getframe(1)
    while frame is not None:
        module, function = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        for place, wanted, stage in _PLACES:
            if module.startswith(place) and wanted in ("", function):
                return stage
        frame = frame.f_back  # type: ignore[assignment]
    return "other"
