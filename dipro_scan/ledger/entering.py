"""Documents, records and what sources hold, entered into the ledger's rows within a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dipro_scan.ledger import prints, rows
from dipro_scan.ledger.entries import DocumentEntry, DocumentState, PagePrint
from dipro_scan.ledger.tables import DocumentRow, RecordRow, SourceDocumentRow
from dipro_scan.model import Record


def find_document(session: Session, document_id: str) -> DocumentRow | None:
    return session.scalar(select(DocumentRow).where(DocumentRow.id == document_id))


def hold(session: Session, entry: DocumentEntry, fingerprints: Sequence[PagePrint] = ()) -> None:
    row = find_document(session, entry.id)
    if row is None:
        row = DocumentRow(id=entry.id)
        session.add(row)
    elif row.state == DocumentState.FILED:
        return
    row.state = DocumentState.REVIEW
    row.class_id = entry.class_id
    row.aktenzeichen = entry.aktenzeichen
    row.pdf = entry.pdf
    row.metadata_path = entry.metadata
    describe(session, row, entry)
    prints.keep(session, entry.id, fingerprints)


def link(session: Session, sha256: str, document_ids: Iterable[str]) -> None:
    """Enters that a source holds these documents."""
    known = select(SourceDocumentRow.document_id).where(SourceDocumentRow.source_sha256 == sha256)
    for document_id in set(document_ids) - set(session.scalars(known)):
        session.add(SourceDocumentRow(source_sha256=sha256, document_id=document_id))


def describe(session: Session, row: DocumentRow, entry: DocumentEntry) -> None:
    row.batch_id = entry.batch_id
    row.confidence = entry.confidence
    row.reasons = rows.reason_data(entry.reasons)
    # Old pages must be gone before new ones take their positions.
    row.pages = []
    session.flush()
    row.pages = rows.page_rows(entry.pages)


def enter_record(session: Session, record: Record) -> None:
    row = session.scalar(select(RecordRow).where(RecordRow.document_id == record.document_id))
    if row is None:
        row = RecordRow(document_id=record.document_id)
        session.add(row)
    rows.fill_record(row, record)
    document = find_document(session, record.document_id)
    if document is None:
        document = DocumentRow(id=record.document_id, batch_id="", confidence=0.0, reasons=[])
        session.add(document)
    document.state = DocumentState.FILED
    document.class_id = record.class_id
    document.aktenzeichen = record.aktenzeichen
    document.pdf = record.pdf
    document.metadata_path = record.metadata
