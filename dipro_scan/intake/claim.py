"""Claiming sources: from a file in an inbox to our own, hashed copy of it; and letting go of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from dipro_scan.intake.candidates import Candidate, find_candidates
from dipro_scan.intake.originals import SourceChanged, fsync_folder, keep_copy, kept_copy, sha256_of
from dipro_scan.model import QuarantineReason, Source, SourceRefused
from dipro_scan.model.passing import patiently
from dipro_scan.settings.schema import IntakeSettings
from dipro_scan.translation import _, os_reason

__all__ = ["Candidate", "claim_source", "find_candidates", "release_source"]

BYTES_PER_MEGABYTE = 1_000_000
_ATTEMPTS = 3
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def claim_source(candidate: Candidate, originals: Path, settings: IntakeSettings) -> Source:
    """Hash `candidate` and keep a copy of it below `originals`.

    The same bytes are kept once. Pipes and devices are never opened, links never followed, and no more
    than a piece of the file is in memory at a time. What a network drive refuses for a moment is tried
    again. Raises SourceRefused (symlink, not_a_file, empty, too_large, unreadable) and Unwritable, where the
    copy cannot be written.
    """
    return patiently(lambda: _claimed(candidate, originals, settings))


def _claimed(candidate: Candidate, originals: Path, settings: IntakeSettings) -> Source:
    for _attempt in range(_ATTEMPTS):
        with _opened(candidate, settings) as (file, before):
            try:
                sha256, size = sha256_of(file)
                kept = kept_copy(originals, sha256, size)
                if kept is None:
                    kept = keep_copy(file, originals, sha256, candidate.path.suffix)
                after = os.fstat(file.fileno())
            except SourceChanged:
                continue
            except OSError as error:
                raise _unreadable(candidate, error) from error
        if _state(before) == _state(after) and size == after.st_size:
            return Source(candidate.name, candidate.path, kept, sha256, size, _arrival(after))
    raise SourceRefused(
        QuarantineReason.UNREADABLE,
        _("%(name)s kept changing while it was read; let the scanner finish, then try again.")
        % {"name": candidate.name},
    )


def release_source(source: Source) -> bool:
    """Take a source out of its inbox; True when the inbox no longer holds it.

    False, and nothing is touched, where our copy is not exactly the bytes that were claimed, where the
    file in the inbox is not (any more), or where it may not be removed.
    """
    try:
        with source.kept.open("rb") as kept:
            if sha256_of(kept) != (source.sha256, source.size_bytes):
                return False
    except OSError:
        return False
    try:
        with _open_unfollowed(source.path) as file:
            if sha256_of(file) != (source.sha256, source.size_bytes):
                return False
            if _state(source.path.lstat()) != _state(os.fstat(file.fileno())):
                return False
            source.path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    with contextlib.suppress(OSError):
        fsync_folder(source.path.parent)
    return True


@contextlib.contextmanager
def _opened(candidate: Candidate, settings: IntakeSettings) -> Iterator[tuple[IO[bytes], os.stat_result]]:
    """The candidate's bytes and its state before reading; refused where it is no file for us."""
    try:
        seen = candidate.path.lstat()
        _refuse_by_kind(candidate, seen.st_mode)
        _refuse_by_size(candidate, seen.st_size, settings)
        file = _open_unfollowed(candidate.path)
    except OSError as error:
        raise _unreadable(candidate, error) from error
    with file:
        opened = os.fstat(file.fileno())
        # Whoever swaps the name between looking and opening gets the same refusals.
        _refuse_by_kind(candidate, opened.st_mode)
        _refuse_by_size(candidate, opened.st_size, settings)
        yield file, opened


def _open_unfollowed(path: Path) -> IO[bytes]:
    """A regular file for reading: no link is followed, no pipe waited for."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags), "rb", buffering=0)


def _refuse_by_kind(candidate: Candidate, mode: int) -> None:
    name = {"name": candidate.name}
    if stat.S_ISLNK(mode):
        raise SourceRefused(
            QuarantineReason.SYMLINK,
            _("%(name)s is a link to another place; put the file itself into the inbox.") % name,
        )
    if stat.S_ISDIR(mode):
        raise SourceRefused(
            QuarantineReason.UNREADABLE,
            _("%(name)s is a folder that cannot be listed; check its permissions.") % name,
        )
    if not stat.S_ISREG(mode):
        raise SourceRefused(
            QuarantineReason.NOT_A_FILE,
            _("%(name)s is no ordinary file (a pipe, socket or device); remove it from the inbox.") % name,
        )


def _refuse_by_size(candidate: Candidate, size_bytes: int, settings: IntakeSettings) -> None:
    if size_bytes == 0:
        raise SourceRefused(
            QuarantineReason.EMPTY,
            _("%(name)s is empty (0 bytes); scan it again.") % {"name": candidate.name},
        )
    if size_bytes > settings.max_megabytes * BYTES_PER_MEGABYTE:
        raise SourceRefused(
            QuarantineReason.TOO_LARGE,
            _("%(name)s has %(size).0f MB, more than the %(limit).0f MB that the pipeline allows.")
            % {
                "name": candidate.name,
                "size": size_bytes / BYTES_PER_MEGABYTE,
                "limit": settings.max_megabytes,
            },
        )


def _unreadable(candidate: Candidate, error: OSError) -> SourceRefused:
    if error.errno == errno.ELOOP:
        return SourceRefused(
            QuarantineReason.SYMLINK,
            _("%(name)s is a link to another place; put the file itself into the inbox.")
            % {"name": candidate.name},
        )
    return SourceRefused(
        QuarantineReason.UNREADABLE,
        _("%(name)s cannot be read: %(reason)s. Check its permissions and the disk.")
        % {"name": candidate.name, "reason": os_reason(error)},
    )


def _state(status: os.stat_result) -> tuple[int, int, int, int]:
    """What changes when a file is written to or replaced."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _arrival(status: os.stat_result) -> dt.datetime:
    """Modification time, UTC; the beginning of 1970 where a file system states an impossible one."""
    try:
        return _EPOCH + dt.timedelta(microseconds=status.st_mtime_ns // 1000)
    except OverflowError:
        return _EPOCH
