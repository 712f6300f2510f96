"""A day by which something must be done, as incoming paper tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dipro_scan.model.geometry import Box

DeadlineKind = Literal["date", "period", "remedy"]
DeadlineBasis = Literal["stated", "receipt", "class"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline that stands on a page: a hint to a person, who looks at the paper, and never legal advice.

    `kind`: `date` names its day, `period` a span of time from the receipt on, `remedy` is a legal remedy,
    which must be looked at without delay whether or not it names a day. `day` is the last day; None where
    none can be told. `basis` tells where it comes from: it is `stated`, was counted from the `receipt`, or
    follows from the `class`. `text` is what was read; `page` counts from 1 within the document.
    """

    kind: DeadlineKind
    day: dt.date | None
    text: str
    page: int
    box: Box | None
    basis: DeadlineBasis


def most_urgent(deadlines: Iterable[Deadline]) -> Deadline | None:
    """The earliest one; one without a day comes after all that have one."""
    return min(deadlines, key=urgency, default=None)


def urgency(deadline: Deadline | None) -> tuple[int, dt.date]:
    """Sorts the most urgent first: by day, then what names none, then what has no deadline at all."""
    if deadline is None:
        return 2, dt.date.max
    return (0, deadline.day) if deadline.day is not None else (1, dt.date.max)
