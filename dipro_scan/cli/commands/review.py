"""`dipro-scan review`: documents that wait for a person."""

from __future__ import annotations

import click

from dipro_scan.cli.commands.mended import print_mended
from dipro_scan.cli.completing import class_ids, waiting_documents
from dipro_scan.cli.options import Shared, command, command_group, json_option
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.translation import _


def build() -> click.Command:
    group = command_group("review", _("Documents that wait for a person."))
    group.add_command(command("list", list_documents, [json_option()], _("Which documents wait, and why.")))
    group.add_command(
        command("show", show, [_document_argument(), json_option()], _("All that is known of one document."))
    )
    group.add_command(
        command(
            "accept",
            accept_document,
            [
                click.Argument(
                    ["documents"],
                    nargs=-1,
                    required=True,
                    metavar="DOCUMENT...",
                    shell_complete=waiting_documents,
                ),
                click.Option(
                    ["--class", "class_id"],
                    envvar="DIPRO_SCAN_REVIEW_ACCEPT_CLASS",
                    metavar="ID",
                    help=_("The class it is."),
                    shell_complete=class_ids,
                ),
                click.Option(["--aktenzeichen"], metavar="AZ", help=_("The Akte it belongs to.")),
                click.Option(["--title"], metavar="TEXT", help=_("Title of the Akte, when it is a new one.")),
                click.Option(["--reason"], metavar="TEXT", help=_("Why; kept with the record.")),
            ],
            _("Files documents as you say."),
        )
    )
    group.add_command(
        command(
            "reject",
            reject_document,
            [
                _document_argument(),
                click.Option(
                    ["--reason"], required=True, metavar="TEXT", help=_("Why; kept in the journal.")
                ),
            ],
            _("Takes a document out of review, unfiled; its originals are kept."),
        )
    )
    for mending in (_split(), _merge(), _rotate()):
        group.add_command(mending)
    return group


def _split() -> click.Command:
    before = click.Option(
        ["--before"],
        type=click.IntRange(min=1),
        multiple=True,
        required=True,
        metavar="PAGE",
        help=_("A page of the document, counted from 1, with which a new one begins; may be given again."),
    )
    return command(
        "split",
        split_document,
        [_document_argument(), before, json_option()],
        _("Parts a document; what comes of it waits for review."),
    )


def _merge() -> click.Command:
    documents = click.Argument(
        ["documents"],
        nargs=-1,
        required=True,
        metavar="DOCUMENT DOCUMENT...",
        shell_complete=waiting_documents,
    )
    return command(
        "merge",
        merge_documents,
        [documents, json_option()],
        _("Joins documents into one, in the order in which they are named; it waits for review."),
    )


def _rotate() -> click.Command:
    page = click.Option(
        ["--page"],
        type=click.IntRange(min=1),
        multiple=True,
        metavar="PAGE",
        help=_("A page of the document, counted from 1; may be given again. All pages without it."),
    )
    degrees = click.Option(
        ["--by"],
        type=click.Choice(["90", "180", "270"]),
        required=True,
        help=_("By how many degrees the page turns clockwise."),
    )
    return command(
        "rotate",
        rotate_pages,
        [_document_argument(), page, degrees, json_option()],
        _("Turns pages and reads them again; the document waits for review."),
    )


def _document_argument() -> click.Argument:
    return click.Argument(["document"], metavar="DOCUMENT", shell_complete=waiting_documents)


def list_documents(shared: Shared, json: bool) -> int:
    from dipro_scan.batch import open_station
    from dipro_scan.batch.said import deadlines_of
    from dipro_scan.ledger import DocumentState
    from dipro_scan.report import review_json, review_text

    with open_station(shared.store) as station:
        entries = station.ledger.documents(DocumentState.REVIEW)
        deadlines = deadlines_of(station.workspace, entries)
    if json:
        print_json(review_json(entries, deadlines))
    else:
        print_text(review_text(entries, deadlines))
    return 0


def show(shared: Shared, document: str, json: bool) -> int:
    from dipro_scan.batch import document_in_review, load_case, open_station
    from dipro_scan.report import case_text

    with open_station(shared.store) as station:
        entry = document_in_review(station, document)
        case = load_case(station.workspace, entry.id)
    if json:
        print_json({"schema": 1, "pdf": entry.pdf, **case.metadata})
    else:
        print_text(case_text(case, entry.pdf))
    return 0


def accept_document(
    shared: Shared,
    documents: tuple[str, ...],
    class_id: str | None,
    aktenzeichen: str | None,
    title: str | None,
    reason: str | None,
) -> int:
    from dipro_scan.batch import Acceptance, accept, open_station

    with open_station(shared.store, write=True) as station:
        for record in accept(station, documents, Acceptance(class_id, aktenzeichen, title, reason)):
            if not shared.quiet:
                print_text(_("Filed: %(path)s") % {"path": record.pdf})
    return 0


def reject_document(shared: Shared, document: str, reason: str) -> int:
    from dipro_scan.batch import open_station, reject

    with open_station(shared.store, write=True) as station:
        entry = reject(station, document, reason)
    if not shared.quiet:
        print_text(_("Rejected: %(id)s. The same paper is new when it comes again.") % {"id": entry.id[:12]})
    return 0


def split_document(shared: Shared, document: str, before: tuple[int, ...], json: bool) -> int:
    from dipro_scan.batch import open_station, split

    with open_station(shared.store, write=True) as station:
        mended = split(station, document, before)
    return print_mended(shared, mended, json=json)


def merge_documents(shared: Shared, documents: tuple[str, ...], json: bool) -> int:
    from dipro_scan.batch import merge, open_station

    with open_station(shared.store, write=True) as station:
        mended = merge(station, documents)
    return print_mended(shared, mended, json=json)


def rotate_pages(shared: Shared, document: str, page: tuple[int, ...], by: str, json: bool) -> int:
    from dipro_scan.batch import open_station, rotate

    with open_station(shared.store, write=True) as station:
        mended = rotate(station, document, page, int(by))
    return print_mended(shared, mended, json=json)
