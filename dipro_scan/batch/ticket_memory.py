"""Which tickets earlier runs saw, and with which scans: what was left behind never tells of another scan.

Scanners give the same names again. A ticket that came too late, or that a killed run could not take out of
the inbox any more, would else be taken for that of the next scan of its name.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from dipro_scan.intake.candidates import Candidate
from dipro_scan.records import durable
from dipro_scan.records.durable import told_as_unwritable

log = logging.getLogger(__name__)

MEMORY_SCHEMA: Final = 1
_ANY: Final = "\0any"


class Standing(StrEnum):
    """What a ticket is to a scan: its own, perhaps another's, or surely that of a scan that is done."""

    OWN = "own"
    STALE = "stale"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class SeenTicket:
    """A ticket as the first run that looked at it saw it.

    `written_us` is its modification time in microseconds, `since_seconds` when it was looked at, both since
    1970. `scans` are the SHA-256 of the scans that lay with it then, by their path seen from the ticket's
    folder; None for one that could not be claimed. `complete`: all of which it tells were among them.
    `consumed`: a run was to take them out of the inbox.
    """

    sha256: str
    written_us: int
    since_seconds: float
    scans: dict[str, str | None] = field(default_factory=dict)
    complete: bool = False
    consumed: bool = False


class TicketMemory:
    """Notes in a file for each folder in which tickets lie; the lock of the inbox holds for them, too.

    `now_seconds` are those since 1970. For `wait_seconds` after it was first seen a ticket may still get
    scans. `is_done` tells by its SHA-256 whether a source was dealt with, `consume` whether this run takes
    sources out of the inbox.
    """

    def __init__(
        self,
        folder: Path,
        is_done: Callable[[str], bool],
        now_seconds: float,
        *,
        wait_seconds: float = 0.0,
        consume: bool = False,
    ) -> None:
        self._folder = folder
        self._is_done = is_done
        self._now_seconds = now_seconds
        self._wait_seconds = wait_seconds
        self.consume = consume
        self._known: dict[Path, dict[str, SeenTicket]] = {}
        self._changed: set[Path] = set()

    def standing(self, ticket: Candidate, sha256: str, scan: Path, scan_sha256: str) -> Standing:
        """What the ticket with these bytes is to the scan with those."""
        seen = self._seen(ticket, sha256)
        if seen is None:
            return Standing.OWN
        name = _seen_from(ticket, scan)
        if name not in seen.scans:
            waited = self._now_seconds - seen.since_seconds
            return Standing.OWN if waited < self._wait_seconds else Standing.STALE
        before = seen.scans[name]
        if before is None or before == scan_sha256:
            return Standing.OWN
        return Standing.SPENT if seen.consumed and self._is_done(before) else Standing.STALE

    def is_left_over(self, ticket: Candidate, sha256: str) -> bool:
        """Whether everything of which it told is done and was to leave the inbox: only it did not."""
        seen = self._seen(ticket, sha256)
        if seen is None or not (seen.complete and seen.consumed and seen.scans):
            return False
        return all(scan is not None and self._is_done(scan) for scan in seen.scans.values())

    def is_done_with(self, ticket: Candidate, sha256: str, file: str) -> bool:
        """Whether `file`, which the ticket names, lay with it before and was dealt with."""
        seen = self._seen(ticket, sha256)
        wanted = os.path.normpath(file).casefold()
        known = (scan for name, scan in (seen.scans if seen else {}).items() if name.casefold() == wanted)
        return any(scan is not None and self._is_done(scan) for scan in known)

    def note(
        self, ticket: Candidate, sha256: str, scans: Mapping[Path, str | None], *, complete: bool
    ) -> None:
        """Notes that the ticket lies there with `scans`, which are its own. `keep` makes it last."""
        folder = _folder_of(ticket)
        seen = self._seen(ticket, sha256)
        own = {_seen_from(ticket, scan): scan_sha256 for scan, scan_sha256 in scans.items()}
        if seen is None:
            noted = SeenTicket(sha256, _written_us(ticket), self._now_seconds, own, complete, self.consume)
        else:
            before = {name: scan for name, scan in seen.scans.items() if scan is not None}
            noted = replace(
                seen,
                scans={**before, **own},
                complete=complete if own else seen.complete,
                consumed=seen.consumed or (self.consume and bool(own)),
            )
        if noted != seen:
            self._notes(folder)[ticket.path.name] = noted
            self._changed.add(folder)

    def keep(self) -> None:
        """Writes what was noted, to last. Raises Unwritable."""
        for folder in sorted(self._changed):
            notes = _still_there(folder, self._notes(folder))
            path = self._path(folder)
            with told_as_unwritable(path):
                durable.make_folders(self._folder)
                durable.replace_file(path, _written(folder, notes))
            self._known[folder] = notes
        self._changed.clear()

    def forget_gone(self) -> None:
        """Drops what is noted of tickets that have left; a later one of the same bytes is another.

        Where nothing is left the file goes, unsynced: the time of writing tells tickets apart, too.
        """
        for folder, notes in self._known.items():
            left = _still_there(folder, notes)
            if left == notes:
                continue
            path = self._path(folder)
            try:
                if left:
                    durable.replace_file(path, _written(folder, left))
                else:
                    path.unlink(missing_ok=True)
            except OSError as error:
                # The next run that keeps something does it.
                log.info("notes of tickets could not be dropped: %s", type(error).__name__)
            self._known[folder] = left

    def _seen(self, ticket: Candidate, sha256: str) -> SeenTicket | None:
        notes = self._notes(_folder_of(ticket))
        seen = notes.get(ticket.path.name)
        if seen is None:
            # What was noted cannot be read: any ticket may have lain there for long.
            return SeenTicket(sha256, 0, 0.0) if _ANY in notes else None
        if seen.sha256 != sha256:
            return None
        written_us = _written_us(ticket)
        anew = written_us != seen.written_us and written_us > seen.since_seconds * 1e6
        return None if anew else seen

    def _notes(self, folder: Path) -> dict[str, SeenTicket]:
        if folder not in self._known:
            self._known[folder] = _read(self._path(folder))
        return self._known[folder]

    def _path(self, folder: Path) -> Path:
        return self._folder / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}.json"


def _read(path: Path) -> dict[str, SeenTicket]:
    """Raises Unwritable where the drive does not answer."""
    with told_as_unwritable(path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return {}
    try:
        tickets: dict[str, dict[str, Any]] = json.loads(data)["tickets"]
        return {name: SeenTicket(**values) for name, values in tickets.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {_ANY: SeenTicket("", 0, 0.0)}


def _written(folder: Path, notes: Mapping[str, SeenTicket]) -> bytes:
    """JSON in ASCII: names that are no UTF-8 come back as they were."""
    tickets = {name: asdict(seen) for name, seen in sorted(notes.items())}
    content = {"schema": MEMORY_SCHEMA, "folder": str(folder), "tickets": tickets}
    return (json.dumps(content, indent=1) + "\n").encode("ascii")


def _still_there(folder: Path, notes: Mapping[str, SeenTicket]) -> dict[str, SeenTicket]:
    return {name: seen for name, seen in notes.items() if name != _ANY and os.path.lexists(folder / name)}


def _folder_of(ticket: Candidate) -> Path:
    return Path(os.path.realpath(ticket.path.parent))


def _seen_from(ticket: Candidate, scan: Path) -> str:
    """The path of a scan seen from the folder of its ticket."""
    return os.path.relpath(Path(os.path.realpath(scan.parent)) / scan.name, _folder_of(ticket))


def _written_us(ticket: Candidate) -> int:
    """When the file was last written; in microseconds, because servers round what the kernel knows finer."""
    try:
        return os.lstat(ticket.path).st_mtime_ns // 1000
    except OSError:
        return 0
