"""`dipro-scan doctor`: is everything here?"""

from __future__ import annotations

import click

from dipro_scan.cli.options import Shared, command, json_option, pipeline_option
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.translation import _


def build() -> click.Command:
    return command(
        "doctor",
        doctor,
        [pipeline_option(), json_option()],
        _("What is here, what is missing, and the command that mends it."),
    )


def doctor(shared: Shared, pipeline: str, json: bool) -> int:
    from dipro_scan.batch import examine, load_configuration
    from dipro_scan.model import ExitCode
    from dipro_scan.report import doctor_json, doctor_text

    findings = examine(load_configuration(pipeline, shared.pipelines), shared.records)
    if json:
        print_json(doctor_json(findings))
    else:
        print_text(doctor_text(findings))
    lacking = any(finding.needed and not finding.present for finding in findings)
    return int(ExitCode.ENVIRONMENT if lacking else ExitCode.DONE)
