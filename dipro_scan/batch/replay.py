"""The journal, line by line, as the ledger once took it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from dipro_scan.batch.evidence import Evidence, last_reasons
from dipro_scan.batch.fingerprints import prints_in
from dipro_scan.batch.review import entry_of
from dipro_scan.ledger import (
    BatchEntry,
    DocumentEntry,
    DocumentState,
    PagePrint,
    SourceEntry,
    SourceState,
)
from dipro_scan.model import (
    FilingIntent,
    IntentState,
    JournalEntry,
    PageBalance,
    PageRef,
    Quarantined,
    QuarantineReason,
    Reason,
    Record,
    StoreDamaged,
)
from dipro_scan.translation import _


@dataclass(slots=True)
class Replay:
    """What the ledger knew, as far as it was taken in; keys stand in the order of their entry.

    `lost` are sentences about what cannot be known any more.
    """

    evidence: Evidence
    batches: dict[str, BatchEntry] = field(default_factory=dict)
    sources: dict[str, SourceEntry] = field(default_factory=dict)
    documents: dict[str, DocumentEntry] = field(default_factory=dict)
    copies: dict[tuple[str, str], None] = field(default_factory=dict)
    records: dict[str, tuple[Record, bool]] = field(default_factory=dict)
    intents: dict[str, tuple[FilingIntent, IntentState]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    set_aside: dict[tuple[str, int], str] = field(default_factory=dict)
    prints: dict[str, Sequence[PagePrint]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def take(self, entries: Iterable[JournalEntry]) -> None:
        """Takes in lines, oldest first. Raises StoreDamaged at one that is not as dipro-scan writes it."""
        for entry in entries:
            handle = EVENTS.get(entry.event)
            if handle is None:
                continue
            try:
                handle(self, entry)
            except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
                raise StoreDamaged(
                    _("Line %(number)d of the journal (%(event)s) is not as dipro-scan writes it.")
                    % {"number": entry.number, "event": entry.event}
                ) from error

    def batch_at_work(self, batch_id: str, time: dt.datetime, pipeline: str | None = None) -> None:
        """A run was carrying this batch at `time`: where it had ended before, it was begun again."""
        known = self.batches.get(batch_id)
        if known is None or known.finished is not None:
            name = pipeline or (known.pipeline if known else "")
            self.batches[batch_id] = BatchEntry(batch_id, name, time, None, None, None)
        elif not known.pipeline and pipeline:
            self.batches[batch_id] = replace(known, pipeline=pipeline)

    def enter_source(self, sha256: str, state: SourceState, pages: int | None, batch_id: str) -> None:
        name = self.names.get(sha256, "")
        self.sources[sha256] = SourceEntry(sha256, name, state, pages, None, batch_id)

    def reopen_sources(self, sha256s: Iterable[str]) -> None:
        """Finished sources count as never read."""
        for sha256 in sha256s:
            source = self.sources.get(sha256)
            if source is not None and source.state is SourceState.FINISHED:
                self.sources[sha256] = replace(source, state=SourceState.CLAIMED)

    def sources_of(self, document_id: str, *, linked_only: bool = False) -> set[str]:
        """Every source that holds a document; `linked_only` leaves out those not finished yet."""
        linked = {sha256 for sha256, document in self.copies if document == document_id}
        entry = self.documents.get(document_id)
        if linked_only or entry is None:
            return linked
        return linked | {page.source_sha256 for page in entry.pages}


def _filed(replay: Replay, entry: JournalEntry) -> None:
    data = entry.data
    record = record_of_line(data)
    facts = replay.evidence.filed(record)
    before = replay.documents.get(record.document_id)
    if facts is None and (before is None or not before.pages):
        replay.lost.append(
            _(
                "Which pages document %(id)s has is not known any more: its metadata %(path)s is missing or"
                " was changed."
            )
            % {"id": record.document_id, "path": record.metadata}
        )
    if facts is not None and facts.batch_id not in replay.batches:
        replay.batch_at_work(facts.batch_id, entry.time, facts.pipeline)
    replay.prints[record.document_id] = facts.prints if facts else ()
    for page in facts.pages if facts else ():
        replay.names.setdefault(page.source_sha256, page.source)
    replay.documents[record.document_id] = DocumentEntry(
        id=record.document_id,
        state=DocumentState.FILED,
        batch_id=facts.batch_id if facts else before.batch_id if before else "",
        pages=facts.pages if facts else before.pages if before else (),
        class_id=record.class_id,
        confidence=facts.confidence if facts else before.confidence if before else 0.0,
        aktenzeichen=record.aktenzeichen,
        pdf=record.pdf,
        metadata=record.metadata,
        reasons=facts.reasons if facts else (),
    )
    replay.records[record.document_id] = (record, False)
    replay.intents[data["intent"]] = (_intent_of_line(data, record), IntentState.DONE)


def record_of_line(data: dict[str, Any]) -> Record:
    """The record that a line `filed` tells of."""
    files = {item["role"]: item for item in data["files"]}
    return Record(
        document_id=str(data["document"]),
        pdf=files["record"]["path"],
        pdf_sha256=files["record"]["sha256"],
        metadata=files["metadata"]["path"],
        metadata_sha256=files["metadata"]["sha256"],
        class_id=data["class"],
        aktenzeichen=data["aktenzeichen"],
    )


def _intent_of_line(data: dict[str, Any], record: Record) -> FilingIntent:
    return FilingIntent(
        id=data["intent"],
        document_id=record.document_id,
        files=tuple((item["path"], item["sha256"]) for item in data["files"]),
        containers=tuple((item["path"], item["before"] or "", item["after"]) for item in data["containers"]),
        journal=data,
        record=record,
    )


def _held(replay: Replay, entry: JournalEntry) -> None:
    document_id = str(entry.data["document"])
    known = replay.documents.get(document_id)
    kept = replay.evidence.case(document_id)
    pipeline = kept.case.batch.pipeline if kept else None
    replay.batch_at_work(entry.data["batch"], entry.time, pipeline)
    if known is not None and known.state is DocumentState.FILED:
        return
    _hold(replay, entry.data, entry.data["batch"])


def _hold(replay: Replay, data: dict[str, Any], batch_id: str) -> None:
    """Enters a document as waiting: with what its case tells, or with the line alone where that is gone."""
    document_id, codes = str(data["document"]), [str(code) for code in data["reasons"]]
    kept = replay.evidence.case(document_id)
    if kept is None:
        pages = tuple(
            PageRef(str(page["source"]), replay.names.get(str(page["source"]), ""), int(page["page"]))
            for page in data.get("pages", ())
        )
        reasons = tuple(Reason(code, "") for code in codes)
        replay.documents[document_id] = DocumentEntry(
            document_id, DocumentState.REVIEW, batch_id, pages, None, 0.0, None, None, None, reasons
        )
        return
    case = kept.case
    replay.prints[document_id] = prints_in(case.metadata.get("pages", ()))
    told = tuple(Reason(item["code"], item["text"]) for item in case.reasons)
    for source in case.batch.sources:
        replay.names.setdefault(source.sha256, source.name)
    entry = entry_of(replay.evidence.workspace, case, last_reasons(told, len(codes)), pdf=kept.has_pdf)
    replay.documents[document_id] = replace(entry, batch_id=batch_id)


def _corrected(replay: Replay, entry: JournalEntry) -> None:
    """A person parted, joined, turned or completed documents in review: others took their place."""
    data = entry.data
    heirs = [str(item["document"]) for item in data["documents"]]
    for item in data["documents"]:
        known = replay.documents.get(str(item["document"]))
        if item["state"] == "review" and (known is None or known.state is not DocumentState.FILED):
            _hold(replay, item, data["batch"])
    for document_id in map(str, data["superseded"]):
        for sha256 in replay.sources_of(document_id, linked_only=True):
            replay.copies.update(dict.fromkeys((sha256, heir) for heir in heirs))
        known = replay.documents[document_id]
        if known.state is DocumentState.REVIEW:
            replay.documents[document_id] = replace(
                known, state=DocumentState.SUPERSEDED, pdf=None, metadata=None
            )
    for page in data["restored"]:
        replay.set_aside.pop((str(page["source"]), int(page["page"])), None)


def _rejected(replay: Replay, entry: JournalEntry) -> None:
    document_id = str(entry.data["document"])
    known = replay.documents[document_id]
    replay.documents[document_id] = replace(known, state=DocumentState.REJECTED)
    if document_id in replay.records:
        replay.records[document_id] = (replay.records[document_id][0], True)
    replay.reopen_sources(replay.sources_of(document_id))


def _source_finished(replay: Replay, entry: JournalEntry) -> None:
    data = entry.data
    sha256 = str(data["source"])
    replay.batch_at_work(data["batch"], entry.time)
    replay.enter_source(sha256, SourceState.FINISHED, int(data["pages"]), data["batch"])
    replay.copies.update(dict.fromkeys((sha256, str(document)) for document in data["documents"]))
    for page in data["set_aside"]:
        replay.set_aside[sha256, int(page["page"])] = str(page["why"])


def _quarantined(replay: Replay, entry: JournalEntry) -> None:
    data = entry.data
    sha256 = str(data["source"])
    replay.batch_at_work(data["batch"], entry.time)
    replay.enter_source(sha256, SourceState.QUARANTINED, data["pages"], data["batch"])
    told = replay.evidence.quarantined(sha256)
    if told is None:
        # Kept under its hash all the same: it must not be taken for new, and can be tried again.
        told = Quarantined(sha256[:16], sha256, QuarantineReason(data["reason"]), "", None, data["pages"])
    replay.sources[sha256] = replace(replay.sources[sha256], name=told.source, quarantine=told)


def _discarded(replay: Replay, entry: JournalEntry) -> None:
    source = replay.sources[str(entry.data["source"])]
    replay.sources[source.sha256] = replace(source, state=SourceState.DISCARDED, quarantine=None)


def _freed(replay: Replay, entry: JournalEntry) -> None:
    source = replay.sources[str(entry.data["source"])]
    replay.sources[source.sha256] = replace(source, state=SourceState.CLAIMED, pages=None, quarantine=None)


def _reopened(replay: Replay, entry: JournalEntry) -> None:
    replay.batch_at_work(entry.data["batch"], entry.time)
    replay.reopen_sources(entry.data["sources"])


def _batch_finished(replay: Replay, entry: JournalEntry) -> None:
    """Lines of the first days hold the balance alone."""
    data = entry.data
    known = replay.batches.get(data["batch"])
    started, finished = data.get("started"), data.get("finished")
    replay.batches[data["batch"]] = BatchEntry(
        id=data["batch"],
        pipeline=data.get("pipeline") or (known.pipeline if known else ""),
        started=dt.datetime.fromisoformat(started) if started else known.started if known else entry.time,
        finished=dt.datetime.fromisoformat(finished) if finished else entry.time,
        exit_code=data.get("exit"),
        balance=PageBalance(**data["pages"]),
    )


EVENTS: Final[dict[str, Callable[[Replay, JournalEntry], None]]] = {
    "filed": _filed,
    "held": _held,
    "split": _corrected,
    "merged": _corrected,
    "turned": _corrected,
    "restored": _corrected,
    "rejected": _rejected,
    "source_finished": _source_finished,
    "sources_reopened": _reopened,
    "quarantined": _quarantined,
    "quarantine_lifted": _freed,
    "quarantine_settled": _discarded,
    "discarded": _discarded,
    "batch_finished": _batch_finished,
}
"""What each event did to the ledger. Every event of the journal stands here or in `WITHOUT_EFFECT`."""

WITHOUT_EFFECT: Final = frozenset({"journal_mended", "ledger_migrated", "ledger_rebuilt"})
