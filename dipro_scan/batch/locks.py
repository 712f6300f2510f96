"""One run at a time on an inbox."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from dipro_scan.batch.workspace import Workspace
from dipro_scan.model import Clock, Locked
from dipro_scan.translation import _


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds a lock, as the holder wrote it down. `inbox` is the folder, or the stack's id."""

    inbox: str
    pid: int
    host: str
    since: str
    command: str
    started: float

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs; a process on another machine is taken to."""
        if self.host != socket.gethostname():
            return True
        try:
            return abs(psutil.Process(self.pid).create_time() - self.started) < 1.0
        except psutil.Error:
            return False


def inboxes_of(inputs: Sequence[Path]) -> list[Path]:
    """The folders that a run locks: each named folder, and the folder of each named file."""
    folders = {path if path.is_dir() else path.parent for path in (item.resolve() for item in inputs)}
    return sorted(folders)


@contextmanager
def locked_inboxes(workspace: Workspace, inputs: Sequence[Path], clock: Clock) -> Iterator[None]:
    """Holds all inboxes of `inputs`; raises Locked, saying who holds one, without waiting.

    An inbox inside another that is held, or around one, is held too. The operating system lets go of the
    locks of a process that dies, so none is ever stale.
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
    workspace.locks.mkdir(exist_ok=True)
    name = hashlib.sha256(os.fsencode(what)).hexdigest()[:16]
    note = workspace.locks / f"{name}.json"
    lock = FileLock(workspace.locks / f"{name}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise Locked(_held_sentence(what, _holder(note))) from error
    try:
        holder = LockHolder(
            inbox=what,
            pid=os.getpid(),
            host=socket.gethostname(),
            since=clock.now().isoformat(),
            command=" ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
            started=psutil.Process().create_time(),
        )
        text = json.dumps({"schema": 1, **asdict(holder)}, ensure_ascii=False)
        note.write_text(text, encoding="utf-8", errors="backslashreplace")
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _nested(one: Path, other: Path) -> bool:
    return one.is_absolute() and one != other and (one.is_relative_to(other) or other.is_relative_to(one))


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
