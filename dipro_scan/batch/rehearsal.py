"""`run --dry-run`: what a run would do, with nothing written to records or state."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from dipro_scan.batch.arranging import arrange
from dipro_scan.batch.bins import Bins, duplicate_result
from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.claiming import Claim, claim_batch
from dipro_scan.batch.configuring import load_configuration
from dipro_scan.batch.deciding import decide_document
from dipro_scan.batch.halves import leave_halves
from dipro_scan.batch.holders import Part, parts_of, still_aside
from dipro_scan.batch.likeness import RescanFinder, rescan_suspected
from dipro_scan.batch.page import PageSettings
from dipro_scan.batch.pipelines import Pipelines, part_of, pipelines_of
from dipro_scan.batch.prepared import held_back
from dipro_scan.batch.progress import Progress
from dipro_scan.batch.reading import PageReader, wanted_pages
from dipro_scan.batch.result import DocumentResult, RunResult, SetAsideResult
from dipro_scan.batch.run import RunRequest, ticket_memory
from dipro_scan.batch.segments import OpenedSource, Segment, segments
from dipro_scan.batch.settling import Pace
from dipro_scan.batch.stack_evidence import settle_pages
from dipro_scan.batch.station import LazyPool, Station
from dipro_scan.ledger import DocumentEntry, SourceState
from dipro_scan.model import (
    Action,
    Decision,
    Document,
    ExitCode,
    PageRef,
    Quarantined,
    ReadPage,
    Source,
    SourceRefused,
    gravest,
    most_urgent,
)
from dipro_scan.settings import Configuration, Pipeline


def rehearse(
    station: Station | None, configuration: Configuration, request: RunRequest, overlay: Path | None = None
) -> RunResult:
    """Reads and decides everything in `request.inputs`, files nothing, keeps nothing.

    `station` is the store as it is, opened for reading only; None where there is none yet. `overlay` is the
    city's own folder of pipelines, for those that folders and tickets name.
    """
    started = time.monotonic()
    pipeline = configuration.pipeline
    pipelines = Pipelines(configuration, lambda name: load_configuration(name, overlay))
    with tempfile.TemporaryDirectory(prefix="dipro-scan-") as name, LazyPool(request.jobs) as pool:
        folder = Path(name)
        claim = claim_batch(
            request.inputs,
            pipeline,
            folder / "originals",
            _excluded(station),
            settle_seconds=request.settle_seconds,
            knows_pipeline=pipelines.knows,
            memory=ticket_memory(station, pipeline.inbox) if station else None,
        )
        claim = leave_halves(claim, pipelines, Pace().wall())
        cache = ReadingCache(folder / "cache")
        readers = {
            name: PageReader(pool, pool.jobs, cache, _page_settings(pipelines.named(name).pipeline))
            for name in pipelines_of(claim.batch.sources)
        }
        rehearsal = _Rehearsal(station, pipelines, readers, quiet=request.quiet)
        rehearsal.carry(claim)
    bins = rehearsal.bins
    waiting = rehearsal.waiting(claim)
    balance = bins.balance()
    code = gravest(
        [
            ExitCode.DONE if balance.adds_up else ExitCode.BALANCE,
            ExitCode.REVIEW if waiting else ExitCode.DONE,
            ExitCode.QUARANTINE if bins.quarantined else ExitCode.DONE,
        ]
    )
    return RunResult(
        batch_id=claim.batch.id,
        pipeline=pipeline.name,
        exit=code,
        seconds=round(time.monotonic() - started, 2),
        balance=balance,
        documents=tuple(bins.documents),
        set_aside=tuple(bins.set_aside),
        quarantined=tuple(bins.quarantined),
        waiting=waiting,
        readings_made=sum(reader.made for reader in readers.values()),
        readings_cached=sum(reader.cached for reader in readers.values()),
        dry_run=True,
        ignored=claim.ignored,
        unsettled=claim.unsettled,
        gone=claim.gone,
        halves=claim.halves,
        orphan_tickets=claim.orphan_tickets,
        sources=bins.sources(),
    )


class _Rehearsal:
    """One dry run: sources, pages and documents into the bins they would go to."""

    def __init__(
        self,
        station: Station | None,
        pipelines: Pipelines,
        readers: Mapping[str | None, PageReader],
        *,
        quiet: bool,
    ) -> None:
        self.bins = Bins()
        self._station = station
        self._pipelines = pipelines
        self._readers = readers
        self._progress = Progress(quiet=quiet)
        self._documents: dict[str, DocumentResult] = {}
        self._pages: dict[str, int] = {}

    def carry(self, claim: Claim) -> None:
        for refused in claim.refused:
            self.bins.quarantine(refused)
        fresh: dict[str, Source] = {}
        repeated: list[Source] = []
        for source in claim.batch.sources:
            if self._is_known(source) or source.sha256 in fresh:
                repeated.append(source)
            else:
                fresh[source.sha256] = source
        opened = [item for name in self._readers for item in self._open(name, fresh.values())]
        parts = {name: self._segments(claim, name, opened) for name in self._readers}
        self._progress.start(sum(segment.pages for part in parts.values() for segment in part))
        for name, part in parts.items():
            self._read_part(name, part)
        self._progress.close()
        for source in repeated:
            self._count_repeated(source)

    def _open(self, name: str | None, fresh: Iterable[Source]) -> Iterator[OpenedSource]:
        mine = [source for source in fresh if source.pipeline == name]
        if mine:
            self._readers[name].make_ready(len(mine))
        for source, outline in self._readers[name].outlines(mine):
            if isinstance(outline, SourceRefused):
                self._refuse(source, outline)
            else:
                yield OpenedSource(source, outline)

    def _segments(self, claim: Claim, name: str | None, opened: Sequence[OpenedSource]) -> list[Segment]:
        pipeline = self._pipelines.named(name).pipeline
        found = segments(
            part_of(claim, name),
            [item for item in opened if item.source.pipeline == name],
            one_file_per_page=pipeline.separation.one_file_per_page,
            one_per_folder=pipeline.separation.one_per_folder,
            collation=pipeline.collation,
        )
        return list(found)

    def _read_part(self, name: str | None, ordered: Sequence[Segment]) -> None:
        wanted = [
            page
            for segment in ordered
            for item in segment.sources
            for page in wanted_pages(item.source, item.outline)
        ]
        reader = self._readers[name]
        pages = reader.read(wanted)
        configuration = self._pipelines.named(name)
        for segment in ordered:
            incoming = self._counted(islice(pages, segment.pages))
            self._read_segment(segment, settle_pages(reader, segment, incoming, configuration), configuration)

    def waiting(self, claim: Claim) -> int:
        """Documents that would wait for a person after the run, those of earlier runs included."""
        waiting = {document.id for document in self.bins.documents if document.state == "review"}
        if self._station is not None:
            hashes = [source.sha256 for source in claim.batch.sources]
            waiting |= {entry.id for entry in self._station.ledger.waiting_documents(hashes)}
        return len(waiting)

    def _counted(self, pages: Iterator[ReadPage]) -> Iterator[ReadPage]:
        for page in pages:
            self._progress.page_done()
            yield page

    def _is_known(self, source: Source) -> bool:
        entry = self._station.ledger.source(source.sha256) if self._station else None
        return entry is not None and entry.state is not SourceState.CLAIMED

    def _refuse(self, source: Source, refused: SourceRefused) -> None:
        self.bins.quarantine(
            Quarantined(source.name, source.sha256, refused.reason, str(refused), None, refused.pages)
        )

    def _read_segment(
        self, segment: Segment, pages: Sequence[ReadPage], configuration: Configuration
    ) -> None:
        opened = {item.source.sha256: item for item in segment.sources}
        for item in segment.sources:
            self._pages[item.source.sha256] = item.outline.pages
            self.bins.scan(item.outline.pages, item.source)
        separation = arrange(segment, pages, configuration)
        aside, parts = list(separation.set_aside), [Part(item, None) for item in separation.documents]
        if self._station is not None:
            ledger = self._station.ledger
            aside, restored = still_aside(ledger, separation.set_aside)
            parts = [part for item in separation.documents for part in parts_of(ledger, item)] + restored
        for page in aside:
            self.bins.put_aside(SetAsideResult(page.page.ref, page.why, None))
        for part in parts:
            document = part.document
            known = part.known or self._documents.get(document.id)
            if known is not None:
                refs = tuple(page.ref for page in document.pages)
                self.bins.document(_with_pages(known, refs))
                continue
            item = opened[document.pages[0].ref.source_sha256]
            title = self._station.store.akte_title if self._station else (lambda _number: None)
            scanned = item.outline.created or item.source.arrived
            decision = decide_document(document, configuration, scanned, title)
            result = _result(document, self._looked_up(document, decision, configuration))
            self._documents[document.id] = result
            self.bins.document(result)

    def _looked_up(self, document: Document, decision: Decision, configuration: Configuration) -> Decision:
        """Held where the store has this paper already; that it lies twice in this batch only a run tells."""
        if self._station is None:
            return decision
        rescan = RescanFinder(self._station, configuration.pipeline.duplicates).find(document)
        return held_back(decision, [rescan_suspected(rescan)]) if rescan else decision

    def _count_repeated(self, source: Source) -> None:
        ledger = self._station.ledger if self._station else None
        entry = ledger.source(source.sha256) if ledger else None
        if entry is None or entry.state is SourceState.CLAIMED or ledger is None:
            self.bins.duplicate_source(source, self._pages.get(source.sha256, 0), [])
        elif entry.quarantine is not None and entry.state is SourceState.QUARANTINED:
            self.bins.quarantine(replace(entry.quarantine, source=source.name))
        else:
            documents = ledger.documents_of(source.sha256)
            self.bins.duplicate_source(source, entry.pages or 0, documents)


def _page_settings(pipeline: Pipeline) -> PageSettings:
    return PageSettings.of(pipeline)


def _excluded(station: Station | None) -> tuple[Path, ...]:
    return (station.workspace.records, station.workspace.state) if station else ()


def _result(document: Document, decision: Decision) -> DocumentResult:
    return DocumentResult(
        id=document.id,
        state="filed" if decision.action is Action.FILE else "review",
        pages=tuple(page.ref for page in document.pages),
        class_id=decision.classification.class_id,
        confidence=decision.classification.confidence,
        aktenzeichen=decision.place.aktenzeichen if decision.place else None,
        pdf=None,
        metadata=None,
        reasons=decision.reasons,
        deadline=most_urgent(decision.deadlines),
        spreads=document.spreads,
    )


def _with_pages(known: DocumentEntry | DocumentResult, pages: tuple[PageRef, ...]) -> DocumentResult:
    result = duplicate_result(known) if isinstance(known, DocumentEntry) else known
    return replace(result, state="duplicate", pages=pages)
