"""`dipro-scan ledger`: the database, made again or brought up to date."""

from __future__ import annotations

import click

from dipro_scan.cli.options import Shared, command, command_group, json_option
from dipro_scan.cli.output import print_json, print_text
from dipro_scan.translation import _


def build() -> click.Command:
    group = command_group("ledger", _("The database: made again, or brought up to date."))
    group.add_command(
        command(
            "rebuild",
            rebuild,
            [
                click.Option(["--dry-run"], is_flag=True, help=_("Say what would be done; change nothing.")),
                json_option(),
            ],
            _("Makes a lost, damaged or older database again from records and journal."),
        )
    )
    group.add_command(
        command(
            "migrate",
            migrate,
            [json_option()],
            _("Brings the database of an older version up to date; a copy is made first."),
        )
    )
    return group


def rebuild(shared: Shared, dry_run: bool, json: bool) -> int:
    from dipro_scan.batch.rebuilding import rebuild_ledger
    from dipro_scan.report.ledger import rebuilt_json, rebuilt_text

    rebuilt = rebuild_ledger(shared.store, dry_run=dry_run)
    if json:
        print_json(rebuilt_json(rebuilt, dry_run=dry_run))
    elif text := rebuilt_text(rebuilt, dry_run=dry_run, brief=shared.quiet):
        print_text(text)
    return int(rebuilt.exit)


def migrate(shared: Shared, json: bool) -> int:
    from dipro_scan.batch.rebuilding import migrate_store
    from dipro_scan.report.ledger import migration_json, migration_text

    migration = migrate_store(shared.store)
    if json:
        print_json(migration_json(migration))
    elif not shared.quiet:
        print_text(migration_text(migration))
    return 0
