"""A store kept open between batches, and opened anew where the one that was open is another by now."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from dipro_scan.batch.station import Station, StoreOptions, open_station


class KeptStation:
    """Opening a store costs more than a small batch does. Use as a context manager.

    The ledger may be made again or restored meanwhile; what is written to the old file then would be lost.
    """

    def __init__(self, options: StoreOptions) -> None:
        self._options = options
        self._stack = ExitStack()
        self._station: Station | None = None
        self._file: tuple[int, int] | None = None

    def __enter__(self) -> KeptStation:
        self.current()
        return self

    def __exit__(self, *_raised: Any) -> None:
        self.close()

    def current(self) -> Station:
        """The open store. Raises what opening one raises, and then nothing is open."""
        if self._station is not None and self._file != _identity(self._station):
            self.close()
        if self._station is None:
            station = self._stack.enter_context(open_station(self._options, create=True))
            self._station, self._file = station, _identity(station)
        return self._station

    def close(self) -> None:
        """Closes the store; it is opened again when somebody asks for it."""
        self._station = self._file = None
        self._stack.close()


def _identity(station: Station) -> tuple[int, int] | None:
    """Which file the ledger's name means now; None where there is none."""
    try:
        status = station.workspace.ledger.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino)
