"""`dipro-scan sheets`: separator and cover sheets to print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dipro_scan.cli.options import Shared, command, command_group, pipeline_option
from dipro_scan.cli.output import print_text
from dipro_scan.translation import _, ngettext

if TYPE_CHECKING:
    from dipro_scan.separate.cover_requests import CoverRequest, NormalForm
    from dipro_scan.settings import Configuration

_PATH = click.Path(path_type=Path, dir_okay=False)
_NEEDS = ("normal", "hoch", "sehr hoch")
_MOST_SHEETS = 1000


def build() -> click.Command:
    group = command_group("sheets", _("Separator and cover sheets to print."))
    group.add_command(
        command(
            "separator",
            separator,
            [
                click.Option(
                    ["--patch"],
                    type=click.Choice(("1", "2", "3", "4", "6", "T")),
                    default="T",
                    show_default=True,
                    help=_("Which patch code; T parts documents."),
                ),
                _count_option(),
                _output_option("trennblatt.pdf"),
                pipeline_option(),
            ],
            _("Prints separator sheets: patch code and QR code, both sides the same."),
        )
    )
    group.add_command(command("cover", cover, _cover_options(), _("Prints cover sheets with a QR code.")))
    return group


def _cover_options() -> list[click.Parameter]:
    return [
        click.Option(["--aktenzeichen"], metavar="AZ", help=_("The Akte that the paper belongs to.")),
        click.Option(["--class", "class_id"], metavar="ID", help=_("The document class of the paper.")),
        click.Option(["--pages"], metavar="N", help=_("How many pages follow; blank sides do not count.")),
        click.Option(
            ["--schutzbedarf"],
            type=click.Choice(_NEEDS),
            help=_("Schutzbedarf; without it, that of the class."),
        ),
        click.Option(["--title"], metavar=_("TEXT"), help=_("Printed for people; stands in no code.")),
        click.Option(
            ["--table"],
            type=_PATH,
            metavar=_("FILE.csv"),
            help=_("A sheet for each row; columns: aktenzeichen, klasse, seiten, schutzbedarf, titel."),
        ),
        click.Option(
            ["--node"],
            metavar=_("NUMBER"),
            help=_("A sheet for each document class at this number of the Aktenplan or below."),
        ),
        _count_option(),
        _output_option("deckblatt.pdf"),
        pipeline_option(),
    ]


def _count_option() -> click.Option:
    return click.Option(
        ["--count"],
        type=click.IntRange(1, _MOST_SHEETS),
        default=1,
        show_default=True,
        metavar="N",
        help=_("How many of each."),
    )


def _output_option(default: str) -> click.Option:
    return click.Option(
        ["--output"],
        type=_PATH,
        default=default,
        show_default=True,
        metavar=_("FILE.pdf"),
        help=_("Where the PDF is written; nothing is overwritten."),
    )


def separator(shared: Shared, patch: str, count: int, output: Path, pipeline: str) -> int:
    from dipro_scan.batch import load_configuration
    from dipro_scan.pdf.sheets import separator_sheets

    settings = load_configuration(pipeline, shared.pipelines).pipeline.separation
    # Only Patch T means the same as the QR code: here a new document begins.
    pdf = separator_sheets(count, patch, settings.separator_text if patch == "T" else None)
    _write_new(output, pdf)
    _say_written(shared, count, output)
    if patch not in settings.patch_codes:
        sentence = _(
            "Careful: the pipeline “%(pipeline)s” does not part documents at patch code %(patch)s; to it"
            " these sheets are paper. Put %(patch)s into separation.patch_codes, or name another pipeline."
        )
        click.echo(sentence % {"pipeline": pipeline, "patch": patch}, err=True)
    return 0


def cover(
    shared: Shared,
    table: Path | None,
    node: str | None,
    count: int,
    output: Path,
    pipeline: str,
    **values: str,
) -> int:
    from dipro_scan.batch import load_configuration
    from dipro_scan.classify.aktenzeichen import normal_form
    from dipro_scan.model import ExitCode
    from dipro_scan.separate.cover_requests import requests_for_node, requests_from_table

    given = {name: value for name, value in values.items() if value}
    _one_source(given, table, node)
    configuration = load_configuration(pipeline, shared.pipelines)

    def in_plan(text: str) -> str | None:
        return normal_form(text, configuration.aktenplan)

    if table is not None:
        requests, problems = requests_from_table(table, configuration, in_plan)
        for problem in problems:
            print_text(str(problem))
        if problems:
            return int(ExitCode.USAGE)
    elif node is not None:
        requests = requests_for_node(node, configuration)
    else:
        requests = [_request(given, configuration, in_plan)]
    wanted = [request for request in requests for _copy in range(count)]
    _write_new(output, _covers_pdf(wanted))
    _say_written(shared, len(wanted), output)
    if not configuration.pipeline.separation.cover_sheets:
        sentence = _(
            "Careful: the pipeline “%(pipeline)s” does not heed cover sheets (separation.cover_sheets); to it"
            " these are mere separators."
        )
        click.echo(sentence % {"pipeline": pipeline}, err=True)
    return 0


def _one_source(given: dict[str, str], table: Path | None, node: str | None) -> None:
    from dipro_scan.model import UsageProblem

    if bool(given) + (table is not None) + (node is not None) != 1:
        raise UsageProblem(
            _("Say what the cover sheets are for: --table, --node, or the values of one (--aktenzeichen …).")
        )


def _request(given: dict[str, str], configuration: Configuration, in_plan: NormalForm) -> CoverRequest:
    from dipro_scan.model import UsageProblem
    from dipro_scan.separate.cover_requests import RequestProblem, checked_request

    values = {
        "aktenzeichen": given.get("aktenzeichen", ""),
        "klasse": given.get("class_id", ""),
        "seiten": given.get("pages", ""),
        "schutzbedarf": given.get("schutzbedarf", ""),
        "titel": given.get("title", ""),
    }
    try:
        return checked_request(values, configuration, in_plan)
    except RequestProblem as error:
        raise UsageProblem(_("No cover sheet was made: %(problem)s.") % {"problem": error}) from error


def _covers_pdf(requests: list[CoverRequest]) -> bytes:
    from dipro_scan.model import CoverSheet
    from dipro_scan.pdf.sheets import PrintedCover, cover_sheets
    from dipro_scan.separate import encode_cover, new_sheet_id

    printed = []
    for request in requests:
        sheet = CoverSheet(
            sheet_id=new_sheet_id(),
            aktenzeichen=request.aktenzeichen,
            class_id=request.class_id,
            pages=request.pages,
            schutzbedarf=request.schutzbedarf,
        )
        printed.append(PrintedCover(sheet, encode_cover(sheet), request.title, request.class_title))
    return cover_sheets(printed)


def _write_new(path: Path, data: bytes) -> None:
    from dipro_scan.model import Unwritable, UsageProblem
    from dipro_scan.translation import os_reason

    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise UsageProblem(
            _("%(file)s exists already, and nothing is overwritten; choose another name.") % {"file": path}
        ) from error
    except OSError as error:
        raise Unwritable(
            _("%(path)s cannot be written (%(why)s). Nothing is lost.")
            % {"path": path, "why": os_reason(error)}
        ) from error


def _say_written(shared: Shared, count: int, output: Path) -> None:
    if shared.quiet:
        return
    sentence = ngettext(
        "%(count)d sheet is in %(file)s; print it at 100 %%, on both sides.",
        "%(count)d sheets are in %(file)s; print them at 100 %%, on both sides.",
        count,
    )
    print_text(sentence % {"count": count, "file": output})
