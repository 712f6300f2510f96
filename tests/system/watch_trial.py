"""Many one-page files through one `watch`: what it files, what memory it holds, what filing costs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from system_office import command_environment, draw_page, write_pipeline

TIMED = Path(__file__).with_name("timed_watch.py")


@dataclass(slots=True)
class Trial:
    """Where a trial takes place. `memory`: after each portion, bytes of the watch itself and its workers."""

    folder: Path
    memory: list[dict[str, int]] = field(default_factory=list)

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def records(self) -> Path:
        return self.folder / "records"

    def timings(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "timings.json").read_text(encoding="utf-8"))
        return found

    def filed(self) -> int:
        return sum(1 for path in self.records.rglob("*.pdf") if ".dipro" not in path.parts)

    def feed(self, process: subprocess.Popen[str], first: int, count: int, *, patience: float = 120) -> None:
        """Lays `count` pages into the inbox, waits until they are gone from it, and looks at memory."""
        drawn = self.folder / "drawn"
        pages = [draw_page(drawn / f"{number:05d}.png", number) for number in range(first, first + count)]
        for page in pages:
            page.rename(self.inbox / page.name)
        until = time.monotonic() + patience
        while any(self.inbox.iterdir()):
            assert process.poll() is None, f"the watch ended with {process.returncode}"
            assert time.monotonic() < until, "the inbox was not emptied"
            time.sleep(0.02)
        self.memory.append(memory_of(process.pid))


def memory_of(pid: int) -> dict[str, int]:
    """Resident bytes of a process and of its children together."""
    watch = psutil.Process(pid)
    workers = 0
    for child in watch.children(recursive=True):
        with_memory = child.memory_info() if child.is_running() else None
        workers += with_memory.rss if with_memory else 0
    return {"watch": watch.memory_info().rss, "workers": workers}


@contextmanager
def watching(trial: Trial, *more: str, jobs: int = 2) -> Iterator[subprocess.Popen[str]]:
    """A watch on the trial's inbox with a stop watch in it; ended by SIGTERM, as systemd does."""
    trial.inbox.mkdir(parents=True)
    write_pipeline(trial.folder / "pipelines", "recorded", {"count_file": None})
    command = [sys.executable, TIMED, trial.folder / "timings.json", "watch", trial.inbox]
    command += ["--pipeline", "recorded", "--jobs", str(jobs), "--consume", "--settle-seconds", "0"]
    command += ["--records", trial.records, "--pipelines", trial.folder / "pipelines", "--quiet", *more]
    with subprocess.Popen(
        list(map(str, command)), env=command_environment(), text=True, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


class BareFiling:
    """The fsyncs that a filing needs, and nothing else; see `document`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "target").mkdir()
        self._folder = folder
        self._journal = os.open(folder / "journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._ledger = os.open(folder / "ledger", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._number = 0

    def document(self, pdf: bytes, metadata: bytes, line: bytes) -> float:
        """Seconds of one document: the intent's commit, two staged files, two names in the target's folder,
        the journal's line, the record's commit, each durable before the next."""
        self._number += 1
        begun = time.perf_counter()
        staged = self._folder / f"staged-{self._number}"
        _append(self._ledger, b"x" * 12_000)
        staged.mkdir()
        for name, content in (("m.json", metadata), ("p.pdf", pdf)):
            handle = os.open(staged / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            _append(handle, content)
            os.close(handle)
        for name in ("m.json", "p.pdf"):
            os.link(staged / name, self._folder / "target" / f"{self._number}-{name}")
        _sync(self._folder / "target")
        _append(self._journal, line)
        _append(self._ledger, b"x" * 12_000)
        seconds = time.perf_counter() - begun
        shutil.rmtree(staged)
        return seconds


def bare_seconds(folder: Path, records: Path, count: int) -> list[float]:
    """The bare cost of `count` filings of documents like those in `records`, on the same drive."""
    pdf = next(path for path in records.rglob("*.pdf") if ".dipro" not in path.parts)
    line = (records / ".dipro" / "journal.jsonl").read_bytes().splitlines()[-1]
    bare = BareFiling(folder)
    pdf_bytes, metadata = pdf.read_bytes(), pdf.with_suffix(".json").read_bytes()
    return [bare.document(pdf_bytes, metadata, line) for _number in range(count)]


def _append(handle: int, content: bytes) -> None:
    os.write(handle, content)
    os.fsync(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(handle)
    os.close(handle)
