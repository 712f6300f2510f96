"""What reading doubtful lines again brings, and what it costs; fits the weights by which lines are judged.

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/rereading.py FOLDER... [--dpi 200 150] [--fit]

Each FOLDER holds upright pages with truth (`samples/make_pages.py`). Each page is straightened as the page
floor does and read at each resolution; its doubtful lines are read again with the usual treatments, cut from
the page at 300 dpi. Of each group and resolution:

- `error_rate`, `word_f1`: before and after. The order of reading is that of `in_reading_order`.
- `lines`, `attempts`, `replaced`, and how many of those made the page's words `better` or `worse` (by the
  bag: words found twice minus words read, so that order does not count).
- `ms`: CPU time of reading again, and `share` of that of the first reading. `judging_ms`: of a page without
  doubt nothing more is spent.
- `correlation` of a line's estimated share of right characters with its true one, and of the engine's
  confidence with it.

`--fit` prints new weights for `dipro_scan/ocr/line_judgement.py` instead; only for pages of the set `tuning`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from error_rates import Errors, errors, folded, total
from logistic import fitted_weights
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
from read_words import page_input
from truth_pages import TruthPage, load_pages
from word_truth import aligned, printed_word

from dipro_scan import imaging, ocr
from dipro_scan.batch.seeing import look_at
from dipro_scan.imaging.local_contrast import local_contrast
from dipro_scan.intake import pages
from dipro_scan.model import Line, LineEngine, PageText, ReadingImage, Rereading, Word
from dipro_scan.ocr.ink_shapes import mended_by_ink
from dipro_scan.ocr.line_cut_outs import cut_out
from dipro_scan.ocr.line_judgement import FEATURES, KNOTS, feature_rows, line_score
from dipro_scan.ocr.reading_order import in_reading_order
from dipro_scan.ocr.rereading import reread, usual_treatments
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings
from dipro_scan.settings.rereading_settings import RereadingSettings

FINE_DPI: Final = 300
NO_DOUBT: Final = 0.95
"""A word that is wrong has at most so much of its characters right."""

LIKE: Final = 0.5
"""A wrong word less like any printed one has none right."""

SHRINKAGE: Final = 2.0


@dataclass(slots=True)
class Tally:
    """Sums over the pages of a group."""

    pages: int = 0
    before: list[Errors] = field(default_factory=list)
    after: list[Errors] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    lines: list[tuple[float, float, float]] = field(default_factory=list)
    """Estimated share of right characters, the engine's confidence, the true share."""

    def facts(self) -> dict[str, Any]:
        first, again = total(self.before), total(self.after)
        estimated, confidence, true = np.array(self.lines).T
        return {
            "pages": self.pages,
            "error_rate": [_rounded(each.character_error_rate) for each in (first, again)],
            "word_f1": [_rounded(each.word_f1) for each in (first, again)],
            **self.counts,
            "judging_ms": round(1000 * self.seconds["judging"] / self.pages, 1),
            "ms": round(1000 * self.seconds["again"] / self.pages, 1),
            "share": _rounded(self.seconds["again"] / self.seconds["first"]),
            "correlation": _rounded(float(np.corrcoef(estimated, true)[0, 1])),
            "correlation_of_confidence": _rounded(float(np.corrcoef(confidence, true)[0, 1])),
        }


def measure(folders: Sequence[Path], resolutions: Sequence[int]) -> dict[str, Any]:
    """The result as JSON values, by resolution and group."""
    reader = _reader()
    tallies: dict[int, dict[str, Tally]] = {dpi: defaultdict(Tally) for dpi in resolutions}
    for page in _pages(folders):
        views = _straight(page)
        for dpi in resolutions:
            for group in (page.group, "all"):
                tallies[dpi][group].pages += 1
            _read_twice(page, views, dpi, reader, [tallies[dpi][page.group], tallies[dpi]["all"]])
    return {str(dpi): {group: each.facts() for group, each in tallies[dpi].items()} for dpi in resolutions}


def fit(folders: Sequence[Path], resolutions: Sequence[int]) -> str:
    """The weights, as they stand in the source."""
    for folder in folders:
        if load_pages(folder).facts.get("set") != "tuning":
            raise SystemExit(f"{folder} is no set to tune on.")
    reader = _reader()
    rows: list[tuple[float, ...]] = []
    shares: list[float] = []
    lengths: list[int] = []
    for page in _pages(folders):
        views = _straight(page)
        for dpi in resolutions:
            text = _first_reading(reader, views[0], dpi)
            for line, right in _true_shares(text, page.text):
                rows += feature_rows(line.words)
                shares += right
                lengths += [len(word.text) for word in line.words]
    # The first feature is always 1: the intercept, which the fit puts last. A word counts by its length.
    features = np.repeat(np.array(rows)[:, 1:], lengths, axis=0)
    weights = fitted_weights(features, np.repeat(shares, lengths), len(KNOTS) - 1, SHRINKAGE)
    in_order = (weights[-1], *weights[:-1])
    return "\n".join(f"    {weight:.3f},  # {name}" for weight, name in zip(in_order, FEATURES, strict=True))


def _pages(folders: Sequence[Path]) -> Iterator[TruthPage]:
    for page in (page for folder in folders for page in load_pages(folder).pages):
        print(page.path.name, file=sys.stderr, flush=True)
        yield page


def _reader() -> LineEngine:
    """The engine with all its language data loaded."""
    engine = ocr.create_engines(ReadingSettings())[0]
    if not isinstance(engine, LineEngine):
        raise SystemExit(f"{engine.identity.name} reads no single lines.")
    white = ReadingImage(np.full((60, 600), 255, dtype=np.uint8), float(FINE_DPI))
    engine.read_line(white)
    return engine


def _straight(page: TruthPage) -> tuple[ReadingImage, ReadingImage]:
    """The image that is read and the scan, straight, at FINE_DPI."""
    opened = pages.open_page(page_input(page.path, IntakeSettings()), IntakeSettings())
    settings = ImagingSettings()
    views = look_at(opened, FINE_DPI, settings).views
    skew = imaging.skew_of(imaging.letter_edges(views.reading), settings)
    straight = views.straightened(skew.degrees)
    form = imaging.find_marks(straight.scan)
    if not form.marks:
        return straight.reading, straight.scan
    return imaging.without_outlines(straight.reading, form.lines, form.outlines)[0], straight.scan


def _first_reading(reader: LineEngine, image: ReadingImage, dpi: int) -> PageText:
    reduced = imaging.reduced(image, dpi)
    return mended_by_ink(in_reading_order(reader.read(reduced)), image)


def _read_twice(
    page: TruthPage,
    views: tuple[ReadingImage, ReadingImage],
    dpi: int,
    reader: LineEngine,
    tallies: Sequence[Tally],
) -> None:
    started = time.process_time()
    text = _first_reading(reader, views[0], dpi)
    first = time.process_time() - started
    treatments = usual_treatments(reader, partial(cut_out, views[1]), local_contrast)
    started = time.process_time()
    better, told = reread(text, treatments, RereadingSettings(), mended_by_ink)
    again = time.process_time() - started
    started = time.process_time()
    reread(better, treatments, RereadingSettings(most_lines=0), mended_by_ink)
    judging = time.process_time() - started
    lines = [
        (line_score(line), _confidence(line), _mean(right, line.words))
        for line, right in _true_shares(text, page.text)
    ]
    for tally in tallies:
        tally.before.append(errors(page.text, text.text))
        tally.after.append(errors(page.text, better.text))
        tally.counts.update(_counts(page.text, text, better, told))
        tally.seconds.update({"first": first, "again": again, "judging": judging})
        tally.lines += lines


def _counts(truth: str, before: PageText, after: PageText, told: Sequence[Rereading]) -> Counter[str]:
    counts: Counter[str] = Counter(attempts=len(told), lines=sum(1 for _line in before.lines()))
    counts.update({"replaced": 0, "better": 0, "worse": 0})
    printed = Counter(folded(truth).split())
    bag = Counter(folded(before.text).split())
    for old, new in zip(before.lines(), after.lines(), strict=True):
        if old.words == new.words:
            continue
        changed = bag.copy()
        changed.subtract(folded(old.text).split())
        changed.update(folded(new.text).split())
        gain = _worth(+changed, printed) - _worth(bag, printed)
        counts.update({"replaced": 1, "better": int(gain > 0), "worse": int(gain < 0)})
    return counts


def _worth(read: Counter[str], printed: Counter[str]) -> int:
    return 2 * (read & printed).total() - read.total()


def _true_shares(text: PageText, truth: str) -> Iterator[tuple[Line, list[float]]]:
    """Of each line, how much of each word is right as printed (0-1)."""
    words = [word.text for word in text.words()]
    right = iter(aligned(words, truth).right)
    printed = sorted({printed_word(word) for word in truth.split()})
    for line in text.lines():
        yield line, [1.0 if next(right) else _likeness(word, printed) for word in line.words]


def _likeness(word: Word, printed: Sequence[str]) -> float:
    best = process.extractOne(printed_word(word.text), printed, scorer=Levenshtein.normalized_similarity)
    return min(best[1], NO_DOUBT) if best is not None and best[1] > LIKE else 0.0


def _confidence(line: Line) -> float:
    return _mean([word.confidence for word in line.words], line.words)


def _mean(values: Sequence[float], words: Sequence[Word]) -> float:
    return float(np.average(values, weights=[len(word.text) for word in words]))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--dpi", type=int, nargs="+", default=[200, 150, 300])
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    if arguments.fit:
        print(fit(arguments.folders, arguments.dpi))
    else:
        print(json.dumps(measure(arguments.folders, arguments.dpi), indent=1))


if __name__ == "__main__":
    main()
