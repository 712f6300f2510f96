"""Spans of time end on the day on which §§ 187 to 193 BGB let them end, public holidays left out."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.classify.deadline_days import Unit, last_day, with_year

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2026-11-23", 1, "month", "2026-12-23"),
        ("2026-01-31", 1, "month", "2026-03-02"),  # 28 February is a Saturday
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2025-10-31", 1, "month", "2025-12-01"),  # 30 November is a Sunday
        ("2026-11-30", 3, "month", "2027-03-01"),
        ("2026-12-02", 2, "week", "2026-12-16"),
        ("2026-11-27", 10, "day", "2026-12-07"),
        ("2026-11-27", 1, "day", "2026-11-30"),
        ("2026-11-28", 2, "week", "2026-12-14"),
    ],
)
def test_known_spans(start: str, count: int, unit: Unit, end: str) -> None:
    assert last_day(dt.date.fromisoformat(start), count, unit).isoformat() == end


@given(DAYS, st.integers(1, 36))
def test_months_end_on_the_same_number_or_the_months_last_day(start: dt.date, months: int) -> None:
    end = last_day(start, months, "month")
    assert end.weekday() < 5
    ordinal = start.year * 12 + start.month - 1 + months
    year, month = divmod(ordinal, 12)
    number = min(start.day, calendar.monthrange(year, month + 1)[1])
    assert 0 <= (end - dt.date(year, month + 1, number)).days <= 2


@given(DAYS, st.integers(1, 60))
def test_weeks_end_on_the_weekday_of_the_event(start: dt.date, weeks: int) -> None:
    end = last_day(start, weeks, "week")
    expected = start + dt.timedelta(weeks=weeks)
    assert end == expected if expected.weekday() < 5 else end.weekday() == 0


@given(DAYS, st.integers(1, 12), st.integers(1, 31))
def test_a_day_without_a_year_is_the_next_one(earliest: dt.date, month: int, day: int) -> None:
    found = with_year(day, month, earliest)
    if found is None:
        assert day > 28
        return
    assert (found.month, found.day) == (month, day)
    assert dt.timedelta(0) <= found - earliest < dt.timedelta(days=731)
