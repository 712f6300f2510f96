"""Carries all bad papers, and the bad scans of the test data, through runs; writes what came of it as JSON.

python tests/soak/bad_inputs.py [RUNS] [LIMIT_SECONDS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

from bad_inputs_trial import carried
from bad_papers import bad_papers
from soak_report import write_report
from system_office import Office, run_command

TEST_DATA = Path(
    os.environ.get("DIPRO_SCAN_TEST_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data"
)


def main(runs: int, limit_seconds: int) -> int:
    started = time.monotonic()
    papers = bad_papers()
    scans = sorted((TEST_DATA / "scans" / "bad").iterdir())
    trials = []
    with tempfile.TemporaryDirectory(prefix="soak-bad-") as name:
        for number in range(runs):
            folder = Path(name) / str(number)
            (folder / "inbox").mkdir(parents=True)
            office = Office(folder / "inbox", folder / "records", folder / "pipelines", run_command)
            extra = scans if number == 0 else []
            trials.append(carried(office, papers[number::runs], extra, limit_seconds))
            print(f"\r{number + 1}/{runs} ", end="", file=sys.stderr, flush=True)
    reasons: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    for trial in trials:
        reasons.update(trial.reasons)
        pages.update(trial.pages)
    problems = [problem for trial in trials for problem in trial.problems]
    report = {
        "seconds": round(time.monotonic() - started),
        "limit_seconds_per_run": limit_seconds,
        "bad_inputs": len(papers) + len(scans),
        "by_kind": {**Counter(paper.kind for paper in papers), "scans/bad": len(scans)},
        "good_names_filed": sum(paper.good for paper in papers),
        "pages": dict(pages),
        "quarantined_for": dict(sorted(reasons.items())),
        "runs": [asdict(trial) for trial in trials],
        "problems": problems,
    }
    print(write_report("bad-inputs", report))
    return 1 if problems else 0


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(arguments + [4, 600][len(arguments) :])))
