"""The command tree. Commands are made when they are called for, in the language then set."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

import click

from dipro_scan import __version__
from dipro_scan.cli.options import shared_options, take_shared
from dipro_scan.translation import _

if TYPE_CHECKING:
    from dipro_scan.cli.manner import Manner

_COMMANDS = {
    "run": "run",
    "watch": "watch",
    "inspect": "inspect",
    "review": "review",
    "quarantine": "quarantine",
    "restore": "restore",
    "status": "status",
    "verify": "verify",
    "ledger": "ledger",
    "sheets": "sheets",
    "pipelines": "pipelines",
    "doctor": "doctor",
    "completion": "completion",
}


class _Root(click.Group):
    """Imports a command's module only when that command is wanted: `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        build: Callable[[], click.Command] = import_module(f"dipro_scan.cli.commands.{module}").build
        return build()


def build_root() -> click.Group:
    """The `dipro-scan` command in the language now set. Its contexts need a `Manner` as their object."""

    @click.pass_context
    def root(ctx: click.Context, /, **options: object) -> None:
        manner: Manner = ctx.obj
        manner.shared = take_shared(options, None)

    group = _Root(
        name="dipro-scan",
        callback=root,
        params=shared_options(),
        help=_("Carries scanned paper to filed, provable PDF/A records."),
        context_settings={"auto_envvar_prefix": "DIPRO_SCAN", "help_option_names": ["-h", "--help"]},
    )
    return click.version_option(__version__, prog_name="dipro-scan")(group)
