"""Journal lines that an interrupted run may have written already."""

from __future__ import annotations

from typing import Any

from dipro_scan.records import RecordStore


class JournalOnce:
    """Appends each (event, key) of a batch once, also across a crash and its resumption.

    The journal is searched only where the batch was begun before and not ended.
    """

    def __init__(self, store: RecordStore, batch_id: str, *, resumed: bool) -> None:
        self._store = store
        self._batch_id = batch_id
        self._written: set[tuple[str, str]] = set()
        if resumed:
            self._written = {
                (entry.event, str(entry.data.get("key")))
                for entry in store.entries()
                if entry.data.get("batch") == batch_id
            }

    def append(self, event: str, key: str, data: dict[str, Any]) -> None:
        if (event, key) not in self._written:
            self._store.append(event, {"batch": self._batch_id, "key": key, **data})
            self._written.add((event, key))
