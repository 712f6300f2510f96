"""Between the ledger's rows and the nouns that travel."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from dipro_scan.ledger.entries import BatchEntry, DocumentEntry, DocumentState, SourceEntry, SourceState
from dipro_scan.ledger.tables import BatchRow, DocumentRow, IntentRow, RecordRow, SourceRow
from dipro_scan.model import (
    FilingIntent,
    IntentState,
    PageBalance,
    PageRef,
    Quarantined,
    QuarantineReason,
    Reason,
    Record,
)


def batch_entry(row: BatchRow) -> BatchEntry:
    return BatchEntry(
        id=row.id,
        pipeline=row.pipeline,
        started=row.started,
        finished=row.finished,
        exit_code=row.exit_code,
        balance=PageBalance(**row.balance) if row.balance is not None else None,
    )


def source_entry(row: SourceRow) -> SourceEntry:
    return SourceEntry(
        sha256=row.sha256,
        name=row.name,
        state=SourceState(row.state),
        pages=row.pages,
        quarantine=_quarantined(row.quarantine) if row.quarantine is not None else None,
        batch_id=row.batch_id,
    )


def quarantine_data(quarantined: Quarantined) -> dict[str, Any]:
    return asdict(quarantined)


def _quarantined(data: dict[str, Any]) -> Quarantined:
    return Quarantined(**{**data, "reason": QuarantineReason(data["reason"])})


def document_entry(row: DocumentRow) -> DocumentEntry:
    return DocumentEntry(
        id=row.id,
        state=DocumentState(row.state),
        batch_id=row.batch_id,
        pages=tuple(PageRef(page.source_sha256, page.source, page.source_page) for page in row.pages),
        class_id=row.class_id,
        confidence=row.confidence,
        aktenzeichen=row.aktenzeichen,
        pdf=row.pdf,
        metadata=row.metadata_path,
        reasons=tuple(Reason(code, text) for code, text in row.reasons),
    )


def page_data(pages: tuple[PageRef, ...]) -> list[dict[str, Any]]:
    return [{"position": position, **page._asdict()} for position, page in enumerate(pages, start=1)]


def reason_data(reasons: tuple[Reason, ...]) -> list[list[str]]:
    return [[reason.code, reason.text] for reason in reasons]


def intent_data(intent: FilingIntent) -> dict[str, Any]:
    return {
        "document_id": intent.document_id,
        "state": IntentState.OPEN,
        "files": [list(item) for item in intent.files],
        "containers": [list(item) for item in intent.containers],
        "journal": intent.journal,
        "record": asdict(intent.record),
    }


def filing_intent(row: IntentRow | Row[Any]) -> FilingIntent:
    return FilingIntent(
        id=row.id,
        document_id=row.document_id,
        files=tuple((path, sha256) for path, sha256 in row.files),
        containers=tuple((path, before, after) for path, before, after in row.containers),
        journal=row.journal,
        record=Record(**row.record),
    )


def record_data(record: Record) -> dict[str, Any]:
    return {
        "pdf": record.pdf,
        "pdf_sha256": record.pdf_sha256,
        "metadata_path": record.metadata,
        "metadata_sha256": record.metadata_sha256,
        "class_id": record.class_id,
        "aktenzeichen": record.aktenzeichen,
        "lifted": False,
    }


def record_of_row(row: RecordRow | Row[Any]) -> Record:
    return Record(
        document_id=row.document_id,
        pdf=row.pdf,
        pdf_sha256=row.pdf_sha256,
        metadata=row.metadata_path,
        metadata_sha256=row.metadata_sha256,
        class_id=row.class_id,
        aktenzeichen=row.aktenzeichen,
    )
