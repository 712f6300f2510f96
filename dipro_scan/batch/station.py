"""One opened store: its folders, its ledger, its records, its clock. What every command starts from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dipro_scan.batch.clock import SystemClock
from dipro_scan.batch.executor import WorkerPool
from dipro_scan.batch.workspace import Workspace, open_workspace
from dipro_scan.ledger import Ledger
from dipro_scan.model import Executor, StoreDamaged
from dipro_scan.records import RecordStore
from dipro_scan.settings import Site, load_site
from dipro_scan.translation import _, current_language


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """The options of the command line that every command knows."""

    records: Path | None
    state: Path | None
    pipelines: Path | None
    operator: str | None
    station: str | None


@dataclass(frozen=True, slots=True)
class Station:
    """Everything of one store. `recovered` tells what opening it had to mend."""

    options: StoreOptions
    workspace: Workspace
    ledger: Ledger
    store: RecordStore
    clock: SystemClock
    site: Site


@contextmanager
def open_station(options: StoreOptions, *, create: bool = False, write: bool = False) -> Iterator[Station]:
    """Opens the store: to look at it, to `write` to one that exists, or to `create` it where it is missing.

    Raises UsageProblem, Unwritable, EnvironmentLacking, StoreNewer or StoreDamaged, each with its sentence.
    """
    site = load_site(options.pipelines)
    workspace = open_workspace(options.records, options.state, create=create or write, existing=not create)
    clock = SystemClock()
    ledger = Ledger(workspace.ledger, readonly=not (create or write))
    try:
        store = RecordStore(workspace.records, ledger, clock, site)
        if create or write:
            store.prepare()
        _check_ledger(ledger, store)
        yield Station(options, workspace, ledger, store, clock, site)
    finally:
        ledger.close()


def _check_ledger(ledger: Ledger, store: RecordStore) -> None:
    """Raises StoreDamaged where the journal tells of batches and the ledger of none: it was lost."""
    if ledger.last_batches(1) or store.head() is None:
        return
    if any("batch" in entry.data for entry in store.entries()):
        raise StoreDamaged(
            _(
                "The ledger %(ledger)s was lost, or it lies elsewhere: then name its folder with --state,"
                " else “dipro-scan ledger rebuild” makes it again from the journal."
            )
            % {"ledger": ledger.where}
        )


class LazyPool:
    """Worker processes that start with the first task: a run with nothing to read starts none."""

    def __init__(self, jobs: int | None) -> None:
        self.jobs = jobs or len(os.sched_getaffinity(0))
        self._pool: WorkerPool | None = None

    def __call__(self) -> Executor:
        if self._pool is None:
            self._pool = WorkerPool(self.jobs, current_language())
        return self._pool

    def rest(self, *, cancel: bool = False) -> None:
        """Ends the workers, if there are any; the next task starts new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close(cancel=cancel)

    def __enter__(self) -> LazyPool:
        return self

    def __exit__(self, kind: Any, *rest: object) -> None:
        self.rest(cancel=kind is not None)
