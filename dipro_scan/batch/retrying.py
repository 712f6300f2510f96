"""A source in quarantine, tried again."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dipro_scan.batch.configuring import load_configuration
from dipro_scan.batch.quarantine import (
    clear_quarantine,
    kept_pipeline,
    kept_source,
    lift_guard,
    quarantined_source,
)
from dipro_scan.batch.result import RunResult
from dipro_scan.batch.run import RunRequest, run_batch
from dipro_scan.batch.station import Station
from dipro_scan.ledger import SourceEntry
from dipro_scan.model import SettingsError, UsageProblem
from dipro_scan.settings import Configuration
from dipro_scan.translation import _

DEFAULT_PIPELINE: Final = "posteingang"
"""For sources of which nobody wrote down by which pipeline they were read."""


def lift_quarantine(station: Station, prefix: str) -> SourceEntry:
    """The next run over the source's folder reads it as if it had never been seen."""
    entry = quarantined_source(station, prefix)
    lift_guard(station, entry)
    return entry


def retry_source(
    station: Station, prefix: str, request: RunRequest, configuration: Configuration | None = None
) -> RunResult:
    """Runs the kept bytes of a source again; it stays in quarantine where they still cannot be read.

    Without a `configuration` the pipeline of the run counts which met the source first. Raises UsageProblem
    for a source of which nothing could be kept (a symbolic link, no permission), and what loading that
    pipeline raises.
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
    known = kept_pipeline(station.workspace, entry)
    if configuration is None and known is not None:
        configuration = _loaded_again(known, entry, station)
        is_file = known.endswith((".yaml", ".yml"))
        request = replace(request, pipeline_file=known if is_file else None)
    elif configuration is None:
        configuration = load_configuration(DEFAULT_PIPELINE, station.options.pipelines)
    request = replace(request, sources=(kept,), again=frozenset({entry.sha256}))
    result = run_batch(station, configuration, request)
    if not result.quarantined:
        clear_quarantine(station.workspace, entry.sha256)
    return result


def _loaded_again(known: str, entry: SourceEntry, station: Station) -> Configuration:
    try:
        return load_configuration(known, station.options.pipelines)
    except (UsageProblem, SettingsError) as error:
        sentence = _(
            "%(problem)s That is the pipeline by which %(name)s was read first; name another one with"
            " “--pipeline”."
        )
        raise UsageProblem(sentence % {"problem": error, "name": entry.name}) from error
