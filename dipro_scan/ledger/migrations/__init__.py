"""How the ledger's tables came to be, step by step. Run by `dipro_scan.ledger.database`, never by hand."""

from __future__ import annotations
