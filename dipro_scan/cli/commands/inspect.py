"""`dipro-scan inspect`: look, file nothing."""

from __future__ import annotations

from pathlib import Path

import click

from dipro_scan.cli.options import Shared, command, jobs_option, json_option, pipeline_option
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.translation import _


def build() -> click.Command:
    return command(
        "inspect",
        inspect,
        [
            click.Argument(
                ["files"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
            ),
            pipeline_option(),
            jobs_option(),
            click.Option(
                ["--debug"],
                type=click.Path(path_type=Path, file_okay=False),
                metavar=_("FOLDER"),
                help=_("Write pictures that explain each page to this folder."),
            ),
            json_option(),
        ],
        _("Reads pages and says what it sees; files nothing."),
    )


def inspect(
    shared: Shared,
    files: tuple[Path, ...],
    pipeline: str,
    jobs: int | None,
    debug: Path | None,
    json: bool,
) -> int:
    from dipro_scan.batch import inspect_files, load_configuration
    from dipro_scan.report import inspection_json, inspection_text

    inspection = inspect_files(files, load_configuration(pipeline, shared.pipelines), jobs, debug)
    if json:
        print_json(inspection_json(inspection))
    else:
        print_text(inspection_text(inspection))
    return int(inspection.exit)
