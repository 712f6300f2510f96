"""What must be done in time stands first, whoever is told and however."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from dipro_scan.batch.result import DocumentResult, RunResult
from dipro_scan.ledger import DocumentEntry, DocumentState
from dipro_scan.model import Box, Deadline, ExitCode, PageBalance, PageRef
from dipro_scan.report import review_json, review_text, run_json, run_text, run_warning

pytestmark = pytest.mark.usefixtures("english")

SOON = Deadline("date", dt.date(2026, 12, 1), "bis zum 01.12.2026", 2, Box(1, 2, 3, 4), "stated")
LATER = Deadline("period", dt.date(2026, 12, 23), "binnen eines Monats", 1, None, "receipt")
REMEDY = Deadline("remedy", None, "Widerspruch gegen Ihren Bescheid", 1, None, "class")


def document(number: int, state: str, deadline: Deadline | None) -> DocumentResult:
    return DocumentResult(
        id=f"{number:032d}",
        state=state,  # type: ignore[arg-type]
        pages=(PageRef("a" * 64, f"brief{number}.pdf", 1),),
        class_id="mahnung",
        confidence=0.9,
        aktenzeichen="21.20-0001/2026",
        pdf=f"21/brief{number}.pdf",
        metadata=None,
        reasons=(),
        deadline=deadline,
    )


def result(*documents: DocumentResult, waiting: int = 0) -> RunResult:
    return RunResult("b", "posteingang", ExitCode.DONE, 1.0, PageBalance(), documents, waiting=waiting)


MIXED = result(
    document(1, "filed", None),
    document(2, "review", REMEDY),
    document(3, "filed", LATER),
    document(4, "review", SOON),
    document(5, "duplicate", replace(SOON, day=dt.date(2026, 11, 1))),
)


def test_deadlines_head_the_summary_the_earliest_first() -> None:
    lines = run_text(MIXED).splitlines()
    heads = lines[:3]
    assert [line.split()[1] for line in heads] == ["2026-12-01", "2026-12-23", "at"]
    assert "brief4.pdf" in heads[0] and f"{4:032d}"[:12] in heads[0] and "bis zum 01.12.2026" in heads[0]
    assert "brief3.pdf" in heads[1] and "21.20-0001/2026" in heads[1]
    assert "holidays" in lines[3]
    assert not any("2026-11-01" in line for line in lines)


def test_without_deadlines_the_summary_is_as_ever() -> None:
    assert run_text(result(document(1, "filed", None))).splitlines()[0].startswith("filed ")


def test_programs_get_the_deadline_of_each_document() -> None:
    told = {item["id"]: item["deadline"] for item in run_json(MIXED)["documents"]}
    assert told[f"{1:032d}"] is None
    assert told[f"{4:032d}"] == {
        "kind": "date",
        "day": "2026-12-01",
        "basis": "stated",
        "text": "bis zum 01.12.2026",
        "page": 2,
        "box_mm": [1, 2, 3, 4],
    }
    assert told[f"{2:032d}"]["day"] is None


def test_cron_is_told_of_a_deadline_even_where_all_is_filed() -> None:
    assert run_warning(result(document(1, "filed", None))) == ""
    assert "2026-12-23" in run_warning(result(document(3, "filed", LATER)))
    assert run_warning(MIXED).startswith("3 documents have deadlines, the first on 2026-12-01")
    assert "without delay" in run_warning(result(document(2, "filed", REMEDY)))


def test_what_waits_is_listed_by_its_deadline() -> None:
    entries = [
        DocumentEntry(f"{number:032d}", DocumentState.REVIEW, "b", (), None, 0.0, None, None, None, ())
        for number in range(1, 5)
    ]
    deadlines = {f"{2:032d}": REMEDY, f"{3:032d}": LATER, f"{4:032d}": SOON}
    listed = review_json(entries, deadlines)["documents"]
    assert [int(item["id"]) for item in listed] == [4, 3, 2, 1]
    assert [item["deadline"] and item["deadline"]["day"] for item in listed] == [
        "2026-12-01",
        "2026-12-23",
        None,
        None,
    ]
    assert review_text(entries, deadlines).index("2026-12-01") < review_text(entries, deadlines).index(
        "2026-12-23"
    )
    assert [item["id"] for item in review_json(entries)["documents"]] == [entry.id for entry in entries]
