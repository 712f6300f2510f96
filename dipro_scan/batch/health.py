"""How a watch stands, in a file for programs that look after it: always a whole one, never half."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from dipro_scan.batch.result import RunResult
from dipro_scan.batch.station import Station
from dipro_scan.batch.status import free_bytes
from dipro_scan.batch.watch_inbox import Unsettled
from dipro_scan.ledger import DocumentState
from dipro_scan.model import DiproScanError, ExitCode

HEALTH_SCHEMA: Final = 1


class HealthState(StrEnum):
    STARTING = "starting"
    OK = "ok"
    FAILING = "failing"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing came of a batch: kind of error and exit code; a sentence might name people's files."""

    kind: str
    exit: ExitCode
    failures: int

    @classmethod
    def of(cls, error: Exception, failures: int) -> Trouble:
        code = error.exit_code if isinstance(error, DiproScanError) else ExitCode.BUG
        return cls(type(error).__name__, code, failures)

    @property
    def is_failure(self) -> bool:
        """Whether somebody has to see to it; another run on the same inbox ends by itself."""
        return self.exit is not ExitCode.LOCKED


@dataclass(frozen=True, slots=True)
class InboxHealth:
    """One inbox: its last batch and when that ended, what is in the way since then, and what waits there."""

    inbox: Path
    last: RunResult | None = None
    ended: dt.datetime | None = None
    trouble: Trouble | None = None
    unsettled: Unsettled = field(default_factory=Unsettled)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for people, and the room left on the drives of records and state."""

    documents: int
    quarantined: int
    disk_free_bytes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Health:
    """The whole of it. `since`: when it came into this state; `next_look`: when it looks at the latest.

    `working_on` is the inbox whose batch is under way. `settings_problem`: changed settings are invalid,
    those from before stay in force.
    """

    state: HealthState
    since: dt.datetime
    updated: dt.datetime
    inboxes: tuple[InboxHealth, ...]
    waiting: Waiting | None = None
    working_on: Path | None = None
    next_look: dt.datetime | None = None
    settings_problem: str | None = None


def waiting_in(station: Station) -> Waiting:
    """Counts what waits. Raises what the ledger raises, and OSError where a drive is gone."""
    return Waiting(
        documents=len(station.ledger.documents(DocumentState.REVIEW)),
        quarantined=len(station.ledger.quarantined_sources()),
        disk_free_bytes=free_bytes(station.workspace),
    )


def health_json(health: Health) -> dict[str, Any]:
    """The content of the health file."""
    waiting = health.waiting
    return {
        "schema": HEALTH_SCHEMA,
        "state": health.state,
        "since": health.since.isoformat(),
        "updated": health.updated.isoformat(),
        "pid": os.getpid(),
        "next_poll": _iso(health.next_look),
        "working_on": str(health.working_on) if health.working_on else None,
        "settings_problem": health.settings_problem,
        "documents_waiting": waiting.documents if waiting else None,
        "sources_in_quarantine": waiting.quarantined if waiting else None,
        "disk_free_bytes": waiting.disk_free_bytes if waiting else None,
        "inboxes": [_inbox_json(item) for item in health.inboxes],
    }


def write_health(path: Path, health: Health) -> None:
    """Puts the file in the place of the one before at one stroke. Raises OSError."""
    text = json.dumps(health_json(health), ensure_ascii=False, indent=2) + "\n"
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
        # Monitoring runs as another user, and sees no more here than counts and states.
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _inbox_json(item: InboxHealth) -> dict[str, Any]:
    last, trouble = item.last, item.trouble
    return {
        "inbox": str(item.inbox),
        "last_batch": {
            "batch": last.batch_id,
            "exit": int(last.exit),
            "ended": _iso(item.ended),
            "seconds": last.seconds,
            "pages": last.balance.scanned,
        }
        if last
        else None,
        "trouble": {"kind": trouble.kind, "exit": int(trouble.exit), "failures": trouble.failures}
        if trouble
        else None,
        "files_unsettled": item.unsettled.files,
        "oldest_unsettled_seconds": round(item.unsettled.oldest_seconds, 1),
    }


def _iso(time: dt.datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
