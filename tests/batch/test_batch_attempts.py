"""Sources over which whole runs died: counted from what a killed run leaves, found among the innocent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from dipro_scan.batch.attempts import Flight, count_interrupted, counting_failures, poisonous
from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.page import PageSettings
from dipro_scan.batch.reading import PageReader
from dipro_scan.batch.workspace import FLIGHT, Workspace, open_workspace
from dipro_scan.ledger import Ledger
from dipro_scan.model import Batch, QuarantineReason, Source, SourceOutline, Unwritable
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings, SeparationSettings

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def source(name: str) -> Source:
    return Source(name, Path(name), Path(name), name * 8, 1, NOW)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "records", None, create=True)


@pytest.fixture
def ledger(workspace: Workspace) -> Iterator[Ledger]:
    ledger = Ledger(workspace.ledger)
    batch = Batch("batch", "posteingang", (source("a"), source("b")))
    ledger.begin_batch(batch, NOW)
    for item in batch.sources:
        ledger.claim_sources([item], batch.id)
    yield ledger
    ledger.close()


def leave_behind(workspace: Workspace, *names: str) -> None:
    """What a run leaves that was killed while it read these sources."""
    work = workspace.work / "0123"
    work.mkdir(parents=True)
    flight = Flight(work, synced=True)
    for name in names:
        flight.begin(name * 8)


def test_only_what_was_in_flight_when_a_run_died_is_counted(workspace: Workspace, ledger: Ledger) -> None:
    leave_behind(workspace, "a")
    with workspace.work_folder():
        count_interrupted(workspace, ledger)
        count_interrupted(workspace, ledger)
    assert ledger.attempts() == {"a" * 8: 1}
    assert not list(workspace.interrupted.iterdir())


def test_a_run_that_ends_in_order_counts_nothing(workspace: Workspace, ledger: Ledger) -> None:
    with pytest.raises(Unwritable), workspace.work_folder() as work:
        flight = Flight(work)
        with counting_failures(ledger, flight):
            flight.begin("a" * 8)
            raise Unwritable("full")
    with pytest.raises(KeyboardInterrupt), workspace.work_folder() as work:
        flight = Flight(work)
        with counting_failures(ledger, flight):
            flight.begin("a" * 8)
            raise KeyboardInterrupt
    with workspace.work_folder():
        count_interrupted(workspace, ledger)
    assert ledger.attempts() == {}


def test_an_error_that_nobody_foresaw_counts(workspace: Workspace, ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), workspace.work_folder() as work:
        flight = Flight(work)
        with counting_failures(ledger, flight):
            flight.begin("a" * 8)
            flight.begin("b" * 8)
            flight.end("b" * 8)
            raise RuntimeError
    assert ledger.attempts() == {"a" * 8: 1}


def test_what_is_read_leaves_no_mark(tmp_path: Path) -> None:
    flight = Flight(tmp_path)
    for _page in range(2):
        flight.begin("a")
    flight.end("a")
    assert flight.now == ["a"] and [path.name for path in (tmp_path / FLIGHT).iterdir()] == ["a"]
    flight.end("a")
    assert flight.now == [] and not list((tmp_path / FLIGHT).iterdir())


def test_suspects_fly_alone(tmp_path: Path) -> None:
    flight = Flight(tmp_path, {"a"})
    assert flight.parts("a", "b") and flight.parts("b", "a")
    assert not flight.parts("a", "a") and not flight.parts("b", "c")


def test_a_reader_keeps_suspects_apart_and_the_order(tmp_path: Path) -> None:
    flight = Flight(tmp_path, {"b" * 8, "c" * 8})
    together: list[list[str]] = []

    class Opener:
        def submit(self, *_call: object, timeout_seconds: float) -> Future[SourceOutline]:
            together.append([sha256[0] for sha256 in flight.now])
            done: Future[SourceOutline] = Future()
            done.set_result(SourceOutline("image/png", 1))
            return done

        def close(self, *, cancel: bool = False) -> None: ...

    settings = PageSettings(IntakeSettings(), ImagingSettings(), ReadingSettings(), SeparationSettings())
    opener: Any = Opener()
    reader = PageReader(lambda: opener, 2, ReadingCache(tmp_path / "cache"), settings, flight)
    opened = [found.name for found, _outline in reader.outlines(map(source, "axbcyz"))]
    assert opened == list("axbcyz")
    assert together == [["a"], ["a", "x"], ["b"], ["c"], ["y"], ["y", "z"]]
    assert flight.now == []


def test_sources_that_are_not_known_or_finished_are_not_counted(workspace: Workspace, ledger: Ledger) -> None:
    ledger.discard_source("b" * 8)
    leave_behind(workspace, "b", "c")
    with workspace.work_folder():
        count_interrupted(workspace, ledger)
    assert ledger.attempts() == {}


def test_after_so_many_attempts_a_source_is_poison() -> None:
    sources = [source("a"), source("b")]
    found = poisonous(sources, {"a" * 8: 3, "b" * 8: 2}, 3)
    assert list(found) == ["a" * 8]
    refused = found["a" * 8]
    assert refused.reason is QuarantineReason.POISON
    assert "3 times" in str(refused) and "quarantine retry" in str(refused)
