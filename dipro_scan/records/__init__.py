"""PDF/A and decision → E-Akte: filing, journal, Transfervermerk."""

from __future__ import annotations

from dipro_scan.records.damage import Damage
from dipro_scan.records.filesystem import file_system_type, is_network_file_system
from dipro_scan.records.filing import BesideFile, Filing, filed_files, journal_files
from dipro_scan.records.journal import Journal
from dipro_scan.records.lock import LockHolder, WriteLock
from dipro_scan.records.names import safe_component
from dipro_scan.records.process import ProcessFacts, running_command
from dipro_scan.records.process_lock import ProcessLock
from dipro_scan.records.store import RecordStore
from dipro_scan.records.transfer_note import TransferFacts, transfer_note

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
