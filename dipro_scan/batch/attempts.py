"""Poison: sources over which whole runs died. Told by what a killed run leaves in its work folder.

While a source is opened or read, an empty file named by its hash stands in the run's work folder. A run that
ends in order takes the folder with it; one that is killed leaves it, and the next run counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dipro_scan.batch.workspace import FLIGHT, Workspace
from dipro_scan.ledger import Ledger, SourceState
from dipro_scan.model import DiproScanError, QuarantineReason, Source, SourceRefused
from dipro_scan.records import durable
from dipro_scan.translation import _


class Flight:
    """The sources that a run opens or reads just now, as a killed run is to leave them behind.

    Sources of `suspects` were in flight when a run died; they fly alone, so that of several the guilty one is
    found and the innocent ones get through. What stands in the folder outlives this process; with `synced`
    a crash of the machine too, for a sync a source: that is for batches that were interrupted before.
    """

    def __init__(
        self, work: Path | None = None, suspects: Collection[str] = (), *, synced: bool = False
    ) -> None:
        self._folder = work / FLIGHT if work else None
        self._pages: Counter[str] = Counter()
        self._suspects = frozenset(suspects)
        self._synced = synced

    @property
    def now(self) -> list[str]:
        """Hashes of the sources in flight."""
        return sorted(self._pages)

    def parts(self, one: str, other: str) -> bool:
        """Whether these two may not be in flight together."""
        return one != other and (one in self._suspects or other in self._suspects)

    def begin(self, sha256: str) -> None:
        """A page of a source is about to be read, or the source to be opened. Raises Unwritable."""
        self._pages[sha256] += 1
        if self._pages[sha256] == 1 and self._folder:
            with durable.told_as_unwritable(self._folder):
                self._folder.mkdir(exist_ok=True)
                (self._folder / sha256).touch()
                if self._synced:
                    for folder in (self._folder, self._folder.parent, self._folder.parent.parent):
                        durable.sync_folder(folder)

    def end(self, sha256: str) -> None:
        """That page is read, or the source open."""
        self._pages[sha256] -= 1
        if self._pages[sha256] == 0:
            del self._pages[sha256]
            if self._folder:
                (self._folder / sha256).unlink(missing_ok=True)


def count_interrupted(workspace: Workspace, ledger: Ledger) -> None:
    """Counts an attempt for each source that was in flight when a run died; each mark counts once at most."""
    if not workspace.interrupted.is_dir():
        return
    for mark in sorted(workspace.interrupted.iterdir()):
        try:
            mark.unlink()
        except FileNotFoundError:
            continue
        _count(ledger, mark.name.partition(".")[0])


@contextmanager
def counting_failures(ledger: Ledger, flight: Flight) -> Iterator[None]:
    """An error that nobody foresaw (exit 1) counts as the death of a run; a full disk or Ctrl-C does not."""
    try:
        yield
    except (DiproScanError, OSError):
        raise
    except Exception:
        for sha256 in flight.now:
            _count(ledger, sha256)
        raise


def poisonous(sources: Sequence[Source], attempts: Mapping[str, int], limit: int) -> dict[str, SourceRefused]:
    """Sources that were tried `limit` times while the run died each time, with their sentences, by hash."""
    return {
        source.sha256: SourceRefused(
            QuarantineReason.POISON,
            _(
                "%(name)s was tried %(count)d times, and each time the run ended before it was read: open it"
                " with another program and save it anew, or try it once more with “quarantine retry”."
            )
            % {"name": source.name, "count": attempts[source.sha256]},
        )
        for source in sources
        if attempts.get(source.sha256, 0) >= limit
    }


def _count(ledger: Ledger, sha256: str) -> None:
    entry = ledger.source(sha256)
    if entry is not None and entry.state is SourceState.CLAIMED:
        ledger.begin_attempt(sha256)
