"""Many files through one watch: all filed, and no more memory at the end than after the first ones."""

from __future__ import annotations

from pathlib import Path

from watch_trial import Trial, bare_seconds, watching

FILES, AT_ONCE, WARM_UP = 200, 20, 100
MOST_GROWTH = 1.10


def test_memory_stays_flat_and_every_page_is_filed_once(tmp_path: Path) -> None:
    trial = Trial(tmp_path / "trial")
    with watching(trial, jobs=1) as process:
        for first in range(0, FILES, AT_ONCE):
            trial.feed(process, first, AT_ONCE)
    assert process.returncode == 143
    assert trial.filed() == FILES
    assert len(trial.timings()["documents"]) == FILES
    early, late = trial.memory[WARM_UP // AT_ONCE - 1], trial.memory[-1]
    assert late["watch"] <= MOST_GROWTH * early["watch"]
    assert late["workers"] <= MOST_GROWTH * early["workers"]
    # What the soak run compares with: one number for each document, and none of them nothing.
    assert all(seconds > 0 for seconds in bare_seconds(tmp_path / "bare", trial.records, 3))
