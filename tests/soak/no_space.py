"""Lets the disk be full at every place in the code that writes, and runs again; JSON of what came of it.

python tests/soak/no_space.py [STRIDE]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from soak_report import write_report

TRIAL = Path(__file__).resolve().parent.parent / "system" / "no_space_trial.py"
UNWRITABLE = 6
FAULTS = ("no_space", "disk_full")
"""Room lacks once, as where somebody else frees some; or from then on."""


def main(stride: int) -> int:
    started = time.monotonic()
    faults = {fault: _tried(fault, stride) for fault in FAULTS}
    problems = [
        f"{fault}, step {trial['at']} ({trial['step']}): {problem}"
        for fault, facts in faults.items()
        for trial in facts["trials"]
        for problem in trial["problems"]
    ]
    report = {
        "seconds": round(time.monotonic() - started),
        "documents": 3,
        "faults": {fault: _summary(facts) for fault, facts in faults.items()},
        "problems": problems,
    }
    print(write_report("no-space", report))
    return 1 if problems else 0


def _tried(fault: str, stride: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="soak-space-") as folder:
        command = [sys.executable, TRIAL, folder, fault, "0", str(stride)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ})
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def _summary(facts: dict[str, Any]) -> dict[str, Any]:
    trials = facts["trials"]
    return {
        "steps_of_a_run": facts["steps"],
        "places_in_the_code": facts["places"],
        "places_tried": len(trials),
        "exits": dict(Counter(str(trial["code"]) for trial in trials)),
        # Where room lacked once and all was done, and found done, all the same.
        "done_all_the_same": [trial["step"] for trial in trials if trial["code"] != UNWRITABLE],
        "by_stage": dict(sorted(Counter(trial["step"].partition(" ")[0] for trial in trials).items())),
        "by_step": dict(sorted(Counter(trial["step"].partition(" ")[2] for trial in trials).items())),
    }


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
