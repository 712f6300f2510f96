"""Journal lines that an interrupted run may have written already."""

from __future__ import annotations

from typing import Any, Final

from dipro_scan.records import RecordStore

_FRESH_STARTS: Final = frozenset({"batch_finished", "sources_reopened"})


class JournalOnce:
    """Appends each (event, key) of a batch once, also across a crash and its resumption.

    The journal is searched only where the batch was begun before and not ended; what stands before its last
    end, or before its sources were opened again, is of an earlier time. `wrote`: whether this run added any.
    """

    def __init__(self, store: RecordStore, batch_id: str, *, resumed: bool) -> None:
        self._store = store
        self._batch_id = batch_id
        self._written: set[tuple[str, str]] = set()
        self.wrote = False
        for entry in store.entries() if resumed else ():
            if entry.data.get("batch") != batch_id:
                continue
            if entry.event in _FRESH_STARTS:
                self._written.clear()
            else:
                self._written.add((entry.event, str(entry.data.get("key"))))

    def append(self, event: str, key: str, data: dict[str, Any], *, synced: bool = True) -> None:
        """`synced`: see `RecordStore.append`."""
        if (event, key) not in self._written:
            self._store.append(event, {"batch": self._batch_id, "key": key, **data}, synced=synced)
            self._written.add((event, key))
            self.wrote = True
