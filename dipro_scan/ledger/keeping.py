"""Copies of a ledger's file, made while others may use it, proven and on disk before anything else happens.

For ledgers in SQLite; another database has its own tools for that.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import quote

from dipro_scan.ledger.errors import told_as_ours
from dipro_scan.model import StoreDamaged, Unwritable
from dipro_scan.translation import _, os_reason

_BUSY_SECONDS: Final = 60.0


def kept_path(ledger: Path, label: str, moment: dt.datetime) -> Path:
    """A free name beside the ledger with a date in it: `ledger-0001-2026-11-22T171800Z.sqlite`."""
    stamp = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H%M%SZ")
    names = (f"{ledger.stem}-{label}-{stamp}{f'-{n}' if n > 1 else ''}{ledger.suffix}" for n in count(1))
    return next(path for path in map(ledger.with_name, names) if not os.path.lexists(path))


def keep_ledger(ledger: Path, target: Path) -> None:
    """Copies a sound ledger to `target` with what its write-ahead log holds; on disk when it returns.

    The copy is read again in full and compared before it gets its name. Raises StoreDamaged where it is not
    what the ledger is, Locked, Unwritable.
    """
    part = target.with_name(f"{target.name}.part")
    with told_as_ours(str(ledger)), told_as_unwritable(target):
        # An interrupted copy of any date is of no use.
        for left in target.parent.glob(f"{ledger.stem}-*{ledger.suffix}.part*"):
            left.unlink(missing_ok=True)
        copy_database(ledger, part)
        with closing(open_file(part)) as connection:
            # One file, without a write-ahead log beside it: a copy that can be carried anywhere.
            connection.execute("PRAGMA journal_mode = DELETE")
        if not is_sound(part) or row_counts(part) != row_counts(ledger):
            raise StoreDamaged(
                _("The copy %(copy)s of the ledger is not what the ledger is; check the drive and try again.")
                % {"copy": part}
            )
        sync_file(part)
        part.replace(target)
        sync_folder(target.parent)


def copy_database(source: Path, target: Path) -> None:
    """Makes the content of `target` that of `source`: in one transaction, which others see wholly or not.

    Whoever has `target` open goes on with the new content. Raises sqlite3.Error.
    """
    with closing(open_file(source, readonly=True)) as old, closing(open_file(target)) as new:
        old.backup(new)


def is_sound(path: Path) -> bool:
    """Whether a file is a SQLite database that SQLite finds nothing wrong with."""
    try:
        with closing(open_file(path, readonly=True)) as connection:
            found: list[tuple[str]] = connection.execute("PRAGMA integrity_check").fetchall()
            return found == [("ok",)]
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in (
            sqlite3.SQLITE_NOTADB,
            sqlite3.SQLITE_CORRUPT,
        ):
            return False
        raise


def row_counts(path: Path) -> dict[str, int]:
    """How many rows each table holds. Raises sqlite3.Error."""
    with closing(open_file(path, readonly=True)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        counts = {}
        for (table,) in tables.fetchall():
            quoted = table.replace('"', '""')
            counts[table] = int(connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])
        return counts


def open_file(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection of our own, outside every pool. Raises sqlite3.Error."""
    address = f"file:{quote(str(path.absolute()))}?mode={'ro' if readonly else 'rwc'}"
    connection = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    if not readonly:
        connection.execute("PRAGMA synchronous = FULL")
    return connection


def remove_ledger(path: Path) -> None:
    """Removes a database file that nobody uses, with its write-ahead log. Raises OSError."""
    for ending in ("-wal", "-shm", ""):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Puts a file's content on disk. Raises OSError."""
    _sync(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Puts the names in a folder on disk. Raises OSError."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def told_as_unwritable(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unwritable(
            _("%(path)s cannot be written (%(why)s); make room or check your permissions, then try again.")
            % {"path": error.filename or target, "why": os_reason(error)}
        ) from error
