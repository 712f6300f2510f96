"""Originals by their hash: a store that was moved, or restored elsewhere, has them under another path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dipro_scan.batch.review_case import CasePage, ReviewCase
from dipro_scan.batch.workspace import Workspace
from dipro_scan.model import Batch


def kept_at(workspace: Workspace, recorded: Path, sha256: str) -> Path:
    """Where the kept copy of a source lies: as it was written down, else among this store's originals."""
    if recorded.is_relative_to(workspace.originals) and recorded.is_file():
        return recorded
    found = sorted((workspace.originals / sha256[:2]).glob(f"{sha256}*"))
    return next((path for path in found if path.is_file()), recorded)


def case_at_home(workspace: Workspace, case: ReviewCase) -> ReviewCase:
    """`case` with the paths that its originals have in this store."""
    pages = tuple(page_at_home(workspace, page) for page in case.pages)
    return replace(case, batch=batch_at_home(workspace, case.batch), pages=pages)


def page_at_home(workspace: Workspace, page: CasePage) -> CasePage:
    """`page` with the path that its original has in this store."""
    path = kept_at(workspace, page.input.path, page.input.source_sha256)
    return replace(page, input=replace(page.input, path=path))


def batch_at_home(workspace: Workspace, batch: Batch) -> Batch:
    """`batch` with the paths that its originals have in this store."""
    sources = (
        replace(source, kept=kept_at(workspace, source.kept, source.sha256)) for source in batch.sources
    )
    return replace(batch, sources=tuple(sources))
