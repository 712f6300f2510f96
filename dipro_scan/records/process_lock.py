"""One process at a time: by the operating system where that can be relied on, else by a lease."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from dipro_scan.records.filesystem import is_network_file_system
from dipro_scan.records.lease import LeaseLock
from dipro_scan.records.process import ProcessFacts

log = logging.getLogger(__name__)

# What drives answer that keep no locks, or whose lock service does not run.
_NO_LOCKS: Final = frozenset({errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOLCK})


class ProcessLock:
    """A lock that no dead process holds.

    On a local drive the operating system lets go of it with the process. On a network drive, where locks may
    hold within one machine only or stay behind when it crashes, and on drives that keep none, it is a lease;
    all machines that mount a drive over the network agree on that.
    """

    def __init__(self, path: Path, *, on_network: Callable[[Path], bool] = is_network_file_system) -> None:
        self._path = path
        self._system = FileLock(path, thread_local=False, fallback_to_soft=False)
        self._lease: LeaseLock | None = self._new_lease() if on_network(path.parent) else None

    def acquire(self, timeout_seconds: float) -> bool:
        """Whether the lock is held now. Raises OSError where the drive cannot be written."""
        if self._lease is None:
            try:
                self._system.acquire(timeout=timeout_seconds)
            except Timeout:
                return False
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise
                self._lease = self._new_lease()
            else:
                return True
        return self._lease.acquire(timeout_seconds)

    def release(self) -> None:
        if self._lease is None:
            self._system.release()
        else:
            self._lease.release()

    @property
    def is_lost(self) -> bool:
        """Whether another process took over what this one believes to hold."""
        return self._lease is not None and self._lease.is_lost

    def _new_lease(self) -> LeaseLock:
        return LeaseLock(self._path, on_takeover=self._told)

    def _told(self, former: ProcessFacts | None) -> None:
        held_by = f"process {former.pid} on {former.host}" if former else "a process that left no name"
        log.warning("took over %s from %s, which shows no sign of life", self._path.name, held_by)
