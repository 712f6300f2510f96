"""The database under the ledger: opened, brought to the newest tables, asked in short transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from dipro_scan.ledger.errors import damaged_ledger, is_locked, told_as_ours
from dipro_scan.model import EnvironmentLacking, StoreNewer, Unwritable
from dipro_scan.model.passing import LONGEST_SECONDS, patiently
from dipro_scan.translation import _

HEAD: Final = "0002"
_VERSION_TABLE = "alembic_version"

_SYNCED: Final = "PRAGMA synchronous = FULL"
"""A commit is on disk when it returns, also in WAL mode; filing depends on it (sqlite.org/pragma.html)."""

_UNSYNCED: Final = "PRAGMA synchronous = NORMAL"
"""In WAL mode commits are not synced one by one; the next synced one takes those before it to disk."""


class Database:
    """One ledger's database. Safe to share between threads; each process opens its own.

    `readonly` neither creates nor writes: a ledger that does not exist yet reads as an empty one. Raises
    EnvironmentLacking for tables of an older version (see `migrating`), StoreNewer for those of a newer,
    StoreDamaged for a file that is no ledger, Unwritable where it cannot be opened or made, Locked where
    another program holds it for longer than `busy_seconds`.
    """

    def __init__(self, url: str | Path, *, readonly: bool = False, busy_seconds: float = 60.0) -> None:
        self._readonly = readonly
        path = _sqlite_path(url)
        self.where = str(path) if path else make_url(str(url)).render_as_string(hide_password=True)
        self._engine = _engine(url, path, readonly=readonly, busy_seconds=busy_seconds)
        self._writing_engine = self._engine.execution_options(ledger_begin="IMMEDIATE")
        self._noting_engine = self._writing_engine.execution_options(ledger_synced=False)
        try:
            with told_as_ours(self.where):
                self._check_or_create()
        except BaseException:
            self._engine.dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the ledger and never waits for a writer."""
        with told_as_ours(self.where), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are durable, all or none, when the block ends."""
        self._must_be_writable()
        with told_as_ours(self.where), Session(self._writing_engine) as session, session.begin():
            yield session

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """As `reading`, without mapped objects: for what is asked once a document."""
        with told_as_ours(self.where), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def entering(self) -> Iterator[Connection]:
        """As `writing`, without mapped objects: for what is entered once a document."""
        self._must_be_writable()
        with told_as_ours(self.where), self._writing_engine.begin() as connection:
            yield connection

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """As `entering`; what is entered outlives this process, all or none, when the block ends.

        It becomes durable with the next `writing` or `entering`; until then a crash of the whole machine may
        take it back, never without what came after it. For what the next run finds out again.
        """
        self._must_be_writable()
        with told_as_ours(self.where), self._noting_engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    def _must_be_writable(self) -> None:
        if self._readonly:
            raise Unwritable(_("The ledger %(ledger)s was opened for reading only.") % {"ledger": self.where})

    def _check_or_create(self) -> None:
        with self._engine.connect() as connection:
            revision = _revision(connection, self.where)
        if revision is None and not self._readonly:
            self._create()
        elif revision is None:
            self._engine.dispose()
            self._engine = _empty_memory()
        elif revision != HEAD:
            raise EnvironmentLacking(
                _("The ledger %(ledger)s was written by an older version; run “dipro-scan ledger migrate”.")
                % {"ledger": self.where}
            )

    def _create(self) -> None:
        from alembic import command

        with self._writing_engine.begin() as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def schema_of(path: Path) -> str | None:
    """The schema of the SQLite ledger at `path`, None for a file that is missing or empty.

    Raises StoreNewer, StoreDamaged, and what opening a database raises.
    """
    if not path.exists():
        return None
    engine = sqlite_engine(path, readonly=True)
    try:
        with engine.connect() as connection:
            return _revision(connection, str(path))
    finally:
        engine.dispose()


def _sqlite_path(url: str | Path) -> Path | None:
    """The file of a SQLite ledger; None for another kind of database."""
    if isinstance(url, str) and "://" in url:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite" or not parsed.database:
            return None
        return Path(parsed.database)
    return Path(url)


def _engine(url: str | Path, path: Path | None, *, readonly: bool, busy_seconds: float) -> Engine:
    if path is None:
        try:
            return sa.create_engine(url if isinstance(url, str) else str(url))
        except ModuleNotFoundError as error:
            raise EnvironmentLacking(
                _("The ledger's database needs the Python package %(package)s; install it with pip.")
                % {"package": error.name}
            ) from error
    if readonly and not path.exists():
        return _empty_memory()
    return sqlite_engine(path, readonly=readonly, busy_seconds=busy_seconds)


def sqlite_engine(
    path: Path, *, readonly: bool = False, busy_seconds: float = 60.0, foreign_keys: bool = True
) -> Engine:
    """An engine on a SQLite file, set for durability; it connects when it is first used."""
    mode = "ro" if readonly else "rwc"
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(address, uri=True, timeout=busy_seconds, check_same_thread=False)
        try:
            _prepare_connection(connection, readonly=readonly, busy_seconds=busy_seconds)
            connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        except BaseException:
            connection.close()
            raise
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.QueuePool)
    return _with_own_begin(engine, min(busy_seconds, LONGEST_SECONDS))


def _prepare_connection(connection: sqlite3.Connection, *, readonly: bool, busy_seconds: float) -> None:
    # The driver must not begin transactions by itself: BEGIN IMMEDIATE is ours (see _with_own_begin).
    connection.isolation_level = None
    if not readonly:
        _write_ahead(connection, busy_seconds)
        connection.execute(_SYNCED)


def _write_ahead(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Switches to WAL mode, so that readers never wait for a writer.

    SQLite does not call its own busy handler for this switch, so two processes that make a ledger at
    once would not wait for each other.
    """
    patiently(
        lambda: connection.execute("PRAGMA journal_mode = WAL"),
        passes=is_locked,
        longest_seconds=min(busy_seconds, LONGEST_SECONDS),
    )


def _begin(connection: Connection, mode: str) -> None:
    connection.exec_driver_sql(f"BEGIN {mode}")
    if mode == "DEFERRED":
        try:
            # Only the first look takes the snapshot, and may meet a lock.
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema")
        except sa.exc.DBAPIError:
            driver = connection.connection.dbapi_connection
            # Some errors end the transaction by themselves.
            if isinstance(driver, sqlite3.Connection) and driver.in_transaction:
                driver.rollback()
            raise


def _with_own_begin(engine: Engine, longest_seconds: float = LONGEST_SECONDS) -> Engine:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Writers take the write lock at once: one that begins by reading could not wait for it later.
        options = connection.get_execution_options()
        mode: Any = options.get("ledger_begin", "DEFERRED")
        if mode == "IMMEDIATE":
            connection.exec_driver_sql(_SYNCED if options.get("ledger_synced", True) else _UNSYNCED)
        # Where SQLite's own waiting does not help (another process recovers the log just now) BEGIN is tried
        # again; what stands in the transaction never is.
        patiently(lambda: _begin(connection, mode), passes=is_locked, longest_seconds=longest_seconds)

    return engine


def _empty_memory() -> Engine:
    from dipro_scan.ledger.tables import Base

    engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {_VERSION_TABLE} (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql(f"INSERT INTO {_VERSION_TABLE} VALUES ('{HEAD}')")
    return engine


def _revision(connection: Connection, where: str) -> str | None:
    """The schema's number, None for a database with nothing in it. Raises StoreNewer, StoreDamaged."""
    tables = set(sa.inspect(connection).get_table_names())
    found = None
    if _VERSION_TABLE in tables:
        found = connection.scalar(sa.text(f"SELECT version_num FROM {_VERSION_TABLE}"))
    if found is None and tables - {_VERSION_TABLE}:
        raise damaged_ledger(where)
    if found is None:
        return None
    if found == HEAD:
        if not tables.issuperset(_tables_of_today()):
            raise damaged_ledger(where)
    elif found not in _known_revisions():
        raise StoreNewer(
            _("The ledger %(ledger)s was written by a newer version of dipro-scan; install that version.")
            % {"ledger": where}
        )
    return str(found)


def _tables_of_today() -> set[str]:
    from dipro_scan.ledger.tables import Base

    return set(Base.metadata.tables)


def alembic_config() -> Any:
    """Alembic's settings: where the steps lie. The connection goes into its attributes."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "dipro_scan.ledger:migrations")
    return config


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(alembic_config())
    return {script.revision for script in scripts.walk_revisions()}
