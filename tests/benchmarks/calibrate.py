"""Fits the calibration of confidences that is shipped, on generated pages of the set `tuning`.

    python samples/make_pages.py --set tuning --seed 61 --per-group 6 --out /tmp/fit1
    python samples/make_pages.py --set tuning --seed 71 --per-group 6 --out /tmp/fit2
    python samples/make_pages.py --set tuning --seed 82 --per-group 6 --out /tmp/aside
    python tests/benchmarks/calibrate.py --pages /tmp/fit1 /tmp/fit2 --aside /tmp/aside

(with `PYTHONPATH=samples:tests/benchmarks`). To be done again whenever the engine, its models or the way
pages are read change. Each folder is read twice: its pages as they are, and each with one damage
(`ruined_pages`), so that there are wrong words to learn from. Writes `dipro_scan/ocr/calibration.json`, or
`--out`; prints as JSON how well it holds, on the pages fitted and on those kept aside, as they are and
ruined.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

os.environ["OMP_THREAD_LIMIT"] = "1"

import cv2
import numpy as np
from calibration_measures import Values, measures
from logistic import fitted_weights
from read_words import ReadTruth, read_folder, uncalibrated
from ruined_pages import ruined_set
from truth_pages import load_pages

from dipro_scan.model import EngineIdentity
from dipro_scan.ocr import calibration as shipping
from dipro_scan.ocr.calibration import Calibration, calibrated, release_of
from dipro_scan.ocr.languages import ORIENTATION_DATA
from dipro_scan.ocr.word_features import RISING, features, words_in_place

SHRINKAGE: Final = 2.0
"""As if each feature had been seen on some words more that say nothing; few words move it no further."""

WEIGHT_DIGITS: Final = 4
COMMANDS: Final = ("tesseract", "pytesseract")
"""Engines that give the same confidences for the same models: Tesseract in this process, and as a command."""


def fit(pages: Sequence[ReadTruth], facts: dict[str, Any]) -> Calibration:
    """The calibration by which the words of `pages` are as right as they are. `facts` says what pages."""
    engine = _engine(pages)
    rows, right = [], []
    for page in pages:
        rows += _rows(page)
        right += page.right
    weights = fitted_weights(np.array(rows), np.array(right, dtype=float), RISING, SHRINKAGE)
    rounded = [round(float(weight), WEIGHT_DIGITS) for weight in weights]
    return Calibration(
        engines=COMMANDS if engine.name in COMMANDS else (engine.name,),
        release=release_of(engine.version),
        models={name: value for name, value in engine.models.items() if name != ORIENTATION_DATA},
        weights=tuple(rounded[:-1]),
        intercept=rounded[-1],
        fitted_on={**facts, "pages": len(pages), "words": len(right), "right": sum(right)},
    )


def held(pages: Sequence[ReadTruth], calibration: Calibration) -> dict[str, Any]:
    """How well `calibration` holds on `pages`."""
    return measures(*word_values(pages, calibration))


def word_values(
    pages: Sequence[ReadTruth], calibration: Calibration | None = None
) -> tuple[Values, Values, Values]:
    """Of each word: the engine's confidence, the calibrated one, and 1.0 where it is right, else 0.0."""
    before: list[float] = []
    after: list[float] = []
    for page in pages:
        reading = page.reading
        if reading.engine is None:
            continue
        text = calibrated(reading.text, reading.engine, calibration=calibration)
        before += [word.confidence for word in reading.text.words()]
        after += [word.confidence for word in text.words()]
    right = [float(value) for page in pages if page.reading.engine is not None for value in page.right]
    return np.array(before), np.array(after), np.array(right)


def read_with_ruined(folder: Path, seed: int, scratch: Path) -> tuple[list[ReadTruth], list[ReadTruth]]:
    """The pages of `folder` as they are, and ruined; with the engine's own confidences."""
    ruined = scratch / f"ruined-{folder.name}-{seed}"
    ruined_set(folder, seed, ruined)
    settings = uncalibrated()
    return list(read_folder(folder, settings)), list(read_folder(ruined, settings))


def _rows(page: ReadTruth) -> list[tuple[float, ...]]:
    return [features(each) for _line, placed in words_in_place(page.reading.text) for each in placed]


def _engine(pages: Sequence[ReadTruth]) -> EngineIdentity:
    found = [page.reading.engine for page in pages if page.reading.engine is not None]
    if not found:
        raise SystemExit("No page was read by any engine.")
    return found[0]


def _tuning_facts(folders: Sequence[Path]) -> dict[str, Any]:
    sets = [load_pages(folder).facts for folder in folders]
    if any(facts["set"] != "tuning" for facts in sets):
        raise SystemExit("Only pages of the set `tuning` may be fitted on.")
    return {"set": "tuning", "seeds": [facts["seed"] for facts in sets]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=Path, nargs="+", required=True)
    parser.add_argument("--aside", type=Path, nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=1, help="of the damages")
    parser.add_argument("--out", type=Path, default=Path(shipping.__file__).with_name(shipping.SHIPPED))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    facts = _tuning_facts(arguments.pages)
    _tuning_facts(arguments.aside)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        read = [read_with_ruined(folder, arguments.seed, scratch) for folder in arguments.pages]
        aside = [read_with_ruined(folder, arguments.seed + 1, scratch) for folder in arguments.aside]
    calibration = fit([page for pair in read for pages in pair for page in pages], facts)
    text = json.dumps(calibration.as_json(), ensure_ascii=False, indent=1)
    arguments.out.write_text(text + "\n", encoding="utf-8")
    shown = {
        "fitted": held([page for pair in read for pages in pair for page in pages], calibration),
        "aside": held([page for pages, _ruined in aside for page in pages], calibration),
        "aside_ruined": held([page for _pages, ruined in aside for page in ruined], calibration),
    }
    print(json.dumps(shown if aside else {"fitted": shown["fitted"]}, indent=1))


if __name__ == "__main__":
    main()
