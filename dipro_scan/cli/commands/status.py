"""`dipro-scan status`: how the store stands."""

from __future__ import annotations

import click

from dipro_scan.cli.options import Shared, command, json_option
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.translation import _


def build() -> click.Command:
    return command("status", status, [json_option()], _("Last runs, who holds what, what waits, room left."))


def status(shared: Shared, json: bool) -> int:
    from dipro_scan.batch import open_station, store_status
    from dipro_scan.report import status_json, status_text

    with open_station(shared.store) as station:
        found = store_status(station)
    if json:
        print_json(status_json(found))
    else:
        print_text(status_text(found))
    return 0
