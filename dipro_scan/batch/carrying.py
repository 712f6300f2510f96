"""A claimed batch on its way through the house: opened, read, filed, balanced, released."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice

from dipro_scan.batch.attempts import poisonous
from dipro_scan.batch.bins import Bins
from dipro_scan.batch.claiming import Claim, shown_path
from dipro_scan.batch.documents import DocumentFloor, PendingGroup, Tools
from dipro_scan.batch.events import tell
from dipro_scan.batch.filing import BatchFacts
from dipro_scan.batch.pipelines import Pipelines, part_of, stacked
from dipro_scan.batch.progress import Progress
from dipro_scan.batch.quarantine import keep_refusal, put_into_quarantine, settle_older
from dipro_scan.batch.reading import wanted_pages
from dipro_scan.batch.releasing import release
from dipro_scan.batch.request import RunRequest
from dipro_scan.batch.result import RunResult
from dipro_scan.batch.room import Room
from dipro_scan.batch.segments import OpenedSource, Segment, segments
from dipro_scan.batch.stack_evidence import settle_pages
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
from dipro_scan.translation import _

_GROUPS_AHEAD = 16


class Carriage:
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
            seen.add(source.sha256)
        distinct = {source.sha256: source for source in reversed(self._batch.sources)}
        self._station.ledger.claim_sources(reversed(distinct.values()), self._batch.id)
        return fresh, repeated

    def _without_poison(self, fresh: Sequence[Source]) -> list[Source]:
        """What may be opened; sources over which one run after another died go to quarantine instead."""
        ledger = self._station.ledger
        for sha256 in self._request.again:
            ledger.clear_attempts(sha256)
        limit = self._tools.configuration.pipeline.inbox.max_attempts
        refused = poisonous(fresh, ledger.attempts(), limit)
        for source in fresh:
            if source.sha256 in refused:
                self._keep_refused(source, refused[source.sha256])
                ledger.clear_attempts(source.sha256)
        return [source for source in fresh if source.sha256 not in refused]

    def _open(self, fresh: Sequence[Source]) -> Iterator[OpenedSource]:
        counted: dict[str, int] = {}
        for name, tools in self._by_pipeline.items():
            mine = [source for source in fresh if source.pipeline == name]
            if mine:
                tools.reader.make_ready(len(mine))
            for source, outline in tools.reader.outlines(mine):
                if isinstance(outline, SourceRefused):
                    self._keep_refused(source, outline)
                else:
                    counted[source.sha256] = outline.pages
                    yield OpenedSource(source, outline)
        self._station.ledger.count_pages(counted)

    def _keep_refused(self, source: Source, refused: SourceRefused) -> None:
        run_pipeline = self._request.pipeline_file or self._batch.pipeline
        self._quarantine(put_into_quarantine(self._station.workspace, source, refused, run_pipeline))

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
            incoming = islice(pages, segment.pages)
            settled = settle_pages(tools.reader, segment, incoming, tools.configuration)
            pending.append(floor.start(segment, settled))
            while pending and (pending[0].is_ready() or len(pending) > _GROUPS_AHEAD):
                floor.finish(pending.popleft())
        while pending:
            floor.finish(pending.popleft())
        floor.settle()

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
            unreleased=release(self._claim) if self._request.consume else (),
            ignored=self._claim.ignored,
            unsettled=self._claim.unsettled,
            gone=self._claim.gone,
            halves=self._claim.halves,
            orphan_tickets=self._claim.orphan_tickets,
            sources=bins.sources(),
        )


def _balances(bins: Bins) -> list[PageBalance]:
    return [item.balance for item in bins.sources()]


def _balance_sentence(balance: PageBalance) -> str:
    return _(
        "The page balance does not add up: %(scanned)d scanned, but %(filed)d filed, %(review)d in review,"
        " %(duplicate)d duplicate, %(blank)d blank, %(separator)d separators, %(quarantined)d in quarantine."
        " Nothing was released; please report this."
    ) % asdict(balance)
