"""Is paper that was scanned before known again, and is other paper of the same form left alone?

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/rescans.py --seed 515 [--documents 100000]

Of every template of a set of sample papers several papers are typeset, each with other people, numbers and
dates. All of them come into one store, first sides only. Then one of each template is scanned a second time:
the same sheet, wear and all, on another machine (light, skew, shift, edges, dirt, blur, noise, resolution;
colour, gray or bitonal; the other way up or on its side). Reading, fingerprints and look-up are those of
dipro_scan.

- `found`: second scans for which the store named the first one.
- `false_alarms`: papers that came for the first time and were called a second scan.
- `look_up`: what a look-up costs in a store of so many invented pages, which share the words of 50 forms.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from measuring import machine_facts, now_utc
from municipal_paper import scanner, wear
from municipal_paper.truth import Side
from municipal_paper.typeset import template_names, typeset_paper

from dipro_scan import separate
from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.fingerprints import fingerprint_of, image_distance, keys_of, prints_of
from dipro_scan.batch.likeness import RescanFinder
from dipro_scan.batch.page import PageSettings, read_page
from dipro_scan.batch.station import Station
from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import DocumentEntry, DocumentState, Ledger, PagePrint
from dipro_scan.ledger.contents import LedgerContents, write_ledger
from dipro_scan.model import Document, PageInput, PageRef, ReadPage
from dipro_scan.records import durable
from dipro_scan.settings import (
    DuplicateSettings,
    ImagingSettings,
    IntakeSettings,
    ReadingSettings,
    SeparationSettings,
)

MACHINE: Final = (
    "light_levels", "light_degrees", "skew_degrees", "border_mm", "shift_mm", "outside", "streaks",
    "speckles_per_dm2", "fringe_mm", "blur_mm", "noise_levels",
)  # fmt: skip
"""What of the wear belongs to the scanner; the rest belongs to the sheet and stays."""

PAPER_PROFILES: Final = ("office", "clean", "worn", "copied")
MACHINE_PROFILES: Final = ("office", "office", "clean", "noisy")
SETTINGS: Final = PageSettings(IntakeSettings(), ImagingSettings(), ReadingSettings(), SeparationSettings())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed sheet with its own wear."""

    name: str
    side: Side
    wear: wear.Wear


@dataclass(frozen=True, slots=True)
class Store:
    """A ledger and a cache of readings in a folder, as a run has them."""

    folder: Path
    ledger: Ledger
    finder: RescanFinder

    def enter(self, document: Document) -> None:
        refs = tuple(page.ref for page in document.pages)
        entry = DocumentEntry(
            document.id, DocumentState.REVIEW, "", refs, None, 0.0, refs[0].source, None, None, ()
        )
        self.ledger.hold_document(entry, prints_of(document))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--set", default="report", choices=("tuning", "report"))
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--papers", type=int, default=3, help="papers of each template")
    parser.add_argument("--documents", type=int, default=0, help="pages in the store of `look_up`")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = {
            "schema": 1,
            "date": now_utc(),
            "machine": machine_facts(),
            "set": options.set,
            "seed": options.seed,
            **recognised(folder, options.set, options.seed, options.papers),
        }
        if options.documents:
            report["look_up"] = looked_up(folder, options.documents)
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


def recognised(folder: Path, set_name: str, seed: int, papers: int) -> dict[str, Any]:
    store = a_store(folder / "ledger.sqlite")
    first: dict[str, tuple[Sheet, Document]] = {}
    alarms: list[dict[str, str]] = []
    count = 0
    for sheet in sheets(set_name, seed, papers):
        document = scanned(store, sheet, seed, "first")
        rescan = store.finder.find(document)
        if rescan is not None:
            alarms.append({"paper": sheet.name, "taken_for": rescan.known.aktenzeichen or ""})
        store.enter(document)
        count += 1
        first.setdefault(sheet.name.partition(" ")[0], (sheet, document))
    missed: list[dict[str, Any]] = []
    for sheet, document in first.values():
        again = scanned(store, sheet, seed, "second")
        rescan = store.finder.find(again)
        if rescan is None or rescan.known.id != document.id:
            taken_for = rescan.known.aktenzeichen if rescan else None
            distance = _distance(document, again)
            missed.append({"paper": sheet.name, "taken_for": taken_for, "image_distance": distance})
    store.ledger.close()
    return {
        "papers": count,
        "templates": len(first),
        "scanned_again": len(first),
        "found": len(first) - len(missed),
        "recall": round(1 - len(missed) / len(first), 4),
        "false_alarms": len(alarms),
        "missed": missed,
        "alarms": alarms,
    }


def sheets(set_name: str, seed: int, papers: int) -> Iterator[Sheet]:
    for template in template_names(set_name):
        for number in range(papers):
            chance = random.Random(f"{set_name}-{template}-{seed}-{number}")
            paper_seed = chance.randrange(10**6)
            paper = typeset_paper(set_name, template, paper_seed)
            profile = wear.PROFILES[chance.choice(PAPER_PROFILES)]
            yield Sheet(f"{template} {paper_seed}", paper.sides[0], profile(paper_seed))


def scanned(store: Store, sheet: Sheet, seed: int, pass_name: str) -> Document:
    """The sheet through a scanner of its own and through dipro_scan's reading."""
    chance = random.Random(f"{sheet.name}-{seed}-{pass_name}")
    machine = wear.PROFILES[chance.choice(MACHINE_PROFILES)](chance.randrange(10**6))
    worn = replace(sheet.wear, **{name: getattr(machine, name) for name in MACHINE})
    colour = cast("scanner.Colour", chance.choice(("colour", "gray", "gray", "bitonal")))
    image = scanner.scan_side(
        sheet.side,
        worn,
        dpi=chance.choice((200, 300, 300)),
        colour=colour,
        rotation=chance.choice((0, 0, 0, 180, 90)),
        seed=chance.randrange(10**6),
    )
    bitonal = colour == "bitonal"
    path = store.folder / f"{sheet.name} {pass_name}.{'tif' if bitonal else 'jpg'}"
    if bitonal:
        scanner.write_tiff_g4([image], path)
    else:
        scanner.write_jpeg(image, path, 82)
    sha256 = durable.hash_bytes(path.read_bytes())
    media_type = "image/tiff" if bitonal else "image/jpeg"
    result = read_page(PageInput(path, sha256, media_type, 1), SETTINGS)
    cache = ReadingCache(store.folder / "cache")
    cache.put(sha256, result.reading, result.stream)
    path.unlink()
    cache.stream_path(sha256).unlink()
    page = ReadPage(PageRef(sha256, path.name, 1), result.reading, cache.stream_path(sha256))
    return Document(separate.document_id([page]), (page,))


def a_store(path: Path) -> Store:
    ledger = Ledger(path)
    station = cast("Station", _Stand(ledger, Workspace(path.parent, path.parent)))
    return Store(path.parent, ledger, RescanFinder(station, DuplicateSettings()))


@dataclass(frozen=True, slots=True)
class _Stand:
    """What a finder needs of a station."""

    ledger: Ledger
    workspace: Workspace


def looked_up(folder: Path, pages: int) -> dict[str, Any]:
    """Look-ups of invented pages, every second one there already, in a store of `pages`."""
    chance = random.Random(515)
    forms = [[chance.getrandbits(32) for _ in range(60)] for _ in range(50)]
    path = folder / "many.sqlite"
    kept = [_invented(number, forms, chance) for number in range(pages)]
    entries = tuple(_entry(f"{number:064x}") for number in range(pages))
    fingerprints = tuple((entry.id, item) for entry, item in zip(entries, kept, strict=True))
    write_ledger(path, LedgerContents(documents=entries, fingerprints=fingerprints))
    ledger = Ledger(path)
    asked = [item.keys for item in chance.sample(kept, 250)]
    asked += [_invented(pages + number, forms, chance).keys for number in range(250)]
    seconds = []
    for keys in asked:
        started = time.perf_counter()
        ledger.similar_pages(keys, 12)
        seconds.append(time.perf_counter() - started)
    ledger.close()
    return {
        "pages": pages,
        "median_ms": round(statistics.median(seconds) * 1000, 2),
        "p99_ms": round(sorted(seconds)[int(len(seconds) * 0.99)] * 1000, 2),
        "ledger_mib": round(path.stat().st_size / 2**20, 1),
    }


def _invented(number: int, forms: list[list[int]], chance: random.Random) -> PagePrint:
    """A page of one of the forms: 48 of its words, ten numbers and eight names of its own."""
    own = [chance.getrandbits(32) for _ in range(18)]
    return PagePrint(1, {"image": f"{number:064x}"}, (*own, *chance.sample(chance.choice(forms), 48)))


def _entry(document_id: str) -> DocumentEntry:
    return DocumentEntry(document_id, DocumentState.FILED, "", (), None, 1.0, None, None, None, ())


def _distance(one: Document, other: Document) -> float | None:
    prints = [fingerprint_of(document.pages[0].reading) for document in (one, other)]
    if prints[0] is None or prints[1] is None:
        return None
    assert keys_of(prints[0])
    return round(image_distance(prints[0], prints[1]) or 0.0, 3)


if __name__ == "__main__":
    main()
