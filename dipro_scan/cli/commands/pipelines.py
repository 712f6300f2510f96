"""`dipro-scan pipelines`: what the city decides."""

from __future__ import annotations

from pathlib import Path

import click

from dipro_scan.cli.completing import pipeline_names
from dipro_scan.cli.options import Shared, command, command_group
from dipro_scan.cli.output import print_text
from dipro_scan.translation import _

_PATH = click.Path(path_type=Path)


def build() -> click.Command:
    group = command_group("pipelines", _("Pipelines, document classes and Aktenplan: what the city decides."))
    group.add_command(command("list", list_pipelines, [], _("Which pipelines there are.")))
    group.add_command(
        command(
            "show",
            show,
            [click.Argument(["name"], metavar="NAME", shell_complete=pipeline_names)],
            _("A pipeline with everything it does not say itself."),
        )
    )
    group.add_command(command("check", check, [], _("Checks every file; says what is wrong, where.")))
    folder = click.Argument(["folder"], metavar=_("FOLDER"), type=_PATH)
    group.add_command(command("init", init, [folder], _("Copies the shipped set into a new folder.")))
    group.add_command(
        command(
            "import-aktenplan",
            import_plan,
            [
                click.Argument(["table"], metavar=_("FILE.csv"), type=_PATH),
                click.Option(["--name"], metavar="NAME", help=_("What pipelines call the plan.")),
                click.Option(
                    ["--output"], type=_PATH, metavar=_("FILE"), help=_("Where the plan is written.")
                ),
            ],
            _("Makes an Aktenplan from a table, or says which line is wrong and why."),
        )
    )
    return group


def list_pipelines(shared: Shared) -> int:
    from dipro_scan.settings import pipeline_names

    print_text("\n".join(pipeline_names(shared.pipelines)))
    return 0


def show(shared: Shared, name: str) -> int:
    import yaml

    from dipro_scan.batch import load_configuration

    configuration = load_configuration(name, shared.pipelines)
    shown = configuration.pipeline.model_dump(mode="json", by_alias=True)
    print_text(yaml.safe_dump(shown, allow_unicode=True, sort_keys=False).rstrip())
    return 0


def check(shared: Shared) -> int:
    from dipro_scan.batch import check_pipelines
    from dipro_scan.model import ExitCode

    problems = check_pipelines(shared.pipelines)
    for problem in problems:
        print_text(str(problem))
    if not problems and not shared.quiet:
        print_text(_("All files are right."))
    return int(ExitCode.USAGE if problems else ExitCode.DONE)


def init(shared: Shared, folder: Path) -> int:
    from dipro_scan.settings import copy_shipped

    written = copy_shipped(folder)
    if not shared.quiet:
        sentence = _("%(count)d files are in %(folder)s. Use them with: --pipelines %(folder)s")
        print_text(sentence % {"count": len(written), "folder": folder})
    return 0


def import_plan(shared: Shared, table: Path, name: str | None, output: Path | None) -> int:
    from dipro_scan.model import ExitCode
    from dipro_scan.settings import import_aktenplan, name_for, write_new

    name = name or (output.stem if output else name_for(table.stem))
    plan, problems = import_aktenplan(table, name)
    for problem in problems:
        print_text(str(problem))
    if plan is None:
        return int(ExitCode.USAGE)
    target = write_new(_plan_file(shared, name, output), plan.text)
    if not shared.quiet:
        sentence = _("%(count)d numbers are in %(file)s. A pipeline uses them with: aktenplan: %(name)s")
        print_text(sentence % {"count": plan.numbers, "file": target, "name": plan.name})
        if plan.noted_columns:
            sentence = _("These columns stand there only as comments: %(columns)s.")
            print_text(sentence % {"columns": ", ".join(plan.noted_columns)})
    return 0


def _plan_file(shared: Shared, name: str, output: Path | None) -> Path:
    """Where the plan goes: the file named, else among the city's own pipelines, else here."""
    from dipro_scan.model import UsageProblem

    if output is None:
        folder = shared.pipelines / "aktenplan" if shared.pipelines else Path()
        return folder / f"{name}.yaml"
    if output.suffix != ".yaml" or output.stem != name:
        sentence = _("The file of the plan “%(name)s” must be called %(name)s.yaml, not %(file)s.")
        raise UsageProblem(sentence % {"name": name, "file": output.name})
    return output
