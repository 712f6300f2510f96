"""Does the treated image read better than the scan, and is a page without flaws left as it is?

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/imaging_reading.py --seed N [--scans DIR]

Pieces of letters (`imaging_degraded_pages`) are damaged by one kind each, so strongly that bare Tesseract
errs on 2 to 15 % of their characters. Then the same engine with the same settings reads the treated image.

- `ratio`: mean over a kind's pages of errors treated / errors raw; at most 1.0, and 0.7 over all kinds.
- `worse_pages`: pages with more errors after than before by more than 0.5 points and ten characters; none.
- `clean`: pieces on a good feeder scanner; `untouched` of them come back as the same object.
- `real`: scans with a text to read against; which of them are treated, and how those read before and after.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from error_rates import Errors, errors
from imaging_degraded_pages import DAMAGES, DamagedPage, Piece, Scan, clean_scan, damaged_pages, pieces_of
from PIL import Image
from truth_pages import TruthPage, load_pages

from dipro_scan import imaging, ocr
from dipro_scan.imaging.reading_image import TreatedImage, treated_for_reading
from dipro_scan.model import OcrEngine, ReadingImage
from dipro_scan.settings import ReadingSettings
from dipro_scan.settings.reading_image_settings import ReadingImageSettings

PAGES_PER_KIND: Final = 20
MAX_RATIO: Final = 1.0
MAX_MEAN_RATIO: Final = 0.7
WORSE_RATE, WORSE_CHARACTERS = 0.005, 10
MAX_SMALL_SHARE: Final = 0.15
FINE_SCAN_DPI: Final = 250.0
"""Of finer scans large print is read at the lower resolution, as the page floor does."""


class PieceShelf:
    """Pieces made once and taken from the first one on by every kind of damage."""

    def __init__(self, source: Iterator[Piece]) -> None:
        self._source = source
        self._made: list[Piece] = []

    def __iter__(self) -> Iterator[Piece]:
        for number in count():
            if number == len(self._made):
                self._made.append(next(self._source))
            yield self._made[number]


class Reader:
    """Reads views as the page floor reads a straight, upright page."""

    def __init__(self) -> None:
        self._settings = ReadingSettings()
        self._engine: OcrEngine = ocr.create_engines(self._settings)[0]

    @property
    def identity(self) -> dict[str, Any]:
        identity = self._engine.identity
        return {"name": identity.name, "version": identity.version, "languages": self._settings.languages}

    def __call__(self, view: ReadingImage, scanned_dpi: float) -> str:
        letters = imaging.letter_edges(view)
        if scanned_dpi >= FINE_SCAN_DPI and letters.letters and letters.small_share <= MAX_SMALL_SHARE:
            view = imaging.reduced(view, self._settings.large_print_dpi)
        return self._engine.read(view).text


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a page read before and after, what was done to it, and what that cost (CPU seconds)."""

    raw: Errors
    treated: Errors
    steps: tuple[str, ...]
    seconds: float

    @property
    def ratio(self) -> float:
        return self.treated.character_errors / self.raw.character_errors

    @property
    def is_worse(self) -> bool:
        more = self.treated.character_errors - self.raw.character_errors
        return more > WORSE_CHARACTERS and more > WORSE_RATE * self.raw.characters


def measure(
    seed: int, scans: Path | None, set_name: str = "report", pages_per_kind: int = PAGES_PER_KIND
) -> dict[str, Any]:
    """The result as JSON values. `scans`: a folder of real scans with `manifest.json`, or None."""
    read = Reader()
    pieces = PieceShelf(pieces_of(set_name, seed, read))
    kinds = {}
    for kind in DAMAGES:
        pages = damaged_pages(kind, iter(pieces), pages_per_kind, read)
        kinds[kind] = _summary([_compared(page, read) for page in pages])
        print(kind, json.dumps(kinds[kind]), file=sys.stderr, flush=True)
    ratios = [facts["ratio"] for facts in kinds.values()]
    clean = _clean(islice(pieces, pages_per_kind), read)
    worse = sum(facts["worse_pages"] for facts in (*kinds.values(), clean))
    return {
        "set": set_name,
        "seed": seed,
        "engine": read.identity,
        "kinds": kinds,
        "mean_ratio": round(statistics.mean(ratios), 3),
        "clean": clean,
        "real": _real(scans, read) if scans else None,
        "passed": max(ratios) <= MAX_RATIO
        and statistics.mean(ratios) <= MAX_MEAN_RATIO
        and worse == 0
        and clean["error_rate_treated"] <= clean["error_rate_raw"],
    }


def _treated(scan: Scan, view: ReadingImage) -> tuple[TreatedImage, float]:
    values = np.unique(scan.pixels) if scan.pixels.ndim == 2 else np.array([1])
    bitonal = set(values.tolist()) <= {0, 255}
    started = time.process_time()
    treated = treated_for_reading(
        view, ReadingImageSettings(), scan.colour(), bitonal=bitonal, scanned_dpi=min(scan.dpi)
    )
    return treated, time.process_time() - started


def _compared(page: DamagedPage, read: Reader) -> Comparison:
    treated, seconds = _treated(page.scan, page.scan.view())
    after = errors(page.piece.truth, read(treated.image, min(page.scan.dpi)))
    return Comparison(page.raw, after, tuple(step.name for step in treated.steps), seconds)


def _summary(compared: Sequence[Comparison]) -> dict[str, Any]:
    steps = [step for each in compared for step in each.steps]
    return {
        "pages": len(compared),
        "ratio": round(statistics.mean(each.ratio for each in compared), 3),
        "error_rate_raw": _mean_rate(each.raw for each in compared),
        "error_rate_treated": _mean_rate(each.treated for each in compared),
        "worse_pages": sum(each.is_worse for each in compared),
        "untouched": sum(not each.steps for each in compared),
        "steps": {name: steps.count(name) for name in sorted(set(steps))},
        "median_ms": round(1000 * statistics.median(each.seconds for each in compared), 1),
    }


def _mean_rate(parts: Iterable[Errors]) -> float:
    return round(statistics.mean(part.character_error_rate or 0.0 for part in parts), 5)


def _clean(pieces: Iterable[Piece], read: Reader) -> dict[str, Any]:
    compared, same = [], 0
    for piece in pieces:
        scan = clean_scan(piece)
        view = scan.view()
        treated, seconds = _treated(scan, view)
        same += treated.image is view
        raw = errors(piece.truth, read(view, min(scan.dpi)))
        after = raw if treated.image is view else errors(piece.truth, read(treated.image, min(scan.dpi)))
        compared.append(Comparison(raw, after, tuple(step.name for step in treated.steps), seconds))
    return {
        "pages": len(compared),
        "untouched": same,
        "error_rate_raw": _mean_rate(each.raw for each in compared),
        "error_rate_treated": _mean_rate(each.treated for each in compared),
        "worse_pages": sum(each.is_worse for each in compared),
        "median_ms": round(1000 * statistics.median(each.seconds for each in compared), 1),
    }


def _real(scans: Path, read: Reader) -> dict[str, Any]:
    """Upright, straight real scans: only those that are treated need to be read twice."""
    pages = [page for page in load_pages(scans).pages if page.path.suffix != ".pdf" and not page.rotation]
    treated_pages = {}
    for page in pages:
        scan = _real_scan(page)
        view = scan.view()
        treated, _seconds = _treated(scan, view)
        if treated.steps:
            dpi = min(scan.dpi)
            before, after = (errors(page.text, read(image, dpi)) for image in (view, treated.image))
            treated_pages[page.path.name] = {
                "steps": [step.name for step in treated.steps],
                "word_f1_raw": round(before.word_f1 or 0.0, 4),
                "word_f1_treated": round(after.word_f1 or 0.0, 4),
            }
    return {"pages": len(pages), "untouched": len(pages) - len(treated_pages), "treated": treated_pages}


def _real_scan(page: TruthPage) -> Scan:
    with Image.open(page.path) as image:
        dpi = float(image.info.get("dpi", (0.0, 0.0))[1]) or 300.0
        mode = "RGB" if image.mode in ("RGB", "P", "RGBA", "CMYK") else "L"
        return Scan(np.array(image.convert(mode)), (dpi, dpi))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--set", dest="set_name", default="report", choices=("tuning", "report"))
    parser.add_argument("--pages-per-kind", type=int, default=PAGES_PER_KIND)
    parser.add_argument("--scans", type=Path)
    arguments = parser.parse_args()
    found = measure(arguments.seed, arguments.scans, arguments.set_name, arguments.pages_per_kind)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
