"""The race: the same pages through dipro_scan and through OCRmyPDF 17, in turn, on the same machine.

    python tests/benchmarks/versus_ocrmypdf.py PAGES --ocrmypdf /path/to/its/venv/bin/ocrmypdf

PAGES is a folder of generated pages with `truth.json` (or of real scans with `manifest.json`). Three runs
make a round, and they alternate:

- `dipro_scan`: `dipro-scan run`, the whole of it: from an empty store to records filed or waiting for review,
  with originals kept, hashes, journal, and every PDF checked for conformance.
- `ocrmypdf_full`: `--deskew --rotate-pages --clean --output-type pdfa`: nearest to the same treatment.
- `ocrmypdf_plain`: `--output-type pdfa` alone: pages are neither turned, straightened nor cleaned.

What makes it fair: both are given the same bytes, one PDF of all pages, made by img2pdf from the images as
they are encoded (OCRmyPDF takes one file a call, and so spreads the pages best over its jobs; both could
take single images, but would then be compared in starting up). Same language data by SHA-256 (else nothing
is run), same languages in the same order, `--jobs` = cores for both, every other option as delivered,
Tesseract 5.5 on both sides: the linked library here, the program there. No warming up: medians of the rounds.

Text is taken by PDFium from the PDFs that each leaves behind, and compared page by page with the truth;
`error_rates.py` says how. OCRmyPDF leaves a page as it lies unless it is sure enough, by its own default,
how to turn it; so errors are also given for the upright pages alone. A page that dipro_scan set aside has
no text. Bytes are those of these PDFs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from contestants import (
    FULL,
    Contestant,
    DiproScan,
    OcrMyPdf,
    installed_program,
    reading_languages,
    require_same_data,
    shared_language_data,
    software_versions,
)
from error_rates import errors, total
from measuring import machine_facts, median_of, median_ratio, now_utc, table, usable_cores
from truth_pages import PageSet, TruthPage, in_stack_order, load_pages, make_stack, sha256

from dipro_scan.settings import load_configuration

OURS: Final = "dipro_scan"
PIPELINE: Final = "posteingang"
FLOORS: Final = {"ocrmypdf_full": 5.0, "ocrmypdf_plain": 2.0}
"""How many times the other's pages per second are asked of dipro_scan."""
WORKER_MIB: Final = 400.0
"""What a worker of dipro_scan may hold at its peak in any round."""

Round = dict[str, dict[str, float]]


def main() -> int:
    arguments = _arguments()
    page_set = load_pages(arguments.pages)
    pages = in_stack_order(page_set.pages)
    executable = arguments.ocrmypdf
    languages = reading_languages()
    with tempfile.TemporaryDirectory(prefix="versus-") as name:
        data, stack = Path(name) / "tessdata", Path(name) / "stack.pdf"
        hashes = shared_language_data(languages, executable, data)
        other = OcrMyPdf(executable, arguments.jobs, languages, data, "ocrmypdf_full", FULL)
        plain = replace(other, name="ocrmypdf_plain", treatment=())
        require_same_data(hashes, other)
        contestants: list[Contestant] = [DiproScan(arguments.jobs, arguments.images), other, plain]
        make_stack(pages, other.python, stack)
        _lie_still(stack)
        result = {
            "schema": 1,
            "date": now_utc(),
            "machine": machine_facts(),
            "software": software_versions(other),
            "language_data": {"languages": languages, "sha256": hashes},
            "jobs": arguments.jobs,
            "input": _input_facts(page_set, stack),
            "commands": {each.name: _shown_command(each) for each in contestants},
        }
        rounds = [_round(number, contestants, stack, pages) for number in range(1, arguments.rounds + 1)]
    result |= summary(rounds)
    print(shown(result))
    arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if all(floor["holds"] for floor in result["floors"]) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pages", type=Path, help="folder with truth.json or manifest.json")
    parser.add_argument("--ocrmypdf", type=installed_program, required=True, help="its program file")
    parser.add_argument("--images", default="original", help="how dipro_scan stores pages")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=usable_cores(), help="for all; default: one a core")
    parser.add_argument("--out", type=Path, default=Path("versus_ocrmypdf.json"), help="the result, as JSON")
    return parser.parse_args()


def _lie_still(stack: Path) -> None:
    """A file that was just written is waited for (`inbox: settle_seconds`); that is not what is measured."""
    changed = max(stack.stat().st_mtime, stack.stat().st_ctime)
    settle_seconds = load_configuration(PIPELINE).pipeline.inbox.settle_seconds
    time.sleep(max(0.0, changed + settle_seconds + 1.0 - time.time()))


def _input_facts(page_set: PageSet, stack: Path) -> dict[str, Any]:
    return {**page_set.facts, "stack_bytes": stack.stat().st_size, "stack_sha256": sha256(stack)}


def _shown_command(contestant: Contestant) -> str:
    program, *rest = contestant.command(Path("stack.pdf"), Path("output"))
    return " ".join([Path(program).name, *rest])


def _round(number: int, contestants: Sequence[Contestant], stack: Path, pages: Sequence[TruthPage]) -> Round:
    measured: Round = {}
    for contestant in contestants:
        with tempfile.TemporaryDirectory(prefix=f"{contestant.name}-") as name:
            measured[contestant.name] = _values(contestant, stack, pages, Path(name))
        values = measured[contestant.name]
        print(f"round {number}, {contestant.name}: {values['wall_seconds']:.1f} s", file=sys.stderr)
    return measured


def _values(
    contestant: Contestant, stack: Path, pages: Sequence[TruthPage], folder: Path
) -> dict[str, float]:
    cost = contestant.run(stack, folder)
    output = contestant.output(folder)
    texts = output.texts(len(pages))
    compared = [
        (page, errors(page.text, text, order_free=page.order_free))
        for page, text in zip(pages, texts, strict=True)
        if page.text.strip()
    ]
    counts = total(part for _page, part in compared)
    upright = total(part for page, part in compared if not page.rotation)
    return {
        **asdict(cost),
        "peak_process_mib": cost.peak_process_mib,
        "pages_per_second": round(len(pages) / cost.wall_seconds, 4),
        "output_bytes": output.size_bytes,
        "pages_in_pdfs": len(output.places),
        "character_errors": counts.character_errors,
        "character_error_percent": round(100 * (counts.character_error_rate or 0.0), 3),
        "upright_character_error_percent": round(100 * (upright.character_error_rate or 0.0), 3),
        "word_f1_percent": round(100 * (counts.word_f1 or 0.0), 2),
    }


def summary(rounds: Sequence[Round]) -> dict[str, Any]:
    """Medians, ratios of dipro_scan to each other contestant, and whether the floors hold."""
    others = [name for name in rounds[0] if name != OURS]
    ratios = {
        name: {
            value: median_ratio(rounds, value, OURS, name)
            for value in (
                "pages_per_second",
                "cpu_seconds",
                "peak_process_mib",
                "peak_sum_mib",
                "output_bytes",
            )
        }
        for name in others
    }
    return {
        "medians": {name: median_of([each[name] for each in rounds]) for name in rounds[0]},
        "ratios": ratios,
        "floors": _floors(rounds, ratios),
        "rounds": list(rounds),
    }


def _floors(rounds: Sequence[Round], ratios: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    floors: list[dict[str, Any]] = []
    for name, floor in FLOORS.items():
        measured = ratios[name]["pages_per_second"]
        what = f"pages per second, times {name}"
        floors.append({"what": what, "at_least": floor, "measured": measured, "holds": measured >= floor})
    peak = max(each[OURS]["peak_worker_mib"] for each in rounds)
    what = "largest worker of dipro_scan, MiB"
    floors.append({"what": what, "below": WORKER_MIB, "measured": peak, "holds": peak < WORKER_MIB})
    return floors


def shown(result: Mapping[str, Any]) -> str:
    """The result for people."""
    medians: Mapping[str, Mapping[str, float]] = result["medians"]
    header = [f"medians of {len(result['rounds'])}", *medians]
    rows = [
        [label, *(f"{values[key] / unit:.{digits}f}" for values in medians.values())]
        for label, key, unit, digits in (
            ("pages per second", "pages_per_second", 1, 3),
            ("wall seconds", "wall_seconds", 1, 1),
            ("CPU seconds", "cpu_seconds", 1, 1),
            ("largest process, MiB", "peak_process_mib", 1, 0),
            ("largest worker, MiB", "peak_worker_mib", 1, 0),
            ("all processes, MiB", "peak_sum_mib", 1, 0),
            ("PDF bytes, kB a page", "output_bytes", 1000 * result["input"]["pages"], 1),
            ("pages in PDFs", "pages_in_pdfs", 1, 0),
            ("character errors, %", "character_error_percent", 1, 2),
            ("  of upright pages, %", "upright_character_error_percent", 1, 2),
            ("word F1, %", "word_f1_percent", 1, 2),
        )
    ]
    ratios = [
        [f"dipro_scan / {name}", *(f"{value:.2f}" for value in values.values())]
        for name, values in result["ratios"].items()
    ]
    ratio_header = ["ratios", *next(iter(result["ratios"].values()))]
    return "\n\n".join([table(header, rows), table(ratio_header, ratios), _shown_floors(result["floors"])])


def _shown_floors(floors: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for floor in floors:
        asked = f"at least {floor['at_least']}" if "at_least" in floor else f"below {floor['below']:.0f}"
        verdict = "holds" if floor["holds"] else "DOES NOT HOLD"
        lines.append(f"{verdict}: {floor['what']}: {floor['measured']:.2f} ({asked})")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
