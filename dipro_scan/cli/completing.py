"""What the shell offers when Tab is pressed. Whatever goes wrong, nothing is offered and nothing said."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from click.shell_completion import CompletionItem, shell_complete

if TYPE_CHECKING:
    from dipro_scan.batch.station import Station

PROGRAM = "dipro-scan"
VARIABLE = "_DIPRO_SCAN_COMPLETE"
"""Click's own name for it: its scripts set it when they ask."""

SHELLS = ("bash", "zsh", "fish")
_ID_DIGITS = 12

T = TypeVar("T")
Items = list[CompletionItem]
Offer = Callable[[click.Context, click.Parameter, str], Items]


def answer_shell(instruction: str) -> int:
    """Prints what Click's script for a shell asks for; gives the exit code."""
    from dipro_scan.cli.manner import Manner
    from dipro_scan.cli.root import build_root

    manner = Manner(json=False, verbose=False)
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
            return shell_complete(build_root(), {"obj": manner}, PROGRAM, VARIABLE, instruction)
    except (Exception, SystemExit):
        return 1


def _offered(values: Callable[[click.Context], Iterable[tuple[str, str]]]) -> Offer:
    """Turns values with their explanations into what Click wants."""

    def offer(ctx: click.Context, _parameter: click.Parameter, begun: str) -> Items:
        try:
            found = list(values(ctx))
        except Exception:  # a traceback would stand in the middle of the line that is being typed
            return []
        return [CompletionItem(value, help=told) for value, told in found if value.startswith(begun)]

    return offer


def folders(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> Items:
    """For options that name a folder: the shell completes it."""
    return [CompletionItem(begun, type="dir")]


def pipelines(ctx: click.Context, parameter: click.Parameter, begun: str) -> Items:
    """For `--pipeline`: the names there are; where none fits, a file."""
    return pipeline_names(ctx, parameter, begun) or [CompletionItem(begun, type="file")]


def _names_of_pipelines(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from dipro_scan.settings.shelf import Shelf

    return [(name, "") for name in Shelf.over(_folder(ctx, "pipelines")).names()]


def _names_of_classes(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from dipro_scan.settings.shelf import CLASSES, Shelf

    return [(name, "") for name in Shelf.over(_folder(ctx, "pipelines")).names(CLASSES)]


def _waiting(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from dipro_scan.ledger import DocumentState
    from dipro_scan.report.run import sources_text

    already = ctx.params.get("documents") or ()
    entries = _in_store(ctx, lambda station: station.ledger.documents(DocumentState.REVIEW))
    ids = [(entry.id[:_ID_DIGITS], sources_text(entry.pages)) for entry in entries]
    return [(id, sources) for id, sources in ids if id not in already]


def _quarantined(ctx: click.Context) -> Iterable[tuple[str, str]]:
    entries = _in_store(ctx, lambda station: station.ledger.quarantined_sources())
    return [(entry.sha256[:_ID_DIGITS], entry.name) for entry in entries]


def _in_store(ctx: click.Context, look: Callable[[Station], T]) -> T:
    """What `look` sees in the store that the line so far, or the environment, names."""
    from dipro_scan.batch.station import StoreOptions, open_station

    records, state, pipelines = (_folder(ctx, name) for name in ("records", "state", "pipelines"))
    with open_station(StoreOptions(records, state, pipelines, None, None)) as station:
        return look(station)


def _folder(ctx: click.Context, name: str) -> Path | None:
    """A shared option, as it stands after the command, before it, or in the environment."""
    context: click.Context | None = ctx
    while context is not None:
        given = context.params.get(name)
        if given is not None:
            # The shell hands over the words as they were typed.
            return Path(os.path.expandvars(given)).expanduser()
        context = context.parent
    return None


pipeline_names = _offered(_names_of_pipelines)
class_ids = _offered(_names_of_classes)
waiting_documents = _offered(_waiting)
quarantined_sources = _offered(_quarantined)
