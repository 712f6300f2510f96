"""`dipro-scan pipelines`: what the city decides."""

from __future__ import annotations

import click

from dipro_scan.cli.options import Shared, command
from dipro_scan.cli.output import print_text
from dipro_scan.translation import _


def build() -> click.Command:
    group = click.Group(
        "pipelines", help=_("Pipelines, document classes and Aktenplan: what the city decides.")
    )
    group.add_command(command("list", list_pipelines, [], _("Which pipelines there are.")))
    group.add_command(
        command(
            "show",
            show,
            [click.Argument(["name"], metavar="NAME")],
            _("A pipeline with everything it does not say itself."),
        )
    )
    group.add_command(command("check", check, [], _("Checks every file; says what is wrong, where.")))
    return group


def list_pipelines(shared: Shared) -> int:
    from dipro_scan.settings import pipeline_names

    print_text("\n".join(pipeline_names(shared.pipelines)))
    return 0


def show(shared: Shared, name: str) -> int:
    import yaml

    from dipro_scan.settings import load_configuration

    configuration = load_configuration(name, shared.pipelines)
    shown = configuration.pipeline.model_dump(mode="json", by_alias=True)
    print_text(yaml.safe_dump(shown, allow_unicode=True, sort_keys=False).rstrip())
    return 0


def check(shared: Shared) -> int:
    from dipro_scan.model import ExitCode
    from dipro_scan.settings import check_all

    problems = check_all(shared.pipelines)
    for problem in problems:
        print_text(str(problem))
    if not problems and not shared.quiet:
        print_text(_("All files are right."))
    return int(ExitCode.USAGE if problems else ExitCode.DONE)
