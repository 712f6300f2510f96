"""What became of the database: made again, or brought up to date."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dipro_scan.batch.rebuilding import Rebuilt
from dipro_scan.ledger import DocumentState, SourceState
from dipro_scan.ledger.migrating import Migration
from dipro_scan.translation import _


def rebuilt_json(rebuilt: Rebuilt, *, dry_run: bool) -> dict[str, Any]:
    contents = rebuilt.contents
    documents = Counter(entry.state for entry in contents.documents)
    sources = Counter(entry.state for entry in contents.sources)
    return {
        "schema": 1,
        "exit": int(rebuilt.exit),
        "dry_run": dry_run,
        "ledger": rebuilt.ledger,
        "kept": rebuilt.kept,
        "batches": len(contents.batches),
        "documents": {state.value: documents[state] for state in DocumentState},
        "sources": {state.value: sources[state] for state in SourceState},
        "under_way": rebuilt.under_way,
        "unknown": list(rebuilt.lost),
        "damages": [{"path": damage.path, "message": damage.message} for damage in rebuilt.damages],
    }


def rebuilt_text(rebuilt: Rebuilt, *, dry_run: bool, brief: bool) -> str:
    """What the ledger holds now; `brief`: only what is lost or damaged."""
    told = [] if brief else _told(rebuilt, dry_run=dry_run)
    told += rebuilt.lost
    told += [f"{damage.path}: {damage.message}" for damage in rebuilt.damages]
    return "\n".join(told)


def _told(rebuilt: Rebuilt, *, dry_run: bool) -> list[str]:
    counted = Counter(entry.state for entry in rebuilt.contents.documents)
    waiting = sum(entry.state is SourceState.QUARANTINED for entry in rebuilt.contents.sources)
    lines = [
        _("The ledger would be made again; nothing was changed.")
        if dry_run
        else _("The ledger %(ledger)s was made again from records and journal.") % {"ledger": rebuilt.ledger},
        _("Filed: %(filed)d   In review: %(review)d   In quarantine: %(quarantine)d")
        % {
            "filed": counted[DocumentState.FILED],
            "review": counted[DocumentState.REVIEW],
            "quarantine": waiting,
        },
    ]
    if rebuilt.kept:
        lines.append(_("The old one is kept as %(path)s.") % {"path": rebuilt.kept})
    if rebuilt.under_way:
        lines.append(
            _("Interrupted filings: %(count)d; the next run finishes them or takes them back.")
            % {"count": rebuilt.under_way}
        )
    return lines


def migration_json(migration: Migration) -> dict[str, Any]:
    return {
        "schema": 1,
        "exit": 0,
        "before": migration.before,
        "after": migration.steps[-1] if migration.steps else migration.before,
        "steps": list(migration.steps),
        "kept": str(migration.kept) if migration.kept else None,
    }


def migration_text(migration: Migration) -> str:
    if not migration.steps:
        return _("The ledger is up to date (schema %(schema)s); nothing was changed.") % {
            "schema": migration.before
        }
    return _(
        "The ledger was brought from schema %(before)s to %(after)s; as it was it is kept as %(path)s."
    ) % {
        "before": migration.before,
        "after": migration.steps[-1],
        "path": migration.kept,
    }
