"""Opening, migrating, locking and failing: the file under the ledger."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

import dipro_scan
from dipro_scan.ledger import FinishedSource, Ledger, SourceState, database
from dipro_scan.ledger.tables import Base
from dipro_scan.model import (
    Batch,
    EnvironmentLacking,
    Locked,
    PageBalance,
    Source,
    StoreDamaged,
    StoreNewer,
    Unwritable,
    passing,
)

NOON = dt.datetime(2025, 3, 4, 12, 0, tzinfo=dt.UTC)
PROJECT = Path(dipro_scan.__file__).parent.parent


def a_source(number: int) -> Source:
    return Source(f"{number}.pdf", Path("/in"), Path("/kept"), f"{number:064x}", 10, NOON)


def test_the_migrations_make_the_tables_as_the_code_has_them(tmp_path: Path) -> None:
    Ledger(tmp_path / "ledger.sqlite").close()
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_head_is_the_newest_migration() -> None:
    scripts = ScriptDirectory.from_config(database.alembic_config())
    assert scripts.get_current_head() == database.HEAD


def test_a_ledger_is_durable_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "50 % Ärger #1?.sqlite"
    ledger = Ledger(path)
    ledger.claim_sources([a_source(1)], "one")
    ledger.close()
    again = Ledger(str(path))
    assert again.source(a_source(1).sha256) is not None
    again.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_connections_are_set_for_durability(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    with ledger._database.reading() as session:
        pragmas = {
            name: session.scalar(sa.text(f"PRAGMA {name}"))
            for name in ("synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"synchronous": 2, "foreign_keys": 1, "busy_timeout": 60_000}
    ledger.close()


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for readonly in (False, True):
        with pytest.raises(StoreNewer, match="newer version"):
            Ledger(path, readonly=readonly)


def test_a_file_that_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "ledger.sqlite"
    text.write_bytes(b"this is no database, but it is long enough to be looked at" * 50)
    before = text.read_bytes()
    with pytest.raises(StoreDamaged, match="damaged"):
        Ledger(text)
    assert text.read_bytes() == before

    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE birds (name TEXT)")
    connection.close()
    with pytest.raises(StoreDamaged, match="no ledger at all"):
        Ledger(other)


def test_a_ledger_overwritten_in_the_middle_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    for number in range(200):
        ledger.claim_sources([a_source(number)], "one")
    ledger.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(StoreDamaged):
        Ledger(path).source(a_source(7).sha256)


def test_reading_only_creates_nothing_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "absent" / "ledger.sqlite"
    empty = Ledger(path, readonly=True)
    assert empty.documents() == []
    assert empty.record_of("x") is None
    with pytest.raises(Unwritable, match="reading only"):
        empty.claim_sources([a_source(1)], "one")
    empty.close()
    assert not path.parent.exists()

    path = tmp_path / "ledger.sqlite"
    writer = Ledger(path)
    writer.claim_sources([a_source(1)], "one")
    reader = Ledger(path, readonly=True)
    writer.claim_sources([a_source(2)], "one")
    assert reader.source(a_source(2).sha256) is not None, "readers see what is written meanwhile"
    with pytest.raises(Unwritable):
        reader.claim_sources([a_source(3)], "one")
    reader.close()
    writer.close()


def test_reading_only_takes_an_unmigrated_file_for_an_empty_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.touch()
    ledger = Ledger(path, readonly=True)
    assert ledger.last_batches(3) == []
    ledger.close()
    assert path.stat().st_size == 0


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match=r"ledger\.sqlite"):
        Ledger(tmp_path / "absent" / "ledger.sqlite")


def test_a_missing_driver_is_told() -> None:
    with pytest.raises(EnvironmentLacking, match="psycopg"):
        Ledger("postgresql+psycopg://nobody@localhost/ledger")


def test_a_writer_that_waits_too_long_is_told_who_is_not_to_blame(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path, busy_seconds=0.05)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(Locked, match="stayed locked"):
        ledger.claim_sources([a_source(1)], "one")
    assert ledger.source(a_source(1).sha256) is None, "readers do not wait"
    blocker.execute("ROLLBACK")
    ledger.claim_sources([a_source(1)], "one")
    blocker.close()
    ledger.close()


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    with ledger._database.reading() as session:
        pages = session.scalar(sa.text("PRAGMA page_count"))
    ledger._database.close()
    # SQLite's own limit gives the same error code as a full disk (SQLITE_FULL).
    sa.event.listen(
        ledger._database._engine.pool,
        "connect",
        lambda connection, _record: connection.execute(f"PRAGMA max_page_count = {pages}"),
    )
    done = 0
    with pytest.raises(Unwritable, match="full"):
        for done in range(5000):
            ledger.begin_batch(Batch(f"batch-{done}", "posteingang" * 5, ()), NOON)
    assert done > 0
    assert len(ledger.last_batches(10_000)) == done
    ledger.close()


_OPENING = """
import sys
from dipro_scan.ledger import Ledger
from dipro_scan.model import Unwritable
try:
    Ledger(sys.argv[1])
except Unwritable as error:
    print("unwritable", error)
"""


def test_a_folder_without_permission_is_told() -> None:
    # Not tmp_path: its parents are closed to other users, and root may write anywhere.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        command = [sys.executable, "-c", _OPENING, str(folder / "ledger.sqlite")]
        if os.geteuid() == 0:
            if not shutil.which("setpriv"):
                pytest.skip("root may write anywhere, and there is no setpriv to become another")
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    assert done.stdout.startswith("unwritable"), done.stderr


def test_threads_share_one_ledger(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")

    def claim(start: int) -> None:
        for number in range(start, start + 20):
            ledger.claim_sources([a_source(number)], "one")
            ledger.finish_sources([FinishedSource(a_source(number).sha256, number)])

    threads = [threading.Thread(target=claim, args=(start,)) for start in (0, 20, 40, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = [ledger.source(a_source(number).sha256) for number in range(80)]
    assert [entry.pages for entry in entries if entry] == list(range(80))
    assert {entry.state for entry in entries if entry} == {SourceState.FINISHED}
    ledger.close()


_CLAIMING = """
import datetime as dt, sys
from pathlib import Path
from dipro_scan.ledger import FinishedSource, Ledger
from dipro_scan.model import Batch, PageBalance, Source
now = dt.datetime(2025, 3, 4, tzinfo=dt.UTC)
path, start = sys.argv[1], int(sys.argv[2])
sys.stdin.readline()
ledger = Ledger(path)
ledger.begin_batch(Batch("same", "posteingang", ()), now)
for number in range(start, start + 30):
    sha = f"{number:064x}"
    ledger.claim_sources([Source("x.pdf", Path("x"), Path("x"), sha, 1, now)], "same")
    ledger.finish_sources([FinishedSource(sha, 1)])
ledger.end_batch("same", now, 0, PageBalance())
ledger.close()
"""


def test_processes_create_and_write_one_ledger_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _CLAIMING, str(path), str(start)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        for start in (0, 20, 40)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    ledger = Ledger(path)
    assert all(ledger.source(f"{number:064x}") is not None for number in range(70))
    assert [batch.balance for batch in ledger.last_batches(9)] == [PageBalance()]
    ledger.close()


def test_beginning_outlasts_a_lock_that_passes_and_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(passing, "sleep", waits.append)
    ledger = Ledger(tmp_path / "ledger.sqlite")
    begin, begun = database._begin, 0

    def refused_twice(connection: sa.Connection, mode: str) -> None:
        nonlocal begun
        begun += 1
        if begun <= 2:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY_RECOVERY
            raise error
        begin(connection, mode)

    monkeypatch.setattr(database, "_begin", refused_twice)
    ledger.claim_sources([a_source(1)], "one")
    assert (begun, waits) == (3, [0.05, 0.1])
    assert ledger.source(a_source(1).sha256) is not None
    ledger.close()


def test_a_table_that_is_missing_is_damage_that_rebuilding_mends(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE records DROP COLUMN lifted")
    connection.close()
    with pytest.raises(StoreDamaged, match="ledger rebuild"):
        Ledger(path).records()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE records")
    connection.close()
    for readonly in (True, False):
        with pytest.raises(StoreDamaged, match="ledger rebuild"):
            Ledger(path, readonly=readonly)


def test_what_the_next_run_finds_out_again_shares_the_sync_of_what_follows(tmp_path: Path) -> None:
    """SQLite's `synchronous`: 2 is FULL (each commit synced), 1 is NORMAL (with the next synced one)."""
    opened = database.Database(tmp_path / "ledger.sqlite")

    def synchronous(session: Session) -> int:
        return int(session.execute(sa.text("PRAGMA synchronous")).scalar_one())

    for _again in range(2):
        with opened.writing() as session:
            assert synchronous(session) == 2
        with opened.noting() as session:
            assert synchronous(session) == 1
    opened.close()
