"""Stamps, form boxes, layers and their guard, against what the sample program knows about its pages.

`python tests/benchmarks/imaging_layers.py [seed]` prints the numbers as JSON. Tune on the set `tuning`.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
import pypdfium2
import typst
from layer_faults import FAULTS
from municipal_paper import stamps as rubber
from municipal_paper import typeset
from municipal_paper.facts import invent_facts
from municipal_paper.scanner import scan_side
from municipal_paper.truth import Hand, Side
from municipal_paper.wear import PROFILES
from numpy.typing import NDArray
from PIL import Image
from pypdfium2 import raw as pdfium

from dipro_scan.imaging.composing import composed
from dipro_scan.imaging.fidelity import judge_fidelity
from dipro_scan.imaging.form_boxes import find_marks
from dipro_scan.imaging.layers import page_layers
from dipro_scan.imaging.stamps import find_stamps
from dipro_scan.model import Box as PageBox
from dipro_scan.model import ReadingImage
from dipro_scan.model.marks import MarkVerdict

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]

DPI: Final = 300.0
MM_PER_POINT: Final = 25.4 / 72
TICK_BOX_MM: Final = (2.0, 8.0)
PAGES: Final = 12
REPEATS: Final = 3
SURE: Final = 0.5
"""Stamps of less confidence are hints and no claims; they are counted apart."""


class Form(NamedTuple):
    """A side with boxes for ticks: where they are, millimetres, and whether somebody ticked them."""

    side: Side
    boxes: tuple[tuple[Box, bool], ...]


def forms(set_name: str, seed: int, count: int) -> Iterator[Form]:
    """The first pages, with at least one box for a tick, of `count` forms of the set."""
    rng = random.Random(f"forms-{set_name}-{seed}")
    names = typeset.template_names(set_name)
    rng.shuffle(names)
    found = 0
    for turn in range(count * 20):
        form = _form(set_name, names[turn % len(names)], rng.randrange(10**6))
        if form is not None:
            yield form
            found += 1
        if found == count:
            return


def _form(set_name: str, template: str, seed: int) -> Form | None:
    facts = invent_facts(seed, typeset.kennzeichen_of(typeset.class_of(template)))
    source = typeset.ROOT / "papers" / set_name / f"{template}.typ"
    pdf = typst.compile(
        str(source),
        root=str(typeset.ROOT),
        font_paths=typeset._fonts(),
        sys_inputs={"facts": json.dumps(facts.shown)},
        pdf_tags=False,
    )
    side = next(iter(typeset.read_sides(pdf)))
    with pypdfium2.PdfDocument(pdf) as document:
        outlines = _squares(document[0])
    hands = [word.box_mm for word in side.words if word.hand is Hand.HANDWRITING]
    boxes = tuple((box, any(_overlaps(box, hand) for hand in hands)) for box in outlines)
    return Form(side, boxes) if boxes else None


def _squares(page: pypdfium2.PdfPage) -> list[Box]:
    """The stroked squares of a typeset page, of the size of a box for a tick."""
    height = page.get_height()
    found = []
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=5):
        left, bottom, right, top = thing.get_bounds()
        box = tuple(edge * MM_PER_POINT for edge in (left, height - top, right, height - bottom))
        wide, high = box[2] - box[0], box[3] - box[1]
        low, large = TICK_BOX_MM
        if low <= min(wide, high) and max(wide, high) <= large and abs(wide - high) <= 0.1 * wide:
            found.append((box[0], box[1], box[2], box[3]))
    return found


def _overlaps(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0.3 and down > 0.3


def stamped(set_name: str, seed: int, count: int) -> Iterator[tuple[Side, Box | None]]:
    """First pages of papers that leave room for a stamp, each with its box, and as many without."""
    rng = random.Random(f"stamped-{set_name}-{seed}")
    names = typeset.template_names(set_name)
    rng.shuffle(names)
    made = 0
    for turn in range(count * 20):
        template, facts_seed = names[turn % len(names)], rng.randrange(10**6)
        place = typeset.stamp_place(set_name, template, facts_seed)
        bare = typeset.typeset_paper(set_name, template, facts_seed).sides[0]
        if place is None:
            continue
        side = rubber.put_stamp(bare, place, set_name, rng.choice(rubber.STAMP_COLOURS), rng.randrange(10**6))
        changed = np.any(side.image != bare.image, axis=2)
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        mm = 25.4 / DPI
        yield side, (columns[0] * mm, rows[0] * mm, (columns[-1] + 1) * mm, (rows[-1] + 1) * mm)
        yield bare, None
        made += 1
        if made == count:
            return


def scan(side: Side, profile: str, seed: int, colour: bool) -> Pixels:
    """The side as that kind of scanner gives it, straightened by its known angle, through JPEG."""
    wear = replace(PROFILES[profile](seed), skew_degrees=0.0, shift_mm=(0.0, 0.0), border_mm=(0.0,) * 4)
    pixels = scan_side(side, wear, colour="colour" if colour else "gray", seed=seed).image
    _done, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_UNCHANGED), dtype=np.uint8)


def view_of(pixels: Pixels) -> ReadingImage:
    gray = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return ReadingImage(np.ascontiguousarray(gray), DPI)


def _edges(box: PageBox) -> Box:
    return (box.x0, box.y0, box.x1, box.y1)


def _milliseconds(work: Callable[[], object]) -> float:
    """The least time of a few tries on one core: what else the machine does is no part of it."""
    tries = []
    for _try in range(REPEATS):
        start = time.process_time()
        work()
        tries.append(time.process_time() - start)
    return 1000 * min(tries)


def _matched(found: list[Box], truth: list[Box]) -> int:
    """How many of `truth` have a found box of their own that overlaps it by half of what both cover."""
    left = list(found)
    hits = 0
    for box in truth:
        best = max(left, key=lambda each: _common(each, box), default=None)
        if best is not None and _common(best, box) >= 0.5:
            left.remove(best)
            hits += 1
    return hits


def _common(one: Box, other: Box) -> float:
    across = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    down = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return across * down / (sum(areas) - across * down)


def _rates(hits: int, found: int, truth: int) -> dict[str, float | int]:
    return {
        "truth": truth,
        "found": found,
        "precision": round(hits / found, 3) if found else 1.0,
        "recall": round(hits / truth, 3) if truth else 1.0,
    }


def measure_stamps(set_name: str, seed: int, count: int) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {"colour": Counter(), "gray": Counter()}
    times: dict[str, list[float]] = {"colour": [], "gray": []}
    for number, (side, truth) in enumerate(stamped(set_name, seed, count)):
        profile = ("office", "worn", "clean")[number // 2 % 3]
        for way in counts:
            pixels = scan(side, profile, seed + number, way == "colour")
            view = view_of(pixels)
            colour = pixels if way == "colour" else None
            found = find_stamps(view, colour)
            boxes = [_edges(stamp.box) for stamp in found if stamp.confidence >= SURE]
            expected = [] if truth is None else [truth]
            counts[way]["hits"] += _matched(boxes, expected)
            counts[way]["found"] += len(boxes)
            counts[way]["truth"] += len(expected)
            counts[way]["unsure"] += len(found) - len(boxes)
            if number < PAGES:
                times[way].append(_milliseconds(partial(find_stamps, view, colour)))
    return {
        way: {
            **_rates(each["hits"], each["found"], each["truth"]),
            "unsure": each["unsure"],
            "ms": round(statistics.median(times[way]), 1),
        }
        for way, each in counts.items()
    }


def measure_form_boxes(set_name: str, seed: int, count: int) -> dict[str, Any]:
    boxes, ticks = Counter[str](), Counter[str]()
    times = []
    for number, form in enumerate(forms(set_name, seed, count)):
        profile = ("office", "clean", "worn", "noisy")[number % 4]
        view = view_of(scan(form.side, profile, seed + number, False))
        marks = find_marks(view).marks
        all_truth = [box for box, _ticked in form.boxes]
        boxes["hits"] += _matched([_edges(mark.box) for mark in marks], all_truth)
        boxes["found"] += len(marks)
        boxes["truth"] += len(all_truth)
        ticked = [_edges(mark.box) for mark in marks if mark.verdict is not MarkVerdict.EMPTY]
        true_ticks = [box for box, is_ticked in form.boxes if is_ticked]
        ticks["hits"] += _matched(ticked, true_ticks)
        ticks["found"] += len(ticked)
        ticks["truth"] += len(true_ticks)
        if number < PAGES:
            times.append(_milliseconds(partial(find_marks, view)))
    return {
        "boxes": _rates(boxes["hits"], boxes["found"], boxes["truth"]),
        "ticks": _rates(ticks["hits"], ticks["found"], ticks["truth"]),
        "ms": round(statistics.median(times), 1) if times else None,
    }


def measure_layers(set_name: str, seed: int, count: int) -> dict[str, Any]:
    """Refusals by profile and rule, injected faults that were caught on pages that passed, and times."""
    rng = random.Random(f"layers-{set_name}-{seed}")
    names = typeset.template_names(set_name)
    rng.shuffle(names)
    refused: dict[str, Counter[str]] = {}
    caught: dict[str, Counter[str]] = {kind: Counter() for kind in FAULTS}
    times: dict[str, list[float]] = {"gray": [], "colour": []}
    fixed: dict[str, list[float]] = {"gray": [], "colour": []}
    for number in range(count):
        side = typeset.typeset_paper(set_name, names[number % len(names)], rng.randrange(10**6)).sides[0]
        profile = ("clean", "office", "worn", "noisy")[number % 4]
        way = "colour" if number % 3 == 2 else "gray"
        page = scan(side, profile, seed + number, way == "colour")
        shown = composed(page_layers(page, DPI))
        verdict = judge_fidelity(page, shown, DPI)
        tally = refused.setdefault(profile, Counter())
        tally["pages"] += 1
        tally["refused"] += not verdict.holds
        tally.update(verdict.faults)
        if number < 2 * PAGES:
            times[way].append(_milliseconds(partial(_judged, page)))
            fixed[way].append(_milliseconds(partial(_averaged, page)))
        if not verdict.holds:
            continue
        for kind, injected in FAULTS.items():
            pair = injected(page, shown, DPI, np.random.default_rng(seed + number))
            caught[kind]["injected"] += 1
            caught[kind]["caught"] += not judge_fidelity(*pair, DPI).holds
    return {
        "refused": {profile: dict(tally) for profile, tally in refused.items()},
        "faults": {kind: dict(tally) for kind, tally in caught.items()},
        "ms": {way: round(statistics.median(each), 1) for way, each in times.items() if each},
        "ms of a third by cv2.resize": {
            way: round(statistics.median(each), 1) for way, each in fixed.items() if each
        },
    }


def _judged(page: Pixels) -> bool:
    return judge_fidelity(page, composed(page_layers(page, DPI)), DPI).holds


def _averaged(page: Pixels) -> object:
    """A fixed piece of work, by which times of different machines and moments can be compared."""
    return cv2.resize(page, (page.shape[1] // 3, page.shape[0] // 3), interpolation=cv2.INTER_AREA)


def measure_scans(scans: Path) -> dict[str, Any]:
    """Of the real scans, single images only: how many the guard lets pass as layers."""
    tally = Counter[str]()
    for path in sorted(scans.rglob("*")):
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png", ".tif", ".tiff"):
            continue
        try:
            with Image.open(path) as image:
                pixels = np.asarray(image.convert("RGB" if image.mode in ("RGB", "P", "CMYK") else "L"))
                dpi = float(image.info.get("dpi", (0, 0))[0]) or DPI
        except (OSError, Image.DecompressionBombError):
            # Damaged files and bombs lie there too; to refuse them is the business of others.
            tally["unreadable"] += 1
            continue
        verdict = judge_fidelity(pixels, composed(page_layers(pixels, dpi)), dpi)
        tally["pages"] += 1
        tally["refused"] += not verdict.holds
        tally.update(verdict.faults)
    return dict(tally)


def measure(seed: int, scans: Path | None, set_name: str = "report", count: int = 24) -> dict[str, Any]:
    """All numbers of this benchmark, on pages that nobody tuned on."""
    cv2.setNumThreads(1)
    result = {
        "stamps": measure_stamps(set_name, seed, count),
        "form_boxes": measure_form_boxes(set_name, seed, count),
        "layers": measure_layers(set_name, seed, 2 * count),
    }
    if scans is not None:
        result["real"] = measure_scans(scans)
    return result


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    print(json.dumps(measure(wanted, folder), indent=1))
