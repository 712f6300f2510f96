"""Is a file still being written? Known by size and times that stay as they are for a while.

A scanner writes a page at a time, a copy over the network in pieces, and some programs open a file
several times. A file that was not touched for `settle_seconds` is whole as far as anyone can tell.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Stability(StrEnum):
    SETTLED = "settled"
    CHANGING = "changing"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Look:
    """What a file looked like: size in bytes, and when content or inode last changed (ns since 1970).

    The time of the inode counts because copying programs set the time of the content back to that of
    their source; nobody sets the other.
    """

    size: int
    changed_ns: int

    @classmethod
    def at(cls, path: Path) -> Look | None:
        """None where the file cannot be looked at, most often because it is gone."""
        try:
            status = os.lstat(path)
        except OSError:
            return None
        return cls(status.st_size, max(status.st_mtime_ns, status.st_ctime_ns))


class StabilityTracker:
    """Follows files from look to look. Pure: looks and both clocks come from outside.

    `settle_seconds` is how long a file must stay as it is.
    """

    def __init__(self, settle_seconds: float) -> None:
        self._settle_seconds = settle_seconds
        self._unchanged_since: dict[Path, tuple[Look, float]] = {}

    def judge(self, path: Path, look: Look | None, wall_seconds: float, steady_seconds: float) -> Stability:
        """What a new look at `path` says.

        `wall_seconds` (since 1970) is compared with the file's own times, `steady_seconds` (any clock that
        never jumps) with earlier looks. A file whose times are old enough is settled at first sight; one
        with times of the future, from a server whose clock goes ahead, only by being watched.
        """
        if look is None:
            self._unchanged_since.pop(path, None)
            return Stability.GONE
        before = self._unchanged_since.get(path)
        if before is None or before[0] != look:
            self._unchanged_since[path] = before = (look, steady_seconds)
        age_seconds = wall_seconds - look.changed_ns / 1e9
        watched_seconds = steady_seconds - before[1]
        if self._settle_seconds <= max(age_seconds, watched_seconds):
            return Stability.SETTLED
        return Stability.CHANGING
