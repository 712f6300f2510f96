"""The journal's events, and what each did to the ledger."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dipro_scan
from dipro_scan.batch import corrections
from dipro_scan.batch.evidence import Evidence
from dipro_scan.batch.replay import EVENTS, WITHOUT_EFFECT, Replay
from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import DocumentState, SourceState
from dipro_scan.model import GENESIS, JournalEntry, StoreDamaged

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
SHA = "a" * 64
BALANCE = dict.fromkeys(("scanned", "filed", "review", "duplicate", "blank", "separator", "quarantined"), 0)


def journalled_events() -> Iterator[str]:
    """The names of events as the code writes them: literals given to `append` with data beside them."""
    for path in Path(dipro_scan.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                literal = node.args[0] if len(node.args) >= 2 else None
                if node.func.attr == "append" and isinstance(literal, ast.Constant):
                    yield str(literal.value)


def test_every_event_of_the_journal_can_be_replayed() -> None:
    written = {*journalled_events(), *corrections.Event.__args__, "filed"}
    assert {"held", "batch_finished"} <= written
    assert written <= {*EVENTS, *WITHOUT_EFFECT}, "say in batch/replay.py what the event did to the ledger"


@pytest.fixture
def told(tmp_path: Path) -> Replay:
    return Replay(Evidence(Workspace(tmp_path, tmp_path / ".dipro")))


def line(number: int, event: str, **data: Any) -> JournalEntry:
    time = NOON + dt.timedelta(minutes=number)
    return JournalEntry(number, time, event, {"batch": "batch", "key": "key", **data}, GENESIS, GENESIS)


def finished(number: int, *documents: str) -> JournalEntry:
    return line(number, "source_finished", source=SHA, pages=2, documents=list(documents), set_aside=[])


def test_a_source_goes_through_its_states(told: Replay) -> None:
    told.take([line(1, "quarantined", source=SHA, reason="damaged", pages=3)])
    source = told.sources[SHA]
    assert (source.state, source.pages, source.batch_id) == (SourceState.QUARANTINED, 3, "batch")
    assert source.quarantine is not None and source.quarantine.reason == "damaged"
    told.take([line(2, "quarantine_lifted", source=SHA, reason=None, operator=None)])
    assert (told.sources[SHA].state, told.sources[SHA].quarantine) == (SourceState.CLAIMED, None)
    told.take([finished(3, "doc")])
    assert (told.sources[SHA].state, told.sources[SHA].pages) == (SourceState.FINISHED, 2)
    told.take([line(4, "sources_reopened", sources=[SHA])])
    assert told.sources[SHA].state is SourceState.CLAIMED
    told.take([finished(5, "doc")])
    assert told.sources[SHA].state is SourceState.FINISHED
    assert list(told.copies) == [(SHA, "doc")]
    told.take([line(6, "discarded", source=SHA, reason="x", operator=None)])
    assert told.sources[SHA].state is SourceState.DISCARDED


def test_rejecting_opens_the_sources_again(told: Replay) -> None:
    pages = [{"source": SHA, "page": 1}]
    told.take([line(1, "held", document="doc", reasons=["why"], pages=pages), finished(2, "doc")])
    assert told.documents["doc"].state is DocumentState.REVIEW
    assert [page.source_page for page in told.documents["doc"].pages] == [1]
    told.take([line(3, "rejected", document="doc", reason="x", operator=None)])
    assert told.documents["doc"].state is DocumentState.REJECTED
    assert told.sources[SHA].state is SourceState.CLAIMED


def test_a_split_document_gives_way_to_its_parts(told: Replay) -> None:
    pages = [{"source": SHA, "page": 1}, {"source": SHA, "page": 2}]
    parts = [
        {"document": name, "state": "review", "pages": [page], "reasons": ["split"]}
        for name, page in zip(("one", "two"), pages, strict=True)
    ]
    told.take(
        [
            line(1, "held", document="doc", reasons=["why"], pages=pages),
            finished(2, "doc"),
            line(3, "split", superseded=["doc"], documents=parts, restored=[], request={}, operator=None),
        ]
    )
    assert [entry.state.value for entry in told.documents.values()] == ["superseded", "review", "review"]
    assert [page.source_page for page in told.documents["two"].pages] == [2]
    assert set(told.copies) == {(SHA, "doc"), (SHA, "one"), (SHA, "two")}


def test_a_batch_ends_begins_again_and_keeps_its_place(told: Replay) -> None:
    other = JournalEntry(
        2, NOON, "held", {"batch": "other", "document": "d", "reasons": []}, GENESIS, GENESIS
    )
    ended = {"pipeline": "p", "started": NOON.isoformat(), "finished": NOON.isoformat(), "exit": 3}
    told.take([finished(1), other, line(3, "batch_finished", pages=BALANCE, **ended)])
    batch = told.batches["batch"]
    assert (batch.pipeline, batch.started, batch.finished, batch.exit_code) == ("p", NOON, NOON, 3)
    told.take([finished(4)])
    assert told.batches["batch"].finished is None
    told.take([line(5, "batch_finished", pages=BALANCE)])
    batch = told.batches["batch"]
    assert (batch.pipeline, batch.exit_code) == ("p", None), "a line of the first days"
    assert batch.finished == NOON + dt.timedelta(minutes=5)
    assert list(told.batches) == ["batch", "other"]


def test_a_line_that_is_none_of_ours_is_told(told: Replay) -> None:
    with pytest.raises(StoreDamaged, match="Line 7"):
        told.take([line(7, "source_finished", source=SHA)])
    told.take([line(8, "something_else")])
