"""The benchmark of page restoration: each part on pages that nobody tuned on, and what each step costs.

    pip install deskew jdeskew
    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/imaging.py --seed N --scans SCANS --out FILE

Takes some two hours on one core, most of it reading. `--parts` runs some of it; a result that is there
keeps its other parts. Each part says in its own first lines how it measures, and may be run by itself.
"""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path
from typing import Any, Final

import cv2
from measuring import machine_facts, now_utc

PARTS: Final = ("skew", "orientation", "border", "blank", "reading", "layers", "codes", "steps")


def measured(part: str, seed: int, scans: Path | None) -> dict[str, Any]:
    """One part with the machine and the time it was measured at."""
    facts = {"measured": now_utc(), "machine": machine_facts()}
    found: dict[str, Any] = importlib.import_module(f"imaging_{part}").measure(seed, scans)
    return {**facts, **found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scans", type=Path)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    result: dict[str, Any] = {"schema": 1}
    if chosen.out.exists():
        result = json.loads(chosen.out.read_text(encoding="utf-8"))
    for part in chosen.parts:
        result[part] = measured(part, chosen.seed, chosen.scans)
        text = json.dumps(result, indent=1, ensure_ascii=False)
        chosen.out.write_text(text + "\n", encoding="utf-8")
        print(f"{part}: done", flush=True)


if __name__ == "__main__":
    main()
