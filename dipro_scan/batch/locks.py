"""One run at a time on an inbox."""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from dipro_scan.batch.workspace import Workspace
from dipro_scan.model import Clock, Locked
from dipro_scan.records import ProcessFacts, ProcessLock, running_command
from dipro_scan.records.durable import told_as_unwritable
from dipro_scan.translation import _

_LOOKS: Final = 20
_LOOK_AGAIN_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds a lock, as the holder wrote it down.

    `inbox` is the folder, or the stack's id; `since` is ISO 8601, UTC; `command` the program and its
    subcommand; `started` tells the process from a later one of the same number.
    """

    inbox: str
    pid: int
    host: str
    since: str
    command: str
    started: str

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs; a process on another machine is taken to."""
        return ProcessFacts(self.pid, self.host, self.started).is_alive


def inboxes_of(inputs: Sequence[Path]) -> list[Path]:
    """The folders that a run locks: each named folder, and the folder of each named file."""
    folders = {path if path.is_dir() else path.parent for path in (item.resolve() for item in inputs)}
    return sorted(folders)


@contextmanager
def locked_inboxes(workspace: Workspace, inputs: Sequence[Path], clock: Clock) -> Iterator[None]:
    """Holds all inboxes of `inputs`; raises Locked, saying who holds one, without waiting.

    An inbox inside another that is held, or around one, is held too. No dead process holds any: see
    `ProcessLock`.
    """
    inboxes = inboxes_of(inputs)
    with ExitStack() as stack:
        for inbox in inboxes:
            stack.enter_context(_locked(workspace, str(inbox), clock))
        for holder in lock_holders(workspace):
            if holder.pid != os.getpid() and any(_nested(Path(holder.inbox), inbox) for inbox in inboxes):
                raise Locked(_held_sentence(holder.inbox, holder))
        yield


@contextmanager
def locked_batch(workspace: Workspace, batch_id: str, clock: Clock) -> Iterator[None]:
    """Holds a stack, wherever its copies lie; raises Locked where another run works on the same bytes."""
    with _locked(workspace, batch_id, clock):
        yield


def lock_holders(workspace: Workspace) -> list[LockHolder]:
    """Who holds something now. Only looks: takes no lock and waits for nobody."""
    notes = sorted(workspace.locks.glob("*.json")) if workspace.locks.is_dir() else []
    found = [_holder(note) for note in notes]
    return [holder for holder in found if holder is not None and holder.is_alive]


@contextmanager
def _locked(workspace: Workspace, what: str, clock: Clock) -> Iterator[None]:
    with told_as_unwritable(workspace.locks):
        workspace.locks.mkdir(exist_ok=True)
    name = hashlib.sha256(os.fsencode(what)).hexdigest()[:16]
    note = workspace.locks / f"{name}.json"
    lock = ProcessLock(workspace.locks / f"{name}.lock")
    with told_as_unwritable(workspace.locks):
        held = lock.acquire(0)
    if not held:
        raise Locked(_held_sentence(what, _holder_soon(note)))
    try:
        process = ProcessFacts.own()
        holder = LockHolder(
            inbox=what,
            pid=process.pid,
            host=process.host,
            since=clock.now().isoformat(timespec="seconds"),
            command=running_command(),
            started=process.started,
        )
        with told_as_unwritable(note):
            _write_note(note, holder)
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _nested(one: Path, other: Path) -> bool:
    return one.is_absolute() and one != other and (one.is_relative_to(other) or other.is_relative_to(one))


def _write_note(note: Path, holder: LockHolder) -> None:
    """Whole or not at all, for those who look just now; it need not outlive a power cut."""
    text = json.dumps({"schema": 1, **asdict(holder)}, ensure_ascii=False)
    part = note.with_suffix(f".{uuid.uuid4().hex}")
    part.write_text(text, encoding="utf-8", errors="backslashreplace")
    part.replace(note)


def _holder_soon(note: Path) -> LockHolder | None:
    """Who holds a lock that is held: the holder may be about to write down its name."""
    for _look in range(_LOOKS):
        holder = _holder(note)
        if holder is not None and holder.is_alive:
            return holder
        time.sleep(_LOOK_AGAIN_SECONDS)
    return None


def _holder(path: Path) -> LockHolder | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        data.pop("schema")
        return LockHolder(**data)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _held_sentence(what: str, holder: LockHolder | None) -> str:
    if holder is None:
        return _("Another run holds %(inbox)s; wait until it has finished.") % {"inbox": what}
    return _(
        "Another run holds %(inbox)s: process %(pid)s on %(host)s since %(since)s;"
        " wait until it has finished."
    ) % {"inbox": what, "pid": holder.pid, "host": holder.host, "since": holder.since}
