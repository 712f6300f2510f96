"""Which document holds a page after persons parted, joined, filed and rejected what runs had made."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.batch.holders import known_document, live_holders, parts_of, still_aside
from dipro_scan.ledger import DocumentEntry, DocumentState, FinishedSource, Ledger
from dipro_scan.model import (
    Document,
    FilingIntent,
    IntentState,
    PageRef,
    ReadPage,
    Record,
    SetAside,
    Source,
)
from dipro_scan.separate import document_id

from ..pages_by_hand import page_reading

SHA = "ab" * 32


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


def page(number: int, sha256: str = SHA) -> ReadPage:
    reading = page_reading(content_sha256=hashlib.sha256(bytes([number])).hexdigest())
    return ReadPage(PageRef(sha256, "stapel.pdf", number), reading, Path("stream"))


def document(*numbers: int, sha256: str = SHA) -> Document:
    pages = tuple(page(number, sha256) for number in numbers)
    return Document(document_id(pages), pages)


def entry(made: Document) -> DocumentEntry:
    refs = tuple(item.ref for item in made.pages)
    return DocumentEntry(made.id, DocumentState.REVIEW, "b", refs, None, 0.0, None, None, None, ())


def found(ledger: Ledger, made: Document) -> list[tuple[list[int], str | None]]:
    return [
        ([item.ref.source_page for item in part.document.pages], part.known.id if part.known else None)
        for part in parts_of(ledger, made)
    ]


def replace(ledger: Ledger, old: Sequence[Document], new: Sequence[Document]) -> None:
    ledger.replace_documents([item.id for item in old], [entry(item) for item in new])


def test_new_known_and_rejected_documents_are_whole(ledger: Ledger) -> None:
    made = document(1, 2)
    assert found(ledger, made) == [([1, 2], None)]
    ledger.hold_document(entry(made))
    assert found(ledger, made) == [([1, 2], made.id)]
    ledger.reject_document(made.id)
    assert found(ledger, made) == [([1, 2], None)]
    assert known_document(ledger, made.id) is None


def test_a_parted_document_is_known_by_its_parts_wherever_its_copy_lies(ledger: Ledger) -> None:
    whole, first, second = document(1, 2, 3), document(1), document(2, 3)
    ledger.hold_document(entry(whole))
    replace(ledger, [whole], [first, second])
    for copy in (whole, document(1, 2, 3, sha256="cd" * 32)):
        assert found(ledger, copy) == [([1], first.id), ([2, 3], second.id)]
    assert known_document(ledger, whole.id) is not None
    ledger.reject_document(second.id)
    assert found(ledger, whole) == [([1], first.id), ([2, 3], None)]


def test_a_joined_document_holds_what_it_was_made_of(ledger: Ledger) -> None:
    first, second, both = document(1), document(2, 3), document(2, 3, 1)
    for item in (first, second):
        ledger.hold_document(entry(item))
    replace(ledger, [second, first], [both])
    assert found(ledger, first) == [([1], both.id)]
    ledger.reject_document(both.id)
    assert found(ledger, first) == [([1], None)]
    replace(ledger, [both], [first, second])
    assert found(ledger, both) == [([2, 3, 1], None)]


def test_a_page_put_back_is_no_longer_aside(ledger: Ledger) -> None:
    ledger.hold_document(entry(document(1, 2)))
    aside, restored = still_aside(ledger, [SetAside(page(2), "blank"), SetAside(page(3), "blank")])
    assert [item.page.ref.source_page for item in aside] == [3]
    assert [item.known.id for item in restored if item.known] == [document(1, 2).id]
    assert set(live_holders(ledger, [page(3).ref])) == {(SHA, 1), (SHA, 2)}


def test_replacing_twice_is_replacing_once_and_hands_sources_on(ledger: Ledger) -> None:
    whole, first, second = document(1, 2), document(1), document(2)
    ledger.hold_document(entry(whole))
    copy = Source(
        "copy.pdf", Path("/in"), Path("/kept"), "cd" * 32, 1, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    ledger.claim_sources([copy], "b")
    ledger.finish_sources([FinishedSource(copy.sha256, 2, (whole.id,))])
    for _again in range(2):
        replace(ledger, [whole], [first, second])
    old = ledger.document(whole.id)
    assert old is not None and (old.state, old.pdf) == (DocumentState.SUPERSEDED, None)
    for sha256 in (SHA, copy.sha256):
        assert [item.id for item in ledger.documents_of(sha256)] == [first.id, second.id]
        assert [item.id for item in ledger.waiting_documents([sha256])] == [first.id, second.id]


def test_what_was_filed_meanwhile_stays_filed(ledger: Ledger) -> None:
    whole, first, second = document(1, 2), document(1), document(2)
    ledger.hold_document(entry(whole))
    record = Record(first.id, "a.pdf", SHA, "a.json", SHA, "rechnung", "20.20-2026")
    intent = FilingIntent("i", first.id, (), (), {}, record)
    ledger.intend(intent)
    ledger.settle(intent, IntentState.DONE)
    replace(ledger, [whole], [first, second])
    filed = ledger.document(first.id)
    assert filed is not None and filed.state is DocumentState.FILED


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_parts_are_the_document_whatever_persons_did(data: st.DataObject) -> None:
    whole = document(*range(1, 7))
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.sqlite")
        ledger.hold_document(entry(whole))
        live, rejected = [whole], set[int]()
        for _step in range(data.draw(st.integers(0, 5))):
            if not live:
                break
            chosen = data.draw(st.sampled_from(live))
            numbers = [item.ref.source_page for item in chosen.pages]
            live.remove(chosen)
            match data.draw(st.sampled_from(["split", "merge", "reject"])):
                case "split" if len(numbers) > 1:
                    cut = data.draw(st.integers(1, len(numbers) - 1))
                    new = [document(*numbers[:cut]), document(*numbers[cut:])]
                    replace(ledger, [chosen], new)
                    live += new
                case "merge" if live:
                    other = live.pop(data.draw(st.integers(0, len(live) - 1)))
                    both = document(*numbers, *(item.ref.source_page for item in other.pages))
                    replace(ledger, [chosen, other], [both])
                    live.append(both)
                case _:
                    ledger.reject_document(chosen.id)
                    rejected |= set(numbers)
        parts = parts_of(ledger, whole)
        ledger.close()
    assert [item for part in parts for item in part.document.pages] == list(whole.pages)
    holders = {item.ref.source_page: made.id for made in live for item in made.pages}
    for part in parts:
        assert part.document.id == document_id(part.document.pages)
        for item in part.document.pages:
            assert holders.get(item.ref.source_page) == (part.known.id if part.known else None)
    assert rejected == set(range(1, 7)) - set(holders)
