"""Blank pages: how many empty ones are known as such, and that no page with anything on it is taken for one.

`python imaging_blank.py --seed 5001 --pages 26 --scans FOLDER` prints JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any, Final

import cv2
import numpy as np
import pypdfium2
from imaging_blank_pages import SparsePage, make_pages
from PIL import Image

from dipro_scan.imaging.blank import judge_blank
from dipro_scan.imaging.bleed_through import settle_by_other_side, shown_through
from dipro_scan.imaging.quality import measure_page
from dipro_scan.imaging.thumbnail import thumbnail, thumbnail_pixels
from dipro_scan.model import BlankVerdict, ReadingImage
from dipro_scan.settings import BlankSettings

PER_KIND: Final = 26
"""Of twelve kinds: 312 pages."""

REAL_FOLDERS: Final = ("ocr", "skew", "barcode", "noisy", "pdf", "blank")
REAL_EMPTY: Final = frozenset({("omp_blank.pdf", 1), ("pm_rechnung.pdf", 2)})
PDF_DPI: Final = 200


def measure(
    seed: int, scans: Path | None, per_kind: int = PER_KIND, set_name: str = "report"
) -> dict[str, Any]:
    """Verdicts by kind on generated pages, with the sheet's other side where there is one, and real ones."""
    verdicts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    alone: Counter[str] = Counter()
    empty: Counter[str] = Counter()
    lost, sizes, times = [], [], []
    for page in make_pages(set_name, seed, per_kind):
        view = ReadingImage(page.pixels, page.dpi)
        single, verdict, milliseconds, size = _verdicts(page, view)
        verdicts[page.kind][verdict.value] += 1
        times.append(milliseconds)
        sizes.append(size)
        if page.has_content:
            lost += [page.name] if verdict is BlankVerdict.BLANK else []
        else:
            empty[verdict.value] += 1
            alone[single.value] += 1
    total = max(1, sum(empty.values()))
    return {
        "pages": len(times),
        "content_called_blank": lost,
        "empty_called_blank_share": round(empty["blank"] / total, 4),
        "empty_doubtful_share": round(empty["doubtful"] / total, 4),
        "empty_judged_alone": dict(alone),
        "by_kind": {kind: dict(counts) for kind, counts in verdicts.items()},
        "thumbnail_bytes": {"median": median(sizes), "largest": max(sizes)},
        "milliseconds_sparse_page": round(median(times), 1),
        "real": _real(scans) if scans else None,
    }


def _verdicts(page: SparsePage, view: ReadingImage) -> tuple[BlankVerdict, BlankVerdict, float, int]:
    """Of the page alone, with its other side, the time for the first, and the size of its thumbnail."""
    settings = BlankSettings()
    started = time.process_time()
    judged = judge_blank(view, settings)
    milliseconds = (time.process_time() - started) * 1000
    small = thumbnail(view)
    if judged.doubt != "may_show_through" or page.other_side is None:
        return judged.verdict, judged.verdict, milliseconds, len(small)
    other = thumbnail(ReadingImage(page.other_side, page.dpi))
    shown = shown_through(thumbnail_pixels(small), thumbnail_pixels(other))
    return judged.verdict, settle_by_other_side(shown, settings), milliseconds, len(small)


def _real(scans: Path) -> dict[str, Any]:
    """Real pages: which are called blank wrongly or missed, and what blank and measurements cost."""
    wrong, missed, times, pages = [], [], [], 0
    for folder in REAL_FOLDERS:
        for path in sorted((scans / folder).iterdir()):
            for number, view in enumerate(_views(path), 1):
                pages += 1
                started = time.process_time()
                verdict = judge_blank(view, BlankSettings()).verdict
                measure_page(view)
                times.append((time.process_time() - started) * 1000)
                is_empty = (path.name, number) in REAL_EMPTY
                if is_empty and verdict is not BlankVerdict.BLANK:
                    missed.append(f"{path.name} {number}")
                if not is_empty and verdict is BlankVerdict.BLANK:
                    wrong.append(f"{path.name} {number}")
    return {
        "pages": pages,
        "content_called_blank": wrong,
        "empty_missed": missed,
        "milliseconds_blank_and_measurements": round(median(times), 1),
    }


def _views(path: Path) -> list[ReadingImage]:
    if path.suffix == ".pdf":
        pages = pypdfium2.PdfDocument(path)
        pictures = [page.render(scale=PDF_DPI / 72, grayscale=True).to_numpy() for page in pages]
        return [ReadingImage(picture.reshape(picture.shape[:2]).copy(), PDF_DPI) for picture in pictures]
    with Image.open(path) as image:
        dpi = image.info.get("dpi", (0, 0))[0] or (300 if max(image.size) > 2300 else 150)
        return [ReadingImage(np.array(image.convert("L")), float(dpi))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scans", type=Path)
    parser.add_argument("--pages", type=int, default=PER_KIND, help="pages of each kind")
    parser.add_argument("--set", default="report", choices=("report", "tuning"))
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print(json.dumps(measure(options.seed, options.scans, options.pages, options.set), indent=1))


if __name__ == "__main__":
    main()
