"""One run: a batch carried from its inbox to the records, every page accounted for."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from dipro_scan.batch.attempts import Flight, count_interrupted, counting_failures, poisonous
from dipro_scan.batch.bins import Bins
from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.claiming import Claim, claim_batch, claim_of, shown_path
from dipro_scan.batch.configuring import load_configuration
from dipro_scan.batch.corrections import finish_corrections
from dipro_scan.batch.documents import DocumentFloor, PendingGroup, Tools
from dipro_scan.batch.events import tell
from dipro_scan.batch.filing import BatchFacts, Filer
from dipro_scan.batch.halves import leave_halves
from dipro_scan.batch.locks import locked_batch, locked_inboxes
from dipro_scan.batch.once import JournalOnce
from dipro_scan.batch.page import PageSettings
from dipro_scan.batch.pipelines import Pipelines, part_of, pipelines_of, stacked
from dipro_scan.batch.progress import Progress
from dipro_scan.batch.quarantine import keep_refusal, put_into_quarantine, settle_older
from dipro_scan.batch.reading import PageReader, wanted_pages
from dipro_scan.batch.result import RunResult
from dipro_scan.batch.room import Room
from dipro_scan.batch.segments import OpenedSource, Segment, segments
from dipro_scan.batch.settling import Pace
from dipro_scan.batch.station import LazyPool, Station
from dipro_scan.intake.claim import release_source
from dipro_scan.ledger import SourceState
from dipro_scan.model import (
    BalanceBroken,
    ExitCode,
    PageBalance,
    PageRef,
    Quarantined,
    ReadPage,
    Source,
    SourceRefused,
    gravest,
)
from dipro_scan.settings import Configuration
from dipro_scan.translation import _

_GROUPS_AHEAD = 16


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is asked to do.

    `pipeline_file` is the path that was given instead of a pipeline's name. `sources` are claimed already
    and run instead of `inputs`; `again` holds hashes of sources to read although they are in quarantine;
    `settle_seconds` takes the place of the pipeline's.
    """

    inputs: tuple[Path, ...]
    jobs: int | None = None
    consume: bool = False
    quiet: bool = False
    pipeline_file: str | None = None
    sources: tuple[Source, ...] = ()
    again: frozenset[str] = frozenset()
    settle_seconds: float | None = None


def run_batch(
    station: Station, configuration: Configuration, request: RunRequest, pool: LazyPool | None = None
) -> RunResult:
    """Claims, reads, separates, decides and files everything in `request.inputs`.

    Workers come from `pool`, which stays open; without one they live as long as this run. Raises Locked,
    Unwritable, BalanceBroken and their like; whatever happens, a second run goes on where this one stopped.
    """
    workspace, pipeline, clock = station.workspace, configuration.pipeline, station.clock
    with ExitStack() as stack:
        stack.enter_context(locked_inboxes(workspace, request.inputs, clock))
        work = stack.enter_context(workspace.work_folder())
        count_interrupted(workspace, station.ledger)
        station.store.recover()
        finish_corrections(station)
        excluded = (workspace.records, workspace.state)
        room = Room(workspace, pipeline.room)
        room.check_before(request.inputs, excluded)
        pipelines = Pipelines(configuration, lambda name: load_configuration(name, station.options.pipelines))
        workers = LazyPool(request.jobs)
        if pool is None:
            workers.jobs = room.fitting_jobs(workers.jobs)
        claim = (
            claim_of(request.sources, pipeline.name)
            if request.sources
            else claim_batch(
                request.inputs,
                pipeline,
                workspace.originals,
                excluded,
                settle_seconds=request.settle_seconds,
                knows_pipeline=pipelines.knows,
            )
        )
        if not request.sources:
            claim = leave_halves(claim, pipelines, Pace().wall())
        stack.enter_context(locked_batch(workspace, claim.batch.id, clock))
        pool = pool or stack.enter_context(workers)
        begun = clock.now()
        resumed = station.ledger.begin_batch(claim.batch, begun)
        journal = JournalOnce(station.store, claim.batch.id, resumed=resumed)
        attempts = station.ledger.attempts()
        flight = Flight(work, attempts, synced=resumed or bool(attempts))
        by_pipeline = {
            name: open_tools(station, pipelines.named(name), pool, work, journal, flight)
            for name in {None: None, **dict.fromkeys(pipelines_of(claim.batch.sources))}
        }
        bins = by_pipeline[None].bins
        tools = {name: replace(item, bins=bins, resumed=resumed) for name, item in by_pipeline.items()}
        stack.enter_context(counting_failures(station.ledger, flight))
        return _Run(tools, pipelines, request, claim, begun, room).carry()


def open_tools(
    station: Station,
    configuration: Configuration,
    pool: LazyPool,
    work: Path,
    journal: JournalOnce,
    flight: Flight | None = None,
) -> Tools:
    """Wires what the steps of one run share."""
    pipeline = configuration.pipeline
    cache = ReadingCache(station.workspace.cache)
    settings = PageSettings(pipeline.intake, pipeline.imaging, pipeline.reading, pipeline.separation)
    return Tools(
        station=station,
        configuration=configuration,
        pool=pool,
        reader=PageReader(pool, pool.jobs, cache, settings, flight),
        filer=Filer(station.store, pool, configuration, station.clock, work),
        bins=Bins(),
        journal=journal,
        work=work,
    )


class _Run:
    """One run between its steps."""

    def __init__(
        self,
        tools: Mapping[str | None, Tools],
        pipelines: Pipelines,
        request: RunRequest,
        claim: Claim,
        begun: dt.datetime,
        room: Room,
    ) -> None:
        self._by_pipeline = tools
        self._pipelines = pipelines
        self._tools = tools[None]
        self._station = self._tools.station
        self._bins = self._tools.bins
        self._request = request
        self._claim = claim
        self._batch = claim.batch
        self._begun = begun
        self._room = room
        self._started = time.monotonic()
        self._progress = Progress(quiet=request.quiet)

    def carry(self) -> RunResult:
        tell("batch_begun", {"batch": self._batch.id, "sources": len(self._batch.sources)})
        self._settle_paths()
        for item in self._claim.refused:
            self._quarantine(item)
        fresh, repeated = self._sort_out()
        opened = list(self._open(self._without_poison(fresh)))
        self._carry_pages(opened)
        for source in repeated:
            self._count_known(source)
        return self._close(anything_new=bool(fresh))

    def _settle_paths(self) -> None:
        """What was refused under a name that another file has now waits no longer."""
        if not self._station.ledger.quarantined_sources():
            return
        for item in self._claim.sequence:
            if isinstance(item, Quarantined):
                settle_older(self._station, self._batch.id, item.path or "", item.source_sha256)
            else:
                settle_older(self._station, self._batch.id, shown_path(item.path), None)

    def _sort_out(self) -> tuple[list[Source], list[Source]]:
        """Sources to read, and those whose bytes an earlier run or this batch already has."""
        fresh: list[Source] = []
        repeated: list[Source] = []
        seen: set[str] = set()
        for source in self._batch.sources:
            entry = self._station.ledger.source(source.sha256)
            known = entry is not None and entry.state is not SourceState.CLAIMED
            known = known and source.sha256 not in self._request.again
            (repeated if known or source.sha256 in seen else fresh).append(source)
            if source.sha256 not in seen:
                self._station.ledger.claim_source(source, self._batch.id)
            seen.add(source.sha256)
        return fresh, repeated

    def _without_poison(self, fresh: Sequence[Source]) -> list[Source]:
        """What may be opened; sources over which one run after another died go to quarantine instead."""
        station, ledger = self._station, self._station.ledger
        for sha256 in self._request.again:
            ledger.clear_attempts(sha256)
        limit = self._tools.configuration.pipeline.inbox.max_attempts
        refused = poisonous(fresh, ledger.attempts(), limit)
        for source in fresh:
            if source.sha256 in refused:
                self._quarantine(put_into_quarantine(station.workspace, source, refused[source.sha256]))
                ledger.clear_attempts(source.sha256)
        return [source for source in fresh if source.sha256 not in refused]

    def _open(self, fresh: Sequence[Source]) -> Iterator[OpenedSource]:
        for name, tools in self._by_pipeline.items():
            mine = [source for source in fresh if source.pipeline == name]
            for source, outline in tools.reader.outlines(mine):
                if isinstance(outline, SourceRefused):
                    self._quarantine(put_into_quarantine(self._station.workspace, source, outline))
                else:
                    self._station.ledger.count_pages(source.sha256, outline.pages)
                    yield OpenedSource(source, outline)

    def _quarantine(self, quarantined: Quarantined) -> None:
        ledger = self._station.ledger
        key = quarantined.source_sha256 or ""
        entry = ledger.source(key)
        if entry is not None and entry.state is SourceState.DISCARDED:
            return
        if entry is None or entry.state is not SourceState.QUARANTINED:
            keep_refusal(self._station.workspace, quarantined)
            facts = {"source": key, "reason": quarantined.reason, "pages": quarantined.pages}
            self._tools.journal.append("quarantined", key, facts)
            tell("source_quarantined", {"batch": self._batch.id, **facts}, level=logging.WARNING)
            ledger.quarantine_source(quarantined, self._batch.id)
        self._bins.quarantine(quarantined)

    def _carry_pages(self, opened: Sequence[OpenedSource]) -> None:
        """Reads all pages, and files each group of them as soon as it and all before it are read.

        What one pipeline reads is read together; documents never go over from one to another.
        """
        facts = self._facts(opened)
        parts = {name: self._segments(name, opened) for name in self._by_pipeline}
        self._progress.start(sum(segment.pages for part in parts.values() for segment in part))
        try:
            for name, part in parts.items():
                own = facts if name is None else replace(facts, pipeline_file=name)
                self._carry_part(self._by_pipeline[name], own, part)
        finally:
            self._progress.close()

    def _segments(self, name: str | None, opened: Sequence[OpenedSource]) -> list[Segment]:
        """What one pipeline separates together of all that was opened."""
        pipeline = self._pipelines.named(name).pipeline
        found = segments(
            part_of(self._claim, name),
            [item for item in opened if item.source.pipeline == name],
            one_file_per_page=pipeline.separation.one_file_per_page,
            one_per_folder=pipeline.separation.one_per_folder,
            collation=pipeline.collation,
        )
        return list(found)

    def _carry_part(self, tools: Tools, facts: BatchFacts, ordered: Sequence[Segment]) -> None:
        wanted = [
            page
            for segment in ordered
            for item in segment.sources
            for page in wanted_pages(item.source, item.outline)
        ]
        floor = DocumentFloor(tools, facts)
        pending: deque[PendingGroup] = deque()
        pages = self._counted(tools.reader.read(wanted))
        for segment in ordered:
            self._room.check_between()
            pending.append(floor.start(segment, list(islice(pages, segment.pages))))
            while pending and (pending[0].is_ready() or len(pending) > _GROUPS_AHEAD):
                floor.finish(pending.popleft())
        while pending:
            floor.finish(pending.popleft())

    def _counted(self, pages: Iterator[ReadPage]) -> Iterator[ReadPage]:
        for page in pages:
            self._progress.page_done()
            yield page

    def _facts(self, opened: Sequence[OpenedSource]) -> BatchFacts:
        """Numbers every page of the stack, those of sources known before included.

        So a page has the same place in the stack whether a run was interrupted or not.
        """
        by_hash = {item.source.sha256: item for item in opened}
        positions: dict[PageRef, int] = {}
        counted = 0
        for source in stacked(self._batch.sources, self._pipelines):
            item = by_hash.get(source.sha256)
            if item is not None and item.source is source:
                for page in wanted_pages(source, item.outline):
                    positions[page.ref] = counted + page.ref.source_page
            counted += item.outline.pages if item is not None else self._pages_known(source)
        return BatchFacts(
            batch=self._batch,
            pages=counted,
            positions=positions,
            operator=self._station.options.operator,
            station=self._station.options.station,
            pipeline_file=self._request.pipeline_file,
        )

    def _pages_known(self, source: Source) -> int:
        entry = self._station.ledger.source(source.sha256)
        finished = entry is not None and entry.state is SourceState.FINISHED
        return (entry.pages or 0) if entry is not None and finished else 0

    def _count_known(self, source: Source) -> None:
        """A source whose bytes were dealt with before, in an earlier run or in this batch."""
        ledger = self._station.ledger
        entry = ledger.source(source.sha256)
        if entry is not None and entry.quarantine is not None and entry.state is SourceState.QUARANTINED:
            self._bins.quarantine(replace(entry.quarantine, source=source.name))
            return
        pages = (entry.pages or 0) if entry else 0
        self._bins.duplicate_source(source, pages, ledger.documents_of(source.sha256))

    def _close(self, *, anything_new: bool) -> RunResult:
        station, bins, batch = self._station, self._bins, self._batch
        balance = bins.balance()
        now = station.clock.now()
        broken = next((one for one in [balance, *_balances(bins)] if not one.adds_up), None)
        if broken is not None:
            # Not ended: the next run reads and checks these sources again before it releases anything.
            reopened = [source.sha256 for source in batch.sources]
            station.store.append("sources_reopened", {"batch": batch.id, "sources": reopened})
            station.ledger.reopen_sources(reopened)
            raise BalanceBroken(_balance_sentence(broken))
        waiting = station.ledger.waiting_documents([source.sha256 for source in batch.sources])
        code = gravest(
            [
                ExitCode.REVIEW if waiting else ExitCode.DONE,
                ExitCode.QUARANTINE if bins.quarantined else ExitCode.DONE,
            ]
        )
        if anything_new or self._tools.resumed or self._tools.journal.wrote:
            facts = {
                "pipeline": batch.pipeline,
                "started": self._begun.isoformat(),
                "finished": now.isoformat(),
                "exit": int(code),
                "pages": asdict(balance),
            }
            self._tools.journal.append("batch_finished", batch.id, facts)
        station.ledger.end_batch(batch.id, now, code, balance)
        seconds = round(time.monotonic() - self._started, 2)
        done: dict[str, str | int | float] = {"batch": batch.id, "exit": int(code)}
        tell("batch_done", {**done, "pages": balance.scanned, "seconds": seconds})
        return RunResult(
            batch_id=batch.id,
            pipeline=batch.pipeline,
            exit=code,
            seconds=round(time.monotonic() - self._started, 2),
            balance=balance,
            documents=tuple(bins.documents),
            set_aside=tuple(bins.set_aside),
            quarantined=tuple(bins.quarantined),
            waiting=len(waiting),
            readings_made=sum(tools.reader.made for tools in self._by_pipeline.values()),
            readings_cached=sum(tools.reader.cached for tools in self._by_pipeline.values()),
            unreleased=self._release() if self._request.consume else (),
            ignored=self._claim.ignored,
            unsettled=self._claim.unsettled,
            gone=self._claim.gone,
            halves=self._claim.halves,
            sources=bins.sources(),
        )

    def _release(self) -> tuple[str, ...]:
        """Takes the sources out of the inbox, now that all in them is on disk; names those that changed.

        A ticket goes after the last of its scans: nothing that it tells is needed any more.
        """
        released: set[Path] = set()
        waiting, kept = [ticket for ticket in self._claim.tickets if ticket.complete], []
        for source in self._batch.sources:
            if not release_source(source):
                kept.append(source.name)
                continue
            released.add(source.path)
            done = [ticket for ticket in waiting if ticket.scans <= released]
            kept += [ticket.source.name for ticket in done if not release_source(ticket.source)]
            waiting = [ticket for ticket in waiting if ticket not in done]
        return tuple(kept)


def _balances(bins: Bins) -> list[PageBalance]:
    return [item.balance for item in bins.sources()]


def _balance_sentence(balance: PageBalance) -> str:
    return _(
        "The page balance does not add up: %(scanned)d scanned, but %(filed)d filed, %(review)d in review,"
        " %(duplicate)d duplicate, %(blank)d blank, %(separator)d separators, %(quarantined)d in quarantine."
        " Nothing was released; please report this."
    ) % asdict(balance)
