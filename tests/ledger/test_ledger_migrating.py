"""Stores of every released schema, brought to today's; killed at every step and gone on with."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from dipro_scan.ledger import Ledger, database, keeping, migrating
from dipro_scan.model import EnvironmentLacking, StoreDamaged, StoreNewer, Unwritable

NOW = dt.datetime(2026, 11, 22, 17, 18, 9, tzinfo=dt.UTC)
STORES = Path(__file__).parent / "stores"
RELEASED = sorted(path.stem for path in STORES.glob("*.sql"))
STEP = '''
"""A step that only tests know."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None
def upgrade() -> None:
{body}
'''
ADD_A_COLUMN = """
    op.add_column("sources", sa.Column("station", sa.String()))
    op.execute("UPDATE sources SET station = 'front desk'")
"""
MAKE_A_TABLE_ANEW = """
    with op.batch_alter_table("documents", recreate="always") as table:
        table.add_column(sa.Column("language", sa.String()))
"""
TEAR_APART = """
    op.execute("DELETE FROM documents")
"""

Rows = dict[str, list[dict[str, Any]]]


def stored(schema: str, path: Path) -> Path:
    """The stored store of a released schema as a file, in the mode in which stores are used."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((STORES / f"{schema}.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    return path


def rows_of(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = [name for name in keeping.row_counts(path) if name != "alembic_version"]
        return {
            table: [dict(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY row')]
            for table in tables
        }


def assert_nothing_lost(before: Rows, after: Rows) -> None:
    """Every row is there still, and every value that it had."""
    assert before.keys() <= after.keys()
    for table, rows in before.items():
        assert len(rows) == len(after[table])
        for old, new in zip(rows, after[table], strict=True):
            assert old.items() <= new.items()


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Makes this version one whose schema is further: by these steps."""

    def add(*bodies: str) -> list[str]:
        folder = tmp_path / "steps"
        folder.mkdir()
        before, made = database.HEAD, []
        for number, body in enumerate(bodies, start=9001):
            text = STEP.format(revision=number, before=before, body=body)
            (folder / f"step_{number}.py").write_text(text, encoding="utf-8")
            before = str(number)
            made.append(before)
        ours = database.alembic_config

        def config() -> Any:
            found = ours()
            shipped = ScriptDirectory.from_config(found).versions
            found.set_main_option("path_separator", "newline")
            found.set_main_option("version_locations", f"{shipped}\n{folder}")
            return found

        monkeypatch.setattr(database, "alembic_config", config)
        monkeypatch.setattr(database, "HEAD", before)
        return made

    return add


def test_a_store_of_every_schema_is_kept() -> None:
    scripts = ScriptDirectory.from_config(database.alembic_config())
    released = sorted(script.revision for script in scripts.walk_revisions())
    assert released == RELEASED, "run tests/ledger/stores/make_store.py for the new schema"


@pytest.mark.parametrize("schema", RELEASED)
def test_a_released_store_is_brought_to_today(schema: str, tmp_path: Path) -> None:
    path = stored(schema, tmp_path / "ledger.sqlite")
    before = rows_of(path)
    assert all(before[table] for table in before), "a row of every kind"
    migration = migrating.migrate_ledger(path, NOW)
    assert (migration.before, bool(migration.steps)) == (schema, schema != database.HEAD)
    assert database.schema_of(path) == database.HEAD
    assert_nothing_lost(before, rows_of(path))
    ledger = Ledger(path)
    assert [entry.id for entry in ledger.documents()][:3] == ["waiting", "filed", "rejected"]
    assert ledger.record_of("filed") is not None
    assert [intent.document_id for intent in ledger.open_intents()] == ["under-way"]
    ledger.close()


def test_an_older_store_is_refused_until_it_is_migrated(
    tmp_path: Path, later: Callable[..., list[str]]
) -> None:
    path = stored(RELEASED[-1], tmp_path / "ledger.sqlite")
    before = rows_of(path)
    steps = later(ADD_A_COLUMN, MAKE_A_TABLE_ANEW)
    for readonly in (True, False):
        with pytest.raises(EnvironmentLacking, match="ledger migrate"):
            Ledger(path, readonly=readonly)
    assert rows_of(path) == before

    migration = migrating.migrate_ledger(path, NOW)
    assert (migration.before, list(migration.steps)) == (RELEASED[-1], steps)
    assert database.schema_of(path) == steps[-1]
    after = rows_of(path)
    assert_nothing_lost(before, after)
    assert {row["station"] for row in after["sources"]} == {"front desk"}
    assert migration.kept == tmp_path / f"ledger-{RELEASED[-1]}-2026-11-22T171809Z.sqlite"
    assert rows_of(migration.kept) == before
    assert migrating.migrate_ledger(path, NOW).steps == ()


def test_a_step_that_would_lose_rows_is_not_taken(tmp_path: Path, later: Callable[..., list[str]]) -> None:
    path = stored(RELEASED[-1], tmp_path / "ledger.sqlite")
    before = rows_of(path)
    later(TEAR_APART)
    with pytest.raises(StoreDamaged, match="was not taken"):
        migrating.migrate_ledger(path, NOW)
    assert rows_of(path) == before
    assert database.schema_of(path) == RELEASED[-1]


def test_what_cannot_be_migrated_is_told(tmp_path: Path, later: Callable[..., list[str]]) -> None:
    with pytest.raises(StoreDamaged, match="ledger rebuild"):
        migrating.migrate_ledger(tmp_path / "absent.sqlite", NOW)
    newer = stored(RELEASED[-1], tmp_path / "newer.sqlite")
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreNewer):
        migrating.migrate_ledger(newer, NOW)
    older = stored(RELEASED[-1], tmp_path / "older.sqlite")
    later(ADD_A_COLUMN)
    (tmp_path / "folder").mkdir()
    kept = keeping.kept_path(older, RELEASED[-1], NOW)
    kept.with_name(f"{kept.name}.part").mkdir()
    before = rows_of(older)
    with pytest.raises(Unwritable):
        migrating.migrate_ledger(older, NOW)
    assert rows_of(older) == before, "without a copy nothing is touched"


def _armed(moment: int, work: Callable[[], object]) -> bool:
    """Runs `work` in a process of its own, killed at its `moment`-th step; whether it came to its end."""
    child = os.fork()
    if child == 0:
        steps = itertools.count(1)

        def step(*_arguments: Any) -> None:
            if next(steps) == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        def watched(call: Callable[..., Any]) -> Callable[..., Any]:
            def stepping(*arguments: Any, **options: Any) -> Any:
                step()
                return call(*arguments, **options)

            return stepping

        for name in ("fsync", "replace", "unlink"):
            setattr(os, name, watched(getattr(os, name)))
        sa.event.listen(sa.Engine, "before_cursor_execute", lambda *_arguments: step())
        sa.event.listen(sa.Engine, "commit", step)
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(f"child: {error!r}", file=sys.stderr)
            os._exit(1)
    _child, status = os.waitpid(child, 0)
    assert not (os.WIFEXITED(status) and os.WEXITSTATUS(status)), "the migration failed"
    return not os.WIFSIGNALED(status)


def test_killed_at_any_step_it_is_gone_on_with(tmp_path: Path, later: Callable[..., list[str]]) -> None:
    template = stored(RELEASED[-1], tmp_path / "template.sqlite")
    before = rows_of(template)
    steps = later(ADD_A_COLUMN, MAKE_A_TABLE_ANEW)
    met: set[str | None] = set()
    for moment in itertools.count(1):
        folder = tmp_path / f"at-{moment}"
        folder.mkdir()
        path = stored(RELEASED[-1], folder / "ledger.sqlite")
        survived = _armed(moment, lambda path=path: migrating.migrate_ledger(path, NOW))
        found = database.schema_of(path)
        met.add(found)
        assert_nothing_lost(before, rows_of(path))
        if found != RELEASED[-1]:
            assert rows_of(next(folder.glob(f"ledger-{RELEASED[-1]}-*.sqlite"))) == before
        migrating.migrate_ledger(path, NOW + dt.timedelta(minutes=1))
        assert database.schema_of(path) == steps[-1]
        assert_nothing_lost(before, rows_of(path))
        assert not list(folder.glob("*.part")), "nothing half made is left"
        if survived:
            break
    assert met == {RELEASED[-1], *steps}
