"""The options that stand before or after any command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dipro_scan.cli.completing import folders, pipelines
from dipro_scan.translation import LANGUAGES, _

if TYPE_CHECKING:
    from dipro_scan.batch.station import StoreOptions
    from dipro_scan.cli.manner import Manner

JSON_OPTION = "--json"
_PATH = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Shared:
    """What the shared options say; None where neither place says anything."""

    records: Path | None = None
    state: Path | None = None
    pipelines: Path | None = None
    lang: str | None = None
    operator: str | None = None
    station: str | None = None
    log: Path | None = None
    verbose: bool = False
    quiet: bool = False

    @property
    def store(self) -> StoreOptions:
        from dipro_scan.batch.station import StoreOptions

        return StoreOptions(self.records, self.state, self.pipelines, self.operator, self.station)


def shared_options() -> list[click.Parameter]:
    """A new set of the shared options, in the language now set."""
    return [
        click.Option(
            ["--records"],
            type=_PATH,
            metavar=_("FOLDER"),
            help=_("Where the records lie."),
            shell_complete=folders,
        ),
        click.Option(
            ["--state"],
            type=_PATH,
            metavar=_("FOLDER"),
            help=_("Where ledger, originals and review lie, if not in the records folder."),
            shell_complete=folders,
        ),
        click.Option(
            ["--pipelines"],
            type=_PATH,
            metavar=_("FOLDER"),
            help=_("Your own pipelines, laid over the shipped ones file by file."),
            shell_complete=folders,
        ),
        click.Option(["--lang"], type=click.Choice(LANGUAGES), help=_("Language of all messages.")),
        click.Option(["--operator"], metavar="ID", help=_("Who scanned; for the Transfervermerk.")),
        click.Option(["--station"], metavar="NAME", help=_("Where it was scanned; for the Transfervermerk.")),
        click.Option(
            ["--log"],
            type=_PATH,
            metavar=_("FILE"),
            help=_("Write what happens into this file too, as JSON lines without personal data."),
        ),
        click.Option(["-v", "--verbose"], is_flag=True, help=_("Say more, show tracebacks.")),
        click.Option(["-q", "--quiet"], is_flag=True, help=_("Say only what went wrong.")),
    ]


def take_shared(options: dict[str, Any], before: Shared | None) -> Shared:
    """Takes the shared options out of `options`; what stands after the command wins."""
    shared = before or Shared()
    names = tuple(shared.__dataclass_fields__)
    given = {name: options.pop(name) for name in names if name in options}
    return replace(shared, **{name: value for name, value in given.items() if value not in (None, False)})


def command(
    name: str, callback: Callable[..., int], parameters: list[click.Parameter], help_text: str
) -> click.Command:
    """A command that takes the shared options too; `callback(shared, **own)` gives the exit code."""

    @click.pass_context
    def run(ctx: click.Context, /, **options: Any) -> int:
        manner: Manner = ctx.obj
        shared = take_shared(options, manner.shared)
        manner.understand(shared, json=bool(options.get("json")))
        return callback(shared, **options)

    return click.Command(name, callback=run, params=[*parameters, *shared_options()], help=help_text)


def command_group(name: str, help_text: str) -> click.Group:
    """A command with commands of its own, which takes the shared options between its name and theirs too."""

    @click.pass_context
    def run(ctx: click.Context, /, **options: Any) -> None:
        manner: Manner = ctx.obj
        manner.shared = take_shared(options, manner.shared)

    return click.Group(name, callback=run, params=shared_options(), help=help_text)


def json_option() -> click.Option:
    return click.Option(
        [JSON_OPTION],
        is_flag=True,
        help=_("Print one JSON object, and nothing else, on standard output."),
    )


def jobs_option() -> click.Option:
    return click.Option(
        ["--jobs"],
        type=click.IntRange(min=1),
        metavar="N",
        help=_("Worker processes; one per core without it."),
    )


def pipeline_option(*, default: str | None = "posteingang", help_text: str | None = None) -> click.Option:
    return click.Option(
        ["--pipeline"],
        default=default,
        show_default=True,
        metavar=_("NAME|FILE"),
        help=help_text or _("How this paper is handled: a pipeline's name, or its file."),
        shell_complete=pipelines,
    )


def pipeline_file(pipeline: str) -> str | None:
    """The absolute path where `--pipeline` names a file, None where it is a name."""
    return str(Path(pipeline).absolute()) if pipeline.endswith((".yaml", ".yml")) else None
