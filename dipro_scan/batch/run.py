"""One run: a batch carried from its inbox to the records, every page accounted for."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from dipro_scan.batch.attempts import Flight, count_interrupted, counting_failures
from dipro_scan.batch.bins import Bins
from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.carrying import Carriage
from dipro_scan.batch.claiming import claim_batch, claim_of
from dipro_scan.batch.configuring import load_configuration
from dipro_scan.batch.corrections import finish_corrections
from dipro_scan.batch.documents import Tools
from dipro_scan.batch.filing import Filer
from dipro_scan.batch.halves import leave_halves
from dipro_scan.batch.locks import locked_batch, locked_inboxes
from dipro_scan.batch.once import JournalOnce
from dipro_scan.batch.page import PageSettings
from dipro_scan.batch.pipelines import Pipelines, pipelines_of
from dipro_scan.batch.reading import PageReader
from dipro_scan.batch.request import RunRequest
from dipro_scan.batch.result import RunResult
from dipro_scan.batch.room import Room
from dipro_scan.batch.settling import Pace
from dipro_scan.batch.station import LazyPool, Station
from dipro_scan.batch.ticket_memory import TicketMemory
from dipro_scan.ledger import SourceState
from dipro_scan.settings import Configuration, InboxSettings

__all__ = ["RunRequest", "open_tools", "run_batch"]


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
        memory = ticket_memory(station, pipeline.inbox, consume=request.consume)
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
                memory=memory,
            )
        )
        memory.keep()
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
        result = Carriage(tools, pipelines, request, claim, begun, room).carry()
        memory.forget_gone()
        return result


def ticket_memory(station: Station, inbox: InboxSettings, *, consume: bool = False) -> TicketMemory:
    """What the runs over this store saw of tickets."""

    def is_done(source_sha256: str) -> bool:
        entry = station.ledger.source(source_sha256)
        return entry is not None and entry.state is not SourceState.CLAIMED

    wait_seconds = inbox.ticket_wait_minutes * 60
    return TicketMemory(
        station.workspace.tickets, is_done, Pace().wall(), wait_seconds=wait_seconds, consume=consume
    )


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
    settings = PageSettings.of(pipeline)
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
