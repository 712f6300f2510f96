"""`dipro-scan verify`: is everything still as it was filed?"""

from __future__ import annotations

import click

from dipro_scan.cli.options import Shared, command, json_option
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.translation import _


def build() -> click.Command:
    return command(
        "verify", verify, [json_option()], _("Checks every record's hash and the journal's chain.")
    )


def verify(shared: Shared, json: bool) -> int:
    from dipro_scan.batch.verifying import verify_store
    from dipro_scan.model import ExitCode

    verified = verify_store(shared.store)
    damages, head = verified.damages, verified.head
    code = ExitCode.DAMAGE if damages else ExitCode.DONE
    if json:
        print_json(
            {
                "schema": 1,
                "exit": int(code),
                "journal": head.sha256 if head else None,
                "damages": [{"path": damage.path, "message": damage.message} for damage in damages],
            }
        )
        return int(code)
    for damage in damages:
        print_text(f"{damage.path}: {damage.message}")
    if not damages and not shared.quiet:
        print_text(_("All records and the journal are as they were written."))
    return int(code)
