"""Sources, documents and batches as the ledger remembers them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from dipro_scan.ledger import DocumentEntry, DocumentState, FinishedSource, Ledger, SourceState, source_key
from dipro_scan.model import (
    Batch,
    FilingIntent,
    IntentState,
    PageBalance,
    PageRef,
    Quarantined,
    QuarantineReason,
    Reason,
    Record,
    Source,
)

NOON = dt.datetime(2025, 3, 4, 12, 0, tzinfo=dt.UTC)
SHA_A, SHA_B, SHA_C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


def a_source(sha256: str, name: str = "stapel.pdf") -> Source:
    return Source(name, Path("/in") / "x", Path("/kept") / "x", sha256, 10, NOON)


def a_document(id: str, *shas: str, state: DocumentState = DocumentState.REVIEW) -> DocumentEntry:
    return DocumentEntry(
        id=id,
        state=state,
        batch_id="batch",
        pages=tuple(PageRef(sha, f"{sha[0]}.pdf", number) for number, sha in enumerate(shas, start=1)),
        class_id="rechnung",
        confidence=0.75,
        aktenzeichen=None,
        pdf="review/x.pdf",
        metadata=None,
        reasons=(Reason("close_second", "Zwei Klassen liegen nah beieinander."),),
    )


def an_intent(document_id: str, id: str = "intent-1") -> FilingIntent:
    record = Record(
        document_id, "63 Bau/x.pdf", SHA_A, "63 Bau/x.json", SHA_B, "bauantrag", "63.10-0007/2025"
    )
    return FilingIntent(
        id=id,
        document_id=document_id,
        files=(("63 Bau/x.json", SHA_B), ("63 Bau/x.pdf", SHA_A)),
        containers=(("63 Bau/akte.json", "", SHA_C),),
        journal={"document": document_id, "umlaut": "Straße"},
        record=record,
    )


def quarantined(sha256: str | None, name: str = "x.pdf") -> Quarantined:
    return Quarantined(name, sha256, QuarantineReason.ENCRYPTED, "Verschlüsselt.", "q/x.pdf", None)


def test_a_source_is_claimed_counted_and_finished(ledger: Ledger) -> None:
    assert ledger.source(SHA_A) is None
    ledger.claim_sources([a_source(SHA_A)], "one")
    ledger.count_pages({SHA_A: 3})
    entry = ledger.source(SHA_A)
    assert entry is not None
    assert (entry.state, entry.pages, entry.batch_id) == (SourceState.CLAIMED, 3, "one")
    ledger.finish_sources([FinishedSource(SHA_A, 3)])
    ledger.claim_sources([a_source(SHA_A, "again.pdf")], "two")
    entry = ledger.source(SHA_A)
    assert entry is not None
    assert (entry.state, entry.name, entry.batch_id) == (SourceState.FINISHED, "stapel.pdf", "one")


def test_claiming_again_moves_an_unfinished_source_to_the_new_batch(ledger: Ledger) -> None:
    ledger.claim_sources([a_source(SHA_A)], "one")
    ledger.claim_sources([a_source(SHA_A, "new.pdf")], "two")
    entry = ledger.source(SHA_A)
    assert entry is not None
    assert (entry.name, entry.batch_id) == ("new.pdf", "two")


def test_quarantine_discard_and_free(ledger: Ledger) -> None:
    ledger.claim_sources([a_source(SHA_A)], "one")
    ledger.quarantine_source(quarantined(SHA_A), "one")
    ledger.quarantine_source(quarantined(SHA_B, "y.pdf"), "one")
    ledger.claim_sources([a_source(SHA_A)], "two")
    assert [entry.sha256 for entry in ledger.quarantined_sources()] == [SHA_A, SHA_B]
    assert ledger.quarantined_sources()[0].quarantine == quarantined(SHA_A)

    ledger.discard_source(SHA_A)
    ledger.free_source(SHA_B)
    discarded, freed = ledger.source(SHA_A), ledger.source(SHA_B)
    assert discarded is not None and discarded.state is SourceState.DISCARDED
    assert freed is not None and (freed.state, freed.quarantine) == (SourceState.CLAIMED, None)
    assert ledger.quarantined_sources() == []


def test_a_source_without_bytes_is_known_by_its_name(ledger: Ledger) -> None:
    link = quarantined(None, "link.pdf")
    ledger.quarantine_source(link, "one")
    ledger.quarantine_source(link, "two")
    ledger.quarantine_source(quarantined(None, "other.pdf"), "two")
    assert [entry.name for entry in ledger.quarantined_sources()] == ["link.pdf", "other.pdf"]
    entry = ledger.source(source_key(link))
    assert entry is not None and entry.quarantine == link
    ledger.discard_source(source_key(link))
    assert [entry.name for entry in ledger.quarantined_sources()] == ["other.pdf"]


def test_a_name_that_is_no_utf8_is_kept_readable(ledger: Ledger) -> None:
    ledger.claim_sources([a_source(SHA_A, "Stra\udcdfe.pdf")], "one")
    entry = ledger.source(SHA_A)
    assert entry is not None and entry.name == "Stra\\udcdfe.pdf"


def test_a_held_document_comes_back_as_it_was(ledger: Ledger) -> None:
    held = a_document("doc-1", SHA_A, SHA_A, SHA_B)
    ledger.hold_document(held)
    assert ledger.document("doc-1") == held
    fewer = a_document("doc-1", SHA_C)
    ledger.hold_document(fewer)
    assert ledger.document("doc-1") == fewer
    assert ledger.document("doc-2") is None


def test_documents_are_listed_in_order_of_entry_and_found_by_prefix(ledger: Ledger) -> None:
    for id in ("zz-1", "aa_2", "zz-3", "aaX4"):
        ledger.hold_document(a_document(id, SHA_A))
    ledger.hold_document(a_document("zz-1", SHA_B))
    assert [entry.id for entry in ledger.documents()] == ["zz-1", "aa_2", "zz-3", "aaX4"]
    assert [entry.id for entry in ledger.find_document("zz")] == ["zz-1", "zz-3"]
    assert [entry.id for entry in ledger.find_document("aa_")] == ["aa_2"], "no wildcard"
    assert ledger.find_document("%") == []


def test_waiting_documents_of_sources(ledger: Ledger) -> None:
    ledger.hold_document(a_document("late", SHA_B, SHA_A))
    ledger.hold_document(a_document("early", SHA_A))
    ledger.hold_document(a_document("other", SHA_C))
    many = [f"{number:064d}" for number in range(1200)]
    assert [d.id for d in ledger.waiting_documents([*many, SHA_A, SHA_B])] == ["late", "early"]
    assert ledger.waiting_documents([]) == []
    assert [d.id for d in ledger.documents_of(SHA_A)] == ["late", "early"]
    ledger.reject_document("late")
    assert [d.id for d in ledger.documents_of(SHA_B)] == ["late"]
    assert [d.id for d in ledger.waiting_documents([SHA_A])] == ["early"]


def test_settling_an_intent_files_the_document(ledger: Ledger) -> None:
    ledger.hold_document(a_document("doc-1", SHA_A))
    intent = an_intent("doc-1")
    ledger.intend(intent)
    assert list(ledger.open_intents()) == [intent]
    assert ledger.record_of("doc-1") is None

    ledger.settle(intent, IntentState.DONE)
    assert list(ledger.open_intents()) == []
    assert ledger.record_of("doc-1") == intent.record
    assert ledger.records() == [intent.record]
    entry = ledger.document("doc-1")
    assert entry is not None
    assert (entry.state, entry.class_id, entry.aktenzeichen) == (
        DocumentState.FILED,
        "bauantrag",
        "63.10-0007/2025",
    )
    assert (entry.pdf, entry.metadata) == ("63 Bau/x.pdf", "63 Bau/x.json")
    assert entry.pages == (PageRef(SHA_A, "a.pdf", 1),), "what was known of its pages stays"
    ledger.hold_document(a_document("doc-1", SHA_A))
    still = ledger.document("doc-1")
    assert still is not None and still.state is DocumentState.FILED


def test_filing_an_unknown_document_enters_it_and_it_can_be_described(ledger: Ledger) -> None:
    ledger.intend(an_intent("doc-9"))
    ledger.settle(an_intent("doc-9"), IntentState.DONE)
    ledger.describe_document(a_document("doc-9", SHA_A, SHA_B))
    entry = ledger.document("doc-9")
    assert entry is not None
    assert entry.state is DocumentState.FILED
    assert (entry.class_id, entry.confidence) == ("bauantrag", 0.75)
    assert [page.source_sha256 for page in entry.pages] == [SHA_A, SHA_B]


def test_a_discarded_intent_files_nothing_and_may_come_again(ledger: Ledger) -> None:
    intent = an_intent("doc-1")
    ledger.intend(intent)
    ledger.settle(intent, IntentState.DISCARDED)
    assert ledger.record_of("doc-1") is None
    assert ledger.document("doc-1") is None
    assert list(ledger.open_intents()) == []
    ledger.intend(intent)
    assert list(ledger.open_intents()) == [intent]


def test_rejecting_lifts_the_guard(ledger: Ledger) -> None:
    ledger.claim_sources([a_source(SHA_A)], "one")
    ledger.finish_sources([FinishedSource(SHA_A, 1)])
    ledger.claim_sources([a_source(SHA_C)], "one")
    ledger.discard_source(SHA_C)
    ledger.hold_document(a_document("doc-1", SHA_A, SHA_C))
    ledger.intend(an_intent("doc-1"))
    ledger.settle(an_intent("doc-1"), IntentState.DONE)
    ledger.reject_document("doc-1")
    assert ledger.record_of("doc-1") is None
    assert ledger.records() == []
    entry, source, discarded = ledger.document("doc-1"), ledger.source(SHA_A), ledger.source(SHA_C)
    assert entry is not None and entry.state is DocumentState.REJECTED
    assert source is not None and source.state is SourceState.CLAIMED
    assert discarded is not None and discarded.state is SourceState.DISCARDED
    ledger.hold_document(a_document("doc-1", SHA_A))
    again = ledger.document("doc-1")
    assert again is not None and again.state is DocumentState.REVIEW
    ledger.intend(an_intent("doc-1", "intent-2"))
    ledger.settle(an_intent("doc-1", "intent-2"), IntentState.DONE)
    assert ledger.record_of("doc-1") is not None


def test_batches_begin_end_and_begin_again(ledger: Ledger) -> None:
    first, second = Batch("b-1", "posteingang", ()), Batch("b-2", "posteingang", ())
    assert ledger.begin_batch(first, NOON) is False
    assert ledger.begin_batch(first, NOON) is True, "it was interrupted"
    balance = PageBalance(scanned=4, filed=3, blank=1)
    local = dt.datetime(2025, 3, 4, 13, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    ledger.begin_batch(first, NOON)
    ledger.begin_batch(second, local)
    ledger.end_batch("b-1", NOON + dt.timedelta(minutes=1), 3, balance)
    newest, oldest = ledger.last_batches(5)
    assert (newest.id, newest.started, newest.finished) == ("b-2", local.astimezone(dt.UTC), None)
    assert newest.started.tzinfo is dt.UTC
    assert (oldest.exit_code, oldest.balance) == (3, balance)
    assert [entry.id for entry in ledger.last_batches(1)] == ["b-2"]

    assert ledger.begin_batch(first, NOON + dt.timedelta(hours=1)) is False, "it had ended"
    again = ledger.last_batches(1)[0]
    assert (again.id, again.finished, again.balance) == ("b-1", None, None)
    with pytest.raises(StatementError, match="aware"):
        ledger.begin_batch(first, NOON.replace(tzinfo=None))


def test_a_question_about_the_unknown_is_a_mistake_of_ours(ledger: Ledger) -> None:
    with pytest.raises(LookupError):
        ledger.finish_sources([FinishedSource(SHA_A, 1)])
    with pytest.raises(LookupError):
        ledger.reject_document("nobody")
