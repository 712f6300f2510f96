"""Enough room: on the drives that a run writes to, and in memory for its workers.

A run that would not get through refuses before it claims anything; one for which room runs out on its way
stops in order. Either is exit 6, and nothing is lost.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dipro_scan.batch.memory import free_memory
from dipro_scan.batch.workspace import Workspace
from dipro_scan.intake.candidates import find_candidates
from dipro_scan.model import Unwritable
from dipro_scan.settings import RoomSettings
from dipro_scan.translation import _, number

_MEGABYTE: Final = 1_000_000
_INODES_PER_FILE: Final = 12
"""Original, two cached parts of a page, review case or record with its folders, set-aside page."""


@dataclass(frozen=True, slots=True)
class Space:
    """What is free on a drive for this user; `inodes` is None where the file system does not count them."""

    bytes: int
    inodes: int | None


def free_space(folder: Path) -> Space:
    """What is free on the drive of `folder`.

    File systems that make inodes as they need them (Btrfs, many network drives) state none at all.
    """
    facts = os.statvfs(folder)
    return Space(facts.f_bavail * facts.f_frsize, facts.f_favail if facts.f_files else None)


class Room:
    """Looks at each drive of a store once, and says no in time.

    `space` and `memory` tell what is free; tests give other ones.
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: RoomSettings,
        space: Callable[[Path], Space] = free_space,
        memory: Callable[[], int] = free_memory,
    ) -> None:
        self._workspace = workspace
        self._settings = settings
        self._space = space
        self._memory = memory
        folders = (workspace.work, workspace.state, workspace.records)
        self._drives = tuple({folder.stat().st_dev: folder for folder in folders if folder.is_dir()}.values())

    def check_before(self, inputs: Sequence[Path], excluded: Sequence[Path] = ()) -> None:
        """Raises Unwritable where what lies in `inputs` would not go through with the room there is."""
        sizes = _sizes(inputs, excluded)
        if self._lack(sizes) is not None:
            # Much of an inbox may be known from earlier runs; that costs a look at all originals.
            sizes = self._not_kept(sizes)
        if (sentence := self._lack(sizes)) is not None:
            raise Unwritable(sentence)

    def check_between(self) -> None:
        """Raises Unwritable where less is left than the reserve: what is done stays done."""
        if (sentence := self._lack(())) is not None:
            raise Unwritable(sentence)

    def fitting_jobs(self, jobs: int) -> int:
        """As many workers as memory allows, at most `jobs`. Raises Unwritable where there is none for one."""
        each = self._settings.megabytes_per_worker
        megabytes = self._memory() / _MEGABYTE
        if megabytes < each:
            raise Unwritable(
                _(
                    "%(free)s MB of memory are free, and one page needs up to %(needed)s MB:"
                    " end other programs or give the machine more memory, then run again."
                )
                % {"free": number(megabytes, 0), "needed": number(each, 0)}
            )
        return min(jobs, int(megabytes // each))

    def _lack(self, sizes: Sequence[int]) -> str | None:
        """What is missing for files of these sizes in bytes, in a sentence; None where there is room."""
        settings = self._settings
        needed = settings.min_free_megabytes * _MEGABYTE + settings.disk_per_input * sum(sizes)
        inodes = settings.min_free_inodes + _INODES_PER_FILE * len(sizes)
        for folder in self._drives:
            space = self._space(folder)
            if space.bytes < needed:
                return _(
                    "%(folder)s has %(free)s MB left, and this run needs %(needed)s MB there: make room and"
                    " run again. Nothing is lost."
                ) % {
                    "folder": folder,
                    "free": number(space.bytes / _MEGABYTE, 0),
                    "needed": number(needed / _MEGABYTE, 0),
                }
            if space.inodes is not None and space.inodes < inodes:
                return _(
                    "%(folder)s has room for %(free)s more files, and this run needs %(needed)s: remove files"
                    " that nobody needs from that drive and run again. Nothing is lost."
                ) % {"folder": folder, "free": number(space.inodes, 0), "needed": number(inodes, 0)}
        return None

    def _not_kept(self, sizes: Sequence[int]) -> list[int]:
        """The sizes without those of originals that are kept already: most likely the very same files."""
        wanted = Counter(sizes)
        wanted.subtract(_files_below(self._workspace.originals))
        return [size for size, count in wanted.items() for _each in range(count)]


def _sizes(inputs: Iterable[Path], excluded: Sequence[Path]) -> list[int]:
    closed = [folder.resolve() for folder in excluded]
    sizes = []
    for candidate in find_candidates(list(inputs)):
        if any(candidate.path.parent.resolve().is_relative_to(folder) for folder in closed):
            continue
        try:
            facts = candidate.path.lstat()
        except OSError:
            continue
        if stat.S_ISREG(facts.st_mode):
            sizes.append(facts.st_size)
    return sizes


def _files_below(folder: Path) -> list[int]:
    found = []
    for path in folder.glob("??/*"):
        try:
            found.append(path.lstat().st_size)
        except OSError:
            continue
    return found
