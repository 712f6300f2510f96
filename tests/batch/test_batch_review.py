"""A case in review comes back as it was kept; one that is damaged or newer is told as such."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dipro_scan.batch.review import CASE_SCHEMA, CasePage, ReviewCase, keep_case, load_case
from dipro_scan.batch.workspace import Workspace
from dipro_scan.model import (
    Batch,
    Box,
    ExitCode,
    Field,
    PageHints,
    PageInput,
    PageRef,
    Place,
    Source,
    StoreDamaged,
    StoreNewer,
    UsageProblem,
)

Damage = Callable[[dict[str, Any]], Any]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(records=tmp_path, state=tmp_path / ".dipro")


@pytest.fixture
def case(workspace: Workspace) -> ReviewCase:
    """A kept case with something in every part of it."""
    ref = PageRef("ab" * 32, "stapel.pdf", 3)
    kept = workspace.originals / "ab"
    source = Source(
        "stapel.pdf",
        Path("/inbox/stapel.pdf"),
        kept,
        "ab" * 32,
        7,
        dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC),
    )
    case = ReviewCase(
        document_id="d" * 64,
        pipeline="posteingang",
        batch=Batch("b", "posteingang", (source,)),
        batch_pages=5,
        positions=(3,),
        pages=(CasePage(ref, "k", PageInput(kept, "ab" * 32, "application/pdf", 3, PageHints(90))),),
        set_aside_blank=(ref._replace(source_page=4),),
        operator="anna",
        station=None,
        date=dt.date(2026, 11, 2),
        class_id="rechnung",
        confidence=0.5,
        place=Place("20.20", "20.20-2026", "Rechnungen 2026", "Rechnungen"),
        fields={"iban": Field("DE1", "DE 1", 0.9, "passed", 1, Box(1, 2, 3, 4))},
        metadata={"reasons": [{"code": "margin", "text": "Too close."}]},
    )
    keep_case(workspace, case, None)
    return case


def case_file(workspace: Workspace, case: ReviewCase) -> Path:
    return workspace.review(case.document_id) / "case.json"


def test_a_case_comes_back_as_it_was_kept(workspace: Workspace, case: ReviewCase) -> None:
    assert load_case(workspace, case.document_id) == case


def test_a_case_from_before_pages_could_be_turned_is_read(workspace: Workspace, case: ReviewCase) -> None:
    path = case_file(workspace, case)
    data = json.loads(path.read_text("utf-8"))
    data["pages"][0].pop("rotation")
    path.write_text(json.dumps(data), "utf-8")
    assert load_case(workspace, case.document_id).pages[0].input.hints == PageHints()


def test_a_document_that_does_not_wait_is_wrong_usage(workspace: Workspace) -> None:
    with pytest.raises(UsageProblem, match="review list"):
        load_case(workspace, "e" * 64)


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 200, b"[]", b"null", b'"case"', b"\xff\xfe", b"{}"])
def test_a_file_that_is_no_case_is_damage(workspace: Workspace, case: ReviewCase, content: bytes) -> None:
    path = case_file(workspace, case)
    path.write_bytes(content)
    with pytest.raises(StoreDamaged) as caught:
        load_case(workspace, case.document_id)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code is ExitCode.DAMAGE


def test_a_case_that_breaks_off_is_damage(workspace: Workspace, case: ReviewCase) -> None:
    path = case_file(workspace, case)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 97):
        path.write_bytes(whole[:length])
        with pytest.raises(StoreDamaged):
            load_case(workspace, case.document_id)


REQUIRED = ("schema", "document_id", "pipeline", "batch", "pages", "date", "confidence", "fields", "metadata")


@pytest.mark.parametrize("key", REQUIRED)
@pytest.mark.parametrize(
    "damage",
    [lambda data, key: data.pop(key), lambda data, key: data.update({key: None})],
    ids=["gone", "null"],
)
def test_a_case_that_lacks_a_part_is_damage(
    workspace: Workspace, case: ReviewCase, key: str, damage: Callable[[dict[str, Any], str], Any]
) -> None:
    path = case_file(workspace, case)
    data = json.loads(path.read_text("utf-8"))
    damage(data, key)
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(StoreDamaged):
        load_case(workspace, case.document_id)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.update(confidence="high"),
        lambda data: data.update(date="2026-13-01"),
        lambda data: data["metadata"].pop("reasons"),
        lambda data: data["metadata"].update(reasons=["Too close."]),
        lambda data: data["pages"][0].update(position="three"),
        lambda data: data["place"].update(colour="red"),
    ],
)
def test_a_part_of_another_kind_is_damage(workspace: Workspace, case: ReviewCase, damage: Damage) -> None:
    path = case_file(workspace, case)
    data = json.loads(path.read_text("utf-8"))
    damage(data)
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(StoreDamaged):
        load_case(workspace, case.document_id)


def test_a_case_of_a_newer_version_is_told(workspace: Workspace, case: ReviewCase) -> None:
    path = case_file(workspace, case)
    path.write_text(json.dumps({"schema": CASE_SCHEMA + 1, "something": "else"}), "utf-8")
    with pytest.raises(StoreNewer) as caught:
        load_case(workspace, case.document_id)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code is ExitCode.NEWER_STORE
