"""`dipro-scan run`: an inbox to records."""

from __future__ import annotations

from pathlib import Path

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
    dry_run: bool,
    json: bool,
) -> int:
    from dipro_scan.batch import RunRequest, load_configuration, open_station, rehearse, run_batch
    from dipro_scan.report import run_json, run_text

    configuration = load_configuration(pipeline, shared.pipelines)
    request = RunRequest(inputs, jobs, consume, shared.quiet, pipeline_file(pipeline))
    if dry_run:
        store = shared.records / ".dipro" if shared.records else None
        if store is not None and store.is_dir():
            with open_station(shared.store) as station:
                result = rehearse(station, configuration, request)
        else:
            result = rehearse(None, configuration, request)
    else:
        with open_station(shared.store, create=True) as station:
            result = run_batch(station, configuration, request)
    if json:
        print_json(run_json(result))
    elif not shared.quiet:
        print_text(run_text(result))
    elif brief := run_text(result, brief=True):
        print_text(brief)
    return int(result.exit)
