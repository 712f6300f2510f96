"""How much memory does a worker need while it reads pages, and does it give it back?

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/memory.py --seed N [--set report] [--out FILE]

Generated pages of all kinds and formats, worn, some stamped, some turned: A4 at 300 dpi and A3 at 600 dpi,
in gray and in colour. For each of the four a worker process is started as a run starts it, and reads the
pages one after another with the settings of a shipped pipeline, without the second reader. Then it reads them
all a second time. Last it assembles and checks one PDF of them.

- `peak_mb`: the most that was resident in a task, as the kernel saw it (`VmHWM`, set back before each task).
  It counts all pages of the process, also those of libraries that several workers share. This is what
  the limits are held against.
- `peak_pss_mb`, `peak_uss_mb`: sampled every 50 ms from `smaps_rollup`: shared pages by their share, and
  without them. The next worker of a run needs the latter.
- `rest_mb`: resident after the task. It swings: the C library keeps freed memory for the next page.
- `held_mb`: resident after each round, when the C library was told to give back what is free
  (malloc_trim(3)). What the second round adds to that is lost for good.

MB are 10**6 bytes. Ends with 1 where a limit does not hold.
"""

from __future__ import annotations

import argparse
import ctypes
import datetime as dt
import hashlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

os.environ["OMP_THREAD_LIMIT"] = "1"

from measuring import machine_facts, now_utc, table
from memory_scans import ALL_SCANS, Scans

from dipro_scan.batch import page as page_floor
from dipro_scan.batch.assembly import AssemblyJob, AssemblyPage, assemble
from dipro_scan.batch.executor import WorkerPool
from dipro_scan.batch.image_files import write_image
from dipro_scan.model import PageInput
from dipro_scan.settings import load_configuration

PIPELINE: Final = "posteingang"
GROWTH_LIMIT: Final = 1.03
"""After the second reading of the same pages a worker may hold so many times what it held after the first."""

ROUNDS: Final = ("first", "again")

PATIENCE_SECONDS: Final = 1800.0
SAMPLE_SECONDS: Final = 0.05
MB: Final = 10**6
MEDIA_TYPES: Final = {
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".tiff": "image/tiff",
}
SET_BACK_PEAK: Final = "5"
"""What `/proc/PID/clear_refs` takes to set back `VmHWM` (proc_pid_clear_refs(5))."""


@dataclass(frozen=True, slots=True)
class Need:
    """Memory of a worker in one task, in MB."""

    task: str
    peak_mb: float
    peak_pss_mb: float
    peak_uss_mb: float
    rest_mb: float


@dataclass(frozen=True, slots=True)
class Series:
    """What a worker held after each round, and what it needed for each task."""

    held_mb: tuple[float, ...]
    needs: tuple[Need, ...]

    @property
    def peak_mb(self) -> float:
        return max(need.peak_mb for need in self.needs)


@dataclass(slots=True)
class _Watch:
    """A worker's memory from entering to leaving."""

    pid: int
    pss_mb: float = 0.0
    uss_mb: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> _Watch:
        Path(f"/proc/{self.pid}/clear_refs").write_text(SET_BACK_PEAK)
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def need(self, task: str) -> Need:
        status = _sizes_mb(Path(f"/proc/{self.pid}/status"))
        return Need(task, status["VmHWM"], self.pss_mb, self.uss_mb, status["VmRSS"])

    def _sample(self) -> None:
        while not self._done.is_set():
            sizes = _sizes_mb(Path(f"/proc/{self.pid}/smaps_rollup"))
            self.pss_mb = max(self.pss_mb, sizes["Pss"])
            own = sizes["Private_Clean"] + sizes["Private_Dirty"]
            self.uss_mb = max(self.uss_mb, round(own, 1))
            self._done.wait(SAMPLE_SECONDS)


def _sizes_mb(path: Path) -> dict[str, float]:
    lines = [line.split() for line in path.read_text().splitlines() if line.endswith(" kB")]
    return {words[0].rstrip(":"): round(int(words[1]) * 1024 / MB, 1) for words in lines}


def main() -> int:
    arguments = _arguments()
    chosen = [scans for scans in ALL_SCANS if not arguments.only or scans.name in arguments.only]
    found = {scans.name: measured(scans, arguments) for scans in chosen}
    in_limits = [limit for scans in chosen for limit in limits(scans, found[scans.name])]
    result = {
        "schema": 1,
        "date": now_utc(),
        "machine": machine_facts(),
        "set": arguments.set,
        "seed": arguments.seed,
        "pages": arguments.pages,
        "pipeline": PIPELINE,
        "second_reader": None,
        "limits": in_limits,
        "found": {name: asdict(series) for name, series in found.items()},
    }
    arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(shown(found))
    for limit in in_limits:
        print(json.dumps(limit))
    return 0 if all(limit["holds"] for limit in in_limits) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--set", default="report", choices=("tuning", "report"))
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--pages", type=int, default=10, help="different pages; each is read twice")
    parser.add_argument("--only", nargs="+", choices=[scans.name for scans in ALL_SCANS])
    parser.add_argument("--out", type=Path, default=Path("memory.json"), help="the result, as JSON")
    return parser.parse_args()


def measured(scans: Scans, arguments: argparse.Namespace) -> Series:
    """What one worker needs for each page, the first time and the second, and for a PDF of them all."""
    # Not at the top: a worker that is started from here loads that, too, and would need more than in a run.
    from memory_pages import make_scans

    with tempfile.TemporaryDirectory(prefix="memory-") as name, closing(WorkerPool(1, "en")) as pool:
        folder = Path(name)
        paths = make_scans(scans, arguments.set, arguments.seed, arguments.pages, folder)
        pid = pool.submit(os.getpid, timeout_seconds=PATIENCE_SECONDS).result()
        settings = _page_settings()
        needs, held, pages = [], [], []
        for time in ROUNDS:
            for path in paths:
                page = _input(path)
                task = f"{time} {path.stem}"
                need, result = _watched(pid, task, _begin(pool, page_floor.read_page, page, settings))
                needs.append(need)
                print(need, file=sys.stderr)
                if time == ROUNDS[0]:
                    pages.append(_assembly_page(result, path.with_suffix(".stream")))
            held.append(_watched(pid, time, _begin(pool, _give_back))[0].rest_mb)
        job = AssemblyJob(folder / "all.pdf", "memory", "memory", dt.datetime.now(dt.UTC), {}, tuple(pages))
        need, assembled = _watched(pid, "assembling", _begin(pool, assemble, job))
        assert not assembled.violations, assembled.violations
        assert pool.submit(os.getpid, timeout_seconds=PATIENCE_SECONDS).result() == pid
        return Series(tuple(held), (*needs, need))


def _give_back() -> None:
    """Makes the C library return to the system what is free in its heap."""
    ctypes.CDLL(None).malloc_trim(0)


def _begin(pool: WorkerPool, function: Callable[..., Any], *of: Any) -> Callable[[], Future[Any]]:
    return lambda: pool.submit(function, *of, timeout_seconds=PATIENCE_SECONDS)


def _watched(pid: int, task: str, begin: Callable[[], Future[Any]]) -> tuple[Need, Any]:
    with _Watch(pid) as watch:
        result = begin().result()
    return watch.need(task), result


def _page_settings() -> page_floor.PageSettings:
    pipeline = load_configuration(PIPELINE).pipeline
    reading = pipeline.reading.model_copy(update={"second_reader": None})
    return page_floor.PageSettings(pipeline.intake, pipeline.imaging, reading, pipeline.separation)


def _input(path: Path) -> PageInput:
    return PageInput(path, hashlib.sha256(path.read_bytes()).hexdigest(), MEDIA_TYPES[path.suffix], 1)


def _assembly_page(result: page_floor.PageResult, stream: Path) -> AssemblyPage:
    write_image(stream, result.stream)
    return AssemblyPage(stream, result.reading.geometry, result.reading.text)


def limits(scans: Scans, series: Series) -> list[dict[str, Any]]:
    """What is asked of a series: its peak, and that nothing is lost from round to round."""
    growth = round(series.held_mb[1] / series.held_mb[0], 3)
    return [
        {"what": f"{scans.name}: peak, MB", "at_most": scans.limit_mb, "measured": series.peak_mb,
         "holds": series.peak_mb <= scans.limit_mb},
        {"what": f"{scans.name}: held after the second round, times the first", "at_most": GROWTH_LIMIT,
         "measured": growth, "holds": growth <= GROWTH_LIMIT},
    ]  # fmt: skip


def shown(found: dict[str, Series]) -> str:
    header = ["MB", "peak", "peak again", "PSS", "USS", "held", "held again", "assembling"]
    rows = []
    for name, series in found.items():
        first, again = ([need for need in series.needs if need.task.startswith(time)] for time in ROUNDS)
        values = [
            max(need.peak_mb for need in first),
            max(need.peak_mb for need in again),
            max(need.peak_pss_mb for need in series.needs),
            max(need.peak_uss_mb for need in series.needs),
            *series.held_mb,
            series.needs[-1].peak_mb,
        ]
        rows.append([name, *(f"{value:.0f}" for value in values)])
    return table(header, rows)


if __name__ == "__main__":
    sys.exit(main())
