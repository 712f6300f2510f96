"""The operational memory: what has happened to every source and document, and every filing under way."""

from __future__ import annotations

from dipro_scan.ledger.entries import (
    BatchEntry,
    DocumentEntry,
    DocumentState,
    FinishedSource,
    KeptPrint,
    PagePrint,
    SourceEntry,
    SourceState,
    source_key,
)
from dipro_scan.ledger.ledger import Ledger

__all__ = [
    "BatchEntry",
    "DocumentEntry",
    "DocumentState",
    "FinishedSource",
    "KeptPrint",
    "Ledger",
    "PagePrint",
    "SourceEntry",
    "SourceState",
    "source_key",
]
