"""Pages a second and memory of a whole run, beside bare tesserocr on the same pages in the same minutes.

    python tests/benchmarks/throughput.py SCANS [--rounds 3] [--out FILE]

SCANS is the folder of real scans with `manifest.json`; its upright pages in `ocr/` are read. One worker
against one thread, alternating; medians. The result goes to `results/`, with date and machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from measuring import Cost, environment_for, machine_facts, measure, median_of, median_ratio, now_utc

RESULTS = Path(__file__).parent / "results"
BARE = Path(__file__).with_name("bare_tesseract.py")

Round = dict[str, dict[str, float]]


def main() -> None:
    arguments = _arguments()
    pages = _upright_pages(arguments.scans)
    rounds: list[Round] = []
    for _number in range(arguments.rounds):
        rounds.append({"dipro_scan": asdict(run(pages)), "tesserocr": asdict(bare(pages))})
        print(json.dumps(rounds[-1]), file=sys.stderr)
    result = summary(pages, rounds)
    arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result["median"], indent=2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scans", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    today = dt.date.today().isoformat()
    parser.add_argument("--out", type=Path, default=RESULTS / f"throughput-{today}.json")
    return parser.parse_args()


def _upright_pages(scans: Path) -> list[Path]:
    manifest = json.loads((scans / "manifest.json").read_text(encoding="utf-8"))
    upright = [entry["file"] for entry in manifest if not entry.get("rotation")]
    return [scans / name for name in upright if name.startswith("ocr/")]


def run(pages: Sequence[Path]) -> Cost:
    """A whole run with one worker, from an empty store to filed records."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inbox = folder / "inbox"
        inbox.mkdir()
        for page in pages:
            shutil.copy(page, inbox)
        program = Path(sys.executable).with_name("dipro-scan")
        options = ["--records", str(folder / "records"), "--jobs", "1", "--quiet"]
        command = [str(program), "run", str(inbox), *options]
        return measure(command, folder, environment=environment_for(), expected=(0, 3))


def bare(pages: Sequence[Path]) -> Cost:
    """tesserocr alone, in one thread as a worker has it."""
    environment = environment_for(OMP_THREAD_LIMIT="1")
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, *map(str, [BARE, *pages])]
        return measure(command, Path(name), environment=environment)


def summary(pages: Sequence[Path], rounds: Sequence[Round]) -> dict[str, Any]:
    ours, other = (median_of([each[name] for each in rounds]) for name in ("dipro_scan", "tesserocr"))
    return {
        "schema": 2,
        "date": now_utc(),
        "machine": {**machine_facts(), "tesserocr": version("tesserocr")},
        "pages": [page.name for page in pages],
        "median": {
            "dipro_scan_pages_per_second": round(len(pages) / ours["wall_seconds"], 3),
            "tesserocr_pages_per_second": round(len(pages) / other["wall_seconds"], 3),
            "time_ratio": median_ratio(rounds, "wall_seconds", "dipro_scan", "tesserocr"),
            "peak_worker_mib": ours["peak_worker_mib"],
            "peak_coordinator_mib": ours["peak_coordinator_mib"],
            "tesserocr_peak_mib": other["peak_coordinator_mib"],
        },
        "rounds": list(rounds),
    }


if __name__ == "__main__":
    main()
