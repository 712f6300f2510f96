"""Prints, wears and finds 300 sheets; writes what came of it as JSON. Run by hand:

python tests/soak/sheets.py [SHEETS] [SEED]
"""

from __future__ import annotations

import os
import statistics
import sys
from collections import Counter
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = "1"
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))

from sheet_trial import SHEETS, tried  # noqa: E402
from soak_report import write_report  # noqa: E402
from worn_sheets import KINDS, MAX_SKEW_DEGREES, MAX_SMUDGE, wears  # noqa: E402


def main(count: int, seed: int) -> int:
    sheets: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed: list[dict[str, object]] = []
    milliseconds = []
    for number, wear in enumerate(wears(count, seed)):
        # Eight sheets against five kinds of wear: every sheet meets every kind.
        sheet = SHEETS[number % len(SHEETS)]
        result = tried(sheet, wear)
        sheets[sheet.name] += 1
        kinds[wear.kind] += 1
        milliseconds.append(result.milliseconds)
        if result.lacking or result.wrong:
            missed.append(
                {
                    "sheet": sheet.name,
                    "lacking": result.lacking,
                    "wrong": result.wrong,
                    "kind": wear.kind,
                    "dpi": wear.dpi,
                    "rotation": wear.rotation,
                    "skew_degrees": round(wear.skew_degrees, 2),
                    "smudge": round(wear.smudge, 3),
                }
            )
        else:
            found[wear.kind] += 1
        print(f"\r{number + 1}/{count}, {len(missed)} missed", end="", file=sys.stderr)
    print(file=sys.stderr)
    report = {
        "sheets": count,
        "seed": seed,
        "limits": {"skew_degrees": MAX_SKEW_DEGREES, "smudged_share_of_each_mark": MAX_SMUDGE},
        "by_sheet": dict(sheets),
        "by_wear": {kind: {"tried": kinds[kind], "found": found[kind]} for kind in KINDS},
        "missed": missed,
        "find_codes_cpu_milliseconds": {
            "median": round(statistics.median(milliseconds), 1),
            "p95": round(statistics.quantiles(milliseconds, n=20)[-1], 1),
            "max": round(max(milliseconds), 1),
        },
    }
    print(write_report("sheets", report))
    return 1 if missed else 0


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(arguments + [300, 2026][len(arguments) :])))
