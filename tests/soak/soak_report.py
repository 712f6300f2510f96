"""What every soak program writes down: date, machine, and its own counts, as JSON."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


def write_report(name: str, facts: dict[str, Any]) -> Path:
    """Writes `facts` as `results/<name>-<date>.json`."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    machine = {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    target = RESULTS / f"{name}-{today}.json"
    target.parent.mkdir(exist_ok=True)
    content = {"schema": 1, "date": today, "commit": commit(), "machine": machine, **facts}
    target.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return target


def commit() -> str:
    """The commit that was tried; `+` where the tree held changes besides."""
    folder = str(Path(__file__).resolve().parent)
    try:
        said = ["git", "-C", folder, "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*"]
        return subprocess.run(said, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
