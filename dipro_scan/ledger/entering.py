"""Documents, records and what sources hold, entered into the ledger's rows within a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from dipro_scan.ledger import prints, rows
from dipro_scan.ledger.entries import DocumentEntry, DocumentState, PagePrint
from dipro_scan.ledger.putting import Executing, change, put, table_of
from dipro_scan.ledger.tables import DocumentPageRow, DocumentRow, RecordRow, SourceDocumentRow
from dipro_scan.model import Record

_DOCUMENTS: Final = table_of(DocumentRow)
_PAGES: Final = table_of(DocumentPageRow)
_STATE_OF: Final = select(_DOCUMENTS.c.state).where(_DOCUMENTS.c.id == bindparam("id"))
_ROW_OF: Final = select(_DOCUMENTS.c.row).where(_DOCUMENTS.c.id == bindparam("id"))
_PAGES_AWAY: Final = delete(_PAGES).where(_PAGES.c.document_row == bindparam("document"))
_PAGES_IN: Final = insert(_PAGES)

_COPIES: Final = table_of(SourceDocumentRow)
_COPIES_OF: Final = select(_COPIES.c.document_id).where(_COPIES.c.source_sha256 == bindparam("source"))
_COPY_IN: Final = insert(_COPIES)

_NOT_DESCRIBED: Final = {"batch_id": "", "confidence": 0.0, "reasons": []}


def find_document(session: Session, document_id: str) -> DocumentRow | None:
    return session.scalar(select(DocumentRow).where(DocumentRow.id == document_id))


def hold(transaction: Executing, entry: DocumentEntry, fingerprints: Sequence[PagePrint] = ()) -> None:
    if transaction.scalar(_STATE_OF, {"id": entry.id}) == DocumentState.FILED:
        return
    values = {
        "state": DocumentState.REVIEW,
        "class_id": entry.class_id,
        "aktenzeichen": entry.aktenzeichen,
        "pdf": entry.pdf,
        "metadata_path": entry.metadata,
    }
    put(transaction, DocumentRow, "id", entry.id, values, _NOT_DESCRIBED)
    describe(transaction, entry)
    prints.keep(transaction, entry.id, fingerprints)


def link(transaction: Executing, sha256: str, document_ids: Iterable[str]) -> None:
    """Enters that a source holds these documents."""
    known = {row[0] for row in transaction.execute(_COPIES_OF, {"source": sha256})}
    for document_id in set(document_ids) - known:
        transaction.execute(_COPY_IN, {"source_sha256": sha256, "document_id": document_id})


def describe(transaction: Executing, entry: DocumentEntry) -> None:
    """Enters batch, pages, confidence and reasons of a known document. Raises LookupError for an unknown."""
    values = {
        "batch_id": entry.batch_id,
        "confidence": entry.confidence,
        "reasons": rows.reason_data(entry.reasons),
    }
    if not change(transaction, DocumentRow, "id", entry.id, values):
        raise LookupError(f"the ledger knows no document {entry.id}")
    document_row = transaction.scalar(_ROW_OF, {"id": entry.id})
    transaction.execute(_PAGES_AWAY, {"document": document_row})
    pages = rows.page_data(entry.pages)
    if pages:
        transaction.execute(_PAGES_IN, [{"document_row": document_row, **page} for page in pages])


def enter_record(transaction: Executing, record: Record) -> None:
    put(transaction, RecordRow, "document_id", record.document_id, rows.record_data(record))
    values = {
        "state": DocumentState.FILED,
        "class_id": record.class_id,
        "aktenzeichen": record.aktenzeichen,
        "pdf": record.pdf,
        "metadata_path": record.metadata,
    }
    put(transaction, DocumentRow, "id", record.document_id, values, _NOT_DESCRIBED)
