"""What a run did, as values: for the summary, for `--json`, for the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dipro_scan.model import Deadline, ExitCode, PageBalance, PageRef, Quarantined, Reason


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """One document of the run. Paths are as `Workspace.shown` gives them.

    `deadline` is its most urgent one; of a duplicate it was told before. `spreads` are those of its pages
    that are shown as two.
    """

    id: str
    state: Literal["filed", "review", "duplicate"]
    pages: tuple[PageRef, ...]
    class_id: str | None
    confidence: float
    aktenzeichen: str | None
    pdf: str | None
    metadata: str | None
    reasons: tuple[Reason, ...]
    deadline: Deadline | None = None
    spreads: tuple[PageRef, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAsideResult:
    ref: PageRef
    why: Literal["blank", "separator"]
    path: str | None


@dataclass(frozen=True, slots=True)
class SourceBalance:
    """Where the pages of one file went. `sha256` is None where its bytes could not be read."""

    source: str
    sha256: str | None
    balance: PageBalance


@dataclass(frozen=True, slots=True)
class RunResult:
    """`waiting` counts documents of this run's sources that wait for a person, from this run or before.

    `readings_made` and `readings_cached` tell how many pages an engine read and how many were known.
    `unreleased` sources stay in the inbox because they changed meanwhile; `ignored` files are no scans,
    `unsettled` ones are still being written and wait for the next run, `gone` ones were taken away,
    `halves` of stacks wait in the inbox for the other side. `orphan_tickets`, which are among the ignored,
    tell of scans that do not lie there.
    """

    batch_id: str
    pipeline: str
    exit: ExitCode
    seconds: float
    balance: PageBalance
    documents: tuple[DocumentResult, ...] = ()
    set_aside: tuple[SetAsideResult, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    waiting: int = 0
    readings_made: int = 0
    readings_cached: int = 0
    dry_run: bool = False
    unreleased: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()
    orphan_tickets: tuple[str, ...] = ()
    sources: tuple[SourceBalance, ...] = ()
