"""Our own copy of every claimed file, kept under its SHA-256 until a person releases it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from dipro_scan.model import Unwritable
from dipro_scan.translation import _, os_reason

CHUNK_BYTES = 1 << 20
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class SourceChanged(Exception):
    """The copy's hash is not the one that was read before: somebody is still writing the source."""


def sha256_of(file: IO[bytes]) -> tuple[str, int]:
    """SHA-256 and number of bytes of `file` from its start; reads in pieces."""
    digest = hashlib.sha256()
    size = 0
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def kept_copy(originals: Path, sha256: str, size_bytes: int) -> Path | None:
    """The copy kept under `sha256`, if it has the right size."""
    folder = originals / sha256[:2]
    for path in sorted(folder.glob(f"{sha256}*")):
        with contextlib.suppress(OSError):
            if path.lstat().st_size == size_bytes:
                return path
    return None


def keep_copy(file: IO[bytes], originals: Path, sha256: str, suffix: str) -> Path:
    """Copy `file` to `originals/<sha[:2]>/<sha><suffix>`, durable when it returns.

    The hash is taken of the bytes as they are written. Raises SourceChanged where it is not `sha256`,
    Unwritable where `originals` cannot be written, OSError where `file` cannot be read.
    """
    folder = originals / sha256[:2]
    lowered = suffix.lower()
    target = folder / f"{sha256}{lowered if _SUFFIX.fullmatch(lowered) else ''}"
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary_name = tempfile.mkstemp(prefix=".incoming-", dir=folder)
    temporary = Path(temporary_name)
    try:
        try:
            if _copy_hashed(file, handle, folder) != sha256:
                raise SourceChanged
            with _writing(folder):
                os.fsync(handle)
        finally:
            os.close(handle)
        with _writing(folder):
            _place(temporary, target)
            fsync_folder(folder)
            fsync_folder(originals)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return target


def fsync_folder(folder: Path) -> None:
    """Make names created or removed in `folder` survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_hashed(file: IO[bytes], handle: int, folder: Path) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        with _writing(folder):
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(handle, rest) :]
    return digest.hexdigest()


def _place(temporary: Path, target: Path) -> None:
    """Give a complete copy its name, never over a good one."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        # Another run kept the same bytes meanwhile, or a copy is damaged; the new one is known to be good.
        temporary.replace(target)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK):
            raise
        temporary.replace(target)


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Whatever the operating system refuses in here is the state's fault, not the source's."""
    try:
        yield
    except OSError as error:
        raise Unwritable(
            _(
                "Originals cannot be kept in %(folder)s: %(reason)s. "
                "Nothing is lost; make room or allow writing."
            )
            % {"folder": str(folder), "reason": os_reason(error)}
        ) from error
