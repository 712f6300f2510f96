"""The last day of a span of time, counted as §§ 187 to 193 BGB count it."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Literal

Unit = Literal["day", "week", "month"]

_SATURDAY = 5


def last_day(start: dt.date, count: int, unit: Unit) -> dt.date:
    """The last day of a span that an event on `start` sets off.

    The day of the event does not count (§ 187 Abs. 1); weeks end on the weekday and months on the number of
    the day of the event, or on the month's last day where it has no such (§ 188 Abs. 2, 3). On a Saturday or
    Sunday the next working day takes its place (§ 193). Public holidays are not known here, so a day that
    falls on one is earlier than the law's, never later.
    """
    if unit == "month":
        months = start.year * 12 + start.month - 1 + count
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        end = dt.date(year, month + 1, min(start.day, last))
    else:
        end = start + dt.timedelta(days=count * (7 if unit == "week" else 1))
    while end.weekday() >= _SATURDAY:
        end += dt.timedelta(days=1)
    return end


def with_year(day: int, month: int, earliest: dt.date) -> dt.date | None:
    """The first such day from `earliest` on; None where the calendar has none."""
    for year in (earliest.year, earliest.year + 1):
        try:
            found = dt.date(year, month, day)
        except ValueError:
            continue
        if found >= earliest:
            return found
    return None
