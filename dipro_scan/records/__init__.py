"""PDF/A and decision → E-Akte: filing, journal, Transfervermerk.

Names are fetched when asked for: workers need no more of this room than what tells them of a full disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dipro_scan.lazy_names import names_from

if TYPE_CHECKING:
    from dipro_scan.records.damage import Damage
    from dipro_scan.records.filesystem import file_system_type, is_network_file_system
    from dipro_scan.records.filing import BesideFile, Filing, filed_files, journal_files
    from dipro_scan.records.journal import Journal
    from dipro_scan.records.lock import LockHolder, WriteLock
    from dipro_scan.records.names import safe_component
    from dipro_scan.records.process import ProcessFacts, running_command
    from dipro_scan.records.process_lock import ProcessLock
    from dipro_scan.records.store import RecordStore
    from dipro_scan.records.transfer_facts import TransferFacts, transfer_note

_HOMES = {
    "BesideFile": "filing",
    "Damage": "damage",
    "Filing": "filing",
    "Journal": "journal",
    "LockHolder": "lock",
    "ProcessFacts": "process",
    "ProcessLock": "process_lock",
    "RecordStore": "store",
    "TransferFacts": "transfer_facts",
    "WriteLock": "lock",
    "file_system_type": "filesystem",
    "filed_files": "filing",
    "is_network_file_system": "filesystem",
    "journal_files": "filing",
    "running_command": "process",
    "safe_component": "names",
    "transfer_note": "transfer_facts",
}

__all__ = [
    "BesideFile",
    "Damage",
    "Filing",
    "Journal",
    "LockHolder",
    "ProcessFacts",
    "ProcessLock",
    "RecordStore",
    "TransferFacts",
    "WriteLock",
    "file_system_type",
    "filed_files",
    "is_network_file_system",
    "journal_files",
    "running_command",
    "safe_component",
    "transfer_note",
]

__getattr__ = names_from(__name__, _HOMES)
