"""Runs in which the disk is full at one step that writes; each in a process forked from this one.

Run by itself (`python no_space_trial.py FOLDER FAULT FIRST STRIDE`) it makes a batch of three documents in
FOLDER, lets the disk be full at each place in the code that writes (or every STRIDE-th of them, from FIRST,
counted from 0), when it comes there first, runs again each time, and prints what came of it as JSON. Workers'
tasks run in the process itself, so that all steps of a run stand in one row.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "sabotage")]
os.environ |= {
    "SOURCE_DATE_EPOCH": "1750000000",
    "DIPRO_SCAN_RUN_SETTLE_SECONDS": "0",
    "OMP_THREAD_LIMIT": "1",
}

import cv2  # noqa: E402
import sabotage_steps  # noqa: E402
from crash_batch import BatchSize, make_batch, write_pipelines  # noqa: E402
from crash_trial import hashes, records_of  # noqa: E402
from system_office import Office  # noqa: E402

from dipro_scan.batch import station  # noqa: E402
from dipro_scan.cli.entry import run_command_line  # noqa: E402

THREE = BatchSize(stacks=1, pdfs=0, single=0, cut=1, repeated=0)
"""Two documents, a blank page and a separator in a stack, one in a cut-off file; one file is unreadable."""

_UNWRITABLE = 6
_QUIET = 4


class InPlace:
    """An executor without workers: a task runs where it is submitted."""

    def __init__(self, jobs: int, language: str) -> None:
        pass

    def submit(self, function: Callable[..., Any], /, *arguments: Any, timeout_seconds: float) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def close(self, *, cancel: bool = False) -> None:
        pass


def main(folder: Path, fault: str, first: int, stride: int) -> int:
    make_batch(folder / "batch", THREE)
    write_pipelines(folder / "pipelines")
    _load_all(_office(folder, "loading"))
    quiet = _office(folder, "quiet")
    traced = _forked(quiet, "none", 0, trace=folder / "trace")
    steps = [line for line in (folder / "trace").read_text().splitlines() if _needs_room(line)]
    wanted = _state(quiet)
    places: dict[str, int] = {}
    for at, line in enumerate(steps, start=1):
        places.setdefault(line, at)
    trials = []
    for number, at in enumerate(sorted(places.values())[first::stride], start=1):
        office = _office(folder, "trial")
        try:
            trials.append(_trial(office, fault, at, wanted, folder / "hit"))
        finally:
            shutil.rmtree(office.inbox.parent)
        print(f"\r{fault}: {number} of {len(places)} ", end="", file=sys.stderr, flush=True)
    facts = {"quiet": traced["code"], "steps": len(steps), "places": len(places), "trials": trials}
    print(json.dumps(facts))
    return 0


def _trial(office: Office, fault: str, at: int, wanted: dict[str, Any], hit: Path) -> dict[str, Any]:
    hit.unlink(missing_ok=True)
    full = _forked(office, fault, at, hit=hit)
    problems = []
    met = hit.read_text().split("\n")[0] if hit.exists() else ""
    # What is still being swept when all is done may fail unnoticed: then nothing is left to do either.
    if full["code"] != _UNWRITABLE and not (full["code"] == wanted["code"] and _state(office) == wanted):
        problems.append(f"exit {full['code']}: {full['stderr'][-300:]}")
    if "Traceback" in full["stderr"]:
        problems.append(f"a traceback: {full['stderr'][-500:]}")
    again = _forked(office, "none", 0)
    if again["code"] not in (wanted["code"], 0, 3):
        problems.append(f"run again: exit {again['code']}: {again['stderr'][-300:]}")
    found = {**_state(office), "code": wanted["code"]}
    problems += [f"{what} differ from the quiet run's" for what in wanted if found[what] != wanted[what]]
    if verified := _verified(office):
        problems.append(f"verify: {verified}")
    return {"at": at, "step": met, "code": full["code"], "problems": problems}


def _load_all(office: Office) -> None:
    """A whole run in this process, so that what it loads is there in every fork."""
    cv2.setNumThreads(0)
    station.WorkerPool = InPlace  # type: ignore[assignment,misc]
    code, stderr = _quietly(_arguments(office))
    assert code == _QUIET, stderr


def _arguments(office: Office) -> list[str]:
    arguments = ["run", str(office.inbox), "--pipeline", "recorded", "--jobs", "1", "--json", "--consume"]
    return [*arguments, *office.shared, "--lang", "en"]


def _office(folder: Path, name: str) -> Office:
    shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(folder / "batch", folder / name / "inbox")
    return Office(folder / name / "inbox", folder / name / "records", folder / "pipelines", print)  # type: ignore[arg-type]


def _state(office: Office) -> dict[str, Any]:
    """What must be the same in the end, and that nothing is left in the inbox."""
    records = {name: hash(data) for name, data in records_of(office).items()}
    journal = office.records / ".dipro" / "journal.jsonl"
    ends = ("filed", "held", "quarantined", "source_finished")
    events = sorted(
        (line["event"], str(line["data"].get("document") or line["data"].get("key")))
        for line in (office.journal() if journal.exists() else [])
        if line["event"] in ends
    )
    return {"code": _QUIET, "records": records, "events": events, "inbox": sorted(hashes(office.inbox))}


def _forked(
    office: Office, fault: str, at: int, *, trace: Path | None = None, hit: Path | None = None
) -> dict[str, Any]:
    with _child() as answer:
        if answer is None:
            return json.loads(_LAST.pop())
        sabotage_steps.install()
        sabotage_steps.arm(fault, at, trace=str(trace or ""), hit=str(hit or ""))
        code, stderr = _quietly(_arguments(office))
        sabotage_steps.arm("none", 0)
        answer({"code": code, "stderr": stderr})
    raise AssertionError("the child never comes here")


def _verified(office: Office) -> str:
    with _child() as answer:
        if answer is None:
            found = json.loads(_LAST.pop())
            return "" if found["code"] == 0 else f"{found}"
        code, stderr = _quietly(["verify", *office.shared])
        answer({"code": code, "stderr": stderr})
    raise AssertionError("the child never comes here")


def _quietly(arguments: list[str]) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        code = run_command_line(arguments)
    return int(code), said.getvalue()


_LAST: list[str] = []


@contextlib.contextmanager
def _child() -> Iterator[Callable[[dict[str, Any]], None] | None]:
    """In a forked child: how to answer, which ends it. In the parent, when it has ended: None."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:

        def answer(content: dict[str, Any]) -> None:
            os.write(writer, json.dumps(content).encode())
            os._exit(0)

        try:
            yield answer
        finally:
            os._exit(70)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        said = file.read()
    os.waitpid(child, 0)
    _LAST.append(said.decode() or json.dumps({"code": -1, "stderr": "the process died"}))
    yield None


def _needs_room(line: str) -> bool:
    return line.split()[1] not in ("unlink", "rmdir", "ftruncate", "read")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
