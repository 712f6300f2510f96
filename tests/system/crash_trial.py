"""One trial: a run killed before one of its steps, run again, held against an undisturbed run."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from system_office import Office

SABOTAGE = Path(__file__).parent / "sabotage"
STAGES = ("claim", "read", "assemble", "stage", "place", "journal", "ledger", "release")
"""Each must be hit; a run has further ones (locks, holding, setting aside, quarantine)."""

_KILLED = -9
_END_STATES = ("filed", "held", "quarantined", "source_finished")


@dataclass(frozen=True, slots=True)
class Moment:
    """A step to be killed at: the `at`-th of the run itself or of its worker."""

    where: str
    at: int
    stage: str


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a quiet run makes of the batch, and the steps that it takes on its way."""

    pipeline: str
    code: int
    pages: dict[str, int]
    records: dict[str, bytes]
    waiting: list[Any]
    events: list[tuple[str, str]]
    sources: frozenset[str]
    refs: frozenset[tuple[str, int]]
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a kill; `problems` are what should not be. `hit` is the stage and step met."""

    moment: Moment
    hit: str
    codes: tuple[int, ...]
    problems: tuple[str, ...]


def undisturbed_run(office: Office, pipeline: str, traces: Path) -> Undisturbed:
    """Runs the batch in `office` once for each side of the work, noting the steps of it."""
    sources = hashes(office.inbox)
    traces.mkdir(parents=True, exist_ok=True)
    outcome = run(office, pipeline, "none", 0, "run", trace=traces / f"{pipeline}-run")
    found = read_back(office)
    moments = _moments("run", traces / f"{pipeline}-run")
    return Undisturbed(
        pipeline,
        outcome.code,
        outcome.json["pages"],
        found["records"],
        found["waiting"],
        found["events"],
        sources,
        frozenset((page["source"], page["source_page"]) for page in _pages_of(outcome.json)),
        moments,
    )


def with_worker_moments(quiet: Undisturbed, office: Office, traces: Path) -> Undisturbed:
    """The same, with the worker's steps too, noted in another quiet run in `office`."""
    trace = traces / f"{quiet.pipeline}-worker"
    run(office, quiet.pipeline, "none", 0, "worker", trace=trace)
    again = read_back(office)
    assert again["records"] == quiet.records, "two quiet runs differ"
    return replace(quiet, moments=quiet.moments + _moments("worker", trace))


def chosen_moments(moments: Sequence[Moment], count: int, seed: int) -> list[Moment]:
    """`count` moments at random, each of the stages met in turn."""
    chance = random.Random(seed)
    by_stage: dict[str, list[Moment]] = defaultdict(list)
    for moment in moments:
        by_stage[moment.stage].append(moment)
    for left in by_stage.values():
        chance.shuffle(left)
    order = [*STAGES, *sorted(by_stage.keys() - set(STAGES))]
    chosen: list[Moment] = []
    while len(chosen) < count and any(by_stage.values()):
        for stage in order:
            if by_stage.get(stage) and len(chosen) < count:
                chosen.append(by_stage[stage].pop())
    return chosen


def killed_and_run_again(
    office: Office, quiet: Undisturbed, moment: Moment, *, power_cut: bool = False
) -> Trial:
    """Kills a run in `office` at `moment`, looks at what is left, runs again and compares.

    With a `power_cut`, what the run wrote and did not sync by then is gone too.
    """
    hit = office.records.with_name("hit")
    fault = ("power" if power_cut else "kill") if moment.where == "run" else "kill_run"
    first = run(office, quiet.pipeline, fault, moment.at, moment.where, hit=hit)
    met = hit.read_text().split("\n")[0] if hit.exists() else ""
    problems = []
    if first.code != _KILLED:
        problems.append(f"was not killed: {first.code} {first.stderr[-300:]}")
    problems += left_by_a_kill(office, quiet)
    quarantined_left = (office.inbox / "kaputt.png").exists()
    again = run(office, quiet.pipeline, "none", 0, "run")
    # Killed while it releases, the run may have taken the broken file to quarantine and out already; then
    # only what waits for a person is left to tell of, if its file was still there.
    expected = {quiet.code} if quarantined_left else {quiet.code, 0, *([3] if quiet.waiting else [])}
    if again.code not in expected:
        problems.append(f"run again: exit {again.code}: {again.stderr[-300:]}")
    return Trial(moment, met, (first.code, again.code), (*problems, *differences(office, quiet)))


def worker_killed(office: Office, quiet: Undisturbed, moment: Moment, *, every: bool) -> Trial:
    """Kills the worker at `moment`, or `every` worker there: pages keep their places, the run ends orderly.

    What the kill cost waits for a person; nothing is filed otherwise than in the quiet run.
    """
    hit = office.records.with_name("hit")
    # A new worker counts from one again: without a file to mark the first kill each one would die.
    once = None if every else office.records.with_name("once")
    first = run(office, quiet.pipeline, "kill", moment.at, moment.where, hit=hit, once=once)
    met = hit.read_text().split("\n")[0] if hit.exists() else ""
    problems = []
    # What the quiet run filed waits now, and the sources that no worker could open are in quarantine.
    if first.code not in (quiet.code, 3, 4):
        problems.append(f"ended with {first.code}: {first.stderr[-300:]}")
    elif first.json["pages"]["scanned"] != sum(
        count for state, count in first.json["pages"].items() if state != "scanned"
    ):
        problems.append(f"the balance does not add up: {first.json['pages']}")
    else:
        whole = {item["source"] for item in first.json["quarantined"]}
        found = {(page["source"], page["source_page"]) for page in _pages_of(first.json)}
        lost = {(source, page) for source, page in quiet.refs - found if source not in whole}
        if lost:
            problems.append(f"pages without a place: {sorted(lost)[:5]}")
    if left := [path.name for path in office.inbox.rglob("*") if path.is_file()]:
        problems.append(f"left in the inbox: {left}")
    verified = office.command("verify", "--json", *office.shared)
    if verified.code != 0:
        problems.append(f"verify: {verified.code} {verified.stdout[-500:]}")
    return Trial(moment, met, (first.code,), tuple(problems))


def left_by_a_kill(office: Office, quiet: Undisturbed) -> list[str]:
    """No half record, and no source gone from the inbox that is not dealt with whole."""
    problems = []
    for name, content in records_of(office).items():
        if not name.endswith(("akte.json", "vorgang.json")) and quiet.records.get(name) != content:
            # The placeholder of a place without hard links is the only thing that may stand there.
            problems.append(f"after the kill {name} is not what it will be")
    done = {
        str(line["data"].get("key"))
        for line in (office.journal() if _journal(office).exists() else [])
        if line["event"] in ("source_finished", "quarantined")
    }
    for sha256 in quiet.sources - hashes(office.inbox) - done:
        problems.append(f"source {sha256[:12]} was released before it was dealt with")
    return problems


def differences(office: Office, quiet: Undisturbed) -> list[str]:
    """What differs from the quiet run, and what no run may leave behind."""
    found = read_back(office)
    problems = []
    for what in ("records", "waiting", "events"):
        if found[what] != getattr(quiet, what):
            problems.append(f"{what} differ: {_first_difference(found[what], getattr(quiet, what))}")
    if left := [path.name for path in office.inbox.rglob("*") if path.is_file()]:
        problems.append(f"left in the inbox: {left}")
    if any((office.records / ".dipro" / "staging").iterdir()):
        problems.append("staging is not empty")
    if any((office.records / ".dipro" / "work").iterdir()):
        problems.append("the work folder is not empty")
    verified = office.command("verify", "--json", *office.shared)
    if verified.code != 0:
        problems.append(f"verify: {verified.code} {verified.stdout[-500:]}")
    return problems


def run(
    office: Office,
    pipeline: str,
    fault: str,
    at: int,
    where: str,
    *,
    trace: Path | None = None,
    hit: Path | None = None,
    once: Path | None = None,
) -> Any:
    environment = {
        "PYTHONPATH": os.pathsep.join([str(SABOTAGE), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]),
        "SABOTAGE_STEPS": fault,
        "SABOTAGE_AT": str(at),
        "SABOTAGE_WHERE": where,
        "SABOTAGE_TRACE": str(trace or ""),
        "SABOTAGE_HIT": str(hit or ""),
        "SABOTAGE_ONCE": str(once or ""),
        "SABOTAGE_ROOT": str(office.records),
        "SOURCE_DATE_EPOCH": "1750000000",
    }
    return office.run("--consume", pipeline=pipeline, **environment)


def _pages_of(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """Every page that a run's summary names."""
    pages = [page for document in summary["documents"] for page in document["pages"]]
    return pages + summary["set_aside"]


def read_back(office: Office) -> dict[str, Any]:
    """Everything that a batch leaves: the records' bytes, what waits, what the journal says of it."""
    listed = office.command("review", "list", "--json", *office.shared)
    events = sorted(
        (line["event"], str(line["data"].get("document") or line["data"].get("key")))
        for line in office.journal()
        if line["event"] in _END_STATES
    )
    waiting = [item["pages"] for item in listed.json["documents"]]
    return {"records": records_of(office), "waiting": waiting, "events": events}


def records_of(office: Office) -> dict[str, bytes]:
    """Every file that stands among the records, with its bytes."""
    return {
        str(path.relative_to(office.records)): path.read_bytes()
        for path in office.records.rglob("*")
        if path.is_file() and ".dipro" not in path.parts
    }


def hashes(folder: Path) -> frozenset[str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)


def _moments(where: str, trace: Path) -> tuple[Moment, ...]:
    lines = trace.read_text(encoding="ascii").splitlines()
    return tuple(Moment(where, number, line.split()[0]) for number, line in enumerate(lines, start=1))


def _journal(office: Office) -> Path:
    return office.records / ".dipro" / "journal.jsonl"


def _first_difference(found: Any, wanted: Any) -> str:
    if isinstance(found, dict):
        names = sorted(found.keys() ^ wanted.keys())
        changed = [name for name in found.keys() & wanted.keys() if found[name] != wanted[name]]
        return f"only in one: {names[:5]}, with other bytes: {changed[:5]}"
    extra = [item for item in found if item not in wanted]
    lacking = [item for item in wanted if item not in found]
    return json.dumps({"extra": extra[:3], "lacking": lacking[:3], "count": [len(found), len(wanted)]})
