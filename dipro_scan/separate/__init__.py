"""Readings → documents: separators, blank pages, and the page balance."""

from __future__ import annotations

from dipro_scan.separate.balance import check_complete
from dipro_scan.separate.collation import Collation, ScannedFile, Stack, collate, half_missing, stacks_of
from dipro_scan.separate.completeness import notice
from dipro_scan.separate.cover import (
    CoverDamaged,
    CoverNewer,
    CoverUnreadable,
    decode_cover,
    encode_cover,
    new_sheet_id,
)
from dipro_scan.separate.identity import document_id
from dipro_scan.separate.page_numbers import PageNumber, page_number
from dipro_scan.separate.parts import folder_of
from dipro_scan.separate.separation import separate_pages
from dipro_scan.separate.sheets import NormalForm

__all__ = [
    "Collation",
    "CoverDamaged",
    "CoverNewer",
    "CoverUnreadable",
    "NormalForm",
    "PageNumber",
    "ScannedFile",
    "Stack",
    "check_complete",
    "collate",
    "decode_cover",
    "document_id",
    "encode_cover",
    "folder_of",
    "half_missing",
    "new_sheet_id",
    "notice",
    "page_number",
    "separate_pages",
    "stacks_of",
]
