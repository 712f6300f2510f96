"""One run at a time on an inbox."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from dipro_scan.batch.workspace import Workspace
from dipro_scan.model import Clock, Locked
from dipro_scan.translation import _


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds the lock of an inbox, as the holder wrote it down."""

    inbox: str
    pid: int
    host: str
    since: str
    command: str


def inboxes_of(inputs: Sequence[Path]) -> list[Path]:
    """The folders that a run locks: each named folder, and the folder of each named file."""
    folders = {path if path.is_dir() else path.parent for path in (item.resolve() for item in inputs)}
    return sorted(folders)


@contextmanager
def locked_inboxes(workspace: Workspace, inputs: Sequence[Path], clock: Clock) -> Iterator[None]:
    """Holds all inboxes of `inputs`; raises Locked, saying who holds one, without waiting.

    The operating system lets go of the locks of a process that dies, so none is ever stale.
    """
    workspace.locks.mkdir(exist_ok=True)
    with ExitStack() as stack:
        for inbox in inboxes_of(inputs):
            stack.enter_context(_locked(workspace, inbox, clock))
        yield


@contextmanager
def _locked(workspace: Workspace, inbox: Path, clock: Clock) -> Iterator[None]:
    lock_path, holder_path = _paths(workspace, inbox)
    lock = FileLock(lock_path, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise Locked(_held_sentence(inbox, _holder(holder_path))) from error
    try:
        holder_path.write_text(
            json.dumps(
                {
                    "schema": 1,
                    "inbox": str(inbox),
                    "pid": os.getpid(),
                    "host": socket.gethostname(),
                    "since": clock.now().isoformat(),
                    "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
                },
                ensure_ascii=False,
            ),
            encoding="utf-8",
            errors="replace",
        )
        yield
    finally:
        holder_path.unlink(missing_ok=True)
        lock.release()


def lock_holders(workspace: Workspace) -> list[LockHolder]:
    """Who holds inboxes now. Never waits and never takes a lock for longer than a look."""
    holders = []
    for holder_path in sorted(workspace.locks.glob("*.json")) if workspace.locks.is_dir() else []:
        holder = _holder(holder_path)
        if holder is not None and _is_held(holder_path.with_suffix(".lock")):
            holders.append(holder)
    return holders


def _is_held(lock_path: Path) -> bool:
    lock = FileLock(lock_path, timeout=0)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def _paths(workspace: Workspace, inbox: Path) -> tuple[Path, Path]:
    name = hashlib.sha256(os.fsencode(inbox)).hexdigest()[:16]
    return workspace.locks / f"{name}.lock", workspace.locks / f"{name}.json"


def _holder(path: Path) -> LockHolder | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return LockHolder(data["inbox"], data["pid"], data["host"], data["since"], data["command"])
    except (OSError, ValueError, KeyError):
        return None


def _held_sentence(inbox: Path, holder: LockHolder | None) -> str:
    if holder is None:
        return _("Another run holds %(inbox)s; wait until it has finished.") % {"inbox": inbox}
    return _(
        "Another run holds %(inbox)s: process %(pid)s on %(host)s since %(since)s;"
        " wait until it has finished."
    ) % {"inbox": inbox, "pid": holder.pid, "host": holder.host, "since": holder.since}
