"""Character error, word error and order-free word F1, per page and group, beside Tesseract and OCRmyPDF.

    python tests/benchmarks/accuracy.py FOLDER... --ocrmypdf /path/to/its/venv/bin/ocrmypdf

Each FOLDER holds generated pages with `truth.json`, or real scans with `manifest.json`.

- `dipro_scan`: what a person finds in the records: the text layer of the PDFs that a whole `dipro-scan run`
  leaves, taken out with PDFium. A page set aside as blank or as a separator has no text.
- `ocrmypdf_full`: the same from the PDF of `ocrmypdf --deskew --rotate-pages --clean --output-type pdfa`.
- `tesseract`: tesserocr on the page as it is, neither turned nor straightened; the text is Tesseract's own.

The first two are given the same PDF of all pages, and all three the same language data; see
`versus_ocrmypdf.py`. `error_rates.py` says how texts are folded and compared. Rates of a group weigh pages by
their length; the median is over pages. Pages whose reading order is debatable count in word F1 alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from contestants import (
    FULL,
    DiproScan,
    OcrMyPdf,
    installed_program,
    reading_languages,
    require_same_data,
    shared_language_data,
    software_versions,
)
from error_rates import Errors, errors, total
from measuring import environment_for, machine_facts, now_utc, table, usable_cores
from truth_pages import TruthPage, in_stack_order, load_pages, make_stack, sha256

GROUPS: Final = (
    "clean", "noisy", "form", "table", "fax", "stamp", "small_print", "generated, turned",
    "real_upright", "real_turned", "historical",
)  # fmt: skip
"""In the order shown; a group that is not named here comes after them."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page with what each reader made of it."""

    page: TruthPage
    texts: dict[str, str]
    errors: dict[str, Errors]


def main() -> None:
    arguments = _arguments()
    sets = [load_pages(folder) for folder in arguments.folders]
    pages = in_stack_order([page for each in sets for page in each.pages if page.text.strip()])
    executable = arguments.ocrmypdf
    languages = reading_languages()
    with tempfile.TemporaryDirectory(prefix="accuracy-") as name:
        data, stack = Path(name) / "tessdata", Path(name) / "stack.pdf"
        hashes = shared_language_data(languages, executable, data)
        other = OcrMyPdf(executable, arguments.jobs, languages, data, "ocrmypdf_full", FULL)
        require_same_data(hashes, other)
        make_stack(pages, other.python, stack)
        read = _read(pages, stack, DiproScan(arguments.jobs), other)
        groups = dict(group_rates(read))
        result = {
            "schema": 1,
            "date": now_utc(),
            "machine": machine_facts(),
            "software": software_versions(other),
            "language_data": {"languages": languages, "sha256": hashes},
            "input": {"sets": [each.facts for each in sets], "stack_sha256": sha256(stack)},
            "groups": groups,
            "pages": [_page_result(each, arguments.texts) for each in read],
        }
    print(shown(groups))
    arguments.out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders with truth.json or manifest.json")
    parser.add_argument("--ocrmypdf", type=installed_program, required=True, help="its program file")
    parser.add_argument("--jobs", type=int, default=usable_cores())
    parser.add_argument("--texts", action="store_true", help="put the texts read into the result, too")
    parser.add_argument("--out", type=Path, default=Path("accuracy.json"), help="the result, as JSON")
    return parser.parse_args()


def _read(pages: Sequence[TruthPage], stack: Path, ours: DiproScan, other: OcrMyPdf) -> list[ReadPage]:
    texts: dict[str, list[str]] = {}
    for contestant in (ours, other):
        with tempfile.TemporaryDirectory(prefix=f"{contestant.name}-") as name:
            contestant.run(stack, Path(name))
            texts[contestant.name] = contestant.output(Path(name)).texts(len(pages))
        print(f"{contestant.name}: done", file=sys.stderr)
    texts["tesseract"] = _bare_texts(pages, other.languages)
    return [
        _compared(page, {name: every[number] for name, every in texts.items()})
        for number, page in enumerate(pages)
    ]


def _compared(page: TruthPage, texts: dict[str, str]) -> ReadPage:
    found = {name: errors(page.text, text, order_free=page.order_free) for name, text in texts.items()}
    return ReadPage(page, texts, found)


def _bare_texts(pages: Sequence[TruthPage], languages: str) -> list[str]:
    program = Path(__file__).with_name("bare_tesseract.py")
    command = [sys.executable, str(program), "--languages", languages, *(str(page.path) for page in pages)]
    done = subprocess.run(command, env=environment_for(), stdout=subprocess.PIPE, check=True)
    texts: dict[str, str] = json.loads(done.stdout)
    return [texts[str(page.path)] for page in pages]


def group_rates(read: Sequence[ReadPage]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each group that has pages, in order, with its rates by reader."""
    found = {group: None for each in read for group in each.page.groups}
    for group in sorted(found, key=lambda name: GROUPS.index(name) if name in GROUPS else len(GROUPS)):
        members = [each for each in read if group in each.page.groups]
        yield group, {"pages": len(members), **_rates_by_reader(members)}


def _rates_by_reader(read: Sequence[ReadPage]) -> dict[str, dict[str, float | None]]:
    rates = {}
    for name in read[0].errors:
        counts = [each.errors[name] for each in read]
        by_page = [part.character_error_rate for part in counts]
        known = [rate for rate in by_page if rate is not None]
        middle = _percent(median(known)) if known else None
        rates[name] = {**_rates(total(counts)), "median_page_cer_percent": middle}
    return rates


def _rates(counts: Errors) -> dict[str, float | None]:
    return {
        "cer_percent": _percent(counts.character_error_rate),
        "wer_percent": _percent(counts.word_error_rate),
        "word_f1_percent": _percent(counts.word_f1),
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 3)


def _page_result(read: ReadPage, with_texts: bool) -> dict[str, Any]:
    page = read.page
    result: dict[str, Any] = {
        "file": page.path.name,
        "group": page.group,
        "rotation": page.rotation,
        "skew": page.skew_degrees,
        "order_free": page.order_free,
        "readers": {name: {**_rates(part), **asdict(part)} for name, part in read.errors.items()},
    }
    return {**result, "texts": read.texts} if with_texts else result


def shown(groups: Mapping[str, Mapping[str, Any]]) -> str:
    """One table a measure: groups down, readers across."""
    readers = [name for name in next(iter(groups.values())) if name != "pages"]
    measures = {
        "character error, %": "cer_percent",
        "median page's, %": "median_page_cer_percent",
        "word error, %": "wer_percent",
        "word F1, %": "word_f1_percent",
    }
    tables = []
    for label, key in measures.items():
        rows = [
            [group, str(rates["pages"]), *(_cell(rates[name][key]) for name in readers)]
            for group, rates in groups.items()
        ]
        tables.append(table([label, "pages", *readers], rows))
    return "\n\n".join(tables)


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    main()
