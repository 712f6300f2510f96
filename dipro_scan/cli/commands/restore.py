"""`dipro-scan restore`: puts pages set aside back."""

from __future__ import annotations

import click

from dipro_scan.cli.commands.mended import print_mended
from dipro_scan.cli.completing import waiting_documents
from dipro_scan.cli.options import Shared, command, json_option
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.model.errors import UsageProblem
from dipro_scan.translation import _


def build() -> click.Command:
    return command(
        "restore",
        restore_pages,
        [
            click.Argument(
                ["document"], required=False, metavar="DOCUMENT|SOURCE", shell_complete=waiting_documents
            ),
            click.Option(
                ["--page"],
                type=click.IntRange(min=1),
                multiple=True,
                metavar="PAGE",
                help=_("A page as its file counts it, from 1; may be given again. All pages without it."),
            ),
            click.Option(["--list", "only_list"], is_flag=True, help=_("Only show what lies aside.")),
            json_option(),
        ],
        _("Puts pages set aside back into their document; without one, shows what lies aside."),
    )


def restore_pages(
    shared: Shared, document: str | None, page: tuple[int, ...], only_list: bool, json: bool
) -> int:
    from dipro_scan.batch import open_station, restore

    if document is None and page:
        raise UsageProblem(_("Name the document or the source whose page is to be put back."))
    if document is None or only_list:
        return list_pages(shared, document, json=json)
    with open_station(shared.store, write=True) as station:
        mended = restore(station, document, page)
    return print_mended(shared, mended, json=json)


def list_pages(shared: Shared, name: str | None, *, json: bool) -> int:
    from dipro_scan.batch import open_station, restorable_pages
    from dipro_scan.report import restorable_json, restorable_text

    with open_station(shared.store) as station:
        pages = restorable_pages(station, name)
        shown = station.workspace.shown
    if json:
        print_json(restorable_json(pages, shown))
    else:
        print_text(restorable_text(pages, shown))
    return 0
