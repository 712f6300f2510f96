"""Waits until the files of an inbox are wholly written; what is not by then is left for the next run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from dipro_scan.intake.candidates import Candidate
from dipro_scan.intake.stability import Look, Stability, StabilityTracker

LOOK_AGAIN_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes: the wall clock in seconds since 1970, one that never jumps, and waiting."""

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Settled:
    """Candidates that can be taken, and names of those still being written and of those that went away."""

    ready: tuple[Candidate, ...]
    changing: tuple[str, ...] = ()
    gone: tuple[str, ...] = field(default=())


def wait_until_settled(
    candidates: Sequence[Candidate], settle_seconds: float, patience_seconds: float, pace: Pace
) -> Settled:
    """Every candidate judged: at once where none was touched lately, else within `patience_seconds`.

    A file counts as whole when it was not touched for `settle_seconds`. Their order is kept.
    """
    tracker = StabilityTracker(settle_seconds)
    until = pace.steady() + patience_seconds
    verdicts = _judged(candidates, tracker, pace)
    while Stability.CHANGING in verdicts.values() and pace.steady() < until:
        pace.sleep(min(LOOK_AGAIN_SECONDS, max(0.05, settle_seconds / 4)))
        waiting = [item for item in candidates if verdicts[item] is Stability.CHANGING]
        verdicts |= _judged(waiting, tracker, pace)
    by_verdict = {
        verdict: tuple(item for item in candidates if verdicts[item] is verdict) for verdict in Stability
    }
    return Settled(
        ready=by_verdict[Stability.SETTLED],
        changing=tuple(item.name for item in by_verdict[Stability.CHANGING]),
        gone=tuple(item.name for item in by_verdict[Stability.GONE]),
    )


def _judged(
    candidates: Sequence[Candidate], tracker: StabilityTracker, pace: Pace
) -> dict[Candidate, Stability]:
    return {
        item: tracker.judge(item.path, Look.at(item.path), pace.wall(), pace.steady()) for item in candidates
    }
