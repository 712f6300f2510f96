"""Laying finished files into the state so that a power cut cannot take them back."""

from __future__ import annotations

import os
from pathlib import Path

from dipro_scan.records import durable
from dipro_scan.records.durable import told_as_unwritable


def durable_move(made: Path, target: Path) -> None:
    """Moves a finished file within the state; on disk when it returns. Raises Unwritable."""
    with told_as_unwritable(target.parent):
        durable.make_folders(target.parent)
        handle = os.open(made, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        made.replace(target)
        durable.sync_folder(target.parent)
