"""An older ledger is brought to today's tables: copied first, then step by step, each step wholly or not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from dipro_scan.ledger import database
from dipro_scan.ledger.errors import damaged_ledger, told_as_ours
from dipro_scan.ledger.keeping import is_sound, keep_ledger, kept_path
from dipro_scan.model import StoreDamaged
from dipro_scan.translation import _


@dataclass(frozen=True, slots=True)
class Migration:
    """What was done: from which schema, the steps taken, and where the ledger as it was is kept."""

    before: str
    steps: tuple[str, ...]
    kept: Path | None


def migrate_ledger(ledger: Path, moment: dt.datetime) -> Migration:
    """Brings the SQLite ledger at `ledger` to today's schema; does nothing to one that has it.

    Each step is one transaction that also enters the new schema's number, so that after a kill the next call
    goes on with the step that was under way. Raises StoreNewer, StoreDamaged (also for a file that is empty
    or missing), Locked, Unwritable.
    """
    with told_as_ours(str(ledger)):
        before = database.schema_of(ledger)
        if before is None:
            raise StoreDamaged(
                _(
                    "%(ledger)s is missing or empty; “dipro-scan ledger rebuild” makes it again from records"
                    " and journal."
                )
                % {"ledger": ledger}
            )
        steps = _steps_from(before)
        if not steps:
            return Migration(before, (), None)
        if not is_sound(ledger):
            raise damaged_ledger(str(ledger))
        kept = kept_path(ledger, before, moment)
        keep_ledger(ledger, kept)
        _take(ledger, steps)
        return Migration(before, steps, kept)


def _steps_from(before: str) -> tuple[str, ...]:
    """The revisions that lead from `before` to today's, in order."""
    scripts = ScriptDirectory.from_config(database.alembic_config())
    newer = scripts.iterate_revisions("head", before)
    return tuple(script.revision for script in reversed(list(newer)))


def _take(ledger: Path, steps: tuple[str, ...]) -> None:
    # Foreign keys are off: a table that is made anew is dropped, and its children must not go with it.
    engine = database.sqlite_engine(ledger, foreign_keys=False)
    try:
        for step in steps:
            with engine.execution_options(ledger_begin="IMMEDIATE").begin() as connection:
                config = database.alembic_config()
                config.attributes["connection"] = connection
                command.upgrade(config, step)
                orphans = connection.execute(sa.text("PRAGMA foreign_key_check")).all()
                if orphans:
                    raise StoreDamaged(
                        _("Step %(step)s would tear rows of the ledger %(ledger)s apart; it was not taken.")
                        % {"step": step, "ledger": ledger}
                    )
    finally:
        engine.dispose()
    if not is_sound(ledger) or database.schema_of(ledger) != steps[-1]:
        raise damaged_ledger(str(ledger))
