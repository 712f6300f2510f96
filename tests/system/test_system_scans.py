"""Real paper, scanned by real people, and bad files: everything is accounted for."""

from __future__ import annotations

import collections
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pdfminer.high_level import extract_text
from system_office import Outcome

from dipro_scan.batch.cache import ReadingCache
from dipro_scan.pdf import check_pdfa

# What can be true of each bad file; whatever is not named here must have been read.
TRUE_REASONS = {
    "bad/bomb_60000x60000_white.png": {"too_large"},
    "bad/dims_0x0.png": {"damaged"},
    "bad/many_pages_3000.pdf": {"too_large"},
    "bad/one_byte.png": {"damaged", "unsupported"},
    "bad/ps_named.pdf": {"unsupported"},
    "bad/svg_named.png": {"unsupported"},
    "bad/trunc_scan.tif": {"damaged"},
    "bad/zero.pdf": {"empty"},
    "bad/zip_slip.zip": {"unsupported"},
}
MAY_BE_REFUSED = {
    "bad/flate_bomb_200MB.pdf",
    "bad/mediabox_zero.pdf",
    "bad/strip_20000x3.png",
    "bad/tiny_1x1.png",
    "bad/trunc_scan.jpg",
}
# Read as one column from top to bottom: there the order of the words must be that of the reading.
SINGLE_COLUMN = {
    "ocr/eurotext.tif",
    "ocr/ocrd_bebel_frau_1879_0146.tif",
    "ocr/ocrd_clauren_mimil_1815_0031.jpg",
    "ocr/phototest.tif",
    "ocr/unlv_8505_001.tif",
    "ocr/unlv_8594_001.tif",
    "ocr/unlv_8595_001.tif",
    "pdf/omp_francais.pdf",
    "skew/phototest-rotated-180.png",
    "skew/phototest-rotated-L.png",
    "skew/phototest-rotated-R.png",
}


@pytest.fixture(scope="module")
def everything(
    scans: Path, tmp_path_factory: pytest.TempPathFactory, dipro_scan: Callable[..., Outcome]
) -> dict[str, Any]:
    """All image, PDF and bad files in one run, and the same run again."""
    folder = tmp_path_factory.mktemp("scans")
    inbox = folder / "inbox"
    for part in sorted(scans.iterdir()):
        if part.is_dir() and part.name != "truth":
            shutil.copytree(part, inbox / part.name)
    arguments = ("run", inbox, "--records", folder / "records", "--json")
    first = dipro_scan(*arguments, timeout=1500)
    second = dipro_scan(*arguments)
    return {"inbox": inbox, "records": folder / "records", "first": first, "second": second}


@pytest.mark.xdist_group("scans")
def test_everything_is_accounted_for(everything: dict[str, Any]) -> None:
    outcome: Outcome = everything["first"]
    assert outcome.code == 4, outcome.stderr
    result = outcome.json
    pages = result["pages"]
    assert pages["scanned"] == sum(count for name, count in pages.items() if name != "scanned")
    there = {
        path.relative_to(everything["inbox"]).as_posix()
        for path in everything["inbox"].rglob("*")
        if path.is_file()
    }
    told = (
        {page["source"] for document in result["documents"] for page in document["pages"]}
        | {item["source"] for item in result["set_aside"]}
        | {item["source"] for item in result["quarantined"]}
    )
    assert told == there


@pytest.mark.xdist_group("scans")
def test_each_reason_for_quarantine_is_true(everything: dict[str, Any]) -> None:
    refused = {item["source"]: item["reason"] for item in everything["first"].json["quarantined"]}
    for source, reasons in TRUE_REASONS.items():
        assert refused.get(source) in reasons, (source, refused.get(source))
    assert set(refused) <= set(TRUE_REASONS) | MAY_BE_REFUSED
    counted = {item["source"]: item["pages"] for item in everything["first"].json["quarantined"]}
    assert counted["bad/many_pages_3000.pdf"] == 3000


@pytest.mark.xdist_group("scans")
def test_the_second_run_calls_no_engine_and_files_nothing_twice(everything: dict[str, Any]) -> None:
    first, second = everything["first"].json, everything["second"].json
    assert everything["second"].code == 4
    assert second["readings"]["made"] == 0
    assert second["pages"]["filed"] == second["pages"]["review"] == 0
    assert second["pages"]["quarantined"] == first["pages"]["quarantined"]
    assert second["pages"]["scanned"] == first["pages"]["scanned"]
    assert {item["source"] for item in second["quarantined"]} == {
        item["source"] for item in first["quarantined"]
    }


@pytest.mark.xdist_group("scans")
def test_what_draws_real_text_waits_for_a_person(everything: dict[str, Any]) -> None:
    result = everything["first"].json
    states = {
        page["source"]: document["state"] for document in result["documents"] for page in document["pages"]
    }
    for name in ("pdf/pm_rechnung.pdf", "pdf/pm_dokument_A.pdf", "pdf/pm_dokument_2s.pdf"):
        assert states[name] == "review"


@pytest.mark.xdist_group("scans")
def test_each_pdf_keeps_the_rules_and_holds_the_words_of_the_reading(everything: dict[str, Any]) -> None:
    total: collections.Counter[str] = collections.Counter()
    differing: collections.Counter[str] = collections.Counter()
    single_column = set()
    for document in everything["first"].json["documents"]:
        path = everything["records"] / document["pdf"]
        assert check_pdfa(path) == (), document["pdf"]
        for number, words in enumerate(_words_read(everything["records"], document["metadata"])):
            source = document["pages"][number]["source"]
            if words is None:
                continue
            for reader, extract in (("pypdfium2", _by_pdfium), ("pdfminer.six", _by_pdfminer)):
                found = extract(path, number)
                total[reader] += len(words)
                differing[reader] += _difference(words, found)
                if source in SINGLE_COLUMN:
                    assert found == words, (reader, source)
                    single_column.add(source)
    assert single_column == SINGLE_COLUMN
    for reader, words_in_all in total.items():
        assert words_in_all > 10_000
        assert differing[reader] <= 0.001 * words_in_all, (reader, differing[reader], words_in_all)


def _by_pdfium(path: Path, number: int) -> list[str]:
    """PDFium marks a hyphen at the end of a line as U+FFFE and leaves the line break out."""
    with pypdfium2.PdfDocument(path) as pdf:
        text: str = pdf[number].get_textpage().get_text_bounded()
    return text.replace("\ufffe", "-\n").replace("\x02", "-\n").split()


def _by_pdfminer(path: Path, number: int) -> list[str]:
    return extract_text(path, page_numbers=[number]).split()


def _difference(one: list[str], other: list[str]) -> int:
    lost = collections.Counter(one) - collections.Counter(other)
    extra = collections.Counter(other) - collections.Counter(one)
    return max(lost.total(), extra.total())


def _words_read(records: Path, metadata: str) -> list[list[str] | None]:
    """The words of a document's readings, page by page, from the cache that the run left.

    None for a page that could not be read: the words on the sheet that stands for it are ours.
    """
    content = json.loads((records / metadata).read_text())
    cache = ReadingCache(records / ".dipro" / "cache")
    pages: list[list[str] | None] = []
    for page in content.get("metadata", content)["pages"]:
        reading = None if page.get("reading") == "failed" else cache.reading(page["reading_key"])
        words = reading.text.words() if reading else ()
        pages.append([part for word in words for part in word.text.split()] if reading else None)
    assert sum(words is None for words in pages) == sum(
        page.get("reading") == "failed" for page in content.get("metadata", content)["pages"]
    )
    return pages


@pytest.mark.xdist_group("scans")
def test_a_person_files_what_waits_and_all_is_whole(
    everything: dict[str, Any], dipro_scan: Callable[..., Outcome]
) -> None:
    records = everything["records"]
    waiting = [item["id"] for item in everything["first"].json["documents"] if item["state"] == "review"]
    accepted = dipro_scan(
        "review", "accept", *waiting, "--class", "allgemeines_schreiben", "--records", records, timeout=600
    )
    assert accepted.code == 0, accepted.stderr
    filed = [path for path in records.rglob("*.pdf") if ".dipro" not in path.parts]
    assert len(filed) == len(waiting)
    assert dipro_scan("review", "list", "--json", "--records", records).json["documents"] == []
    assert dipro_scan("verify", "--records", records).code == 0
    again = dipro_scan("run", everything["inbox"], "--records", records, "--json")
    assert again.code == 4 and again.json["waiting"] == 0
