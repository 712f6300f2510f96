"""Do confidences mean what they say? Words and pages, before and after calibration, and what is flagged.

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/reliability.py --seed N [--out FILE]

Makes pages of a hold-out seed (set `report`: all groups, and turned pages), reads them through the page
floor, and asks of every word whether it is right as it stands on the paper, in whatever order it was read
(`word_truth`). The same pages are ruined one by one (`ruined_pages`) and read again. `--pages DIR...` takes
folders with a truth instead, real scans too.

- `words`: reliability table, expected calibration error (ECE) and Brier score of the engine's own confidences
  and of the calibrated ones, over all and by group.
- `pages`: what a page's mean promises and what share of its text is right: mean distance and correlation; the
  same for the least sure neighbourhood.
- `flagged`: pages with `low_confidence` or `low_confidence_region` at the default limits, by group, beside
how many have a neighbourhood with less than BAD_REGION of its text right, or less than BAD_PAGE of it all.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

os.environ["OMP_THREAD_LIMIT"] = "1"

import cv2
import numpy as np
from calibrate import word_values
from calibration_measures import measures, reliability_rows, reliability_text
from measuring import table
from municipal_paper.collection import write_truth
from municipal_paper.pages import GROUPS, make_pages
from read_words import ReadTruth, read_folder, uncalibrated
from ruined_pages import STRIPS, ruined_set

from dipro_scan.model import PageText, TextConfidence
from dipro_scan.ocr.calibration import calibrated
from dipro_scan.ocr.text_confidence import text_confidence
from dipro_scan.settings import ReadingSettings
from dipro_scan.settings.confidence_settings import ConfidenceSettings

BAD_PAGE: Final = 0.8
BAD_REGION: Final = 0.6
FRESH_SEED: Final = 5000
"""Smaller seeds belong to those who tune."""


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """A page's promised confidence, the same with every word as sure as it is right, and its doubts."""

    group: str
    name: str
    promised: TextConfidence
    true: TextConfidence
    doubts: tuple[str, ...]

    @property
    def bad(self) -> bool:
        return self.true.mean < BAD_PAGE

    @property
    def bad_somewhere(self) -> bool:
        return self.bad or self.true.worst < BAD_REGION


def judged_pages(pages: Sequence[ReadTruth]) -> list[JudgedPage]:
    """Pages on which anything was read."""
    limits, min_mean = ConfidenceSettings(), ReadingSettings().min_mean_confidence
    judged = []
    for page in pages:
        reading = page.reading
        if reading.engine is None:
            continue
        text = calibrated(reading.text, reading.engine, rereadings=reading.rereadings)
        promised = text_confidence(text)
        true = text_confidence(_as_right(page))
        if promised is not None and true is not None:
            doubts = limits.doubts_of(promised, min_mean)
            judged.append(JudgedPage(page.group, page.name, promised, true, doubts))
    return judged


def _as_right(page: ReadTruth) -> PageText:
    """The text with confidence 1 for each right word and 0 for each wrong one."""
    right = iter(page.right)
    blocks = []
    for block in page.reading.text.blocks:
        lines = [
            replace(line, words=tuple(replace(word, confidence=float(next(right))) for word in line.words))
            for line in block.lines
        ]
        blocks.append(replace(block, lines=tuple(lines)))
    return PageText(tuple(blocks))


def result(pages: Sequence[ReadTruth]) -> dict[str, Any]:
    """Words, pages and flags of `pages`, over all and by group."""
    before, after, right = word_values(pages)
    judged = judged_pages(pages)
    groups = sorted({page.group for page in pages})
    return {
        "pages_read": len(pages),
        "words": {
            "all": measures(before, after, right),
            "table_before": reliability_rows(before, right),
            "table_after": reliability_rows(after, right),
            "groups": {
                group: measures(*word_values([page for page in pages if page.group == group]))
                for group in groups
            },
        },
        "pages": {
            "mean": _agreement(judged, lambda confidence: confidence.mean),
            "worst_region": _agreement(judged, lambda confidence: confidence.worst),
        },
        "flagged": {
            "all": _flags(judged),
            **{group: _flags([page for page in judged if page.group == group]) for group in groups},
        },
    }


def _agreement(judged: Sequence[JudgedPage], value: Callable[[TextConfidence], float]) -> dict[str, Any]:
    promised = np.array([value(page.promised) for page in judged])
    true = np.array([value(page.true) for page in judged])
    return {
        "mean_promised": round(float(promised.mean()), 4),
        "mean_true": round(float(true.mean()), 4),
        "mean_distance": round(float(np.abs(promised - true).mean()), 4),
        "correlation": round(float(np.corrcoef(promised, true)[0, 1]), 4) if len(judged) > 1 else None,
    }


def _flags(judged: Sequence[JudgedPage]) -> dict[str, Any]:
    return {
        "pages": len(judged),
        "flagged": sum(bool(page.doubts) for page in judged),
        "flagged_for_region_alone": sum(page.doubts == ("low_confidence_region",) for page in judged),
        "bad": sum(page.bad for page in judged),
        "bad_flagged": sum(page.bad and bool(page.doubts) for page in judged),
        "bad_somewhere": sum(page.bad_somewhere for page in judged),
        "bad_somewhere_flagged": sum(page.bad_somewhere and bool(page.doubts) for page in judged),
        "good_flagged": sum(not page.bad_somewhere and bool(page.doubts) for page in judged),
    }


def made_folders(set_name: str, seed: int, per_group: int, scratch: Path) -> dict[str, Path]:
    """Folders with pages of all groups: as they come, turned, and ruined."""
    folders = {"level": scratch / "level", "turned": scratch / "turned"}
    _make(folders["level"], set_name, seed, per_group, "level")
    _make(folders["turned"], set_name, seed, max(1, per_group // 3), "turned")
    folders["ruined"] = scratch / "ruined"
    ruined_set(folders["level"], seed, folders["ruined"])
    return folders


def _make(folder: Path, set_name: str, seed: int, per_group: int, lay: Any) -> None:
    folder.mkdir(parents=True)
    pages = [page for group in GROUPS for page in make_pages(group, set_name, seed, per_group, folder, lay)]
    truth = {"schema": 1, "set": set_name, "seed": seed, "lay": lay, "pages": pages}
    write_truth(truth, folder / "truth.json")


def report_text(name: str, found: dict[str, Any]) -> str:
    """A result for people."""
    words, flags = found["words"], found["flagged"]
    rows = [
        (
            group,
            f"{each['words']}",
            f"{each['right']}",
            f"{each['mean_before']}",
            f"{each['mean_after']}",
            f"{each['ece_before']:.4f}",
            f"{each['ece_after']:.4f}",
            f"{flags[group]['flagged']}/{flags[group]['pages']}",
            f"{flags[group]['bad_somewhere_flagged']}/{flags[group]['bad_somewhere']}",
        )
        for group, each in {"all": words["all"], **words["groups"]}.items()
    ]
    header = ("group", "words", "right", "engine", "calibrated", "ECE", "after", "flagged", "of bad")
    parts = [
        name,
        table(header, rows),
        f"Brier {words['all']['brier_before']} → {words['all']['brier_after']}",
        reliability_text(words["table_before"]),
        reliability_text(words["table_after"]),
        f"pages: {json.dumps(found['pages'])}",
    ]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int)
    parser.add_argument("--set", dest="set_name", choices=("report", "tuning"), default="report")
    parser.add_argument("--per-group", type=int, default=6)
    parser.add_argument("--pages", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if (arguments.seed is None) == (not arguments.pages):
        parser.error("Either --seed or --pages is needed.")
    if arguments.seed is not None and arguments.set_name == "report" and arguments.seed < FRESH_SEED:
        parser.error(f"Pages to report on have seeds from {FRESH_SEED} on.")
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        folders = {folder.name: folder for folder in arguments.pages}
        if arguments.seed is not None:
            folders = made_folders(arguments.set_name, arguments.seed, arguments.per_group, Path(name))
        read = {kind: list(read_folder(folder, uncalibrated())) for kind, folder in folders.items()}
    found = {kind: result(pages) for kind, pages in read.items()}
    for kind, each in found.items():
        print(report_text(kind, each), end="\n\n")
    facts = {
        "schema": 1,
        "set": arguments.set_name if arguments.seed is not None else None,
        "seed": arguments.seed,
        "strips": list(STRIPS),
        "results": found,
    }
    if arguments.out is not None:
        arguments.out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
