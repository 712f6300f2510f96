"""`dipro-scan completion`: the script that lets a shell complete commands, options and ids."""

from __future__ import annotations

import click

from dipro_scan.cli.completing import PROGRAM, SHELLS, VARIABLE
from dipro_scan.cli.options import Shared, command
from dipro_scan.cli.output import print_text
from dipro_scan.translation import _


def build() -> click.Command:
    return command(
        "completion",
        completion,
        [click.Argument(["shell"], type=click.Choice(SHELLS))],
        _("Prints the script that lets your shell complete commands, options and ids."),
    )


def completion(_shared: Shared, shell: str) -> int:
    from click.shell_completion import get_completion_class

    from dipro_scan.cli.root import build_root

    kind = get_completion_class(shell)
    assert kind is not None, shell
    print_text(kind(build_root(), {}, PROGRAM, VARIABLE).source().rstrip())
    return 0
