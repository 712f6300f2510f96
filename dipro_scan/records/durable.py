"""Writing so that what is there after a power cut is whole: new files only, synced, folders too."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dipro_scan.model import Unwritable
from dipro_scan.model.passing import patiently
from dipro_scan.translation import _, os_reason

_BLOCK_BYTES = 1 << 20
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_PERMISSION = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# What file systems without hard links answer (SMB, FAT, some FUSE), and one at its limit of links.
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})


@contextmanager
def told_as_unwritable(place: Path) -> Iterator[None]:
    """Turns any OSError into Unwritable, with a sentence that says what to do about `place`."""
    try:
        yield
    except OSError as error:
        raise Unwritable(_sentence(error, Path(error.filename) if error.filename else place)) from error


@contextmanager
def told_as_full(place: Path) -> Iterator[None]:
    """Turns an OSError into Unwritable where there is no room for `place`; any other passes as it is."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        raise Unwritable(_sentence(error, Path(error.filename) if error.filename else place)) from error


def _sentence(error: OSError, place: Path) -> str:
    if error.errno in _NO_SPACE:
        return _("There is no space left to write %(path)s; make room and run again.") % {"path": place}
    if error.errno in _NO_PERMISSION:
        return _("%(path)s cannot be written; give this user the permission to write there.") % {
            "path": place
        }
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return _("%(path)s is in the way: something else has that name. Move it away and run again.") % {
            "path": place
        }
    return _("%(path)s cannot be written or read (%(problem)s); check the drive and run again.") % {
        "path": place,
        "problem": os_reason(error),
    }


def hash_bytes(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content in lower-case hexadecimal; patient with a network drive."""

    def read() -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    return patiently(read)


def hash_from_disk(path: Path) -> str:
    """SHA-256 of a synced file as the drive has it, not as memory still has it from writing."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_new(path: Path, data: bytes) -> None:
    """Writes a file that must not exist yet, and syncs it. Raises FileExistsError."""
    handle = os.open(path, _NEW_FILE, 0o666)
    try:
        write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_new(source: Path, target: Path) -> None:
    """Copies a file's content to one that must not exist yet, and syncs it. Raises FileExistsError."""
    handle = os.open(target, _NEW_FILE, 0o666)
    try:
        with source.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                write_all(handle, block)
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_file(path: Path, data: bytes) -> None:
    """Puts `data` in the place of `path` at one stroke; readers see the old or the new, never half."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    write_new(part, data)
    part.replace(path)
    sync_folder(path.parent)


def write_all(handle: int, data: bytes) -> None:
    """Writes all of `data`, however little the system takes at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def sync_folder(folder: Path) -> None:
    """Makes names that were made or removed in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(folder: Path) -> None:
    """Makes `folder` and what lacks above it, durably."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for item in reversed(missing):
        item.mkdir(exist_ok=True)
        sync_folder(item.parent)


def place_exclusively(staged: Path, target: Path) -> None:
    """Gives a staged file its final name, never replacing another. Raises FileExistsError.

    A hard link where the file system has them. Elsewhere an empty file takes the name first, and the
    staged file then takes its place at one stroke, so that a half-written file never stands there.
    """
    try:
        os.link(staged, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        return
    os.close(os.open(target, _NEW_FILE, 0o666))
    try:
        staged.replace(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def is_placeholder(path: Path) -> bool:
    """Whether `path` is the empty file that `place_exclusively` leaves when it is killed in between."""
    return path.is_file() and path.stat().st_size == 0
