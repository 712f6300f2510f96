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


def test_every_source_has_a_balance_of_its_own() -> None:
    found = {(item.source, item.sha256): item.balance for item in _filled().sources()}
    assert set(found) == {("stapel.pdf", "ab"), ("x.pdf", "cd"), ("y.pdf", "ef"), ("copy.pdf", "ab")}
    assert (found["x.pdf", "cd"].scanned, found["x.pdf", "cd"].quarantined) == (3000, 3000)
    assert (found["copy.pdf", "ab"].scanned, found["copy.pdf", "ab"].duplicate) == (4, 4)
    assert found["y.pdf", "ef"].scanned == 0


def test_sources_add_up_one_by_one_and_to_the_batch() -> None:
    bins = Bins()
    bins.scan(3, _source())
    bins.document(DocumentResult("id", "filed", tuple(_copies(1, 2)), None, 0.0, None, None, None, ()))
    assert not bins.sources()[0].balance.adds_up
    bins.put_aside(SetAsideResult(_copies(3)[0], "blank", "p"))
    (source,) = bins.sources()
    assert source.balance.adds_up and source.balance == bins.balance()


def _copies(*numbers: int) -> list[PageRef]:
    return [PageRef("ab", "copy.pdf", number) for number in numbers]
