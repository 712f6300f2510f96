"""Is the paper found on the scanner's lid, and does a crop ever lose print?

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/imaging_border.py --seed N --scans SCANS

Generated pages of the set `report`: as their profile lays them, and on a lid with wide borders, black or
light. Sizes are compared with those of the typeset sheet, in a direction in which the lid shows on both sides
of it. A word counts as lost where its box on the straightened page leaves the crop. Holes, staples, dog-ears
and streaks are counted against what was put on the page. On real pages nothing is known: what is found is
counted. Times are CPU time of one process, from the view at 300 dpi on.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import turned_pages
from municipal_paper import scanner, wear
from municipal_paper.typeset import template_names, typeset_paper

from dipro_scan.imaging.crop import crop_box
from dipro_scan.imaging.edge_ink import find_cut_ink
from dipro_scan.imaging.holes import find_faults
from dipro_scan.imaging.paper_edge import Lid, PaperFrame, find_paper
from dipro_scan.imaging.small_page import small_page
from dipro_scan.imaging.streaks import find_streaks
from dipro_scan.model import MM_PER_INCH, Box, PaperFault, ReadingImage
from dipro_scan.settings.border_settings import BorderSettings

SETTINGS: Final = BorderSettings()
PROFILES: Final = ("clean", "office", "noisy", "worn", "copied", "edges", "lid", "light lid")
KINDS: Final = ("hole", "staple", "dog_ear")


def measure(seed: int, scans: Path | None, *, count: int = 64, set_name: str = "report") -> dict[str, Any]:
    """What is found on generated pages, and what is claimed of real ones."""
    result: dict[str, Any] = {"set": set_name, "seed": seed, **_generated(seed, count, set_name)}
    if scans is not None:
        result["real"] = _real(scans)
    return result


def _generated(seed: int, count: int, set_name: str) -> dict[str, Any]:
    rng = random.Random(f"border-{set_name}-{seed}")
    names = template_names(set_name)
    tally: Counter[str] = Counter()
    off_mm: list[float] = []
    times: list[float] = []
    for number in range(count):
        profile = PROFILES[number % len(PROFILES)]
        sides = typeset_paper(set_name, rng.choice(names), rng.randrange(10**6)).sides
        worn = _laid(profile, rng)
        scanned = scanner.scan_side(
            sides[0],
            worn,
            colour="gray",
            seed=rng.randrange(10**6),
            back=sides[1] if len(sides) > 1 else None,
        )
        view = ReadingImage(scanned.image, scanned.dpi[0])
        started = time.process_time()
        page = small_page(view)
        frame = find_paper(page, SETTINGS)
        faults = find_faults(page, frame, SETTINGS)
        streaks = find_streaks(page, SETTINGS)
        cut = find_cut_ink(page, frame, SETTINGS)
        box = crop_box(view, page, frame, worn.skew_degrees, SETTINGS)
        times.append((time.process_time() - started) * 1000)
        size_mm = tuple(side / 300 * MM_PER_INCH for side in reversed(sides[0].image.shape[:2]))
        off_mm += _off(frame, size_mm)
        tally.update(_counted(profile, worn, frame, faults, len(streaks.columns_mm)))
        tally.update(
            {"crops": box is not None, "words lost": _lost(box, scanned), "cut ink flagged": bool(cut.sides)}
        )
        print(number, profile, frame.lid, frame.size_name, [fault.kind for fault in faults], file=sys.stderr)
    return {
        "pages": count,
        "size_error_mm": _spread(off_mm),
        "milliseconds": _spread(times),
        **dict(sorted(tally.items())),
    }


def _laid(profile: str, rng: random.Random) -> wear.Wear:
    worn = wear.PROFILES[profile if profile in wear.PROFILES else "office"](rng.randrange(10**6))
    if profile == "edges":
        top, right, bottom, left = (rng.choice((0.0, rng.uniform(0.8, 8.0))) for _ in range(4))
    elif profile in ("lid", "light lid"):
        top, right, bottom, left = (rng.uniform(4.0, 30.0) for _ in range(4))
    else:
        return worn
    if profile == "light lid":
        tone = rng.randrange(215, 235)
        worn = replace(worn, paper_rgb=(tone, tone, tone), outside="white")
    else:
        worn = replace(worn, outside="black")
    return replace(worn, skew_degrees=rng.uniform(-4.0, 4.0), border_mm=(top, right, bottom, left))


def _off(frame: PaperFrame, size_mm: tuple[float, ...]) -> list[float]:
    top, right, bottom, left = frame.edges
    across = [abs(frame.width_mm - size_mm[0])] if left and right else []
    return across + ([abs(frame.height_mm - size_mm[1])] if top and bottom else [])


def _counted(
    profile: str, worn: wear.Wear, frame: PaperFrame, faults: tuple[PaperFault, ...], streaks: int
) -> Counter[str]:
    there = {"hole": 2 * worn.holes, "staple": int(worn.staple), "dog_ear": int(worn.dog_ear_mm > 0)}
    tally = Counter({f"lids {frame.lid}": 1, "named A4": frame.size_name == "A4"})
    if profile in ("edges", "lid", "light lid"):
        tally["laid on a lid"] += 1
        tally["of those found"] += frame.lid is not Lid.NONE
    for kind in KINDS:
        found = sum(fault.kind == kind for fault in faults)
        tally.update({f"{kind}: there": there[kind], f"{kind}: found": min(found, there[kind])})
        tally[f"{kind}: false"] += max(0, found - there[kind])
    tally.update({"streaks: there": worn.streaks, "streaks: found": min(streaks, worn.streaks)})
    tally["streaks: false"] += max(0, streaks - worn.streaks)
    return tally


def _lost(box: Box | None, scanned: Any) -> int:
    """Words whose boxes leave the crop by more than a tenth of a millimetre, on the straightened page."""
    if box is None:
        return 0
    near = 0.1
    return sum(
        x0 < box.x0 - near or y0 < box.y0 - near or x1 > box.x1 + near or y1 > box.y1 + near
        for x0, y0, x1, y1 in (word.box_mm for word in scanned.side.words)
    )


def _real(scans: Path) -> dict[str, int]:
    tally: Counter[str] = Counter()
    for known in turned_pages.real(scans):
        page = small_page(known.view)
        frame = find_paper(page, SETTINGS)
        tally["pages"] += 1
        tally[f"lids {frame.lid}"] += 1
        tally["named sizes"] += frame.size_name is not None
        tally["faults"] += len(find_faults(page, frame, SETTINGS))
        tally["streaks"] += len(find_streaks(page, SETTINGS).columns_mm)
        tally["cut ink flagged"] += bool(find_cut_ink(page, frame, SETTINGS).sides)
        tally["crops"] += crop_box(known.view, page, frame, 0.0, SETTINGS) is not None
    return dict(sorted(tally.items()))


def _spread(values: list[float]) -> dict[str, float]:
    found = np.percentile(values, [50, 95, 100]) if values else [0.0, 0.0, 0.0]
    return dict(zip(("median", "p95", "max"), (round(float(value), 2) for value in found), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scans", type=Path)
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--set", default="report")
    chosen = parser.parse_args()
    result = measure(chosen.seed, chosen.scans, count=chosen.count, set_name=chosen.set)
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
