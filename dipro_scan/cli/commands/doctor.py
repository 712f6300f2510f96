"""`dipro-scan doctor`: is everything here?"""

from __future__ import annotations

import click

from dipro_scan.cli.completing import pipelines
from dipro_scan.cli.options import Shared, command, json_option
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.translation import _


def build() -> click.Command:
    return command(
        "doctor",
        doctor,
        [
            click.Option(
                ["--pipeline"],
                metavar=_("NAME|FILE"),
                help=_("Look at what this pipeline needs; without it, at what all of them need."),
                shell_complete=pipelines,
            ),
            json_option(),
        ],
        _("What is here, what is missing, and the command that mends it."),
    )


def doctor(shared: Shared, pipeline: str | None, json: bool) -> int:
    from dipro_scan.batch.doctor import Examined, examine

    # Not by way of the rooms' front doors: these bring libraries that may be what is missing.
    from dipro_scan.report.environment import doctor_exit, doctor_json, doctor_text

    findings = examine(Examined(pipeline, shared.pipelines, shared.records, shared.state))
    if json:
        print_json(doctor_json(findings))
    elif text := doctor_text(findings, brief=shared.quiet):
        print_text(text)
    return int(doctor_exit(findings))
