"""What each step of restoring a page costs on one core: gray A4 at 300 dpi, nothing decoded or encoded.

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/imaging_steps.py --seed N [--scans SCANS]

Pages are those of the set `report` (clean, office, worn and noisy in turn, askew as feeders leave them), and
real gray scans of about A4 at 200 to 320 dpi. A step's time on a page is the smaller of two; `restoring` is
the sum of items 1-4, 6 and 7 (skew, way up, paper, both images, blank, measurements) on a page; `codes` and
`layers` stand apart, as their limits do. `reference` is one cubic warp of the whole page, which any program
that straightens pays: machines differ, so ratios to it travel better than milliseconds.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import cv2
import numpy as np
import turned_pages
from municipal_paper import scanner, wear
from municipal_paper.typeset import template_names, typeset_paper
from numpy.typing import NDArray

from dipro_scan import imaging
from dipro_scan.batch.seeing import PageViews
from dipro_scan.batch.upright import MAX_SMALL_SHARE
from dipro_scan.imaging.composing import composed
from dipro_scan.imaging.fidelity import judge_fidelity
from dipro_scan.imaging.layers import page_layers
from dipro_scan.model import ReadingImage, Resolution
from dipro_scan.settings import ImagingSettings, SeparationSettings

DPI: Final = 300
LARGE_PRINT_DPI: Final = 200
PROFILES: Final = ("clean", "office", "worn", "noisy")
APART: Final = ("codes", "layers and guard", "reference")
SETTINGS: Final = ImagingSettings()
LIMITS: Final = {"restoring median": 250, "restoring p95": 800, "layers and guard": 90, "codes": 80}

Pixels = NDArray[np.uint8]
Made = TypeVar("Made")


def measure(seed: int, scans: Path | None, *, count: int = 32, set_name: str = "report") -> dict[str, Any]:
    """Median and 95th percentile of each step, in milliseconds and in times of the reference."""
    costs = [_Costs(pixels).steps for pixels in _pages(set_name, seed, count)]
    real = [_Costs(pixels).steps for pixels in _real(scans)] if scans else []
    return {
        "set": set_name,
        "seed": seed,
        "limits_ms": LIMITS,
        "generated": _summary(costs),
        **({"real": _summary(real)} if real else {}),
    }


def _pages(set_name: str, seed: int, count: int) -> Iterator[Pixels]:
    rng = random.Random(f"steps-{set_name}-{seed}")
    names = template_names(set_name)
    rng.shuffle(names)
    for number in range(count):
        side = typeset_paper(set_name, names[number % len(names)], rng.randrange(10**6)).sides[0]
        worn = wear.PROFILES[PROFILES[number % 4]](rng.randrange(10**6))
        scanned = scanner.scan_side(side, worn, dpi=DPI, colour="gray", seed=rng.randrange(10**6))
        yield np.ascontiguousarray(scanned.image)


def _real(scans: Path) -> Iterator[Pixels]:
    for page in turned_pages.real(scans):
        height, width = page.view.pixels.shape
        if 2200 <= width <= 2700 and 3000 <= height <= 3800:
            yield page.view.pixels


class _Costs:
    """The steps in the order of the page floor, each with what those before it made."""

    def __init__(self, pixels: Pixels) -> None:
        self.steps: dict[str, float] = {}
        self._run(pixels)

    def _run(self, pixels: Pixels) -> None:
        border = SETTINGS.border
        took = self._took
        scan = took("view", lambda: imaging.upright_view(pixels, 1, Resolution(DPI, DPI), DPI))
        contrast = took("contrast with the paper", lambda: imaging.paper_contrast(scan))
        took("blank or not", lambda: imaging.judge_blank(scan, SETTINGS.blank, contrast))
        small = took("small page", lambda: imaging.small_page(scan))
        frame = took("paper and border", lambda: imaging.find_paper(small, border))
        faults = took("holes, staples, dog-ears", lambda: imaging.find_faults(small, frame, border))
        took("streaks", lambda: imaging.find_streaks(small, border))
        took("measurements", lambda: imaging.measure_page(scan, SETTINGS.measurements, contrast=contrast))
        took("thumbnail", lambda: imaging.thumbnail(ReadingImage(small.gray, small.dpi)))
        clear = took(
            "border cleared",
            lambda: imaging.without_border_and_faults(scan, small, frame, faults, border),
        )
        treated = took(
            "reading image", lambda: imaging.treated_for_reading(clear, SETTINGS.reading_image, None)
        ).image
        letters = took("letters", lambda: imaging.letter_edges(treated))
        took("way up", lambda: imaging.line_direction(letters, SETTINGS.max_skew_degrees))
        skew = took("skew", lambda: imaging.skew_of(letters, SETTINGS))
        large = letters.small_share <= MAX_SMALL_SHARE
        views = PageViews(clear, treated)
        sized = took("reduced", lambda: views.reduced(LARGE_PRINT_DPI) if large else views)
        straight = took("straightened", lambda: sized.straightened(skew.degrees)).scan
        took("cut writing", lambda: imaging.find_cut_ink(small, frame, border))
        took("crop", lambda: imaging.crop_box(scan, small, frame, skew.degrees, border))
        took("fingerprint", lambda: imaging.image_hash(straight))
        took("form boxes", lambda: imaging.find_marks(straight))
        took("stamps", lambda: imaging.find_stamps(straight))
        self.steps["restoring"] = sum(self.steps.values())
        took("codes", lambda: imaging.find_codes(straight, SeparationSettings()))
        took("layers and guard", lambda: judge_fidelity(pixels, composed(page_layers(pixels, DPI)), DPI))
        took("reference", lambda: _warped(scan))

    def _took(self, step: str, work: Callable[[], Made]) -> Made:
        times = []
        for _ in range(2):
            started = time.process_time()
            made = work()
            times.append(time.process_time() - started)
        self.steps[step] = min(times) * 1000
        return made


def _warped(view: ReadingImage) -> object:
    height, width = view.pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 1.0, 1.0)
    return cv2.warpAffine(view.pixels, matrix, (width, height), flags=cv2.INTER_CUBIC)


def _summary(costs: list[dict[str, float]]) -> dict[str, Any]:
    steps = {}
    for name in costs[0]:
        values = [each[name] for each in costs]
        ratios = [each[name] / each["reference"] for each in costs]
        steps[name] = {
            "median_ms": round(float(np.median(values)), 1),
            "p95_ms": round(float(np.percentile(values, 95)), 1),
            "median_in_references": round(float(np.median(ratios)), 2),
        }
    return {"pages": len(costs), "steps": steps}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scans", type=Path)
    parser.add_argument("--count", type=int, default=32)
    parser.add_argument("--set", default="report")
    chosen = parser.parse_args()
    result = measure(chosen.seed, chosen.scans, count=chosen.count, set_name=chosen.set)
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
