"""What was said and found is read back from records and cases as it was written."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from dipro_scan.batch.said import (
    deadline_json,
    deadline_of,
    deadlines_from_json,
    deadlines_of,
    index_from_json,
    index_json,
)
from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import DocumentEntry, DocumentState
from dipro_scan.model import Box, Deadline, IndexValues

SOON = Deadline("date", dt.date(2026, 12, 1), "bis zum 01.12.2026", 2, Box(1, 2, 3, 4), "stated")
REMEDY = Deadline("remedy", None, "Widerspruch", 1, None, "class")


def entry(document_id: str, state: DocumentState, metadata: str | None = None) -> DocumentEntry:
    return DocumentEntry(document_id, state, "b", (), None, 0.0, None, None, metadata, ())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "records", tmp_path / "state")


def test_voices_and_deadlines_survive_json() -> None:
    voices = (
        IndexValues("cover", "7F3K", "rechnung", "20.20-0001/2026", 3, "hoch", "sk07", "A1", {"betrag": "1"}),
        IndexValues("folder", "eingang"),
    )
    assert index_from_json(json.loads(json.dumps(index_json(voices)))) == voices
    told = json.loads(json.dumps([deadline_json(item) for item in (SOON, REMEDY)]))
    assert deadlines_from_json(told) == (SOON, REMEDY)


def test_a_deadline_is_found_again_where_its_document_lies(workspace: Workspace) -> None:
    found = [deadline_json(REMEDY), deadline_json(SOON)]
    case = workspace.review("1" * 32) / "case.json"
    record = workspace.records / "20" / "a.json"
    for path, content in ((case, {"metadata": {"deadlines": found}}), (record, {"deadlines": found})):
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    waiting = entry("1" * 32, DocumentState.REVIEW)
    filed = entry("2" * 32, DocumentState.FILED, "20/a.json")
    assert deadline_of(workspace, waiting) == deadline_of(workspace, filed) == SOON
    others = [entry("3" * 32, DocumentState.REVIEW), entry("4" * 32, DocumentState.REJECTED)]
    assert deadlines_of(workspace, [waiting, *others]) == {"1" * 32: SOON}


@pytest.mark.parametrize("content", ["", "[]", '{"deadlines": [{"kind": "date"}]}', '{"deadlines": 3}', "{}"])
def test_metadata_that_tell_of_none_or_are_damaged_have_no_deadline(
    workspace: Workspace, content: str
) -> None:
    path = workspace.records / "a.json"
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    assert deadline_of(workspace, entry("1" * 32, DocumentState.FILED, "a.json")) is None
