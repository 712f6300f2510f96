"""Segments of two passes become documents in the order of the paper, and every page comes out once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.batch.collating import lies_as_scanned, paper_order, places_of_paper, separated
from dipro_scan.batch.segments import Half, OpenedSource, Segment
from dipro_scan.model import (
    BlankVerdict,
    Code,
    CodeMeaning,
    ReadPage,
    Source,
    SourceOutline,
)
from dipro_scan.separate import check_complete
from dipro_scan.settings import Pipeline

from ..pages_by_hand import read_page

PIPELINE = Pipeline.model_validate(
    {
        "schema": 1,
        "name": "x",
        "title": "x",
        "aktenplan": "x",
        "classes": ["x"],
        "collation": {"mode": "two_passes"},
        "separation": {"propose": False},
    }
)
SHEETS = st.lists(st.sampled_from(["tt", "tb", "bt", "sb", "ss", "bb"]), min_size=1, max_size=20)


def page(kind: str, source: str, number: int) -> ReadPage:
    """t: text, b: blank, s: separator."""
    return read_page(
        source,
        number,
        blank=BlankVerdict.BLANK if kind == "b" else BlankVerdict.NOT_BLANK,
        codes=(Code("PatchT", "", CodeMeaning.SEPARATOR),) if kind == "s" else (),
    )


def opened(source: str, pages: int) -> OpenedSource:
    path = Path(f"{source}.pdf")
    when = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return OpenedSource(
        Source(f"in/{source}.pdf", path, path, source, 1, when), SourceOutline("application/pdf", pages)
    )


def stack(sheets: list[str]) -> tuple[Segment, list[ReadPage]]:
    fronts = [page(sheet[0], "v", number) for number, sheet in enumerate(sheets, start=1)]
    backs = [page(sheet[1], "r", number) for number, sheet in enumerate(reversed(sheets), start=1)]
    segment = Segment((opened("v", len(fronts)), opened("r", len(backs))), collated=True)
    return segment, [*fronts, *backs]


@given(SHEETS)
def test_every_page_comes_out_once_and_documents_follow_the_paper(sheets: list[str]) -> None:
    segment, pages = stack(sheets)
    separation = separated(segment, pages, PIPELINE)
    check_complete([item.ref for item in pages], separation)
    assert not lies_as_scanned(separation)
    places = {item.ref: number for number, item in enumerate(pages, start=11)}
    paper = places_of_paper(segment, pages, places, PIPELINE)
    assert sorted(paper.values()) == sorted(places.values())
    order = [paper[item.ref] for document in separation.documents for item in document.pages]
    assert order == sorted(order)
    written = sum(sheet.count("t") for sheet in sheets)
    assert len(order) == written
    assert {document.why[0].code for document in separation.documents} <= {"collated"}


@given(SHEETS)
def test_a_side_too_few_keeps_everything_as_scanned(sheets: list[str]) -> None:
    segment, pages = stack([*sheets, "tt"])
    short = Segment((opened("v", len(sheets) + 1), opened("r", len(sheets))), collated=True)
    separation = separated(short, pages[:-1], PIPELINE)
    assert separation.refs() == [item.ref for item in pages[:-1]]
    assert [len(document.pages) for document in separation.documents] == [len(sheets) + 1, len(sheets)]
    assert lies_as_scanned(separation) and not separation.set_aside
    assert list(paper_order(short, pages[:-1], PIPELINE)) == pages[:-1]
    assert segment.pages == short.pages + 1


@pytest.mark.parametrize("half", [Half(), Half(("in/r.pdf",), sure=True), Half(("a.pdf", "b.pdf"))])
def test_a_half_is_one_document_with_all_its_pages(half: Half) -> None:
    _segment, pages = stack(["ts", "bt", "sb"])
    separation = separated(Segment((opened("v", 3),), half=half), pages[:3], PIPELINE)
    assert separation.refs() == [item.ref for item in pages[:3]]
    (document,) = separation.documents
    assert [doubt.code for doubt in document.doubts] == ["collation_half_missing"]
    assert all(name in document.doubts[0].text for name in ("in/v.pdf", *half.others))
