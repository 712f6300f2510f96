"""A whole ledger as plain values: written at one stroke into a new file, or read to be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from dipro_scan.ledger import prints, rows
from dipro_scan.ledger.database import Database
from dipro_scan.ledger.entries import BatchEntry, DocumentEntry, PagePrint, SourceEntry
from dipro_scan.ledger.tables import (
    Base,
    BatchRow,
    DocumentPageRow,
    DocumentRow,
    FingerprintRow,
    IntentRow,
    RecordRow,
    SourceDocumentRow,
    SourceRow,
)
from dipro_scan.model import FilingIntent, IntentState, Record

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class LedgerContents:
    """Everything that a ledger holds, each part in the order of its entry.

    `copies` are (source, document): which documents came out of a source or are held by it a second
    time. `records` come with whether their guard was lifted, `intents` with their state, `fingerprints` with
    the document of their page.
    """

    batches: tuple[BatchEntry, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
    documents: tuple[DocumentEntry, ...] = ()
    copies: tuple[tuple[str, str], ...] = ()
    records: tuple[tuple[Record, bool], ...] = ()
    intents: tuple[tuple[FilingIntent, IntentState], ...] = ()
    fingerprints: tuple[tuple[str, PagePrint], ...] = ()


def write_ledger(path: Path, contents: LedgerContents) -> None:
    """Makes a ledger of today's schema at `path`, which must not exist, and fills it: wholly or not.

    Raises what opening a ledger raises.
    """
    database = Database(path)
    try:
        with database.writing() as session:
            _add_all(session, contents)
    finally:
        database.close()


def read_ledger(path: Path) -> LedgerContents:
    """Everything in the ledger at `path`. Raises what opening a ledger raises."""
    database = Database(path, readonly=True)
    try:
        with database.reading() as session:
            return LedgerContents(
                batches=tuple(rows.batch_entry(row) for row in _all(session, BatchRow)),
                sources=tuple(rows.source_entry(row) for row in _all(session, SourceRow)),
                documents=tuple(rows.document_entry(row) for row in _all(session, DocumentRow)),
                copies=tuple(
                    (row.source_sha256, row.document_id) for row in _all(session, SourceDocumentRow)
                ),
                records=tuple((rows.record_of_row(row), row.lifted) for row in _all(session, RecordRow)),
                intents=tuple(
                    (rows.filing_intent(row), IntentState(row.state)) for row in _all(session, IntentRow)
                ),
                fingerprints=tuple(
                    (row.document_id, PagePrint(row.position, row.data))
                    for row in _all(session, FingerprintRow)
                ),
            )
    finally:
        database.close()


def _all(session: Session, kind: type[Row]) -> Sequence[Row]:
    return session.scalars(select(kind).order_by(kind.row)).all()


def _add_all(session: Session, contents: LedgerContents) -> None:
    session.add_all(map(_batch_row, contents.batches))
    session.add_all(map(_source_row, contents.sources))
    session.add_all(map(_document_row, contents.documents))
    session.add_all(
        SourceDocumentRow(source_sha256=sha256, document_id=document) for sha256, document in contents.copies
    )
    for record, lifted in contents.records:
        data = rows.record_data(record) | {"lifted": lifted}
        session.add(RecordRow(document_id=record.document_id, **data))
    for intent, state in contents.intents:
        session.add(IntentRow(id=intent.id, **rows.intent_data(intent) | {"state": state}))
    _add_fingerprints(session, contents.fingerprints)


def _add_fingerprints(session: Session, fingerprints: Sequence[tuple[str, PagePrint]]) -> None:
    """As if they had come one after the other; counted here, where asking for each would take long."""
    counts: Counter[int] = Counter()

    def counted(keys: Collection[int]) -> Mapping[int, int]:
        return counts

    for document_id, page in fingerprints:
        counts.update(prints.add(session, document_id, [page], counted))


def _batch_row(entry: BatchEntry) -> BatchRow:
    return BatchRow(
        id=entry.id,
        pipeline=entry.pipeline,
        started=entry.started,
        finished=entry.finished,
        exit_code=entry.exit_code,
        balance=asdict(entry.balance) if entry.balance is not None else None,
    )


def _source_row(entry: SourceEntry) -> SourceRow:
    return SourceRow(
        sha256=entry.sha256,
        name=entry.name,
        state=entry.state,
        pages=entry.pages,
        batch_id=entry.batch_id,
        quarantine=rows.quarantine_data(entry.quarantine) if entry.quarantine is not None else None,
    )


def _document_row(entry: DocumentEntry) -> DocumentRow:
    return DocumentRow(
        id=entry.id,
        state=entry.state,
        batch_id=entry.batch_id,
        class_id=entry.class_id,
        confidence=entry.confidence,
        aktenzeichen=entry.aktenzeichen,
        pdf=entry.pdf,
        metadata_path=entry.metadata,
        reasons=rows.reason_data(entry.reasons),
        pages=[DocumentPageRow(**page) for page in rows.page_data(entry.pages)],
    )
