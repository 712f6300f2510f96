"""The document floor: groups of read pages become documents, decisions, records or review cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from dipro_scan import separate
from dipro_scan.batch.arranging import arrange
from dipro_scan.batch.assembly import AssembledPdf, AssemblyJob, assemble, assembly_pages, document_title
from dipro_scan.batch.bins import Bins, duplicate_result
from dipro_scan.batch.collating import places_of_paper
from dipro_scan.batch.deciding import decide_document
from dipro_scan.batch.events import tell
from dipro_scan.batch.filing import BatchFacts, Filer, Prepared
from dipro_scan.batch.fingerprints import prints_of
from dipro_scan.batch.holders import Part, known_document, parts_of, still_aside
from dipro_scan.batch.likeness import RescanFinder, rescan_suspected
from dipro_scan.batch.once import JournalOnce
from dipro_scan.batch.placing import durable_move
from dipro_scan.batch.prepared import checked, filed_entry, held_back, sound_pdf
from dipro_scan.batch.reading import PageReader, wanted_pages
from dipro_scan.batch.result import SetAsideResult
from dipro_scan.batch.review import case_of, entry_of, keep_case
from dipro_scan.batch.said import deadline_of
from dipro_scan.batch.segments import Claimed, OpenedSource, Segment
from dipro_scan.batch.side_pages import LaidAside, keep_side_pages
from dipro_scan.batch.station import LazyPool, Station
from dipro_scan.batch.stored_images import drop_images
from dipro_scan.ledger import DocumentEntry, DocumentState, FinishedSource
from dipro_scan.model import (
    Action,
    Document,
    PageInput,
    PageRef,
    ReadPage,
    Reason,
    SetAside,
    Source,
    most_urgent,
)
from dipro_scan.ocr.language_tags import language_tag
from dipro_scan.settings import Configuration
from dipro_scan.translation import _

_SIDE_PAGE_SECONDS = 120.0

_SOURCES_AT_ONCE: Final = 16
"""Sources that share the syncs with which they are finished."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the steps of one run share."""

    station: Station
    configuration: Configuration
    pool: LazyPool
    reader: PageReader
    filer: Filer
    bins: Bins
    journal: JournalOnce
    work: Path
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class _PendingDocument:
    """A document that waits for its PDF; without `prepared` it is known already.

    `own` means that an interrupted run of this very batch got it this far: no second copy.
    """

    document: Document
    prepared: Prepared | None = None
    known: DocumentEntry | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class _PendingAside:
    """A page that waits for its PDF in the set-aside folder; without `pdf` it lies there already."""

    aside: SetAside
    target: Path
    pdf: Future[AssembledPdf] | None


@dataclass(frozen=True, slots=True)
class PendingGroup:
    """Pages that were separated together, on their way to disk."""

    segment: Segment
    facts: BatchFacts
    inputs: dict[PageRef, PageInput]
    documents: tuple[_PendingDocument, ...]
    set_aside: tuple[_PendingAside, ...]

    def is_ready(self) -> bool:
        """Whether nothing here waits for a worker any more."""
        made = [item.prepared.pdf for item in self.documents if item.prepared]
        return all(future.done() for future in [*made, *(item.pdf for item in self.set_aside if item.pdf)])


class DocumentFloor:
    """Decides what documents are and brings them to disk, in the order of their pages."""

    def __init__(self, tools: Tools, facts: BatchFacts) -> None:
        self._tools = tools
        self._facts = facts
        self._ids: set[str] = set()
        self._separators: set[str] = set()
        self._rescans = RescanFinder(tools.station, tools.configuration.pipeline.duplicates)
        self._finished_sources: list[FinishedSource] = []

    def start(self, segment: Segment, pages: Sequence[ReadPage]) -> PendingGroup:
        """Separates and decides; orders every PDF that will be needed."""
        tools = self._tools
        for item in segment.sources:
            tools.bins.scan(item.outline.pages, item.source)
        separation = arrange(segment, pages, tools.configuration)
        self._separators |= {
            aside.page.ref.source_sha256 for aside in separation.set_aside if aside.why == "separator"
        }
        aside, restored = still_aside(tools.station.ledger, separation.set_aside)
        blanks = tuple(item.page.ref for item in aside if item.why == "blank")
        places = places_of_paper(segment, pages, self._facts.positions, tools.configuration.pipeline)
        facts = replace(self._facts, set_aside_blank=blanks, positions=places)
        inputs = _inputs(segment.sources, pages)
        opened = {item.source.sha256: item for item in segment.sources}
        documents = []
        for number, document in enumerate(separation.documents, start=1):
            against = []
            if number == 1:
                against += self._missing(segment.before)
            if number == len(separation.documents):
                against += self._missing(segment.after)
            source = opened[document.pages[0].ref.source_sha256]
            documents += [
                self._start_document(part, source, facts, inputs, against)
                for part in parts_of(tools.station.ledger, document)
            ]
        pending = tuple(self._start_aside(item, inputs) for item in aside)
        documents += [self._known(part) for part in restored]
        return PendingGroup(segment, facts, inputs, tuple(documents), pending)

    def finish(self, group: PendingGroup) -> None:
        """Files, holds and sets aside. Then the group's sources are finished, for good after `settle`.

        What a crash leaves unfinished is gone through again, from cached readings.
        """
        for item in group.documents:
            self._finish_document(item, group)
        laid = [self._finish_aside(aside, group) for aside in group.set_aside]
        in_documents = [page.ref for item in group.documents for page in item.document.pages]
        workspace = self._tools.station.workspace
        keep_side_pages(workspace, group.facts, group.inputs, in_documents, laid)
        self._finished_sources += [self._finished(opened, group) for opened in group.segment.sources]
        if len(self._finished_sources) >= _SOURCES_AT_ONCE:
            self.settle()

    def settle(self) -> None:
        """Makes durable that the sources of all groups so far are finished."""
        if self._finished_sources:
            self._tools.station.store.sync_journal()
            self._tools.station.ledger.finish_sources(self._finished_sources)
            self._finished_sources = []

    def _missing(self, neighbour: Claimed | None) -> list[Reason]:
        """Why a document beside a page that was not read may be incomplete. A separator only parts."""
        if neighbour is None:
            return []
        if isinstance(neighbour, Source) and neighbour.sha256 in self._separators:
            return []
        name = neighbour.name if isinstance(neighbour, Source) else neighbour.source
        sentence = _("Beside it lies %(name)s, which was not read in this run; a page may be missing.")
        return [Reason("page_missing", sentence % {"name": name})]

    def _start_document(
        self,
        part: Part,
        opened: OpenedSource,
        facts: BatchFacts,
        inputs: dict[PageRef, PageInput],
        against: Sequence[Reason],
    ) -> _PendingDocument:
        tools, document = self._tools, part.document
        if part.known is not None or document.id in self._ids:
            return self._known(part)
        self._ids.add(document.id)
        for page in document.pages:
            tools.reader.ensure_images(page, inputs[page.ref])
        scanned = opened.outline.created or opened.source.arrived
        decision = decide_document(document, tools.configuration, scanned, tools.station.store.akte_title)
        if against:
            decision = held_back(decision, against)
        return _PendingDocument(document, prepared=tools.filer.prepare(document, decision, facts))

    def _known(self, part: Part) -> _PendingDocument:
        known = part.known
        own = self._tools.resumed and known is not None and _holds(known, part.document)
        return _PendingDocument(part.document, known=known, own=own)

    def _finish_document(self, item: _PendingDocument, group: PendingGroup) -> None:
        if item.prepared is None:
            self._report_known(item)
            return
        prepared, made = checked(item.prepared)
        station = self._tools.station
        with station.store.lock():
            # Another run may have met the same bytes in another inbox meanwhile.
            entered = known_document(station.ledger, item.document.id)
            if entered is None:
                prepared = self._looked_up(prepared)
            if entered is not None:
                self._report_known(replace(item, known=entered, own=False))
            elif made is not None and prepared.decision.action is Action.FILE:
                self._file(prepared, made)
            else:
                self._hold(prepared, made, group)
        if made is not None:
            made.remove()

    def _looked_up(self, prepared: Prepared) -> Prepared:
        """Held for a person where this paper seems to have been scanned before, in this batch or earlier."""
        rescan = self._rescans.find(prepared.document)
        if rescan is None:
            return prepared
        return replace(prepared, decision=held_back(prepared.decision, [rescan_suspected(rescan)]))

    def _report_known(self, item: _PendingDocument) -> None:
        ledger = self._tools.station.ledger
        known = item.known or ledger.document(item.document.id)
        if known is None:
            raise LookupError("a document of this batch has no entry")
        refs = tuple(page.ref for page in item.document.pages)
        result = replace(duplicate_result(known), pages=refs)
        if item.own:
            filed = known.state is DocumentState.FILED
            deadline = deadline_of(self._tools.station.workspace, known)
            state: Literal["filed", "review"] = "filed" if filed else "review"
            result = replace(result, state=state, deadline=deadline, spreads=item.document.spreads)
        if not known.pages:
            # A filing enters its document before the rest is told; a crash came in between.
            entry = replace(known, pages=refs, batch_id=self._facts.batch.id)
            ledger.describe_document(entry, prints_of(item.document))
        self._tools.bins.document(result)
        waits = known.state is DocumentState.REVIEW and _holds(known, item.document)
        self._drop_streams(item.document, held=waits)

    def _file(self, prepared: Prepared, made: AssembledPdf) -> None:
        record = self._tools.filer.file(prepared, made)
        entry = filed_entry(prepared, record, self._facts.batch.id)
        self._tools.station.ledger.describe_document(entry, prints_of(prepared.document))
        deadline = most_urgent(prepared.decision.deadlines)
        spreads = prepared.document.spreads
        result = replace(duplicate_result(entry), state="filed", deadline=deadline, spreads=spreads)
        self._tools.bins.document(result)
        self._told("document_filed", prepared.document)
        self._drop_streams(prepared.document)

    def _hold(self, prepared: Prepared, made: AssembledPdf | None, group: PendingGroup) -> None:
        tools, document, decision = self._tools, prepared.document, prepared.decision
        case = case_of(
            document,
            decision,
            facts=group.facts,
            inputs=group.inputs,
            metadata=tools.filer.metadata(prepared),
        )
        preview = keep_case(tools.station.workspace, case, made.path if made else None)
        reasons = [reason.code for reason in decision.reasons]
        pages = [{"source": page.ref.source_sha256, "page": page.ref.source_page} for page in document.pages]
        facts = {"document": document.id, "reasons": reasons, "pages": pages}
        tools.journal.append("held", document.id, facts)
        entry = entry_of(tools.station.workspace, case, decision.reasons, pdf=preview is not None)
        tools.station.ledger.hold_document(entry, prints_of(document))
        deadline = most_urgent(decision.deadlines)
        result = replace(duplicate_result(entry), state="review", deadline=deadline, spreads=document.spreads)
        tools.bins.document(result)
        self._told("document_held", document, code=reasons[0] if reasons else None)

    def _told(self, event: str, document: Document, code: str | None = None) -> None:
        ref = document.pages[0].ref
        told: dict[str, str | int | None] = {"batch": self._facts.batch.id, "document": document.id}
        told |= {"source": ref.source_sha256, "page": ref.source_page, "pages": len(document.pages)}
        tell(event, {**told, "code": code})

    def _drop_streams(self, document: Document, *, held: bool = False) -> None:
        if not held:
            for page in document.pages:
                drop_images(page)

    def _start_aside(self, aside: SetAside, inputs: dict[PageRef, PageInput]) -> _PendingAside:
        tools, page = self._tools, aside.page
        folder = tools.station.workspace.set_aside(page.ref.source_sha256)
        target = folder / f"{page.ref.source_page:04d}_{aside.why}.pdf"
        if target.exists():
            return _PendingAside(aside, target, None)
        tools.reader.ensure_images(page, inputs[page.ref])
        job = AssemblyJob(
            target=tools.work / f"{page.ref.source_sha256}_{page.ref.source_page}.pdf",
            document_id=separate.document_id([page]),
            title=document_title((page,)),
            created=self._arrived(page.ref),
            transfer_note={},
            pages=assembly_pages(page),
            language=language_tag(tools.configuration.pipeline.reading.languages),
        )
        return _PendingAside(
            aside, target, tools.pool().submit(assemble, job, timeout_seconds=_SIDE_PAGE_SECONDS)
        )

    def _finish_aside(self, item: _PendingAside, group: PendingGroup) -> LaidAside:
        ref, pdf = item.aside.page.ref, None
        if item.pdf is None:
            pdf = item.target
        elif (made := sound_pdf(item.pdf)) is not None:
            durable_move(made, item.target)
            pdf = item.target
        # Without a sound PDF the page is set aside all the same: in its source, which is kept.
        shown = self._tools.station.workspace.shown(pdf or group.inputs[ref].path)
        self._tools.bins.put_aside(SetAsideResult(ref, item.aside.why, shown))
        drop_images(item.aside.page)
        return LaidAside(item.aside, pdf)

    def _finished(self, opened: OpenedSource, group: PendingGroup) -> FinishedSource:
        """Journals that everything in a source is on disk; gives what the ledger is to know of it."""
        sha256, pages = opened.source.sha256, opened.outline.pages
        documents = [
            item.known.id if item.known else item.document.id
            for item in group.documents
            if any(page.ref.source_sha256 == sha256 for page in item.document.pages)
        ]
        set_aside = [
            {"page": item.aside.page.ref.source_page, "why": item.aside.why}
            for item in group.set_aside
            if item.aside.page.ref.source_sha256 == sha256
        ]
        data = {"source": sha256, "pages": pages, "documents": documents, "set_aside": set_aside}
        self._tools.journal.append("source_finished", sha256, data, synced=False)
        return FinishedSource(sha256, pages, tuple(documents))

    def _arrived(self, ref: PageRef) -> dt.datetime:
        return next(
            source.arrived for source in self._facts.batch.sources if source.sha256 == ref.source_sha256
        )


def _holds(known: DocumentEntry, document: Document) -> bool:
    """Whether these very pages are those of `known`, or some of them. Half-told entries have none yet."""
    return {page.ref for page in document.pages} <= set(known.pages) or not known.pages


def _inputs(sources: Sequence[OpenedSource], pages: Sequence[ReadPage]) -> dict[PageRef, PageInput]:
    """How to open each page of `sources` again, under the hints that `pages` were read with."""
    hints = {page.ref: page.hints for page in pages}
    return {
        wanted.ref: replace(wanted.input, hints=hints.get(wanted.ref, wanted.input.hints))
        for opened in sources
        for wanted in wanted_pages(opened.source, opened.outline)
    }
