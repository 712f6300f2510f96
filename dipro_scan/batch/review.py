"""Documents that wait for a person: kept, listed, shown, accepted, rejected."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dipro_scan.batch.filing import BatchFacts, sources_of
from dipro_scan.batch.homing import case_at_home
from dipro_scan.batch.review_case import CASE_SCHEMA, CasePage, ReviewCase, case_json, whole_case
from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import DocumentEntry, DocumentState
from dipro_scan.model import (
    Batch,
    Decision,
    Document,
    PageInput,
    PageRef,
    Reason,
    StoreDamaged,
    StoreNewer,
    Unwritable,
    UsageProblem,
)
from dipro_scan.records import durable
from dipro_scan.translation import _, os_reason

__all__ = [
    "CASE_SCHEMA",
    "CasePage",
    "ReviewCase",
    "case_of",
    "drop_case",
    "entry_of",
    "keep_case",
    "lay_case",
    "load_case",
    "put_case_with_rejected",
    "take_case",
]


def keep_case(workspace: Workspace, case: ReviewCase, preview: Path | None) -> Path | None:
    """Lays the case into the review folder, whole or not at all; gives the path of its preview PDF.

    Raises Unwritable where the review folder cannot be written.
    """
    target = workspace.review(case.document_id)
    making = target.with_name(f".{case.document_id}.part")
    shutil.rmtree(making, ignore_errors=True)
    lay_case(making, case, preview)
    take_case(workspace, case.document_id, making)
    return target / "document.pdf" if preview is not None else None


def lay_case(folder: Path, case: ReviewCase, preview: Path | None) -> None:
    """Writes the case into a new folder, durably. Raises Unwritable."""
    try:
        folder.mkdir(parents=True)
        if preview is not None:
            durable.copy_new(preview, folder / "document.pdf")
        text = json.dumps(case_json(case), ensure_ascii=False, indent=2) + "\n"
        durable.write_new(folder / "case.json", text.encode("utf-8", "backslashreplace"))
        durable.sync_folder(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error


def take_case(workspace: Workspace, document_id: str, made: Path) -> None:
    """Moves a case that was laid into `made` into review, in place of the one there. Raises Unwritable."""
    target = workspace.review(document_id)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            shutil.rmtree(target)
        made.replace(target)
        durable.sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(target.parent, error) from error


def _unwritable(folder: Path, error: OSError) -> Unwritable:
    return Unwritable(
        _("The review folder %(folder)s cannot be written (%(why)s); check room and permissions.")
        % {"folder": folder, "why": os_reason(error)}
    )


def entry_of(
    workspace: Workspace, case: ReviewCase, reasons: Sequence[Reason], *, pdf: bool
) -> DocumentEntry:
    """A case in review as the ledger knows it. `pdf`: whether it has a preview."""
    folder = workspace.review(case.document_id)
    return DocumentEntry(
        id=case.document_id,
        state=DocumentState.REVIEW,
        batch_id=case.batch.id,
        pages=tuple(page.ref for page in case.pages),
        class_id=case.class_id,
        confidence=case.confidence,
        aktenzeichen=case.place.aktenzeichen if case.place else None,
        pdf=workspace.shown(folder / "document.pdf") if pdf else None,
        metadata=workspace.shown(folder / "case.json"),
        reasons=tuple(reasons),
    )


def load_case(workspace: Workspace, document_id: str) -> ReviewCase:
    """The case of a document in review.

    Raises UsageProblem where there is none, StoreDamaged for a case that is none any more, StoreNewer for
    one that a newer version kept.
    """
    path = workspace.review(document_id) / "case.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageProblem(
            _("No document %(id)s waits for review; “review list” shows which do.") % {"id": document_id}
        ) from error
    except ValueError as error:
        raise _damaged_case(path) from error
    try:
        if data["schema"] > CASE_SCHEMA:
            raise StoreNewer(
                _("%(file)s was written by a newer version of dipro-scan; install that version.")
                % {"file": path}
            )
        return case_at_home(workspace, whole_case(data))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged_case(path) from error


def _damaged_case(path: Path) -> StoreDamaged:
    return StoreDamaged(
        _("%(file)s is damaged; bring it back from your backup, or reject the document and scan it again.")
        % {"file": path}
    )


def drop_case(workspace: Workspace, document_id: str) -> None:
    shutil.rmtree(workspace.review(document_id), ignore_errors=True)


def put_case_with_rejected(workspace: Workspace, document_id: str) -> None:
    """A rejected case is kept, out of the way."""
    target = workspace.rejected(document_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    source = workspace.review(document_id)
    if source.exists():
        source.replace(target)


def case_of(
    document: Document,
    decision: Decision,
    *,
    facts: BatchFacts,
    inputs: dict[PageRef, PageInput],
    metadata: dict[str, Any],
) -> ReviewCase:
    """The case of a document that the rules would not file."""
    batch = facts.batch
    return ReviewCase(
        document_id=document.id,
        pipeline=facts.pipeline_file or batch.pipeline,
        batch=Batch(batch.id, batch.pipeline, sources_of(document, batch)),
        batch_pages=facts.pages,
        positions=tuple(facts.positions[page.ref] for page in document.pages),
        pages=tuple(CasePage(page.ref, page.stream.stem, inputs[page.ref]) for page in document.pages),
        set_aside_blank=facts.set_aside_blank,
        operator=facts.operator,
        station=facts.station,
        date=decision.date,
        class_id=decision.classification.class_id,
        confidence=decision.classification.confidence,
        place=decision.place,
        fields=decision.fields,
        metadata=metadata,
        index=document.index,
        doubts=document.doubts,
    )
