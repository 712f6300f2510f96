"""The state folder: where what is, and whether it may lie there."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from dipro_scan.model import EnvironmentLacking, Unwritable, UsageProblem
from dipro_scan.records import is_network_file_system
from dipro_scan.translation import _, os_reason

FLIGHT: Final = "in-flight"
"""Below a run's work folder: the sources that it opens or reads just now, by their hashes."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Paths of one store. Every path of the state is named here and nowhere else."""

    records: Path
    state: Path

    @property
    def ledger(self) -> Path:
        return self.state / "ledger.sqlite"

    @property
    def originals(self) -> Path:
        return self.state / "originals"

    @property
    def cache(self) -> Path:
        return self.state / "cache"

    @property
    def tickets(self) -> Path:
        """What earlier runs saw of the tickets in inboxes."""
        return self.state / "tickets"

    @property
    def locks(self) -> Path:
        return self.state / "locks"

    @property
    def work(self) -> Path:
        return self.state / "work"

    @property
    def interrupted(self) -> Path:
        """Names sources that were opened or read when a run died, until the next run counts them."""
        return self.state / "interrupted"

    def review(self, document_id: str) -> Path:
        return self.state / "review" / document_id

    def rejected(self, document_id: str) -> Path:
        return self.state / "rejected" / document_id

    @property
    def mending(self) -> Path:
        """What a person's correction lays ready before it counts."""
        return self.state / "mending"

    def quarantine(self, source_sha256: str) -> Path:
        return self.state / "quarantine" / source_sha256[:16]

    def set_aside(self, source_sha256: str) -> Path:
        return self.state / "set-aside" / source_sha256[:16]

    def shown(self, path: Path) -> str:
        """`path` as people and programs get it: below the records folder relative to it."""
        try:
            return path.relative_to(self.records).as_posix()
        except ValueError:
            return str(path)

    @contextmanager
    def work_folder(self) -> Iterator[Path]:
        """A folder of this run's own for files in the making; gone afterwards."""
        self.work.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.sweep_work()
        folder = self.work / uuid.uuid4().hex
        # The lock comes first: a folder that nobody holds is one that nobody uses any more.
        try:
            with FileLock(folder.with_suffix(".lock")):
                folder.mkdir(mode=0o700)
                try:
                    yield folder
                finally:
                    shutil.rmtree(folder, ignore_errors=True)
        finally:
            folder.with_suffix(".lock").unlink(missing_ok=True)

    def sweep_work(self) -> None:
        """Removes what runs that are gone left in the making: folders whose lock nobody holds."""
        left = {
            item.with_suffix("") for item in self.work.iterdir() if item.is_dir() or item.suffix == ".lock"
        }
        for folder in left:
            lock = FileLock(folder.with_suffix(".lock"), timeout=0)
            with suppress(Timeout), lock:
                self._keep_flight(folder)
                shutil.rmtree(folder, ignore_errors=True)
                folder.with_suffix(".lock").unlink(missing_ok=True)

    def _keep_flight(self, folder: Path) -> None:
        """What was in flight when a run died outlives its work folder."""
        for mark in (folder / FLIGHT).glob("*"):
            self.interrupted.mkdir(exist_ok=True)
            mark.replace(self.interrupted / f"{mark.name}.{folder.name}")


def open_workspace(
    records: Path | None, state: Path | None, *, create: bool, existing: bool = False
) -> Workspace:
    """The workspace of `records`, its folders made when `create` says so, unless it must be `existing`.

    Raises UsageProblem where there is none to open, EnvironmentLacking where the state would lie on a
    network drive (SQLite on SMB or NFS loses data), Unwritable where it cannot be written.
    """
    if records is None:
        raise UsageProblem(_("No records folder was named: give --records FOLDER or set DIPRO_SCAN_RECORDS."))
    records = records.absolute()
    place = state.absolute() if state else records / ".dipro"
    if create and not existing:
        _make_folders(records, place)
    elif not (records / ".dipro").is_dir():
        raise UsageProblem(
            _("There are no records in %(folder)s; a first “run” makes them.") % {"folder": records}
        )
    if is_network_file_system(place):
        raise EnvironmentLacking(
            _(
                "The state would lie on a network drive (%(folder)s), where a database loses data:"
                " give --state FOLDER on a local disk."
            )
            % {"folder": place}
        )
    return Workspace(records=records, state=place)


def _make_folders(records: Path, state: Path) -> None:
    for folder, mode in ((records, 0o777), (records / ".dipro", 0o700), (state, 0o700)):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=mode)
        except OSError as error:
            raise Unwritable(
                _("%(folder)s cannot be made (%(why)s): check the path and your permissions.")
                % {"folder": folder, "why": os_reason(error)}
            ) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Unwritable(_("%(folder)s cannot be written: check your permissions.") % {"folder": folder})
