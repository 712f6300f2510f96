"""What goes wrong in a database, told as what it means for the person at the desk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from dipro_scan.model import DiproScanError, Locked, StoreDamaged, Unwritable
from dipro_scan.translation import _

# Primary result codes of SQLite (https://www.sqlite.org/rescode.html); the upper bytes only say more.
_DAMAGED = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_UNWRITABLE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
    }
)

# What SQLite says of a table or column that the schema's number promises.
_MISSING = ("no such table", "no such column")


@contextmanager
def told_as_ours(where: str) -> Iterator[None]:
    """Turns a database's errors into Locked, Unwritable or StoreDamaged; `where` names the database.

    An error that can only be a mistake of ours (a broken constraint, wrong SQL) passes as it is.
    """
    try:
        yield
    except DBAPIError as error:
        ours = _meaning(error.orig, where) or (
            _unwritable(error.orig, where) if isinstance(error, OperationalError) else None
        )
        if ours is None:
            raise
        raise ours from error
    except sqlite3.Error as error:
        ours = _meaning(error, where)
        if ours is None:
            raise
        raise ours from error


def is_locked(error: BaseException) -> bool:
    """Whether another connection holds the database at this moment."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None) if isinstance(cause, sqlite3.Error) else None
    return (code or 0) & 0xFF in _LOCKED


def damaged_ledger(where: str) -> StoreDamaged:
    """The error for a ledger that cannot be used any more; it names what mends it."""
    return StoreDamaged(
        _(
            "The ledger %(ledger)s is damaged or no ledger at all; “dipro-scan ledger rebuild” makes it again"
            " from records and journal. The records themselves are not touched."
        )
        % {"ledger": where}
    )


def _meaning(error: BaseException | None, where: str) -> DiproScanError | None:
    if not isinstance(error, sqlite3.Error):
        return None
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in _LOCKED:
        return Locked(
            _("The ledger %(ledger)s stayed locked by another program; try again later.") % {"ledger": where}
        )
    short = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_IOERR_SHORT_READ
    if code in _DAMAGED or short:
        return damaged_ledger(where)
    if code == sqlite3.SQLITE_ERROR and str(error).startswith(_MISSING):
        return damaged_ledger(where)
    return _unwritable(error, where) if code in _UNWRITABLE else None


def _unwritable(error: BaseException | None, where: str) -> Unwritable:
    return Unwritable(
        _("The ledger %(ledger)s cannot be opened or written (%(problem)s); check space and permissions.")
        % {"ledger": where, "problem": error}
    )
