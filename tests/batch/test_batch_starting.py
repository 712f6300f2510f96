"""How many workers begin before a run has loaded its own libraries."""

from __future__ import annotations

from pathlib import Path

import pytest

from dipro_scan.batch import starting


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    counts: list[int] = []
    monkeypatch.setattr(starting, "StartedWorkers", lambda count, _language: counts.append(count))
    return counts


def _inbox(folder: Path, *files: str) -> Path:
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


@pytest.mark.parametrize(
    ("files", "jobs", "workers"),
    [
        ((), 4, 0),
        ((".dipro/ledger.db", ".DS_Store"), 4, 0),
        (("stapel.pdf",), 4, 2),
        (("stapel.pdf",), 1, 1),
        (("bauamt/a.tif", "bauamt/b.tif", "c.pdf"), 8, 4),
        (("a.tif", "b.tif", "c.tif", "d.tif"), 2, 2),
    ],
)
def test_one_a_file_and_one_more_but_none_for_an_empty_inbox(
    tmp_path: Path, counted: list[int], files: tuple[str, ...], jobs: int, workers: int
) -> None:
    starting.started_workers([_inbox(tmp_path, *files)], jobs)
    assert counted == [workers]


def test_a_file_that_is_named_counts_and_one_that_is_not_there_does_not(
    tmp_path: Path, counted: list[int]
) -> None:
    _inbox(tmp_path, "a.pdf")
    starting.started_workers([tmp_path / "a.pdf", tmp_path / "b.pdf"], 8)
    assert counted == [2]
