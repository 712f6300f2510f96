"""What lies aside is written down with its reason, its neighbour and all that putting it back takes."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from dipro_scan.batch.filing import BatchFacts
from dipro_scan.batch.side_pages import LaidAside, SidePage, keep_side_pages, side_pages
from dipro_scan.batch.workspace import Workspace
from dipro_scan.model import (
    Batch,
    BlankVerdict,
    Code,
    CodeMeaning,
    PageInput,
    PageRef,
    ReadPage,
    SetAside,
    Source,
    StoreDamaged,
    StoreNewer,
)

from ..pages_by_hand import page_reading

SHA = "ab" * 32
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(records=tmp_path, state=tmp_path / ".dipro")


def _aside(number: int, why: Any, *, sheet: bool = False) -> SetAside:
    reading = page_reading(
        content_sha256=f"{number:064}",
        blank=BlankVerdict.BLANK,
        codes=(Code("PatchT", "T", CodeMeaning.SEPARATOR),) if sheet else (),
    )
    return SetAside(ReadPage(PageRef(SHA, "stapel.pdf", number), reading, Path(f"{number}.stream")), why)


def _kept(workspace: Workspace) -> list[SidePage]:
    """A stack whose pages 3 and 6 are a document's; 1, 4, 5 and 7 were set aside."""
    source = Source("stapel.pdf", Path("/in/stapel.pdf"), Path("/kept/ab.pdf"), SHA, 9, NOON)
    refs = [PageRef(SHA, "stapel.pdf", number) for number in range(1, 8)]
    facts = BatchFacts(
        batch=Batch("b", "posteingang", (source,)),
        pages=17,
        positions={ref: 10 + ref.source_page for ref in refs},
        operator="anna",
        station=None,
    )
    inputs = {ref: PageInput(source.kept, SHA, "application/pdf", ref.source_page) for ref in refs}
    folder = workspace.set_aside(SHA)
    laid = [
        LaidAside(_aside(1, "blank"), folder / "0001_blank.pdf"),
        LaidAside(_aside(4, "separator", sheet=True), folder / "0004_separator.pdf"),
        LaidAside(_aside(5, "separator"), folder / "0005_separator.pdf"),
        LaidAside(_aside(7, "blank"), None),
    ]
    keep_side_pages(workspace, facts, inputs, [refs[5], refs[2]], laid)
    return list(side_pages(workspace))


def test_each_page_knows_its_neighbour_reason_and_place(workspace: Workspace) -> None:
    found = _kept(workspace)
    told = [
        (side.page.ref.source_page, side.neighbour.ref.source_page if side.neighbour else 0) for side in found
    ]
    assert told == [(1, 3), (4, 3), (5, 3), (7, 6)]
    assert [side.position for side in found] == [11, 14, 15, 17]
    assert [side.pdf.name if side.pdf else None for side in found] == [
        "0001_blank.pdf",
        "0004_separator.pdf",
        "0005_separator.pdf",
        None,
    ]
    assert len({side.reason.split(" is ")[1] for side in found}) == 3
    assert found[0].page.key == "1" and found[0].page.input.path == Path("/kept/ab.pdf")
    assert found[0].facts.batch.sources[0].arrived == NOON and found[0].facts.operator == "anna"


def test_writing_again_replaces(workspace: Workspace) -> None:
    assert _kept(workspace) == _kept(workspace)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"{}", b'{"schema": 1, "pages": [{}]}', b"\xff"]
)
def test_what_is_no_such_file_is_damage(workspace: Workspace, content: bytes) -> None:
    _kept(workspace)
    path = workspace.set_aside(SHA) / "pages.json"
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match=r"pages\.json"):
        list(side_pages(workspace))


def test_a_newer_file_is_told(workspace: Workspace) -> None:
    _kept(workspace)
    path = workspace.set_aside(SHA) / "pages.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 2}))
    with pytest.raises(StoreNewer):
        list(side_pages(workspace))
