"""`dipro-scan run`: an inbox to records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dipro_scan.cli.options import (
    Shared,
    command,
    jobs_option,
    json_option,
    pipeline_file,
    pipeline_option,
)
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.translation import _

if TYPE_CHECKING:
    from dipro_scan.batch.result import RunResult


def build() -> click.Command:
    return command(
        "run",
        run,
        [
            click.Argument(
                ["inputs"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT..."
            ),
            pipeline_option(),
            jobs_option(),
            click.Option(
                ["--consume"],
                is_flag=True,
                help=_("Take sources out of the inbox once all in them is on disk and verified."),
            ),
            click.Option(
                ["--settle-seconds"],
                type=click.FloatRange(0, 3600),
                metavar="SECONDS",
                help=_("How long a file must not have been touched to count as wholly written."),
            ),
            click.Option(["--dry-run"], is_flag=True, help=_("Say what would happen; file nothing.")),
            json_option(),
        ],
        _("Reads files and folders, files what is clear, and keeps the rest for you."),
    )


def run(
    shared: Shared,
    inputs: tuple[Path, ...],
    pipeline: str,
    jobs: int | None,
    consume: bool,
    settle_seconds: float | None,
    dry_run: bool,
    json: bool,
) -> int:
    from dipro_scan.batch import RunRequest, load_configuration, open_station, rehearse, run_batch

    configuration = load_configuration(pipeline, shared.pipelines)
    request = RunRequest(inputs, jobs, consume, shared.quiet, pipeline_file(pipeline))
    request = replace(request, settle_seconds=settle_seconds)
    if dry_run:
        store = shared.records / ".dipro" if shared.records else None
        if store is not None and store.is_dir():
            with open_station(shared.store) as station:
                result = rehearse(station, configuration, request, shared.pipelines)
        else:
            result = rehearse(None, configuration, request, shared.pipelines)
    else:
        with open_station(shared.store, create=True) as station:
            result = run_batch(station, configuration, request)
    tell_run(result, shared, json=json)
    return int(result.exit)


def tell_run(result: RunResult, shared: Shared, *, json: bool) -> None:
    """Says what a run did; quietly, only what a person has to see to: cron sends a mail for just that."""
    from dipro_scan.report import run_json, run_text, run_warning

    if json:
        print_json(run_json(result))
    elif not shared.quiet:
        print_text(run_text(result, verbose=shared.verbose))
    elif warning := run_warning(result):
        click.echo(warning, err=True)
