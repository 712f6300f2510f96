"""Writes `<schema>.sql` beside this file: a store of today's schema with a row of every kind, as SQL text.

Run once when a schema is released, with that version: `python tests/ledger/stores/make_store.py`. The files
of older schemas are never written again; tests bring each of them to today's schema.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from dipro_scan.ledger import DocumentEntry, DocumentState, FinishedSource, Ledger, PagePrint
from dipro_scan.ledger.database import schema_of
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

FOLDER = Path(__file__).parent
NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
NAMES = {"a": "Straße 1.pdf", "b": "anlage.tif", "c": "broken.png", "d": "gone.png", "e": "half.pdf"}


def sha(letter: str) -> str:
    return letter * 64


def document(name: str, letter: str) -> DocumentEntry:
    return DocumentEntry(
        id=name,
        state=DocumentState.REVIEW,
        batch_id="batch-1",
        pages=(PageRef(sha(letter), NAMES[letter], 1), PageRef(sha(letter), NAMES[letter], 2)),
        class_id="rechnung",
        confidence=0.8125,
        aktenzeichen=None,
        pdf=f".dipro/review/{name}/document.pdf",
        metadata=f".dipro/review/{name}/case.json",
        reasons=(Reason("close_second", "Zwei Klassen liegen nah beieinander."),),
    )


def filing(name: str) -> FilingIntent:
    stem = f"63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_{name}"
    record = Record(name, f"{stem}.pdf", sha("1"), f"{stem}.json", sha("2"), "bauantrag", "63.10-0007/2025")
    return FilingIntent(
        id=f"intent-{name}",
        document_id=name,
        files=((record.metadata, sha("2")), (record.pdf, sha("1"))),
        containers=(("63 Bauordnung/63.10-0007_2025 Musterweg 5/akte.json", "", sha("3")),),
        journal={"document": name, "akte": "63 Bauordnung/63.10-0007_2025 Musterweg 5"},
        record=record,
    )


def fill(ledger: Ledger) -> None:
    """A row of every table and of every state."""
    ledger.begin_batch(Batch("batch-1", "posteingang", ()), NOON)
    for letter, name in NAMES.items():
        source = Source(name, Path("/inbox"), Path("/kept"), sha(letter), 10, NOON)
        ledger.claim_sources([source], "batch-1")
    for letter, reason in (("c", QuarantineReason.DAMAGED), ("d", QuarantineReason.EMPTY)):
        ledger.quarantine_source(Quarantined(NAMES[letter], sha(letter), reason, "…", None, 3), "batch-1")
    ledger.discard_source(sha("d"))
    for name, letter in (("waiting", "a"), ("filed", "a"), ("rejected", "b")):
        ledger.hold_document(document(name, letter), [PagePrint(1, {"image": letter * 64}, (ord(letter), 7))])
    for name, state in (
        ("filed", IntentState.DONE),
        ("taken-back", IntentState.DISCARDED),
        ("under-way", IntentState.OPEN),
    ):
        ledger.intend(filing(name))
        if state is not IntentState.OPEN:
            ledger.settle(filing(name), state)
    ledger.finish_sources(
        [FinishedSource(sha("a"), 4, ("waiting", "filed")), FinishedSource(sha("b"), 2, ("rejected",))]
    )
    ledger.reject_document("rejected")
    ledger.begin_attempt(sha("e"))
    balance = PageBalance(scanned=9, filed=2, review=4, quarantined=3)
    ledger.end_batch("batch-1", NOON + dt.timedelta(minutes=1), 4, balance)
    ledger.begin_batch(Batch("batch-2", "posteingang", ()), NOON + dt.timedelta(hours=1))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "ledger.sqlite"
        ledger = Ledger(path)
        fill(ledger)
        ledger.close()
        target = FOLDER / f"{schema_of(path)}.sql"
        with closing(sqlite3.connect(path)) as connection:
            target.write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main()
