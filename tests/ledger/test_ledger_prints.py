"""Pages found again by what they share, in a store of any size; and how often a source was begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from dipro_scan.ledger import DocumentEntry, DocumentState, FinishedSource, Ledger, PagePrint
from dipro_scan.ledger.contents import read_ledger, write_ledger
from dipro_scan.ledger.prints import KEYS_A_PAGE, PAGES_A_KEY, rarest
from dipro_scan.model import FilingIntent, IntentState, PageRef, Record, Source

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


def entry(name: str) -> DocumentEntry:
    pages = (PageRef(name.ljust(64, "0"), f"{name}.pdf", 1),)
    return DocumentEntry(name, DocumentState.REVIEW, "b", pages, None, 0.0, None, None, None, ())


def hold(ledger: Ledger, name: str, *keys: int) -> None:
    ledger.hold_document(entry(name), [PagePrint(1, {"image": name}, keys)])


def found(ledger: Ledger, *keys: int) -> list[tuple[str, int]]:
    return [(page.document_id, page.shared) for page in ledger.similar_pages(keys, 5)]


def test_pages_are_found_by_what_they_share_the_likest_first(ledger: Ledger) -> None:
    hold(ledger, "one", 1, 2, 3)
    hold(ledger, "two", 3, 4)
    ledger.hold_document(entry("long"), [PagePrint(1, {}, (8,)), PagePrint(3, {"image": "x"}, (9, 2**62))])
    assert found(ledger, 1, 2, 3) == [("one", 3), ("two", 1)]
    assert found(ledger, 4, 77) == [("two", 1)]
    assert found(ledger, 77) == found(ledger) == []
    (page,) = ledger.similar_pages([2**62, 9], 5)
    assert (page.document_id, page.position, page.data, page.pages) == ("long", 3, {"image": "x"}, 2)


def test_what_is_on_every_letter_finds_nothing(ledger: Ledger) -> None:
    for number in range(PAGES_A_KEY + 5):
        hold(ledger, f"letter-{number}", 7, 1000 + number)
    assert found(ledger, 7) == []
    assert found(ledger, 7, 1003) == [("letter-3", 1)]
    assert found(ledger, 7, 1000 + PAGES_A_KEY + 4) == [(f"letter-{PAGES_A_KEY + 4}", 1)]


def test_a_page_is_entered_under_its_rarest_keys() -> None:
    counts = {key: PAGES_A_KEY if key < 10 else 5 if key < 20 else 0 for key in range(40)}
    assert rarest(range(40), counts) == [*range(20, 20 + KEYS_A_PAGE)]
    assert rarest(range(22), counts) == [20, 21, *range(10, 20)]
    assert rarest([30, 30], counts) == [30]


def test_rejected_and_superseded_documents_are_not_found(ledger: Ledger) -> None:
    hold(ledger, "rejected", 1)
    hold(ledger, "parted", 1)
    ledger.reject_document("rejected")
    assert found(ledger, 1) == [("parted", 1)]
    ledger.replace_documents(["parted"], [entry("part")], fingerprints={"part": [PagePrint(1, {}, (1,))]})
    assert found(ledger, 1) == [("part", 1)]


def test_what_is_filed_is_found_still_and_entering_it_again_changes_nothing(ledger: Ledger) -> None:
    hold(ledger, "letter", 1, 2)
    record = Record("letter", "a.pdf", "1" * 64, "a.json", "2" * 64, "rechnung", "20-0001/2026")
    intent = FilingIntent("intent", "letter", (), (), {}, record)
    ledger.intend(intent)
    ledger.settle(intent, IntentState.DONE)
    assert found(ledger, 1) == [("letter", 1)]
    ledger.describe_document(entry("letter"), [PagePrint(1, {"image": "new"}, (1, 2))])
    assert found(ledger, 1, 2) == [("letter", 2)]
    ledger.describe_document(entry("letter"))
    assert found(ledger, 1, 2) == [("letter", 2)], "nothing new was said about its look"


def test_a_ledger_written_at_one_stroke_finds_the_same(tmp_path: Path, ledger: Ledger) -> None:
    for number in range(PAGES_A_KEY + 3):
        hold(ledger, f"letter-{number}", 7, 1000 + number, 2000 + number // 2)
    contents = read_ledger(tmp_path / "ledger.sqlite")
    assert len(contents.fingerprints) == PAGES_A_KEY + 3
    keys = {f"letter-{n}": (7, 1000 + n, 2000 + n // 2) for n in range(PAGES_A_KEY + 3)}
    prints = tuple((id, PagePrint(page.position, page.data, keys[id])) for id, page in contents.fingerprints)
    again = type(contents)(documents=contents.documents, fingerprints=prints)
    write_ledger(tmp_path / "again.sqlite", again)
    assert read_ledger(tmp_path / "again.sqlite").fingerprints == contents.fingerprints
    other = Ledger(tmp_path / "again.sqlite")
    for asked in ((7,), (1003, 7), (2001,), (2000 + PAGES_A_KEY // 2,)):
        assert found(other, *asked) == found(ledger, *asked)
    other.close()


def test_attempts_are_counted_until_the_source_is_finished_or_freed(ledger: Ledger) -> None:
    sha256 = "a" * 64
    source = Source("a.pdf", Path("/inbox/a.pdf"), Path("/kept/a.pdf"), sha256, 10, NOON)
    ledger.claim_sources([source], "b")
    assert [ledger.begin_attempt(sha256) for _ in range(3)] == [1, 2, 3]
    ledger.claim_sources([source], "b")
    assert ledger.begin_attempt(sha256) == 4
    ledger.clear_attempts(sha256)
    assert ledger.begin_attempt(sha256) == 1
    ledger.finish_sources([FinishedSource(sha256, 1)])
    assert ledger.begin_attempt(sha256) == 1
    ledger.free_source(sha256)
    assert ledger.begin_attempt(sha256) == 1
    ledger.clear_attempts("unknown")
    with pytest.raises(LookupError):
        ledger.begin_attempt("unknown")
