"""Starts two runs on one inbox at the same moment, many times; a watch, runs and a person on one store.

python tests/soak/double_start.py [TIMES] [PAGES_TOGETHER] [SEED]
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

from double_start_trial import started_twice, together
from soak_report import write_report


def main(times: int, pages_together: int, seed: int) -> int:
    started = time.monotonic()
    chance = random.Random(seed)
    ends: Counter[str] = Counter()
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="soak-double-") as name:
        folder = Path(name)
        for number in range(times):
            # Four in five at the very same moment, the others a little apart.
            apart = 0.0 if number % 5 else chance.uniform(0.0, 1.5)
            trial = started_twice(folder / "trial", apart_seconds=apart)
            shutil.rmtree(folder / "trial")
            ends[" and ".join(map(str, sorted(trial.codes)))] += 1
            problems += [f"start {number}: {problem}" for problem in trial.problems]
            print(f"\r{number + 1}/{times}, {len(problems)} problems ", end="", file=sys.stderr, flush=True)
        one_store = together(folder / "together", pages_together)
    report = {
        "seed": seed,
        "seconds": round(time.monotonic() - started),
        "double_starts": times,
        "exits": dict(ends),
        "watch_run_and_accept_together": {"pages_each": pages_together, "problems": one_store},
        "problems": problems + one_store,
    }
    print(write_report("double-start", report))
    return 1 if report["problems"] else 0


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(arguments + [50, 8, 2026][len(arguments) :])))
