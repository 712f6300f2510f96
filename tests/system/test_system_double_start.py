"""Two runs on one inbox, and a watch, a run and a person on one store: each page filed once."""

from __future__ import annotations

from pathlib import Path

import pytest
from double_start_trial import LOCKED, started_twice, together


@pytest.mark.parametrize("apart_seconds", [0.0, 0.0, 0.0, 0.2, 0.8])
def test_two_runs_started_at_once_file_each_page_once(tmp_path: Path, apart_seconds: float) -> None:
    trial = started_twice(tmp_path / "trial", apart_seconds=apart_seconds)
    assert trial.problems == ()
    assert sorted(trial.codes) in ([0, 0], [0, LOCKED])


def test_a_watch_a_run_and_a_person_share_one_store(tmp_path: Path) -> None:
    assert together(tmp_path / "trial", 2) == []
