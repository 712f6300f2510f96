"""2,000 one-page files through `watch` in one process; writes what came of it as JSON. Run by hand:

python tests/soak/watch.py [FILES] [FILES_AT_ONCE] [FOLDER]
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ["OMP_THREAD_LIMIT"] = "1"
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))

from soak_report import write_report  # noqa: E402
from watch_trial import Trial, bare_seconds, watching  # noqa: E402

WARM_UP = 200
MOST_GROWTH = 1.10
MOST_TIMES_BARE = 1.5


def main(files: int, at_once: int, folder: Path) -> int:
    trial = Trial(folder / "trial")
    begun = time.monotonic()
    bare: list[float] = []
    with watching(trial) as process:
        for first in range(0, files, at_once):
            trial.feed(process, first, min(at_once, files - first))
            fed = min(first + at_once, files)
            if fed >= WARM_UP and fed // WARM_UP > (fed - at_once) // WARM_UP:
                # In between, on the same drive and under the same load; the watch only waits meanwhile.
                bare += bare_seconds(folder / f"bare-{first}", trial.records, 50)
            print(f"\r{fed}/{files} {trial.memory[-1]['watch'] / 1e6:.1f} MB", end="", file=sys.stderr)
    print(file=sys.stderr)
    report = {
        "files": files,
        "files_at_once": at_once,
        "filed": trial.filed(),
        "seconds": round(time.monotonic() - begun, 1),
        "memory": _memory(trial, at_once),
        "ledger_and_filing": _costs(trial.timings(), bare),
    }
    print(write_report("watch", report))
    print(json.dumps(report, indent=2))
    return 0 if _holds(report) else 1


def _memory(trial: Trial, at_once: int) -> dict[str, Any]:
    """Megabytes after the first 200 files and at the end; every tenth of the way between."""
    after = max(1, WARM_UP // at_once) - 1
    steps = trial.memory[:: max(1, len(trial.memory) // 10)]
    found: dict[str, Any] = {}
    for who in ("watch", "workers"):
        first, last = trial.memory[after][who], trial.memory[-1][who]
        found[who] = {
            "megabytes_after_200": round(first / 1e6, 1),
            "megabytes_at_the_end": round(last / 1e6, 1),
            "growth": round(last / first, 3),
            "megabytes_on_the_way": [round(step[who] / 1e6, 1) for step in steps],
        }
    return found


def _costs(timings: dict[str, Any], bare: list[float]) -> dict[str, Any]:
    documents = timings["documents"]
    warm, last = documents[WARM_UP : 2 * WARM_UP], documents[-WARM_UP:]
    mean, bare_mean = statistics.mean(documents[WARM_UP:] or documents), statistics.mean(bare)
    calls = sorted(timings["by_call"].items(), key=lambda item: -item[1][1])
    return {
        "milliseconds_a_document": round(mean * 1e3, 2),
        "milliseconds_bare": round(bare_mean * 1e3, 2),
        "times_bare": round(mean / bare_mean, 2),
        "milliseconds_first_200_after_warm_up": round(statistics.mean(warm or documents) * 1e3, 2),
        "milliseconds_last_200": round(statistics.mean(last) * 1e3, 2),
        "by_call": {
            name: {"calls": count, "milliseconds_a_document": round(seconds / len(documents) * 1e3, 3)}
            for name, (count, seconds) in calls
        },
    }


def _holds(report: dict[str, Any]) -> bool:
    cost = report["ledger_and_filing"]
    return bool(
        report["filed"] == report["files"]
        and all(who["growth"] <= MOST_GROWTH for who in report["memory"].values())
        and cost["times_bare"] <= MOST_TIMES_BARE
        and cost["milliseconds_last_200"] <= MOST_GROWTH * cost["milliseconds_first_200_after_warm_up"]
    )


if __name__ == "__main__":
    given = sys.argv[1:]
    place = Path(given[2]) if len(given) > 2 else Path(tempfile.mkdtemp(prefix="watch-soak-"))
    try:
        sys.exit(main(*[int(text) for text in (given + ["2000", "20"][len(given) :])[:2]], place))
    finally:
        shutil.rmtree(place, ignore_errors=True)
