"""The ledger itself: what a run asks of the operational memory, and what it tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from dipro_scan.ledger import entering, prints, rows
from dipro_scan.ledger.database import Database
from dipro_scan.ledger.entries import (
    BatchEntry,
    DocumentEntry,
    DocumentState,
    FinishedSource,
    KeptPrint,
    PagePrint,
    SourceEntry,
    SourceState,
    source_key,
)
from dipro_scan.ledger.putting import change, put, table_of
from dipro_scan.ledger.tables import (
    BatchRow,
    DocumentPageRow,
    DocumentRow,
    IntentRow,
    RecordRow,
    SourceDocumentRow,
    SourceRow,
)
from dipro_scan.model import Batch, FilingIntent, IntentState, PageBalance, Quarantined, Record, Source

# Databases limit the values of one query; this is far below every limit.
_KEYS_A_QUERY = 500

_STATE_OF_SOURCE: Final = select(SourceRow.state).where(SourceRow.sha256 == bindparam("sha256"))
_KNOWN_DOCUMENT: Final = select(DocumentRow.row).where(DocumentRow.id == bindparam("id"))
_INTENTS: Final = table_of(IntentRow)
_OPEN_INTENTS: Final = select(_INTENTS).where(_INTENTS.c.state == IntentState.OPEN).order_by(_INTENTS.c.row)
_RECORDS: Final = table_of(RecordRow)
_RECORD_OF: Final = select(_RECORDS).where(
    _RECORDS.c.document_id == bindparam("id"), _RECORDS.c.lifted.is_(False)
)


class Ledger:
    """What has happened to every source and document, and which filings are under way.

    Implements `model.RecordIndex`. Each call is one short transaction, durable when it returns unless it
    says otherwise; several threads and processes may use one ledger at once. See `Database` for what opening
    raises. Any call may raise Locked or Unwritable.
    """

    def __init__(self, url: str | Path, *, readonly: bool = False, busy_seconds: float = 60.0) -> None:
        self._database = Database(url, readonly=readonly, busy_seconds=busy_seconds)

    @property
    def where(self) -> str:
        """The database's name, for people."""
        return self._database.where

    def close(self) -> None:
        self._database.close()

    # Batches

    def begin_batch(self, batch: Batch, started: dt.datetime) -> bool:
        """Enters a batch; one that is begun again counts as not ended.

        Tells whether the batch was begun before and has not ended since: an interrupted run.
        """
        with self._database.writing() as session:
            row = session.scalar(select(BatchRow).where(BatchRow.id == batch.id))
            resumed = row is not None and row.finished is None
            if row is None:
                row = BatchRow(id=batch.id)
                session.add(row)
            row.pipeline = batch.pipeline
            row.started = started
            row.finished = row.exit_code = row.balance = None
        return resumed

    def end_batch(self, batch_id: str, finished: dt.datetime, exit_code: int, balance: PageBalance) -> None:
        with self._database.writing() as session:
            row = session.scalars(select(BatchRow).where(BatchRow.id == batch_id)).one()
            row.finished = finished
            row.exit_code = int(exit_code)
            row.balance = asdict(balance)

    def last_batches(self, count: int) -> list[BatchEntry]:
        """The batches begun last, the newest first."""
        query = select(BatchRow).order_by(BatchRow.started.desc(), BatchRow.row.desc()).limit(count)
        with self._database.reading() as session:
            return [rows.batch_entry(row) for row in session.scalars(query)]

    # Sources

    def claim_sources(self, sources: Iterable[Source], batch_id: str) -> None:
        """Enters sources; one that is finished, in quarantine or discarded stays as it is.

        A crash of the machine may undo it: the next run claims them again.
        """
        with self._database.noting() as connection:
            for source in sources:
                state = connection.scalar(_STATE_OF_SOURCE, {"sha256": source.sha256})
                if state in (None, SourceState.CLAIMED):
                    values = {"name": source.name, "batch_id": batch_id, "state": SourceState.CLAIMED}
                    put(connection, SourceRow, "sha256", source.sha256, values, {"attempts": 0})

    def begin_attempt(self, sha256: str) -> int:
        """Counts, durably, that a source is about to be read; gives how often it was begun and not ended."""
        with self._database.writing() as session:
            row = _known_source(session, sha256)
            row.attempts += 1
            return row.attempts

    def attempts(self) -> dict[str, int]:
        """How often sources that are not finished were begun, by hash; those never begun are left out."""
        query = select(SourceRow.sha256, SourceRow.attempts).where(SourceRow.attempts > 0)
        with self._database.reading() as session:
            return {row[0]: row[1] for row in session.execute(query)}

    def clear_attempts(self, sha256: str) -> None:
        """As if the source had never been begun; nothing for one that is not known."""
        with self._database.writing() as session:
            row = _source(session, sha256)
            if row is not None:
                row.attempts = 0

    def count_pages(self, pages: Mapping[str, int]) -> None:
        """How many pages sources have, by hash; a crash of the machine may undo it."""
        with self._database.noting() as connection:
            for sha256, count in pages.items():
                change(connection, SourceRow, "sha256", sha256, {"pages": count})

    def source(self, sha256: str) -> SourceEntry | None:
        with self._database.reading() as session:
            row = _source(session, sha256)
            return rows.source_entry(row) if row is not None else None

    def finish_sources(self, finished: Iterable[FinishedSource]) -> None:
        """Everything in these sources is on disk and verified: all of them become finished, or none."""
        with self._database.entering() as connection:
            for item in finished:
                values = {
                    "state": SourceState.FINISHED,
                    "attempts": 0,
                    "pages": item.pages,
                    "quarantine": None,
                }
                if not change(connection, SourceRow, "sha256", item.sha256, values):
                    raise _unknown_source(item.sha256)
                entering.link(connection, item.sha256, item.documents)

    def reopen_sources(self, sha256s: Iterable[str]) -> None:
        """Finished sources are claimed again: the next run reads them, and checks them, once more."""
        with self._database.writing() as session:
            for sha256 in sha256s:
                row = _source(session, sha256)
                if row is not None and row.state == SourceState.FINISHED:
                    row.state = SourceState.CLAIMED

    def quarantine_source(self, quarantined: Quarantined, batch_id: str) -> None:
        """Enters a source as unreadable, under its `source_key`."""
        with self._database.writing() as session:
            key = source_key(quarantined)
            row = _source(session, key)
            if row is None:
                row = SourceRow(sha256=key)
                session.add(row)
            row.name = quarantined.source
            row.state = SourceState.QUARANTINED
            row.pages = quarantined.pages
            row.batch_id = batch_id
            row.quarantine = rows.quarantine_data(quarantined)

    def quarantined_sources(self) -> list[SourceEntry]:
        query = select(SourceRow).where(SourceRow.state == SourceState.QUARANTINED).order_by(SourceRow.row)
        with self._database.reading() as session:
            return [rows.source_entry(row) for row in session.scalars(query)]

    def discard_source(self, sha256: str) -> None:
        """A person says that this source is not wanted; its pages count as duplicates from now on."""
        with self._database.writing() as session:
            row = _known_source(session, sha256)
            row.state = SourceState.DISCARDED
            row.quarantine = None

    def free_source(self, sha256: str) -> None:
        """As if the source had never been seen: the next run reads it."""
        with self._database.writing() as session:
            row = _known_source(session, sha256)
            row.state = SourceState.CLAIMED
            row.attempts = 0
            row.pages = None
            row.quarantine = None

    # Documents

    def hold_document(self, entry: DocumentEntry, fingerprints: Sequence[PagePrint] = ()) -> None:
        """Enters a document that waits for a person. One that is filed stays filed."""
        with self._database.entering() as connection:
            entering.hold(connection, entry, fingerprints)

    def replace_documents(
        self,
        superseded: Collection[str],
        held: Sequence[DocumentEntry],
        known: Collection[str] = (),
        fingerprints: Mapping[str, Sequence[PagePrint]] | None = None,
    ) -> None:
        """Documents in review give way to others, all at once; doing it again changes nothing.

        `held` wait for a person from now on; `known` are documents that hold the content of the rest. Every
        source of a superseded document is one of theirs. What is filed stays filed. `fingerprints` are those
        of the held ones' pages, by document.
        """
        kept = fingerprints or {}
        with self._database.writing() as session:
            for entry in held:
                entering.hold(session, entry, kept.get(entry.id, ()))
            for id in superseded:
                row = entering.find_document(session, id)
                if row is not None and row.state == DocumentState.REVIEW:
                    row.state = DocumentState.SUPERSEDED
                    row.pdf = row.metadata_path = None
                    prints.forget(session, id)
            heirs = {*known, *(entry.id for entry in held)}
            copies = select(SourceDocumentRow.source_sha256).where(
                SourceDocumentRow.document_id.in_(superseded)
            )
            for sha256 in set(session.scalars(copies)):
                entering.link(session, sha256, heirs)

    def describe_document(self, entry: DocumentEntry, fingerprints: Sequence[PagePrint] = ()) -> None:
        """Adds batch, pages, confidence and reasons to a document that is known; its state stays.

        Filing enters a document with what the record says; this is the rest. A crash of the machine may undo
        it: a document without pages is told so, and is described again.
        """
        with self._database.noting() as connection:
            entering.describe(connection, entry)
            prints.keep(connection, entry.id, fingerprints)

    def similar_pages(self, keys: Collection[int], limit: int) -> list[KeptPrint]:
        """Pages in review or filed that share keys with a page, those that share most first.

        Keys that too many pages share tell nothing and are left out.
        """
        with self._database.asking() as connection:
            return prints.similar(connection, keys, limit)

    def document(self, id: str) -> DocumentEntry | None:
        with self._database.asking() as connection:
            if connection.scalar(_KNOWN_DOCUMENT, {"id": id}) is None:
                return None
        with self._database.reading() as session:
            row = entering.find_document(session, id)
            return rows.document_entry(row) if row is not None else None

    def documents(self, state: DocumentState | None = None) -> list[DocumentEntry]:
        """All documents, or those in `state`, in the order in which they were entered."""
        query = select(DocumentRow).order_by(DocumentRow.row)
        if state is not None:
            query = query.where(DocumentRow.state == state)
        with self._database.reading() as session:
            return [rows.document_entry(row) for row in session.scalars(query)]

    def find_document(self, prefix: str) -> list[DocumentEntry]:
        """The documents whose id begins with `prefix`, in the order in which they were entered."""
        query = select(DocumentRow).where(DocumentRow.id.startswith(prefix, autoescape=True))
        with self._database.reading() as session:
            return [rows.document_entry(row) for row in session.scalars(query.order_by(DocumentRow.row))]

    def reject_document(self, id: str) -> None:
        """A person rejects a document: the same bytes are read again, and may be filed again.

        Finished sources of its pages go back to claimed; other documents from them are known still.
        """
        with self._database.writing() as session:
            row = _known_document(session, id)
            row.state = DocumentState.REJECTED
            prints.forget(session, id)
            record = session.scalar(select(RecordRow).where(RecordRow.document_id == id))
            if record is not None:
                record.lifted = True
            copies = select(SourceDocumentRow.source_sha256).where(SourceDocumentRow.document_id == id)
            for sha256 in {page.source_sha256 for page in row.pages} | set(session.scalars(copies)):
                source = _source(session, sha256)
                if source is not None and source.state == SourceState.FINISHED:
                    source.state = SourceState.CLAIMED

    def documents_of(self, sha256: str) -> list[DocumentEntry]:
        """Documents that this source holds, superseded ones left out, in the order of their entry."""
        query = select(DocumentRow).where(
            DocumentRow.state != DocumentState.SUPERSEDED, _comes_from([sha256])
        )
        query = query.order_by(DocumentRow.row)
        with self._database.reading() as session:
            return [rows.document_entry(row) for row in session.scalars(query)]

    def waiting_documents(self, sha256s: Collection[str]) -> list[DocumentEntry]:
        """Documents in review that one of these sources holds, in the order of their entry."""
        keys = sorted(set(sha256s))
        found: dict[int, DocumentEntry] = {}
        with self._database.reading() as session:
            for start in range(0, len(keys), _KEYS_A_QUERY):
                query = select(DocumentRow).where(
                    DocumentRow.state == DocumentState.REVIEW,
                    _comes_from(keys[start : start + _KEYS_A_QUERY]),
                )
                found.update((row.row, rows.document_entry(row)) for row in session.scalars(query))
        return [found[number] for number in sorted(found)]

    # Records (RecordIndex)

    def open_intents(self) -> Sequence[FilingIntent]:
        with self._database.asking() as connection:
            return [rows.filing_intent(row) for row in connection.execute(_OPEN_INTENTS)]

    def intend(self, intent: FilingIntent) -> None:
        """Durable when it returns. An intent that was discarded may be entered again."""
        with self._database.entering() as connection:
            put(connection, IntentRow, "id", intent.id, rows.intent_data(intent))

    def settle(self, intent: FilingIntent, state: IntentState) -> None:
        """`DONE` also enters the record and sets its document filed. Durable when it returns."""
        with self._database.entering() as connection:
            if not change(connection, IntentRow, "id", intent.id, {"state": state}):
                raise LookupError(f"the ledger knows no intent {intent.id}")
            if state is IntentState.DONE:
                entering.enter_record(connection, intent.record)

    def record_of(self, document_id: str) -> Record | None:
        with self._database.asking() as connection:
            row = connection.execute(_RECORD_OF, {"id": document_id}).one_or_none()
            return rows.record_of_row(row) if row is not None else None

    def records(self) -> list[Record]:
        """Every record whose guard holds, in the order of filing."""
        query = select(RecordRow).where(RecordRow.lifted.is_(False)).order_by(RecordRow.row)
        with self._database.reading() as session:
            return [rows.record_of_row(row) for row in session.scalars(query)]


def _comes_from(sha256s: Sequence[str]) -> ColumnElement[bool]:
    """Documents with a page of one of these sources, or of which one of them holds a copy."""
    copies = select(SourceDocumentRow.document_id).where(SourceDocumentRow.source_sha256.in_(sha256s))
    return or_(DocumentRow.pages.any(DocumentPageRow.source_sha256.in_(sha256s)), DocumentRow.id.in_(copies))


def _source(session: Session, sha256: str) -> SourceRow | None:
    return session.scalar(select(SourceRow).where(SourceRow.sha256 == sha256))


def _known_source(session: Session, sha256: str) -> SourceRow:
    row = _source(session, sha256)
    if row is None:
        raise _unknown_source(sha256)
    return row


def _unknown_source(sha256: str) -> LookupError:
    return LookupError(f"the ledger knows no source {sha256}")


def _known_document(session: Session, document_id: str) -> DocumentRow:
    row = entering.find_document(session, document_id)
    if row is None:
        raise LookupError(f"the ledger knows no document {document_id}")
    return row
