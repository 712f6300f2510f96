from __future__ import annotations

import datetime as dt

import pytest

from dipro_scan.batch.clock import SystemClock
from dipro_scan.model import UsageProblem


def test_a_fixed_time_for_reproducible_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert SystemClock().now() == dt.datetime(2023, 11, 14, 22, 13, 20, tzinfo=dt.UTC)


def test_a_wrong_fixed_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "gestern")
    with pytest.raises(UsageProblem, match="gestern"):
        SystemClock()


def test_without_it_the_time_moves_and_is_aware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert abs(SystemClock().now() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)
