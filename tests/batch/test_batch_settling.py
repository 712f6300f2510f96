"""Waiting for files that are still being written, with a clock that the test turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from dipro_scan.batch.settling import Pace, wait_until_settled
from dipro_scan.intake.candidates import Candidate


class FakePace:
    """Time passes only by waiting; `events` happen when their second comes.

    Files are as old as `age_seconds` by this clock: negative, and their times lie in the future.
    """

    def __init__(
        self, events: dict[float, Callable[[], object]] | None = None, age_seconds: float = -3600.0
    ) -> None:
        self.waited = 0.0
        self._events = dict(events or {})
        self._start = time.time() + age_seconds

    def pace(self) -> Pace:
        return Pace(lambda: self._start + self.waited, lambda: self.waited, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.waited += seconds
        for second in [second for second in self._events if second <= self.waited]:
            self._events.pop(second)()


def candidate(path: Path) -> Candidate:
    path.write_bytes(b"first half")
    return Candidate(path, path.name)


def test_fresh_files_are_waited_for(tmp_path: Path) -> None:
    files = [candidate(tmp_path / name) for name in ("b.tif", "a.tif")]
    fake = FakePace()
    settled = wait_until_settled(files, 5, 60, fake.pace())
    assert settled.ready == tuple(files)
    assert 4 <= fake.waited <= 6


def test_old_files_are_taken_at_once(tmp_path: Path) -> None:
    file = candidate(tmp_path / "a.tif")
    fake = FakePace(age_seconds=3600.0)
    assert wait_until_settled([file], 5, 60, fake.pace()).ready == (file,)
    assert fake.waited == 0.0


def test_a_file_that_never_rests_is_left_and_named_and_the_others_are_taken(tmp_path: Path) -> None:
    growing, whole = candidate(tmp_path / "growing.tif"), candidate(tmp_path / "whole.tif")

    def grow() -> None:
        with growing.path.open("ab") as file:
            file.write(b"more")

    fake = FakePace({float(second): grow for second in range(1, 40)})
    settled = wait_until_settled([growing, whole], 5, 20, fake.pace())
    assert settled.ready == (whole,)
    assert settled.changing == ("growing.tif",)
    assert fake.waited >= 20


def test_a_file_that_somebody_takes_away_meanwhile_is_gone(tmp_path: Path) -> None:
    file = candidate(tmp_path / "a.tif")
    settled = wait_until_settled([file], 5, 60, FakePace({2.0: file.path.unlink}).pace())
    assert (settled.ready, settled.gone) == ((), ("a.tif",))


def test_a_file_written_in_two_halves_is_taken_after_the_second(tmp_path: Path) -> None:
    file = candidate(tmp_path / "a.tif")
    fake = FakePace({4.0: lambda: file.path.write_bytes(b"first half, second half")})
    settled = wait_until_settled([file], 5, 60, fake.pace())
    assert settled.ready == (file,)
    assert fake.waited >= 8.5
