from __future__ import annotations

import datetime as dt
from pathlib import Path

from dipro_scan.batch.bins import Bins
from dipro_scan.batch.result import DocumentResult, SetAsideResult
from dipro_scan.model import PageRef, Quarantined, QuarantineReason, Source


def _refs(count: int) -> tuple[PageRef, ...]:
    return tuple(PageRef("ab", "stapel.pdf", number) for number in range(1, count + 1))


def _source() -> Source:
    when = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Source("copy.pdf", Path("copy.pdf"), Path("kept"), "ab", 1, when)


def _document(state: str, pages: int) -> DocumentResult:
    return DocumentResult("id", state, _refs(pages), None, 0.0, None, None, None, ())


def _filled() -> Bins:
    bins = Bins()
    bins.scan(10)
    bins.document(_document("filed", 3))
    bins.document(_document("review", 2))
    bins.document(_document("duplicate", 1))
    bins.put_aside(SetAsideResult(PageRef("ab", "stapel.pdf", 7), "blank", "p"))
    bins.put_aside(SetAsideResult(PageRef("ab", "stapel.pdf", 8), "separator", "p"))
    bins.put_aside(SetAsideResult(PageRef("ab", "stapel.pdf", 9), "separator", "p"))
    bins.put_aside(SetAsideResult(PageRef("ab", "stapel.pdf", 10), "blank", "p"))
    bins.quarantine(Quarantined("x.pdf", "cd", QuarantineReason.TOO_LARGE, "…", None, 3000))
    bins.quarantine(Quarantined("y.pdf", "ef", QuarantineReason.DAMAGED, "…", None, None))
    bins.duplicate_source(_source(), 4, [])
    return bins


def test_every_bin_counts_its_pages_and_they_add_up() -> None:
    balance = _filled().balance()
    assert (balance.filed, balance.review, balance.duplicate) == (3, 2, 5)
    assert (balance.blank, balance.separator, balance.quarantined) == (2, 2, 3000)
    assert balance.scanned == 3014
    assert balance.adds_up


def test_a_page_that_went_nowhere_breaks_the_balance() -> None:
    bins = _filled()
    bins.scan(1)
    assert not bins.balance().adds_up
