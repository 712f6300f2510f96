"""Is every page found the right way up, however it lies, or flagged?

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/imaging_orientation.py --seed N --scans SCANS

Each page, generated ones of the set `report` and the real scans, is given in all four turns to the page
floor's own reader with its default settings. A turn is exact (no pixel changes), so that a page put upright
is the same image whichever way it lay: what the engine says of an image is kept and not asked for again.
`words` are those of the truth; of a real page those that read with a confidence of 0.6 when it is upright.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

import turned_pages

from dipro_scan import imaging, ocr
from dipro_scan.batch.seeing import PageViews, look_at_paper, page_views
from dipro_scan.batch.upright import UprightReader
from dipro_scan.model import (
    BlankVerdict,
    EngineIdentity,
    OcrEngine,
    OrientationEstimate,
    PageText,
    ReadingImage,
)
from dipro_scan.settings import ImagingSettings, ReadingSettings, SeparationSettings

TURNS: Final = (0, 90, 180, 270)
ENOUGH_WORDS: Final = 20
READS: Final = 0.6


class KeepingEngine:
    """What `engine` says of an image, asked once an image. `asked` counts the questions, answered or kept."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self._texts: dict[str, PageText] = {}
        self._estimates: dict[str, OrientationEstimate | None] = {}
        self.readings = 0
        self.detections = 0

    @property
    def identity(self) -> EngineIdentity:
        return self._engine.identity

    def read(self, image: ReadingImage) -> PageText:
        self.readings += 1
        key = _key(image)
        if key not in self._texts:
            self._texts[key] = self._engine.read(image)
        return self._texts[key]

    def detect_orientation(self, image: ReadingImage) -> OrientationEstimate | None:
        self.detections += 1
        key = _key(image)
        if key not in self._estimates:
            self._estimates[key] = self._engine.detect_orientation(image)
        return self._estimates[key]

    def forget(self) -> None:
        self._texts.clear()
        self._estimates.clear()


def _key(image: ReadingImage) -> str:
    facts = f"{image.pixels.shape} {image.dpi:.4f}".encode()
    return hashlib.blake2b(image.pixels.tobytes() + facts).hexdigest()


def measure(seed: int, scans: Path | None, *, count: int = 200, set_name: str = "report") -> dict[str, Any]:
    """Every page in four turns: how many right, flagged, wrong; in groups by the number of words."""
    reading = ReadingSettings()
    engine = KeepingEngine(ocr.create_engines(reading)[0])
    reader = UprightReader((engine,), ImagingSettings(), SeparationSettings(), reading.large_print_dpi)
    tally = _Tally()
    pages: Iterator[turned_pages.KnownPage] = turned_pages.generated(set_name, seed, count, skewed=False)
    for page in chain(pages, turned_pages.real(scans) if scans else ()):
        tally.add(page, reader, engine)
        engine.forget()
    return {"set": set_name, "seed": seed, **tally.result()}


class _Tally:
    def __init__(self) -> None:
        self._groups: dict[str, Counter[str]] = {}
        self._not_right: list[dict[str, Any]] = []
        self._readings: list[int] = []
        self._evidence_ms: list[float] = []
        self._blank = 0

    def add(self, page: turned_pages.KnownPage, reader: UprightReader, engine: KeepingEngine) -> None:
        if imaging.judge_blank(page.view, ImagingSettings().blank).verdict is BlankVerdict.BLANK:
            self._blank += 1
            return
        words = page.words if page.words is not None else _words_that_read(page, reader)
        group = "real" if page.words is None else "generated"
        enough = words >= ENOUGH_WORDS
        counts = self._groups.setdefault(f"{group}, {'20 words and more' if enough else 'fewer'}", Counter())
        counts["pages"] += 1
        for turn in TURNS:
            lying = imaging.turn_quarter(page.view, (360 - turn) % 360)
            before = engine.readings
            found = reader.read(_views(lying))
            if turn == 0 and enough and page.kind == "sheet":
                self._readings.append(engine.readings - before)
                self._evidence_ms.append(_evidence_ms(lying))
            verdict = _verdict(
                found.attempt.rotation == turn, bool(found.doubts), found.attempt.engine is None
            )
            counts[verdict] += 1
            if verdict not in ("right", "separator"):
                self._not_right.append(
                    {"page": page.name, "kind": page.kind, "words": words, "turn": turn, "is": verdict}
                )
        print(page.name, page.kind, words, dict(counts), file=sys.stderr, flush=True)

    def result(self) -> dict[str, Any]:
        return {
            "blank_and_left": self._blank,
            "turns": {name: dict(counts) for name, counts in sorted(self._groups.items())},
            "not_right": self._not_right,
            "sheets_read_once": f"{self._readings.count(1)} of {len(self._readings)}",
            "evidence_ms_median": round(statistics.median(self._evidence_ms), 1)
            if self._evidence_ms
            else None,
        }


def _words_that_read(page: turned_pages.KnownPage, reader: UprightReader) -> int:
    text = reader.attempt(_views(page.view), 0).text
    return sum(1 for word in text.words() if word.confidence >= READS and any(map(str.isalnum, word.text)))


def _views(scan: ReadingImage) -> PageViews:
    """The page as the page floor reads it: bettered for reading where it has a flaw."""
    settings = ImagingSettings()
    paper = look_at_paper(scan, settings.border)
    return page_views(scan, None, paper, settings, bitonal=False)[0]


def _verdict(right: bool, flagged: bool, separator: bool) -> str:
    if separator:
        return "separator"
    if right:
        return "right, flagged" if flagged else "right"
    return "wrong, flagged" if flagged else "wrong without a flag"


def _evidence_ms(view: ReadingImage) -> float:
    """What telling the way up from edges costs, the letters themselves being needed for the skew anyway."""
    letters = imaging.letter_edges(view)
    started = time.process_time()
    imaging.line_direction(letters, ImagingSettings().max_skew_degrees)
    return (time.process_time() - started) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scans", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--set", default="report")
    chosen = parser.parse_args()
    result = measure(chosen.seed, chosen.scans, count=chosen.count, set_name=chosen.set)
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
