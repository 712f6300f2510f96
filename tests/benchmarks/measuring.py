"""What a command costs, and on what machine. Linux: the kernel's own peaks are read from `/proc`."""

from __future__ import annotations

import datetime as dt
import os
import platform
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

import psutil

_SAMPLE_SECONDS = 0.1
_MIB = 2**20


class CommandFailed(RuntimeError):
    """A measured command ended as it should not; the message quotes the end of what it said."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Time and memory of a command with all its descendants; memory in MiB (2**20 bytes).

    `cpu_seconds` is user and system time of every process that was waited for, as the kernel counted it.
    Peaks are resident memory: of the command's first process (`coordinator`), of the largest of its
    descendants (`worker`), and of the tree at the same moment (`sum`, pages shared by two processes counted
    twice). The first two are the kernel's high-water marks; a process that lives shorter than 0.1 s may
    be missed.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_coordinator_mib: float
    peak_worker_mib: float
    peak_sum_mib: float

    @property
    def peak_process_mib(self) -> float:
        """The largest single process."""
        return max(self.peak_coordinator_mib, self.peak_worker_mib)


def measure(
    command: Sequence[str | Path],
    folder: Path,
    *,
    environment: Mapping[str, str],
    expected: Iterable[int] = (0,),
) -> Cost:
    """Runs `command` to its end; what it prints is in `folder`, as `stdout` and `stderr`.

    Raises CommandFailed when its exit code is none of `expected`.
    """
    with (folder / "stdout").open("wb") as output, (folder / "stderr").open("wb") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=dict(environment),
            start_new_session=True,
        )
        with _MemoryWatch(process.pid) as watch:
            status, usage = _wait(process.pid)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in tuple(expected):
        said = (folder / "stderr").read_text(errors="replace")[-2000:]
        raise CommandFailed(f"{Path(command[0]).name} ended with {process.returncode}:\n{said}")
    return Cost(
        wall_seconds=round(wall, 3),
        cpu_seconds=round(usage.ru_utime + usage.ru_stime, 3),
        peak_coordinator_mib=watch.coordinator_mib,
        peak_worker_mib=watch.worker_mib,
        peak_sum_mib=watch.sum_mib,
    )


def _wait(pid: int) -> tuple[int, Any]:
    # wait4 and not Popen.wait: it tells what this tree cost, whatever else this process has started.
    try:
        _pid, status, usage = os.wait4(pid, 0)
    except BaseException:
        os.killpg(pid, signal.SIGKILL)
        raise
    return status, usage


@dataclass(slots=True)
class _MemoryWatch:
    """Samples a process tree until left."""

    pid: int
    coordinator_mib: float = 0.0
    worker_mib: float = 0.0
    sum_mib: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> _MemoryWatch:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._done.is_set():
            self._sample()
            self._done.wait(_SAMPLE_SECONDS)

    def _sample(self) -> None:
        try:
            descendants = psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return
        now, peak = _resident_mib(self.pid)
        self.coordinator_mib = max(self.coordinator_mib, peak)
        for process in descendants:
            resident, peak = _resident_mib(process.pid)
            self.worker_mib = max(self.worker_mib, peak)
            now += resident
        self.sum_mib = max(self.sum_mib, round(now, 1))


def _resident_mib(pid: int) -> tuple[float, float]:
    """Resident memory of one process, now and at its peak; zeros when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    sizes = dict(line.split(":", 1) for line in lines if line.startswith(("VmRSS:", "VmHWM:")))
    now, peak = (round(int(sizes.get(key, "0 kB").split()[0]) * 1024 / _MIB, 1) for key in ("VmRSS", "VmHWM"))
    return now, peak


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0))


def machine_facts() -> dict[str, Any]:
    """The machine of a result. The load average tells whether it had other work to do."""
    return {
        "processor": _processor_name(),
        "cores": usable_cores(),
        "memory_mib": psutil.virtual_memory().total // _MIB,
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def _processor_name() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def now_utc() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def median_of(rounds: Sequence[Mapping[str, float]], digits: int = 3) -> dict[str, float]:
    """The median of each value over all rounds."""
    return {key: round(median(each[key] for each in rounds), digits) for key in rounds[0]}


def median_ratio(
    rounds: Sequence[Mapping[str, Mapping[str, float]]], value: str, above: str, below: str
) -> float:
    """The median over rounds of `value` of contestant `above` divided by that of `below`.

    Ratios are taken inside a round, because what the machine does besides changes less from one command
    to the next than from the first round to the last.
    """
    return round(median(each[above][value] / each[below][value] for each in rounds), 3)


_NOT_HANDED_ON: Final = frozenset(
    {
        "OMP_THREAD_LIMIT",
        "TESSDATA_PREFIX",
        "SOURCE_DATE_EPOCH",
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPROFILEIMPORTTIME",
    }
)
"""Who installs a program compiles it once: no contestant is to compile itself at every start."""


def environment_for(path_first: Sequence[Path] = (), **variables: str) -> dict[str, str]:
    """This environment without what would set up a contestant behind the benchmark's back."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DIPRO_SCAN_") and name not in _NOT_HANDED_ON
    }
    own["PATH"] = os.pathsep.join([*map(str, path_first), own.get("PATH", os.defpath)])
    return {**own, **variables}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Text columns: the first flush left, the others flush right."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    shown = []
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        shown.append("  ".join(cells).rstrip())
    shown.insert(1, "-" * len(shown[0]))
    return "\n".join(shown)
