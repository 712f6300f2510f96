"""A new ledger takes the place of the old one, at one stroke; the old one stays, under another name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dipro_scan.ledger.contents import LedgerContents, read_ledger, write_ledger
from dipro_scan.ledger.errors import told_as_ours
from dipro_scan.ledger.keeping import (
    copy_database,
    is_sound,
    keep_ledger,
    open_file,
    remove_ledger,
    sync_file,
    sync_folder,
    told_as_unwritable,
)
from dipro_scan.model import StoreDamaged
from dipro_scan.translation import _


def replace_ledger(ledger: Path, contents: LedgerContents, kept: Path) -> Path | None:
    """Makes `contents` the ledger; gives the name under which the old one is kept, None where there was none.

    The new ledger is written beside the old one, read back and compared first. A sound old ledger is copied
    to `kept` and then changed in one transaction of SQLite, so that a program that has it open sees the old
    or the new; one that is no database any more is moved to `kept`, its write-ahead log beside it. Killed at
    any point, the old ledger is still there or the new one is.

    Raises StoreDamaged where the new one does not read back, Locked, Unwritable.
    """
    new = ledger.with_name(f"{ledger.name}.new")
    with told_as_ours(str(ledger)), told_as_unwritable(ledger):
        remove_ledger(new)
        write_ledger(new, contents)
        _check(new, contents)
        if not ledger.exists():
            # A log without its database belongs to nothing that could still be read.
            remove_ledger(ledger)
            _settle(new)
            new.replace(ledger)
            sync_folder(ledger.parent)
            return None
        if is_sound(ledger):
            keep_ledger(ledger, kept)
            copy_database(new, ledger)
            remove_ledger(new)
            return kept
        _settle(new)
        _set_aside(ledger, kept)
        new.replace(ledger)
        sync_folder(ledger.parent)
        return kept


def _check(new: Path, contents: LedgerContents) -> None:
    if not is_sound(new) or read_ledger(new) != contents:
        raise StoreDamaged(
            _(
                "The new ledger %(ledger)s does not read back as it was written;"
                " check the drive and try again."
            )
            % {"ledger": new}
        )


def _settle(new: Path) -> None:
    """Brings everything from the write-ahead log into the file itself, which can then be moved alone."""
    connection = open_file(new)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        # The last connection to close takes the emptied log away.
        connection.close()
    sync_file(new)
    for ending in ("-wal", "-shm"):
        new.with_name(new.name + ending).unlink(missing_ok=True)


def _set_aside(ledger: Path, kept: Path) -> None:
    """Keeps a file that is no database under another name; until the new one comes it also stays."""
    log = ledger.with_name(f"{ledger.name}-wal")
    if log.exists():
        log.replace(kept.with_name(f"{kept.name}-wal"))
    ledger.with_name(f"{ledger.name}-shm").unlink(missing_ok=True)
    try:
        os.link(ledger, kept)
    except OSError:
        shutil.copyfile(ledger, kept)
        sync_file(kept)
    sync_folder(ledger.parent)
