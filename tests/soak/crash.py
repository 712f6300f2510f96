"""Kills a batch of 60 pages and more at many moments and runs it again; writes the outcome as JSON. By hand:

python tests/soak/crash.py [KILLS] [SEED] [KILLS_WITH_TESSERACT] [WORKER_KILLS]
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ["OMP_THREAD_LIMIT"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

from crash_batch import (
    ALL_PIPELINES,
    SIXTY,
    BatchSize,
    fresh_office,
    make_batch,
    make_readable_batch,
    write_pipelines,
)
from crash_trial import (
    STAGES,
    Trial,
    Undisturbed,
    chosen_moments,
    killed_and_run_again,
    undisturbed_run,
    with_worker_moments,
    worker_killed,
)
from soak_report import write_report
from system_office import run_command


def main(kills: int, seed: int, with_tesseract: int, worker_kills: int) -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-crash-") as name:
        folder = Path(name)
        recorded = [
            _killed(folder / pipeline, pipeline, SIXTY, -(-kills // len(ALL_PIPELINES)), seed + number)
            for number, pipeline in enumerate(ALL_PIPELINES)
        ]
        tesseract = _killed(folder / "tesseract", "recorded", None, with_tesseract, seed, engine="tesseract")
        workers = _workers_killed(folder / "workers", worker_kills, seed)
    trials = [trial for facts in recorded for trial in facts.pop("trials")]
    real_trials = tesseract.pop("trials")
    stages = Counter(trial.hit.partition(" ")[0] for trial in trials)
    problems = [*_problems(trials), *_problems(real_trials), *workers["problems"]]
    problems += [f"stage {stage} was not hit" for stage in STAGES if not stages[stage]]
    real_stages = Counter(trial.hit.partition(" ")[0] for trial in real_trials)
    problems += [f"with Tesseract stage {stage} was not hit" for stage in STAGES if not real_stages[stage]]
    problems += [
        f"{batch['engine']} {batch['pipeline']}: nothing was filed"
        for batch in (*recorded, tesseract)
        if not batch["page_states"]["filed"]
    ]
    report = {
        "seed": seed,
        "seconds": round(time.monotonic() - started),
        "kills": len(trials),
        "kills_by_stage": dict(sorted(stages.items())),
        "kills_by_step": dict(sorted(Counter(trial.hit for trial in trials).items())),
        "batches": recorded,
        "with_tesseract": {
            **tesseract,
            "kills": len(real_trials),
            "kills_by_stage": dict(Counter(trial.hit.partition(" ")[0] for trial in real_trials)),
        },
        "workers_killed": workers,
        "problems": problems,
    }
    print(write_report("crash", report))
    return 1 if problems else 0


def _killed(
    folder: Path, pipeline: str, size: BatchSize | None, kills: int, seed: int, engine: str = "recorded"
) -> dict[str, Any]:
    """`kills` trials of one pipeline, and what the undisturbed run was like."""
    pages, quiet = _quiet(folder, pipeline, size, engine)
    trials: list[Trial] = []
    for number, moment in enumerate(chosen_moments(quiet.moments, kills, seed)):
        place = folder / "trial"
        office = _office(place, folder)
        trials.append(killed_and_run_again(office, quiet, moment, power_cut=number % 2 == 1))
        shutil.rmtree(place)
        _tell(f"{engine} {pipeline}", trials, kills)
    return {
        "pipeline": pipeline,
        "engine": engine,
        "pages": pages,
        "page_states": quiet.pages,
        "exit": quiet.code,
        "files_among_the_records": len(quiet.records),
        "steps_that_write": len(quiet.moments),
        "trials": trials,
    }


def _workers_killed(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Workers killed as by the out-of-memory killer, one of them or each in turn."""
    _pages, quiet = _quiet(folder, "recorded", SIXTY, "recorded")
    workers = replace(quiet, moments=tuple(item for item in quiet.moments if item.where == "worker"))
    trials = []
    for number, moment in enumerate(chosen_moments(workers.moments, kills, seed)):
        place = folder / "trial"
        trials.append(worker_killed(_office(place, folder), quiet, moment, every=number % 4 == 3))
        shutil.rmtree(place)
        _tell("workers", trials, kills)
    return {
        "kills": len(trials),
        "kills_by_stage": dict(Counter(trial.moment.stage for trial in trials)),
        "exits": dict(Counter(str(trial.codes[0]) for trial in trials)),
        "problems": _problems(trials),
    }


def _quiet(folder: Path, pipeline: str, size: BatchSize | None, engine: str) -> tuple[int, Undisturbed]:
    pages = make_batch(folder / "batch", size) if size else make_readable_batch(folder / "batch")
    write_pipelines(folder / "pipelines", engine)
    quiet = undisturbed_run(_office(folder / "quiet", folder), pipeline, folder / "traces")
    return pages, with_worker_moments(quiet, _office(folder / "again", folder), folder / "traces")


def _office(place: Path, folder: Path) -> Any:
    return fresh_office(place, folder / "batch", folder / "pipelines", run_command)


def _problems(trials: Sequence[Trial]) -> list[str]:
    return [
        f"{trial.moment.where} step {trial.moment.at} ({trial.hit}): {problem}"
        for trial in trials
        for problem in trial.problems
    ]


def _tell(what: str, trials: Sequence[Trial], count: int) -> None:
    bad = sum(bool(trial.problems) for trial in trials)
    print(f"\r{what}: {len(trials)}/{count}, {bad} with problems ", end="", file=sys.stderr, flush=True)
    if trials[-1].problems:
        print(*_problems(trials[-1:]), sep="\n", file=sys.stderr)


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(arguments + [44, 2026, 8, 8][len(arguments) :])))
