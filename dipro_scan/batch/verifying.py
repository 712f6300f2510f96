"""Whether records and journal are what they were, also where the ledger is lost or damaged."""

from __future__ import annotations

from dataclasses import dataclass

from dipro_scan.batch.clock import SystemClock
from dipro_scan.batch.rebuilding import NoIndex
from dipro_scan.batch.station import StoreOptions, open_station
from dipro_scan.batch.workspace import open_workspace
from dipro_scan.model import JournalEntry, StoreDamaged
from dipro_scan.records import Damage, RecordStore
from dipro_scan.settings import load_site


@dataclass(frozen=True, slots=True)
class Verified:
    """What is not as it was written, and the journal's newest line."""

    damages: tuple[Damage, ...]
    head: JournalEntry | None


def verify_store(options: StoreOptions) -> Verified:
    """Checks every record and the journal; a ledger that cannot be used is one damage among others.

    Raises what opening the store raises, but for StoreDamaged of the ledger.
    """
    try:
        with open_station(options) as station:
            return Verified(tuple(station.store.verify()), station.store.head())
    except StoreDamaged as error:
        workspace = open_workspace(options.records, options.state, create=False)
        store = RecordStore(workspace.records, NoIndex(), SystemClock(), load_site(options.pipelines))
        damage = Damage(workspace.shown(workspace.ledger), str(error))
        return Verified((damage, *store.verify()), None)
