"""When a file counts as wholly written, with clocks that the test turns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.intake.stability import Look, Stability, StabilityTracker

FILE = Path("scan.tif")
NOW = 1_800_000_000.0


def look(age_seconds: float, size: int = 10) -> Look:
    return Look(size, int((NOW - age_seconds) * 1e9))


def test_a_file_that_was_not_touched_for_long_is_settled_at_first_sight() -> None:
    assert StabilityTracker(5).judge(FILE, look(6), NOW, 0.0) is Stability.SETTLED


def test_a_fresh_file_is_settled_when_it_grew_old_enough() -> None:
    tracker = StabilityTracker(5)
    fresh = look(1)
    assert tracker.judge(FILE, fresh, NOW, 0.0) is Stability.CHANGING
    assert tracker.judge(FILE, fresh, NOW + 3.9, 3.9) is Stability.CHANGING
    assert tracker.judge(FILE, fresh, NOW + 4.1, 4.1) is Stability.SETTLED


def test_a_file_that_grows_starts_again() -> None:
    tracker = StabilityTracker(5)
    ahead = -3600.0  # the server's clock is an hour ahead
    assert tracker.judge(FILE, look(ahead, 10), NOW, 0.0) is Stability.CHANGING
    assert tracker.judge(FILE, look(ahead, 20), NOW + 4, 4.0) is Stability.CHANGING
    assert tracker.judge(FILE, look(ahead, 20), NOW + 8, 8.0) is Stability.CHANGING
    assert tracker.judge(FILE, look(ahead, 20), NOW + 9, 9.0) is Stability.SETTLED


def test_a_wall_clock_that_is_set_back_does_not_keep_a_file_waiting_for_ever() -> None:
    tracker = StabilityTracker(5)
    written = look(0)
    assert tracker.judge(FILE, written, NOW - 7200, 0.0) is Stability.CHANGING
    assert tracker.judge(FILE, written, NOW - 7195, 5.0) is Stability.SETTLED


def test_what_is_gone_is_forgotten() -> None:
    tracker = StabilityTracker(5)
    tracker.judge(FILE, look(-100), NOW, 0.0)
    assert tracker.judge(FILE, None, NOW, 1.0) is Stability.GONE
    assert tracker.judge(FILE, look(-100), NOW, 10.0) is Stability.CHANGING


def test_without_a_time_to_wait_everything_that_is_there_is_settled() -> None:
    assert StabilityTracker(0).judge(FILE, look(0), NOW, 0.0) is Stability.SETTLED


def test_a_copy_with_an_old_time_is_looked_at_by_the_time_of_its_inode(tmp_path: Path) -> None:
    path = tmp_path / "copied.tif"
    path.write_bytes(b"half")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    seen = Look.at(path)
    assert seen is not None
    assert seen.changed_ns == path.stat().st_ctime_ns > 1_700_000_000_000_000_000


def test_a_file_that_is_not_there_gives_no_look(tmp_path: Path) -> None:
    assert Look.at(tmp_path / "gone.tif") is None


@given(st.lists(st.tuples(st.floats(0, 20), st.booleans()), min_size=1, max_size=30), st.floats(0.1, 10))
def test_settled_means_unchanged_for_the_whole_time(steps: list[tuple[float, bool]], settle: float) -> None:
    tracker = StabilityTracker(settle)
    steady, size, last_change = 0.0, 1, 0.0
    tracker.judge(FILE, look(-1e6, size), NOW, steady)
    for seconds, grows in steps:
        steady += seconds
        if grows:
            size, last_change = size + 1, steady
        verdict = tracker.judge(FILE, look(-1e6, size), NOW, steady)
        unchanged = steady - last_change
        assert (verdict is Stability.SETTLED) == pytest.approx(unchanged >= settle)
