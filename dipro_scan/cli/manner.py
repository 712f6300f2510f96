"""How one command line wants to be answered, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import click

from dipro_scan.cli.options import JSON_OPTION, Shared


@dataclass(slots=True)
class Manner:
    """The object of Click's contexts: the shared options as far as read, and how to tell of errors.

    Click gives no context away once a command has failed, so each command says here how it was called.
    `json`: also as a JSON object; `verbose`: also with the traceback.
    """

    json: bool
    verbose: bool
    shared: Shared = field(default_factory=Shared)
    understood: bool = False

    def understand(self, shared: Shared, *, json: bool) -> None:
        """Now the whole command line was read, environment included."""
        self.shared, self.json, self.verbose, self.understood = shared, json, shared.verbose, True
        if shared.verbose or shared.log is not None:
            from dipro_scan.cli.event_log import show_on_standard_error, write_log

            show_on_standard_error(verbose=shared.verbose)
            if shared.log is not None:
                write_log(shared.log)


def guessed_manner(arguments: Sequence[str], environment: Mapping[str, str]) -> Manner:
    """What holds until the command line was read: what it seems to say."""
    given = _options_in(arguments)
    verbose = not given.isdisjoint(("-v", "--verbose")) or _says_yes(environment.get("DIPRO_SCAN_VERBOSE"))
    return Manner(JSON_OPTION in given, verbose)


def wants_json(error: click.ClickException, arguments: Sequence[str]) -> bool:
    """Whether the command that Click could not read has the option for JSON, and was given it."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return False
    option = next((item for item in context.command.params if JSON_OPTION in item.opts), None)
    if option is None:
        return False
    return JSON_OPTION in _options_in(arguments) or _says_yes(option.value_from_envvar(context))


def _options_in(arguments: Sequence[str]) -> set[str]:
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return set(arguments[:end])


def _says_yes(value: object) -> bool:
    try:
        return bool(click.BOOL.convert(value or False, None, None))
    except click.BadParameter:
        return False
