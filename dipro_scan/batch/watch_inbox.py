"""When an inbox that is watched is due: something in it is new, and nobody writes there any more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dipro_scan.batch.settling import LOOK_AGAIN_SECONDS
from dipro_scan.intake.candidates import find_candidates
from dipro_scan.intake.stability import Look
from dipro_scan.settings import InboxSettings

_SHORTEST_WAIT_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it lay in an inbox; another size or another time is another `Seen`."""

    name: str
    look: Look


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How an inbox is watched, all in seconds: see `InboxSettings`, whose values these are unless told."""

    settle: float
    patience: float
    poll: float
    retry: float
    longest_retry: float

    @classmethod
    def of(cls, settings: InboxSettings, *, settle: float | None = None, poll: float | None = None) -> Rhythm:
        """The rhythm that the settings give; `settle` and `poll` take the place of theirs."""
        return cls(
            settle=settings.settle_seconds if settle is None else settle,
            patience=settings.patience_seconds,
            poll=settings.poll_seconds if poll is None else poll,
            retry=settings.retry_seconds,
            longest_retry=settings.longest_retry_seconds,
        )


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Files that wait to be taken: most often because they are still being written.

    `oldest_seconds`: how long ago this watch met the one that waits longest.
    """

    files: int = 0
    oldest_seconds: float = 0.0


def listing(inbox: Path) -> frozenset[Seen]:
    """All that lies in `inbox` now: names, sizes and times; no file is opened.

    Raises UsageProblem where the folder is not there or cannot be listed.
    """
    looks = ((candidate.name, Look.at(candidate.path)) for candidate in find_candidates([inbox]))
    return frozenset(Seen(name, look) for name, look in looks if look is not None)


class InboxWatch:
    """What is known of one inbox between looks. Pure: listings and both clocks come from outside.

    New is what differs from what the last batch met, so that files that stay in the inbox wake nobody
    again. A batch is due once the new ones were left alone for `Rhythm.settle`, or some of them were while
    others are still being written after `Rhythm.patience`. After a failure the pauses grow.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.failures = 0
        self._dealt_with: frozenset[Seen] = frozenset()
        self._listed: frozenset[Seen] = frozenset()
        self._new: frozenset[Seen] = frozenset()
        self._new_since: float | None = None
        self._met: dict[str, float] = {}
        self._unchanged_since = 0.0
        self._not_before = 0.0

    def look(self, listed: frozenset[Seen], steady_seconds: float) -> None:
        """Takes a new listing in; `steady_seconds` is of a clock that never jumps."""
        new = listed - self._dealt_with
        if new != self._new:
            self._unchanged_since = steady_seconds
        if not new:
            self._new_since = None
        elif self._new_since is None:
            self._new_since = steady_seconds
        self._listed, self._new = listed, new
        self._met = {seen.name: self._met.get(seen.name, steady_seconds) for seen in new}

    def unsettled(self, steady_seconds: float) -> Unsettled:
        """The files that no batch has taken yet, by the last look."""
        ages = [steady_seconds - met for met in self._met.values()]
        return Unsettled(len(ages), max(ages, default=0.0))

    def is_due(self, rhythm: Rhythm, wall_seconds: float, steady_seconds: float) -> bool:
        """Whether a batch should be made now; `wall_seconds` is compared with the files' own times."""
        if not self._new or self._new_since is None or steady_seconds < self._not_before:
            return False
        if steady_seconds - self._unchanged_since >= rhythm.settle:
            return True
        ages = [wall_seconds - seen.look.changed_ns / 1e9 for seen in self._new]
        if min(ages) >= rhythm.settle:
            return True
        return steady_seconds - self._new_since >= rhythm.patience and max(ages) >= rhythm.settle

    def wait_seconds(self, rhythm: Rhythm, steady_seconds: float) -> float:
        """How long nobody needs to look again, unless the inbox is heard of before."""
        wait = rhythm.poll
        if self._not_before > steady_seconds:
            return max(_SHORTEST_WAIT_SECONDS, min(wait, self._not_before - steady_seconds))
        if self._new:
            wait = min(wait, max(_SHORTEST_WAIT_SECONDS, min(LOOK_AGAIN_SECONDS, rhythm.settle / 4)))
        return wait

    def done(self, unsettled: Collection[str], rhythm: Rhythm, steady_seconds: float) -> None:
        """A batch dealt with what the last look saw, but for files that it left for the next one."""
        left = set(unsettled)
        self._dealt_with = frozenset(seen for seen in self._listed if seen.name not in left)
        self._new, self._new_since = frozenset(), None
        self._met = {name: self._met.get(name, steady_seconds) for name in left}
        self.failures = 0
        self._not_before = steady_seconds + max(rhythm.poll, rhythm.settle) if left else 0.0

    def failed(self, rhythm: Rhythm, steady_seconds: float) -> float:
        """Nothing came of it; tells how many seconds to wait before the next attempt."""
        # 2 ** 30 is longer than any limit; more would only overflow.
        pause = min(rhythm.longest_retry, rhythm.retry * 2.0 ** min(self.failures, 30))
        self.failures += 1
        self._not_before = steady_seconds + pause
        return pause
