"""Several programs on one store at once: two runs on one inbox; a watch, a run and a person together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from system_office import COMMAND, Office, command_environment, draw_page, run_command, write_pipeline

LOCKED = 7


@dataclass(frozen=True, slots=True)
class DoubleStart:
    """How both runs ended, and what should not be."""

    codes: tuple[int, int]
    problems: tuple[str, ...]


def started_twice(folder: Path, *, apart_seconds: float = 0.0) -> DoubleStart:
    """Starts two runs on one inbox of three pages, `apart_seconds` after each other."""
    office = _office(folder)
    draw_page(office.inbox / "a.tif", 1, pages=2)
    draw_page(office.inbox / "b.png", 2)
    arguments = [
        "run",
        office.inbox,
        "--pipeline",
        "recorded",
        "--jobs",
        "1",
        "--consume",
        "--json",
        *office.shared,
    ]
    first = _start(*arguments)
    time.sleep(apart_seconds)
    second = _start(*arguments)
    said = [_ended(process) for process in (first, second)]
    codes = (first.returncode, second.returncode)
    problems = []
    # Who comes when the other has ended finds an empty inbox; neither may fail otherwise.
    if sorted(codes) not in ([0, 0], [0, LOCKED]):
        problems.append(f"exits {codes}: {[stderr[-300:] for _stdout, stderr in said]}")
    for process, (_stdout, stderr) in zip((first, second), said, strict=True):
        if process.returncode == LOCKED and "process" not in stderr and "holds" not in stderr:
            problems.append(f"the loser does not say who holds it: {stderr[-200:]}")
    return DoubleStart(codes, (*problems, *_each_once(office, pages=3, documents=2)))


def together(folder: Path, pages_each: int) -> list[str]:
    """`watch` on one inbox, runs on another and `review accept` on one store at once; what went wrong."""
    office = _office(folder)
    write_pipeline(office.pipelines, "silent", {"count_file": None, "otherwise": "Guten Tag"})
    other = folder / "second"
    for number in range(pages_each):
        draw_page(folder / "waiting" / f"{number}.png", 1000 + number)
    arguments = ["--jobs", "1", "--json", *office.shared]
    held = run_command("run", folder / "waiting", "--pipeline", "silent", *arguments)
    if held.code != 3:
        return [f"the documents to accept: exit {held.code} {held.stderr[-300:]}"]
    waiting = [document["id"] for document in held.json["documents"]]
    watch = _start(
        "watch",
        office.inbox,
        "--pipeline",
        "recorded",
        "--jobs",
        "1",
        "--consume",
        "--settle-seconds",
        "0",
        "--poll-seconds",
        "0.3",
        *office.shared,
    )
    try:
        problems = _all_at_once(office, other, waiting, pages_each)
        until = time.monotonic() + 120
        while any(office.inbox.iterdir()) and time.monotonic() < until and watch.poll() is None:
            time.sleep(0.1)
        if any(office.inbox.iterdir()):
            problems.append("the watch left files in its inbox")
    finally:
        watch.send_signal(signal.SIGTERM)
        _stdout, stderr = _ended(watch)
    if watch.returncode not in (0, 143):
        problems.append(f"watch ended with {watch.returncode}: {stderr[-300:]}")
    return problems + _each_once(office, pages=3 * pages_each, documents=3 * pages_each)


def _all_at_once(office: Office, other: Path, waiting: list[str], pages_each: int) -> list[str]:
    """Feeds the watch and a second inbox and accepts what waits, each round all three at the same moment."""
    problems = []
    for number in range(pages_each):
        made = draw_page(other.parent / "drawn" / f"{number}.png", 2000 + number)
        made.rename(office.inbox / made.name)
        draw_page(other / f"{number}.png", 3000 + number)
        run = _start(
            "run", other, "--pipeline", "recorded", "--jobs", "1", "--consume", "--json", *office.shared
        )
        accept = _start("review", "accept", waiting[number], "--class", "rechnung", *office.shared)
        for name, process in (("run", run), ("accept", accept)):
            _stdout, stderr = _ended(process)
            if process.returncode != 0:
                problems.append(f"{name} {number}: exit {process.returncode}: {stderr[-300:]}")
    return problems


def _each_once(office: Office, *, pages: int, documents: int) -> list[str]:
    """Every page in one filed document and no more, the inbox empty, the chain whole."""
    problems = []
    found: Counter[tuple[str, int]] = Counter()
    metadata = [path for path in office.records.rglob("*_*.json") if ".dipro" not in path.parts]
    for path in metadata:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found.update((page["source_sha256"], page["source_page"]) for page in content["pages"])
    if len(found) != pages or set(found.values()) != {1}:
        problems.append(f"{len(found)} of {pages} pages filed, some {max(found.values(), default=0)} times")
    if len(office.filed()) != documents:
        problems.append(f"{len(office.filed())} documents filed instead of {documents}")
    if any(office.inbox.iterdir()):
        problems.append("the inbox is not empty")
    verified = run_command("verify", "--json", *office.shared)
    if verified.code != 0:
        problems.append(f"verify: {verified.code} {verified.stdout[-300:]}")
    return problems


def _office(folder: Path) -> Office:
    (folder / "inbox").mkdir(parents=True)
    office = Office(folder / "inbox", folder / "records", folder / "pipelines", run_command)
    office.pipeline(count_file=None)
    return office


def _start(*arguments: object) -> subprocess.Popen[str]:
    path = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
    return subprocess.Popen(
        [COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=command_environment(**path),
    )


def _ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    stdout, stderr = process.communicate(timeout=300)
    assert "Traceback" not in stdout + stderr, stderr
    return stdout, stderr
