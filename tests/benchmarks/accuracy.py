"""Character error, word error and order-free word F1, per page and group, beside Tesseract and OCRmyPDF.

    python tests/benchmarks/accuracy.py FOLDER... --ocrmypdf /path/to/its/venv/bin/ocrmypdf --rivals KEPT

Each FOLDER holds generated pages with `truth.json`, or real scans with `manifest.json`.

- `dipro_scan`: what a person finds in the records: the text layer of the PDFs that a whole `dipro-scan run`
  leaves, taken out with PDFium. A page set aside as blank or as a separator has no text.
- `ocrmypdf_full`: the same from the PDF of `ocrmypdf --deskew --rotate-pages --clean --output-type pdfa`.
- `tesseract`: tesserocr on the page as it is, neither turned nor straightened; the text is Tesseract's own.

All three are given the same bytes and the same language data by SHA-256 (else nothing is run), in the same
order of languages; dipro_scan reads a folder as one stack. What rivals read is kept in KEPT, by page
(`rival_texts.py`): with `--rivals-only` they read ahead, and a later run takes dipro_scan's time alone.

What is reported comes from generated pages of the set `report`, with a seed that nobody looked at before;
what is tuned on, of the set `tuning` (`--set tuning`): the sets share neither templates nor seeds, and a run
refuses folders of the other one. Real scans are too few to be parted: they are in both, so their numbers
are those of pages that developers know.

`error_rates.py` says how texts are folded and compared, `accuracy_limits.py` what is asked of dipro_scan
beside OCRmyPDF, `reading_faults.py` how faults are sorted and umlauts, ß, §, € and digits counted. Rates of a
group weigh pages by their length; the median is over pages. Pages whose reading order is debatable count in
word F1 alone. The truth of generated pages has their print; ratios and pages that are worse are told a second
time without what was read of handwriting and stamps (`written_words.py`). Limits heed everything that was
read. Ends with 1 where one does not hold.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from accuracy_limits import PagePair, capped_mean, group_ratios, limits, mean_of_ratios, worse_pages
from accuracy_tables import in_group_order, shown
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
from measuring import machine_facts, now_utc, usable_cores
from reading_faults import Inspection, inspected, total_faults, total_kinds
from rival_texts import BareTesseract, OcrMyPdfTexts, Rival, kept_texts
from truth_pages import PageSet, TruthPage, in_stack_order, load_pages, make_stack, sha256
from written_words import without_written

OURS: Final = "dipro_scan"
THEIRS: Final = "ocrmypdf_full"
MOST_MISTAKEN: Final = 20


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page with what each reader made of it."""

    page: TruthPage
    texts: dict[str, str]
    errors: dict[str, Errors]
    inspections: dict[str, Inspection]
    print_alone: dict[str, Errors]

    @property
    def pair(self) -> PagePair:
        return PagePair(self.page.path.name, self.page.group, self.errors[OURS], self.errors[THEIRS])

    @property
    def pair_of_print(self) -> PagePair:
        """Without what was read of handwriting and stamps."""
        ours, theirs = self.print_alone[OURS], self.print_alone[THEIRS]
        return PagePair(self.page.path.name, self.page.group, ours, theirs)


def main() -> int:
    arguments = _arguments()
    sets = [_chosen(load_pages(folder), arguments) for folder in arguments.folders]
    languages = reading_languages()
    with ExitStack() as temporary:
        folder = Path(temporary.enter_context(tempfile.TemporaryDirectory(prefix="accuracy-")))
        hashes = shared_language_data(languages, arguments.ocrmypdf, folder / "tessdata")
        data = folder / "tessdata"
        other = OcrMyPdf(arguments.ocrmypdf, arguments.jobs, languages, data, THEIRS, FULL)
        require_same_data(hashes, other)
        rivals: list[Rival] = [OcrMyPdfTexts(other, hashes), BareTesseract(languages, hashes)]
        kept = arguments.rivals or folder / "rivals"
        texts = {
            rival.name: [text for each in sets for text in kept_texts(rival, each.pages, kept)]
            for rival in rivals
        }
        if arguments.rivals_only:
            return 0
        ours = [_our_texts(each, other.python, arguments.jobs) for each in sets]
        texts = {OURS: [text for part, _facts in ours for text in part], **texts}
        facts = {
            "schema": 2,
            "date": now_utc(),
            "machine": machine_facts(),
            "software": software_versions(other),
            "language_data": {"languages": languages, "sha256": hashes},
            "input": [{**each.facts, **stack} for each, (_texts, stack) in zip(sets, ours, strict=True)],
        }
    read = _compared([page for each in sets for page in each.pages], texts)
    result = {**facts, **summary(read, reported=arguments.set_name == "report")}
    print(shown(result))
    result["pages"] = [_page_result(each, arguments.texts) for each in read]
    arguments.out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if all(limit["holds"] for limit in result["limits"]) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders with truth.json or manifest.json")
    parser.add_argument("--ocrmypdf", type=installed_program, required=True, help="its program file")
    parser.add_argument("--set", dest="set_name", choices=("report", "tuning"), default="report")
    parser.add_argument("--groups", nargs="+", metavar="GROUP", help="only pages of these")
    parser.add_argument("--rivals", type=Path, metavar="DIR", help="where texts of rivals are kept")
    parser.add_argument("--rivals-only", action="store_true", help="let the rivals read, show nothing")
    parser.add_argument("--jobs", type=int, default=usable_cores())
    parser.add_argument("--texts", action="store_true", help="put the texts read into the result, too")
    parser.add_argument("--out", type=Path, default=Path("accuracy.json"), help="the result, as JSON")
    arguments = parser.parse_args()
    if arguments.rivals_only and not arguments.rivals:
        parser.error("--rivals-only needs --rivals DIR")
    return arguments


def _chosen(page_set: PageSet, arguments: argparse.Namespace) -> PageSet:
    """The pages of a folder that have text and are asked for, as they lie in the stack."""
    if page_set.facts["set"] not in ("real", arguments.set_name):
        raise SystemExit(
            f"These pages are of the set {page_set.facts['set']}; --set asks for {arguments.set_name}."
        )
    asked = [
        page
        for page in page_set.pages
        if page.text.strip() and (not arguments.groups or page.group in arguments.groups)
    ]
    if not asked:
        raise SystemExit(f"No page of {page_set.facts} is in any group that was asked for.")
    return replace(page_set, pages=tuple(in_stack_order(asked)))


def _our_texts(page_set: PageSet, python: Path, jobs: int) -> tuple[list[str], dict[str, str]]:
    """The text of each page from a run over all of them, and what names the stack in the result."""
    ours = DiproScan(jobs)
    with tempfile.TemporaryDirectory(prefix=f"{ours.name}-") as name:
        stack = Path(name) / "stack.pdf"
        make_stack(page_set.pages, python, stack)
        ours.run(stack, Path(name))
        texts = ours.output(Path(name)).texts(len(page_set.pages))
        facts = {"stack_sha256": sha256(stack)}
    print(f"{ours.name}: {len(page_set.pages)} pages of the set {page_set.facts['set']}", file=sys.stderr)
    return texts, facts


def _compared(pages: Sequence[TruthPage], texts: dict[str, list[str]]) -> list[ReadPage]:
    return [
        compared(page, {name: every[number] for name, every in texts.items()})
        for number, page in enumerate(pages)
    ]


def compared(page: TruthPage, texts: dict[str, str]) -> ReadPage:
    found = {name: errors(page.text, text, order_free=page.order_free) for name, text in texts.items()}
    inspections = {
        name: inspected(page.text, text, found[name].character_errors) for name, text in texts.items()
    }
    print_alone = {
        name: errors(page.text, without_written(text, page.text, page.written), order_free=page.order_free)
        for name, text in texts.items()
    }
    return ReadPage(page, texts, found, inspections, print_alone)


def summary(read: Sequence[ReadPage], *, reported: bool) -> dict[str, Any]:
    """All of the result that is about more than one page; JSON values."""
    pairs = [each.pair for each in read]
    return {
        "reported": reported,
        "groups": dict(_groups(read)),
        **_beside_the_other(pairs),
        "print_alone": _beside_the_other([each.pair_of_print for each in read]),
        "order_free_pages": [
            {"file": each.page.path.name, "word_f1_percent": _f1_by_reader(each)}
            for each in read
            if each.page.order_free
        ],
        "limits": [
            {
                "what": limit.what,
                "at_least" if limit.at_least else "at_most": limit.limit,
                "measured": _rounded(limit.measured),
                "holds": limit.holds,
            }
            for limit in limits(pairs, reported=reported)
        ],
    }


def _beside_the_other(pairs: Sequence[PagePair]) -> dict[str, Any]:
    ratios = group_ratios(pairs)
    return {
        "ratios": {
            group: {
                "pages": ratios[group].pages,
                OURS: _percent(ratios[group].ours),
                THEIRS: _percent(ratios[group].theirs),
                "ratio": _rounded(ratios[group].ratio),
            }
            for group in in_group_order(ratios)
        },
        "mean_ratio": _rounded(mean_of_ratios(ratios)),
        "worse_pages": [_worse(pair) for pair in worse_pages(pairs)],
    }


def _groups(read: Sequence[ReadPage]) -> Iterator[tuple[str, dict[str, Any]]]:
    for group in in_group_order({each.page.group for each in read}):
        members = [each for each in read if each.page.group == group]
        readers = {name: _reader_rates(members, name) for name in members[0].errors}
        yield group, {"pages": len(members), "readers": readers}


def _reader_rates(read: Sequence[ReadPage], name: str) -> dict[str, Any]:
    counts = [each.errors[name] for each in read]
    by_page = [rate for part in counts if (rate := part.character_error_rate) is not None]
    inspections = [each.inspections[name] for each in read]
    mistaken: Counter[tuple[str, str]] = Counter()
    for inspection in inspections:
        mistaken += inspection.mistaken
    in_order = [each.inspections[name].faults for each in read if not each.page.order_free]
    return {
        **_rates(total(counts)),
        "median_page_cer_percent": _percent(median(by_page)) if by_page else None,
        "mean_capped_page_cer_percent": _percent(capped_mean(counts)),
        "characters": total(counts).characters,
        "character_errors": total(counts).character_errors,
        "faults": asdict(total_faults(in_order)),
        "characters_by_kind": {
            kind: asdict(part) for kind, part in total_kinds(each.kinds for each in inspections).items()
        },
        "most_mistaken": [[*pair, times] for pair, times in mistaken.most_common(MOST_MISTAKEN)],
    }


def _rates(counts: Errors) -> dict[str, float | None]:
    return {
        "cer_percent": _percent(counts.character_error_rate),
        "wer_percent": _percent(counts.word_error_rate),
        "word_f1_percent": _percent(counts.word_f1),
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 3)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _f1_by_reader(read: ReadPage) -> dict[str, float | None]:
    return {name: _percent(part.word_f1) for name, part in read.errors.items()}


def _worse(pair: PagePair) -> dict[str, Any]:
    return {
        "file": pair.file,
        "group": pair.group,
        "characters": pair.ours.characters,
        "character_errors": {OURS: pair.ours.character_errors, THEIRS: pair.theirs.character_errors},
        "cer_percent": {
            OURS: _percent(pair.ours.character_error_rate),
            THEIRS: _percent(pair.theirs.character_error_rate),
        },
    }


def _page_result(read: ReadPage, with_texts: bool) -> dict[str, Any]:
    page = read.page
    result: dict[str, Any] = {
        "file": page.path.name,
        "group": page.group,
        "rotation": page.rotation,
        "skew": page.skew_degrees,
        "order_free": page.order_free,
        "readers": {
            name: {**_rates(part), **asdict(part), "faults": asdict(read.inspections[name].faults)}
            for name, part in read.errors.items()
        },
    }
    return {**result, "texts": read.texts} if with_texts else result


if __name__ == "__main__":
    sys.exit(main())
