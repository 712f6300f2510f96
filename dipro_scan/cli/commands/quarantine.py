"""`dipro-scan quarantine`: sources that could not be read."""

from __future__ import annotations

import click

from dipro_scan.cli.commands.run import tell_run
from dipro_scan.cli.completing import quarantined_sources
from dipro_scan.cli.options import (
    Shared,
    command,
    command_group,
    jobs_option,
    json_option,
    pipeline_file,
    pipeline_option,
)
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.translation import _


def build() -> click.Command:
    group = command_group("quarantine", _("Sources that could not be read."))
    group.add_command(command("list", list_sources, [json_option()], _("What is held, and why.")))
    group.add_command(
        command(
            "retry",
            retry,
            [
                _source_argument(),
                click.Option(
                    ["--again"],
                    is_flag=True,
                    help=_("Only lift the guard: the next run over its folder reads the file as new."),
                ),
                pipeline_option(
                    default=None,
                    help_text=_("Another pipeline than that by which the source was read: its name or file."),
                ),
                jobs_option(),
                json_option(),
            ],
            _("Tries a source again, now."),
        )
    )
    group.add_command(
        command(
            "discard",
            discard_source,
            [
                _source_argument(),
                click.Option(
                    ["--reason"], required=True, metavar="TEXT", help=_("Why; kept in the journal.")
                ),
            ],
            _("Declares a source dispensable; its bytes stay with the originals."),
        )
    )
    return group


def _source_argument() -> click.Argument:
    return click.Argument(["source"], metavar="ID", shell_complete=quarantined_sources)


def list_sources(shared: Shared, json: bool) -> int:
    from dipro_scan.batch import open_station
    from dipro_scan.report import quarantine_json, quarantine_text

    with open_station(shared.store) as station:
        entries = station.ledger.quarantined_sources()
    if json:
        print_json(quarantine_json(entries))
    else:
        print_text(quarantine_text(entries))
    return 0


def retry(
    shared: Shared, source: str, again: bool, pipeline: str | None, jobs: int | None, json: bool
) -> int:
    from dipro_scan.batch import (
        RunRequest,
        lift_quarantine,
        load_configuration,
        open_station,
        retry_source,
    )

    configuration = load_configuration(pipeline, shared.pipelines) if pipeline else None
    with open_station(shared.store, write=True) as station:
        if again:
            entry = lift_quarantine(station, source)
            message = _("%(name)s is new again: the next run over its folder reads it.") % {
                "name": entry.name
            }
            if json:
                print_json({"schema": 1, "exit": 0, "source": entry.sha256})
            else:
                print_text(message)
            return 0
        file = pipeline_file(pipeline) if pipeline else None
        request = RunRequest((), jobs, quiet=shared.quiet, pipeline_file=file)
        result = retry_source(station, source, request, configuration)
    tell_run(result, shared, json=json)
    return int(result.exit)


def discard_source(shared: Shared, source: str, reason: str) -> int:
    from dipro_scan.batch import discard, open_station

    with open_station(shared.store, write=True) as station:
        entry = discard(station, source, reason)
    if not shared.quiet:
        print_text(
            _("Discarded: %(name)s. What was kept of it stays with the originals.") % {"name": entry.name}
        )
    return 0
