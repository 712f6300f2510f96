"""Readings → documents: separators, blank pages, and the page balance."""

from __future__ import annotations

from dipro_scan.separate.balance import check_complete
from dipro_scan.separate.cover import (
    CoverDamaged,
    CoverNewer,
    CoverUnreadable,
    decode_cover,
    encode_cover,
    new_sheet_id,
)
from dipro_scan.separate.identity import document_id
from dipro_scan.separate.separation import separate_pages

__all__ = [
    "CoverDamaged",
    "CoverNewer",
    "CoverUnreadable",
    "check_complete",
    "decode_cover",
    "document_id",
    "encode_cover",
    "new_sheet_id",
    "separate_pages",
]
