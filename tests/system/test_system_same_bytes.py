"""The same paper read by one worker or by four, today or in the next run: the same bytes."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from municipal_paper.pages import Lay, make_pages
from system_office import Outcome, sources_in

SAMPLES = Path(__file__).parents[2] / "samples"
COMMITTED = ("mahnung-fax.tif", "vollmacht.jpg", "rechnung-kopie.jpg")
"""A fax, a worn sheet, a poor copy."""

GENERATED: tuple[tuple[str, Lay], ...] = (
    ("form", "level"),
    ("table", "level"),
    ("stamp", "level"),
    ("small_print", "level"),
    ("noisy", "turned"),
    ("clean", "skewed"),
)
SEED = 7301
NOON = "1750000000"
"""The time that it is (SOURCE_DATE_EPOCH) in every run."""

Tree = dict[str, bytes]


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One page of each kind that is hard in its own way, all come in at the same time."""
    folder = tmp_path_factory.mktemp("same") / "inbox"
    folder.mkdir()
    for group, lay in GENERATED:
        make_pages(group, "report", SEED, 1, folder, lay)
    for name in COMMITTED:
        shutil.copy(SAMPLES / name, folder)
    for path in folder.iterdir():
        os.utime(path, (1_749_000_000, 1_749_000_000))
    return folder


@pytest.fixture(scope="module")
def by_one(inbox: Path, dipro_scan: Callable[..., Outcome]) -> tuple[Any, Tree]:
    """What one worker made of the pages."""
    return made(inbox, 1, dipro_scan)


def made(inbox: Path, jobs: int, command: Callable[..., Outcome]) -> tuple[Any, Tree]:
    """A run's summary, and the files that it left in a new records folder, always of the same name.

    All but the ledger: that is made from the journal, and how a database lies in its file promises nothing.
    """
    records = inbox.with_name("records")
    arguments = ("--records", records, "--jobs", jobs, "--json")
    outcome = command("run", inbox, *arguments, timeout=600, SOURCE_DATE_EPOCH=NOON)
    assert outcome.code == 3, outcome
    left = [path for path in sources_in(records) if not path.name.startswith("ledger.sqlite")]
    tree = {str(path.relative_to(records)): path.read_bytes() for path in left}
    shutil.rmtree(records)
    summary = outcome.json
    assert summary.pop("seconds") > 0
    return summary, {name: without_cost(name, content) for name, content in tree.items()}


def without_cost(name: str, content: bytes) -> bytes:
    """A cached reading says what it cost, which is never the same; nothing else of it may differ."""
    if not name.endswith(".reading"):
        return content
    reading = json.loads(zlib.decompress(content))
    assert reading.pop("seconds") > 0
    return json.dumps(reading, ensure_ascii=False).encode()


def test_the_pages_are_hard_enough_to_be_read_in_every_way(by_one: tuple[Any, Tree]) -> None:
    summary, tree = by_one
    assert summary["pages"]["scanned"] == len(GENERATED) + len(COMMITTED)
    assert summary["pages"]["filed"] and summary["pages"]["review"]
    readings = [json.loads(content) for name, content in tree.items() if name.endswith(".reading")]
    assert len(readings) == summary["pages"]["scanned"]
    assert {reading["geometry"]["rotation"] == 0 for reading in readings} == {True, False}
    assert any(abs(reading["geometry"]["skew_degrees"]) > 2 for reading in readings)
    assert any(reading["stamps"] for reading in readings)
    assert any(reading["rereadings"] for reading in readings)


@pytest.mark.parametrize("jobs", [1, 4])
def test_another_run_leaves_the_same_bytes(
    inbox: Path, by_one: tuple[Any, Tree], dipro_scan: Callable[..., Outcome], jobs: int
) -> None:
    """Records, documents that wait, journal and cached readings, all from nothing."""
    summary, tree = made(inbox, jobs, dipro_scan)
    assert summary == by_one[0]
    assert sorted(tree) == sorted(by_one[1])
    assert [name for name in tree if tree[name] != by_one[1][name]] == []
