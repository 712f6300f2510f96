"""Pages whose work fails keep their place; what is known is not read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dipro_scan.batch import page as page_floor
from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.image_files import read_image
from dipro_scan.batch.page import PageSettings
from dipro_scan.batch.reading import PageReader, WantedPage
from dipro_scan.model import (
    EngineIdentity,
    EnvironmentLacking,
    PageFailed,
    PageInput,
    PageRef,
    QuarantineReason,
    Source,
    SourceOutline,
    SourceRefused,
    TaskTimeout,
    WorkerDied,
)
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings, SeparationSettings

SETTINGS = PageSettings(
    IntakeSettings(),
    ImagingSettings(),
    ReadingSettings(engine="recorded", dpi=100),
    SeparationSettings(),
)


class Here:
    """An executor in this process; `errors` replace what the named function would do."""

    def __init__(self, errors: dict[str, Exception] | None = None) -> None:
        self.errors = errors or {}
        self.calls: list[str] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any, timeout_seconds: float) -> Future[Any]:
        self.calls.append(function.__name__)
        future: Future[Any] = Future()
        try:
            if function.__name__ in self.errors:
                raise self.errors[function.__name__]
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def close(self, *, cancel: bool = False) -> None:
        pass


@pytest.fixture
def wanted(tmp_path: Path) -> list[WantedPage]:
    pages = []
    for number in range(1, 4):
        path = tmp_path / f"{number}.png"
        image = Image.new("L", (400, 560), 255)
        image.paste(0, (50 * number, 60, 50 * number + 40, 500))
        image.save(path, dpi=(100, 100))
        pages.append(
            WantedPage(
                PageRef(f"{number:064}", path.name, 1), PageInput(path, f"{number:064}", "image/png", 1)
            )
        )
    return pages


def reader(executor: Here, tmp_path: Path, jobs: int = 1) -> PageReader:
    return PageReader(lambda: executor, jobs, ReadingCache(tmp_path / "cache"), SETTINGS)


@pytest.mark.parametrize(("jobs", "sources", "workers"), [(1, 5, 1), (2, 1, 2), (8, 1, 2), (8, 3, 4)])
def test_workers_start_before_the_first_page_but_no_more_than_there_is_work_for(
    wanted: list[WantedPage], tmp_path: Path, jobs: int, sources: int, workers: int
) -> None:
    executor = Here()
    ready = reader(executor, tmp_path, jobs)
    ready.make_ready(sources)
    assert executor.calls == ["identify_engines"] * workers
    assert len(list(ready.read(wanted))) == len(wanted)
    # What the engines are was asked while they were loaded; no page waits for that again.
    assert executor.calls.count("identify_engines") == workers


def test_pages_come_in_order_and_are_known_the_second_time(wanted: list[WantedPage], tmp_path: Path) -> None:
    first, second = reader(Here(), tmp_path), reader(Here(), tmp_path)
    read = list(first.read(wanted))
    assert [page.ref for page in read] == [page.ref for page in wanted]
    assert (first.made, first.cached) == (3, 0)
    again = list(second.read(wanted))
    assert [page.reading for page in again] == [page.reading for page in read]
    assert (second.made, second.cached) == (0, 3)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (TaskTimeout("slow"), "timeout"),
        (WorkerDied("dead"), "worker_died"),
        (RuntimeError("engine"), "error"),
        (PageFailed("The engine could not read."), "error"),
    ],
)
def test_a_page_whose_reading_fails_keeps_its_own_image(
    wanted: list[WantedPage], tmp_path: Path, error: Exception, why: str
) -> None:
    page = next(reader(Here({"read_page": error}), tmp_path).read(wanted[:1]))
    assert page.reading.failed == why
    assert page.reading.geometry.width_mm == pytest.approx(101.6)
    assert (read_image(page.stream).width_px, read_image(page.stream).height_px) == (400, 560)
    # It was not read, so it is tried again by the next run.
    assert next(reader(Here(), tmp_path).read(wanted[:1])).reading.failed is None


def test_a_page_without_an_image_is_replaced_by_a_sheet_that_says_so(
    wanted: list[WantedPage], tmp_path: Path
) -> None:
    wanted[0].input.path.write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    page = next(reader(Here(), tmp_path).read(wanted[:1]))
    assert page.reading.failed == "no_image"
    assert "1.png" in page.reading.text.text
    assert page.reading.geometry.width_mm == pytest.approx(210, abs=0.2)


@pytest.mark.parametrize("error", [TaskTimeout("slow"), WorkerDied("dead"), ValueError("a bug")])
def test_a_page_that_kills_every_worker_is_replaced_too(
    wanted: list[WantedPage], tmp_path: Path, error: Exception
) -> None:
    executor = Here({"read_page": error, "keep_page": error})
    assert next(reader(executor, tmp_path).read(wanted[:1])).reading.failed == "no_image"


def test_what_the_environment_lacks_stops_the_run(wanted: list[WantedPage], tmp_path: Path) -> None:
    executor = Here({"read_page": EnvironmentLacking("no data")})
    with pytest.raises(EnvironmentLacking):
        next(reader(executor, tmp_path).read(wanted[:1]))


def test_a_dropped_image_is_taken_out_again(wanted: list[WantedPage], tmp_path: Path) -> None:
    here = reader(Here(), tmp_path)
    page = next(here.read(wanted[:1]))
    before = page.stream.read_bytes()
    page.stream.unlink()
    here.ensure_images(page, wanted[0].input)
    assert page.stream.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda page: replace(page, source_sha256="f" * 64),
        lambda page: replace(page, source_page=2),
    ],
)
def test_other_bytes_are_read_for_themselves(
    wanted: list[WantedPage], tmp_path: Path, change: Callable[[PageInput], PageInput]
) -> None:
    here = reader(Here(), tmp_path)
    assert here._key(wanted[0].input) != here._key(change(wanted[0].input))


def test_another_engine_version_reads_again(
    wanted: list[WantedPage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(reader(Here(), tmp_path).read(wanted[:1]))
    monkeypatch.setattr(page_floor, "identify_engines", lambda _settings: (EngineIdentity("recorded", "2"),))
    later = reader(Here(), tmp_path)
    list(later.read(wanted[:1]))
    assert (later.made, later.cached) == (1, 0)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TaskTimeout("slow"), QuarantineReason.TIMEOUT),
        (WorkerDied("dead"), QuarantineReason.DAMAGED),
        (ValueError("a bug"), QuarantineReason.DAMAGED),
    ],
)
def test_a_source_that_breaks_its_opening_goes_to_quarantine_and_the_next_is_opened(
    tmp_path: Path, error: Exception, reason: QuarantineReason
) -> None:
    when = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    path = tmp_path / "a.png"
    Image.new("L", (40, 40), 255).save(path)
    source = Source("a.png", path, path, "0" * 64, path.stat().st_size, when)
    executor = Here({"outline_source": error})
    outlines = reader(executor, tmp_path).outlines([source, source, source, source])
    first = next(outlines)[1]
    assert isinstance(first, SourceRefused) and first.reason is reason and "a.png" in str(first)
    executor.errors.clear()
    last = list(outlines)[-1][1]
    assert isinstance(last, SourceOutline) and last.pages == 1
