"""How the store stands: last runs, who holds what, what waits, how much room is left."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from dipro_scan.batch.locks import LockHolder, lock_holders
from dipro_scan.batch.said import deadlines_of
from dipro_scan.batch.station import Station
from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import BatchEntry, DocumentEntry, DocumentState
from dipro_scan.model import Deadline, JournalEntry, urgency

_RUNS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class WaitingDeadline:
    """A deadline that stands on a document in review."""

    deadline: Deadline
    document: DocumentEntry


@dataclass(frozen=True, slots=True)
class Status:
    """Numbers and names; `disk_free_bytes` of the records' and the state's drives.

    `oldest_deadline` is the most urgent one among the documents in review.
    """

    runs: tuple[BatchEntry, ...]
    holders: tuple[LockHolder, ...]
    in_review: int
    in_quarantine: int
    filed: int
    disk_free_bytes: dict[str, int]
    journal_head: JournalEntry | None
    oldest_deadline: WaitingDeadline | None = None


def store_status(station: Station) -> Status:
    """Looks at the store; waits for nobody and writes nothing."""
    workspace, ledger = station.workspace, station.ledger
    waiting = ledger.documents(DocumentState.REVIEW)
    return Status(
        runs=tuple(ledger.last_batches(_RUNS_SHOWN)),
        holders=tuple(lock_holders(workspace)),
        in_review=len(waiting),
        in_quarantine=len(ledger.quarantined_sources()),
        filed=len(ledger.documents(DocumentState.FILED)),
        disk_free_bytes=free_bytes(workspace),
        journal_head=station.store.head(),
        oldest_deadline=_oldest_deadline(workspace, waiting),
    )


def _oldest_deadline(workspace: Workspace, waiting: Sequence[DocumentEntry]) -> WaitingDeadline | None:
    found = deadlines_of(workspace, waiting)
    held = [WaitingDeadline(found[entry.id], entry) for entry in waiting if entry.id in found]
    return min(held, key=lambda item: urgency(item.deadline), default=None)


def free_bytes(workspace: Workspace) -> dict[str, int]:
    """Free room in the records folder, and in the state where that lies on another drive."""
    folders = {folder.stat().st_dev: folder for folder in (workspace.state, workspace.records)}
    return {str(folder): shutil.disk_usage(folder).free for folder in folders.values()}
