"""What a plain letter costs, part by part, beside bare tesserocr on the same straightened image.

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/speed.py LETTERS [--out FILE]

LETTERS is a folder of generated letters with `truth.json` (`make_pages.py --set report --groups clean`), at
least 24. CPU time of one core throughout; the two sides alternate page by page, so that a machine that slows
down slows both.

- `bare`: tesserocr with default settings reads the letter's upright, straightened gray image at 300 dpi, in
  the languages of the pipeline, and hands out its words. Decoding and straightening are not counted.
- `page floor`: `read_page`, with its parts: decoding the file, recognition (every call of the engine, second
  readings included), and imaging, which is the rest of it: restoring, codes, order, confidence.
- `whole run`: `dipro-scan run` of all letters with one worker, from an empty store to records, divided by the
  pages; and without what a run of one letter costs before and after that letter (starting two processes,
  loading libraries and models). `rest` is what is left of it beside page floor and encoding: cutting
  documents apart, deciding, and filing.

The limit: `whole run` at most 1.1 times `bare`, images kept as they came.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

os.environ["OMP_THREAD_LIMIT"] = "1"

import cv2
import numpy as np
import tesserocr
from contestants import DiproScan
from measuring import environment_for, machine_facts, measure, now_utc, table
from truth_pages import TruthPage, load_pages

from dipro_scan import imaging, ocr
from dipro_scan.batch import page as page_floor
from dipro_scan.batch.assembly import AssemblyJob, AssemblyPage, assemble
from dipro_scan.batch.image_files import write_image
from dipro_scan.batch.seeing import look_at
from dipro_scan.intake import pages as intake_pages
from dipro_scan.model import PageInput, ReadingImage
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings import ImageSettings, load_configuration

LIMITS: Final = {"original": 1.1, "auto": 1.15, "compact": 1.15, "bitonal": 1.15}
DPI: Final = 300
MEDIA_TYPES: Final = {".jpg": "image/jpeg", ".tif": "image/tiff", ".png": "image/png"}


class PartClock:
    """CPU seconds spent in functions that are replaced by timed ones for the length of a run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timing(self, part: str, owner: Any, name: str) -> Iterator[None]:
        original = getattr(owner, name)
        setattr(owner, name, self._timed(part, original))
        try:
            yield
        finally:
            setattr(owner, name, original)

    def _timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            started = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds[part] = self.seconds.get(part, 0.0) + time.process_time() - started

        return timed


def main() -> int:
    arguments = _arguments()
    cv2.setNumThreads(1)
    letters = list(load_pages(arguments.letters).pages)
    floor = page_costs(letters, arguments.images)
    whole = run_costs([letter.path for letter in letters], arguments.images)
    result = {
        "schema": 1,
        "date": now_utc(),
        "machine": machine_facts(),
        "letters": len(letters),
        "images": arguments.images,
        "seed": json.loads((arguments.letters / "truth.json").read_text(encoding="utf-8"))["seed"],
        "cpu_seconds_per_page": {**floor, **whole},
    }
    ratio, limit = whole["whole run"] / floor["bare"], LIMITS[arguments.images]
    result["limits"] = [
        {"what": "whole run, times bare tesserocr", "at_most": limit, "measured": round(ratio, 3),
         "with_start": round(whole["whole run, with its start"] / floor["bare"], 3), "holds": ratio <= limit}
    ]  # fmt: skip
    print(shown(result))
    arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if ratio <= limit else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("letters", type=Path)
    parser.add_argument("--images", choices=LIMITS, default="original", help="how pages are stored")
    parser.add_argument("--out", type=Path, default=Path("speed.json"), help="the result, as JSON")
    return parser.parse_args()


def page_costs(letters: Sequence[TruthPage], images: str) -> dict[str, float]:
    """Mean CPU seconds a page, bare and of the page floor with its parts; the first letter warms both up."""
    settings = _page_settings(images)
    languages = "+".join(settings.reading.languages)
    bare_engine = tesserocr.PyTessBaseAPI(path=f"{ocr.language_data_folder()}/", lang=languages)
    clock = PartClock()
    bare, floor, encoding = [], [], []
    with (
        tempfile.TemporaryDirectory(prefix="speed-") as folder,
        clock.timing("decoding", intake_pages, "open_page"),
        clock.timing("recognition", TesseractEngine, "_read"),
    ):
        for number, letter in enumerate([letters[0], *letters]):
            page_input = _input(letter.path)
            image = _straight(page_input, settings)
            if number == 1:
                clock.seconds.clear()
            before = dict(clock.seconds)
            bare.append(_cpu(lambda image=image: _read_bare(bare_engine, image)))
            started = time.process_time()
            result = page_floor.read_page(page_input, settings)
            floor.append(time.process_time() - started)
            encoding.append(_cpu(lambda result=result: _encode(result, Path(folder))))
            assert number == 0 or clock.seconds != before
    parts = {name: value / len(letters) for name, value in clock.seconds.items()}
    # The picture for the bare engine was decoded under the same clock.
    parts["decoding"] /= 2
    whole = statistics.mean(floor[1:])
    return {
        "bare": statistics.mean(bare[1:]),
        "page floor": whole,
        "decoding": parts["decoding"],
        "recognition": parts["recognition"],
        "imaging": whole - parts["decoding"] - parts["recognition"],
        "encoding": statistics.mean(encoding[1:]),
    }


def _encode(result: page_floor.PageResult, folder: Path) -> None:
    write_image(folder / "page.stream", result.stream)
    page = AssemblyPage(folder / "page.stream", result.reading.geometry, result.reading.text)
    created = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assemble(AssemblyJob(folder / "page.pdf", "letter", "letter", created, {}, (page,)))


def run_costs(letters: Sequence[Path], images: str) -> dict[str, float]:
    """CPU seconds a page of a whole run with one worker, with and without its start."""
    one, every = _run(letters[:1], images), _run(letters, images)
    marginal = (every - one) / (len(letters) - 1)
    return {"whole run": marginal, "whole run, with its start": every / len(letters), "start": one - marginal}


def _run(letters: Sequence[Path], images: str) -> float:
    with tempfile.TemporaryDirectory(prefix="speed-") as name:
        folder = Path(name)
        ours = DiproScan(1, images)
        ours.prepare(folder)
        command = [*ours.command(letters[0], folder), *map(str, letters[1:])]
        return measure(command, folder, environment=environment_for(), expected=(0, 3)).cpu_seconds


def _page_settings(images: str) -> page_floor.PageSettings:
    settings = page_floor.PageSettings.of(load_configuration("posteingang").pipeline)
    return replace(settings, images=ImageSettings.model_validate({"mode": images}))


def _input(path: Path) -> PageInput:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return PageInput(path, digest, MEDIA_TYPES[path.suffix], 1)


def _straight(page_input: PageInput, settings: page_floor.PageSettings) -> ReadingImage:
    page = intake_pages.open_page(page_input, settings.intake)
    scan = look_at(page, DPI, settings.imaging).scan
    skew = imaging.skew_of(imaging.letter_edges(scan), settings.imaging)
    return imaging.straighten(scan, skew.degrees)


def _read_bare(engine: Any, image: ReadingImage) -> int:
    height, width = image.pixels.shape
    engine.SetImageBytes(np.ascontiguousarray(image.pixels).tobytes(), width, height, 1, width)
    engine.SetSourceResolution(DPI)
    engine.Recognize()
    words = [item.GetUTF8Text(tesserocr.RIL.WORD) for item in _words(engine)]
    engine.Clear()
    return len(words)


def _words(engine: Any) -> Iterator[Any]:
    iterator = engine.GetIterator()
    if iterator is not None:
        yield from (each for each in tesserocr.iterate_level(iterator, tesserocr.RIL.WORD))


def _cpu(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def shown(result: dict[str, Any]) -> str:
    costs = result["cpu_seconds_per_page"]
    rest = costs["whole run"] - costs["page floor"] - costs["encoding"]
    rows = [
        [name, f"{1000 * value:.0f}", f"{value / costs['bare']:.3f}"]
        for name, value in {**costs, "rest": rest}.items()
    ]
    return table(["CPU a page", "ms", "times bare"], rows)


if __name__ == "__main__":
    sys.exit(main())
