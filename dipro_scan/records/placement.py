"""The files of one filing between staging and their places: put there, finished, or taken back."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dipro_scan.model import FilingIntent
from dipro_scan.records import durable
from dipro_scan.records.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class _Item:
    """A file to place. `before` is the SHA-256 of what it replaces, empty for nothing."""

    target: Path
    path: str
    before: str
    after: str
    staged: Path

    @property
    def old(self) -> Path:
        """Where a replaced container's former content is kept until the filing is done."""
        return self.staged.with_suffix(".old")

    def is_placed(self) -> bool:
        return self.target.is_file() and durable.hash_file(self.target) == self.after

    def is_staged(self) -> bool:
        return self.staged.is_file() and durable.hash_file(self.staged) == self.after

    def may_be_placed(self, *, resumed: bool) -> bool:
        """Whether nothing stands in the way: nothing there, our own placeholder, or what is replaced."""
        if not os.path.lexists(self.target):
            return not self.before
        if not self.before:
            return resumed and durable.is_placeholder(self.target)
        return self.target.is_file() and durable.hash_file(self.target) == self.before


class Placement:
    """Carries out a `FilingIntent` on disk. Everything here needs the store's write lock.

    `resumed` says that another process began it and may have been killed at any point, so that an empty
    file where one of ours belongs is the placeholder it left. Methods raise OSError; FileExistsError
    where another file has taken a name meanwhile.
    """

    def __init__(self, root: Path, staging: Path, intent: FilingIntent, *, resumed: bool = False) -> None:
        self._resumed = resumed
        self._folder = staging / intent.id
        # Containers first, then the files in their order: metadata, and the PDF last.
        planned = [*intent.containers, *((path, "", sha256) for path, sha256 in intent.files)]
        self._items = [
            _Item(root / path, path, before, after, self._folder / f"{number:02d}")
            for number, (path, before, after) in enumerate(planned)
        ]

    def stage(self, contents: Sequence[bytes | Path]) -> None:
        """Writes the contents (containers first) to the staging folder and reads them back from disk.

        Their names there need not outlive a crash of the machine: what is not in its place then is taken
        back. Only the old content of a container that is replaced must be found again.
        """
        shutil.rmtree(self._folder, ignore_errors=True)
        durable.make_folders(self._folder.parent)
        self._folder.mkdir()
        for item, content in zip(self._items, contents, strict=True):
            if item.before:
                durable.copy_new(item.target, item.old)
            if isinstance(content, bytes):
                durable.write_new(item.staged, content)
            else:
                durable.copy_new(content, item.staged)
            if durable.hash_from_disk(item.staged) != item.after:
                raise OSError(errno.EIO, "the file does not read back as it was written", str(item.staged))
        if any(item.before for item in self._items):
            durable.sync_folder(self._folder)
            durable.sync_folder(self._folder.parent)

    def place(self) -> None:
        """Gives every staged file its place, never replacing anything but a container's known content."""
        folders = {item.target.parent for item in self._items}
        for folder in sorted(folders):
            durable.make_folders(folder)
        for item in self._items:
            if item.is_placed():
                continue
            if not item.may_be_placed(resumed=self._resumed):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(item.target))
            if item.before or os.path.lexists(item.target):
                item.staged.replace(item.target)
            else:
                durable.place_exclusively(item.staged, item.target)
        for folder in sorted(folders):
            durable.sync_folder(folder)

    def can_be_completed(self) -> bool:
        """Whether every file is in its place, or staged with nothing in the way; hashes decide."""
        return all(
            item.is_placed() or (item.is_staged() and item.may_be_placed(resumed=self._resumed))
            for item in self._items
        )

    def withdraw(self, known: Catalogue) -> None:
        """Takes back what this intent placed: files whose hash is ours and which no journal line names."""
        folders: set[Path] = set()
        for item in reversed(self._items):
            if item.before:
                self._restore(item, known)
            elif item.path not in known.files and item.path not in known.containers:
                if item.is_placed() or (self._resumed and durable.is_placeholder(item.target)):
                    item.target.unlink()
                folders.add(item.target.parent)
        # The Vorgang before its Akte: each may be left empty.
        for folder in sorted(folders, key=lambda place: len(place.parts), reverse=True):
            self._remove_if_empty(folder)

    def clear(self) -> None:
        """Empties the staging folder; what cannot be removed is swept by the next recovery."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _restore(self, item: _Item, known: Catalogue) -> None:
        unjournalled = known.containers.get(item.path) == item.before
        has_old = item.old.is_file() and durable.hash_file(item.old) == item.before
        if unjournalled and has_old and item.is_placed():
            item.old.replace(item.target)
            durable.sync_folder(item.target.parent)

    def _remove_if_empty(self, folder: Path) -> None:
        if not folder.is_dir():
            return
        if any(folder.iterdir()):
            durable.sync_folder(folder)
            return
        folder.rmdir()
        durable.sync_folder(folder.parent)
