"""Watching inboxes: the engine of a run, batch after batch, until somebody stops it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NoReturn, Protocol

from dipro_scan.batch.claiming import shown_path
from dipro_scan.batch.health import (
    Health,
    HealthState,
    InboxHealth,
    Trouble,
    Waiting,
    waiting_in,
    write_health,
)
from dipro_scan.batch.metrics import Metrics
from dipro_scan.batch.notifying import notify_supervisor
from dipro_scan.batch.result import RunResult
from dipro_scan.batch.run import RunRequest, run_batch
from dipro_scan.batch.settling import Pace
from dipro_scan.batch.station import LazyPool, StoreOptions
from dipro_scan.batch.watch_inbox import InboxWatch, Rhythm, listing
from dipro_scan.batch.watch_settings import WatchedSettings
from dipro_scan.batch.watch_station import KeptStation
from dipro_scan.batch.watch_waking import Alarm
from dipro_scan.model import DiproScanError, SettingsError, UsageProblem
from dipro_scan.settings import Configuration
from dipro_scan.translation import _

log = logging.getLogger(__name__)

WORKERS_REST_SECONDS: Final = 300.0
"""Idle workers hold hundreds of megabytes; starting them again takes about two seconds."""


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """What is to be watched and how. `pipeline` is a name or a file; seconds take the place of settings."""

    inboxes: tuple[Path, ...]
    pipeline: str
    pipeline_file: str | None = None
    jobs: int | None = None
    consume: bool = False
    settle_seconds: float | None = None
    poll_seconds: float | None = None
    health: Path | None = None
    metrics: Path | None = None


class WatchTeller(Protocol):
    """Tells people and programs what happens. None of these may raise."""

    def ready(self) -> None:
        """All is open; from now on only an interruption ends the watch."""

    def batch(self, inbox: Path, result: RunResult) -> None:
        """A batch came to its end."""

    def trouble(self, inbox: Path, error: Exception, pause_seconds: float) -> None:
        """Nothing came of a batch; it is tried again after a pause."""

    def settings(self, problem: SettingsError | None) -> None:
        """Changed settings are in force, or are invalid, and those from before stay."""

    def silence(self, error: Exception) -> None:
        """The operating system does not tell of changes; the inboxes are looked at in intervals only."""

    def unwritten(self, path: Path, error: OSError) -> None:
        """The file of health or metrics cannot be written; told once until it can be again."""


def watch_inboxes(options: StoreOptions, request: WatchRequest, teller: WatchTeller, pace: Pace) -> NoReturn:
    """Carries whatever comes into the inboxes to the records, a batch for each inbox, until interrupted.

    Only what stands in the way at the start is raised: UsageProblem, SettingsError, EnvironmentLacking,
    StoreDamaged, StoreNewer, Unwritable. Later on every failure of a batch is told, and the batch tried
    again after growing pauses; the other inboxes do not wait for it.
    """
    check_inboxes(request.inboxes)
    settings = WatchedSettings(request.pipeline, options.pipelines)
    with ExitStack() as stack:
        station = stack.enter_context(KeptStation(options))
        pool = stack.enter_context(LazyPool(request.jobs))
        watch = _Watch(request, settings, station, pool, teller, pace)
        stack.callback(watch.stopping)
        alarm = stack.enter_context(Alarm(request.inboxes, teller.silence))
        watch.forever(alarm)


def check_inboxes(inboxes: Sequence[Path]) -> None:
    """Raises UsageProblem where one is no folder, or lies in another: each file belongs to one batch."""
    for inbox in inboxes:
        if not inbox.is_dir():
            raise UsageProblem(
                _("%(path)s is no folder that can be watched; check the spelling, or that it is mounted.")
                % {"path": shown_path(inbox)}
            )
    places = [inbox.resolve() for inbox in inboxes]
    for number, inbox in enumerate(places):
        for other in places[:number] + places[number + 1 :]:
            if inbox.is_relative_to(other):
                raise UsageProblem(
                    _("%(path)s lies in %(other)s, which is watched too; name one of them.")
                    % {"path": shown_path(inbox), "other": shown_path(other)}
                )


class _Watch:
    """The loop, and what it knows between two batches."""

    def __init__(
        self,
        request: WatchRequest,
        settings: WatchedSettings,
        station: KeptStation,
        pool: LazyPool,
        teller: WatchTeller,
        pace: Pace,
    ) -> None:
        self._request = request
        self._settings = settings
        self._station = station
        self._pool = pool
        self._teller = teller
        self._pace = pace
        self._inboxes = [InboxWatch(path) for path in request.inboxes]
        self._health = {path: InboxHealth(path) for path in request.inboxes}
        self._state = HealthState.STARTING
        self._since = self._now()
        self._waiting: Waiting | None = None
        self._metrics = Metrics()
        self._untold = {path for path in (request.health, request.metrics) if path}
        self._worked = pace.steady()

    def forever(self, alarm: Alarm) -> NoReturn:
        self._report()
        self._teller.ready()
        notify_supervisor("READY=1")
        while True:
            self._take_up_settings()
            rhythm = self._rhythm()
            for inbox in self._inboxes:
                self._look_after(inbox, rhythm)
            if self._pace.steady() - self._worked > WORKERS_REST_SECONDS:
                self._pool.rest()
            now = self._pace.steady()
            seconds = min(inbox.wait_seconds(rhythm, now) for inbox in self._inboxes)
            seconds = min(seconds, self._settings.wait_seconds(now, rhythm.settle))
            self._count_waiting()
            self._report(next_look=seconds)
            alarm.wait(seconds)

    def stopping(self) -> None:
        """Says so; the last thing that a watch does."""
        notify_supervisor("STOPPING=1")
        self._report(HealthState.STOPPING)

    def _take_up_settings(self) -> None:
        if self._settings.refresh(self._pace.steady(), self._rhythm().settle):
            self._teller.settings(self._settings.problem)
            if self._settings.problem is None:
                # The store reads the city's settings when it is opened, workers keep engines of the old ones.
                self._station.close()
                self._pool.rest()

    def _rhythm(self) -> Rhythm:
        inbox = self._settings.configuration.pipeline.inbox
        return Rhythm.of(inbox, settle=self._request.settle_seconds, poll=self._request.poll_seconds)

    def _look_after(self, inbox: InboxWatch, rhythm: Rhythm) -> None:
        try:
            inbox.look(listing(inbox.path), self._pace.steady())
            if inbox.is_due(rhythm, self._pace.wall(), self._pace.steady()):
                self._carry(inbox, rhythm)
        except Exception as error:
            self._failed(inbox, rhythm, error)
        else:
            if inbox.failures == 0:
                self._health[inbox.path] = replace(self._health[inbox.path], trouble=None)

    def _carry(self, inbox: InboxWatch, rhythm: Rhythm) -> None:
        self._report(working_on=inbox.path)
        request = RunRequest(
            (inbox.path,),
            jobs=self._request.jobs,
            consume=self._request.consume,
            quiet=True,
            pipeline_file=self._request.pipeline_file,
            settle_seconds=self._request.settle_seconds,
        )
        configuration = _without_waiting(self._settings.configuration)
        result = run_batch(self._station.current(), configuration, request, self._pool)
        self._worked = self._pace.steady()
        inbox.done((*result.unsettled, *result.halves), rhythm, self._worked)
        if not (result.balance.scanned or result.quarantined or result.unreleased):
            # It met nothing but files that others still write, or that are no scans.
            return
        self._metrics.batch(result)
        self._health[inbox.path] = InboxHealth(inbox.path, result, self._now())
        self._teller.batch(inbox.path, result)

    def _failed(self, inbox: InboxWatch, rhythm: Rhythm, error: Exception) -> None:
        if not isinstance(error, DiproScanError):
            log.error("watch: %s", type(error).__name__)
            log.info("where it failed", exc_info=error)
        # Tasks under way would come back into a batch that is no more; and the store may be another by now.
        self._pool.rest(cancel=True)
        self._station.close()
        pause = inbox.failed(rhythm, self._pace.steady())
        trouble = Trouble.of(error, inbox.failures)
        if trouble.is_failure:
            self._metrics.failure()
        self._health[inbox.path] = replace(self._health[inbox.path], trouble=trouble)
        self._teller.trouble(inbox.path, error, pause)

    def _count_waiting(self) -> None:
        try:
            self._waiting = waiting_in(self._station.current())
        except (DiproScanError, OSError) as error:
            # Told where a batch meets it; the numbers from before stay.
            log.info("nothing could be counted: %s", type(error).__name__)

    def _report(
        self,
        state: HealthState | None = None,
        *,
        working_on: Path | None = None,
        next_look: float | None = None,
    ) -> None:
        """Writes the files of health and metrics, where they are wanted."""
        now, steady = self._now(), self._pace.steady()
        for inbox in self._inboxes:
            unsettled = inbox.unsettled(steady)
            self._health[inbox.path] = replace(self._health[inbox.path], unsettled=unsettled)
        found = state or self._state_found(looked=next_look is not None)
        if found is not self._state:
            self._state, self._since = found, now
            notify_supervisor(f"STATUS={found}")
        problem = self._settings.problem
        health = Health(
            state=found,
            since=self._since,
            updated=now,
            inboxes=tuple(self._health.values()),
            waiting=self._waiting,
            working_on=working_on,
            next_look=None if next_look is None else now + dt.timedelta(seconds=next_look),
            settings_problem=str(problem) if problem else None,
        )
        if self._request.health is not None:
            self._written(self._request.health, lambda path: write_health(path, health))
        if self._request.metrics is not None:
            self._written(self._request.metrics, lambda path: self._metrics.write(path, health))

    def _state_found(self, *, looked: bool) -> HealthState:
        if self._state is HealthState.STARTING and not looked:
            return HealthState.STARTING
        failing = any(item.trouble and item.trouble.is_failure for item in self._health.values())
        return HealthState.FAILING if failing or self._settings.problem else HealthState.OK

    def _written(self, path: Path, write: Callable[[Path], None]) -> None:
        try:
            write(path)
        except OSError as error:
            if path in self._untold:
                self._untold.discard(path)
                self._teller.unwritten(path, error)
        else:
            self._untold.add(path)

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._pace.wall(), dt.UTC)


def _without_waiting(configuration: Configuration) -> Configuration:
    """The batch does not wait for files being written: the watch has, and other inboxes are waiting."""
    pipeline = configuration.pipeline
    inbox = pipeline.inbox.model_copy(update={"patience_seconds": 0.0})
    return configuration.model_copy(update={"pipeline": pipeline.model_copy(update={"inbox": inbox})})
