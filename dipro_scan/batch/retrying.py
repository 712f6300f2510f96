"""A source in quarantine, tried again."""

from __future__ import annotations

from dataclasses import replace

from dipro_scan.batch.quarantine import clear_quarantine, kept_source, lift_guard, quarantined_source
from dipro_scan.batch.result import RunResult
from dipro_scan.batch.run import RunRequest, run_batch
from dipro_scan.batch.station import Station
from dipro_scan.ledger import SourceEntry
from dipro_scan.model import UsageProblem
from dipro_scan.settings import Configuration
from dipro_scan.translation import _


def lift_quarantine(station: Station, prefix: str) -> SourceEntry:
    """The next run over the source's folder reads it as if it had never been seen."""
    entry = quarantined_source(station, prefix)
    lift_guard(station, entry)
    return entry


def retry_source(
    station: Station, configuration: Configuration, prefix: str, request: RunRequest
) -> RunResult:
    """Runs the kept bytes of a source again; it stays in quarantine where they still cannot be read.

    Raises UsageProblem for a source of which nothing could be kept (a symbolic link, no permission).
    """
    entry = quarantined_source(station, prefix)
    kept = kept_source(station.workspace, entry)
    if kept is None:
        raise UsageProblem(
            _(
                "Of %(name)s nothing could be kept; mend it in its folder,"
                " then use “quarantine retry --again”."
            )
            % {"name": entry.name}
        )
    again = frozenset({entry.sha256})
    result = run_batch(station, configuration, replace(request, sources=(kept,), again=again))
    if not result.quarantined:
        clear_quarantine(station.workspace, entry.sha256)
    return result
