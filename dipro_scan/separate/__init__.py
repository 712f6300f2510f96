"""Readings → documents: separators, blank pages, and the page balance."""

from __future__ import annotations

from dipro_scan.separate.balance import check_complete
from dipro_scan.separate.identity import document_id
from dipro_scan.separate.separation import separate_pages

__all__ = ["check_complete", "document_id", "separate_pages"]
