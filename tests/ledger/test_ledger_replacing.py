"""A rebuilt ledger takes the old one's place: one of both is always there, and the old one is kept."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dipro_scan.ledger import Ledger, keeping, replacing
from dipro_scan.ledger.contents import LedgerContents, read_ledger, write_ledger
from dipro_scan.model import Batch, StoreDamaged, Unwritable

NOW = dt.datetime(2026, 11, 22, 17, 18, 9, tzinfo=dt.UTC)
STORE = max((Path(__file__).parent / "stores").glob("*.sql"))


@pytest.fixture
def contents(tmp_path: Path) -> LedgerContents:
    """A ledger with a row of every kind."""
    path = tmp_path / "stored.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(STORE.read_text(encoding="utf-8"))
    return read_ledger(path)


def an_old_ledger(path: Path, contents: LedgerContents) -> LedgerContents:
    """One that knows less; some of it only in its write-ahead log."""
    write_ledger(path, replace(contents, documents=contents.documents[:1], records=()))
    return read_ledger(path)


def test_contents_are_written_and_read_back(tmp_path: Path, contents: LedgerContents) -> None:
    assert all((contents.batches, contents.sources, contents.documents, contents.copies, contents.records))
    assert contents.fingerprints
    assert {state.value for _intent, state in contents.intents} == {"open", "done", "discarded"}
    write_ledger(tmp_path / "new.sqlite", contents)
    assert read_ledger(tmp_path / "new.sqlite") == contents


def test_where_there_was_none_the_new_one_is_put(tmp_path: Path, contents: LedgerContents) -> None:
    path = tmp_path / "ledger.sqlite"
    (tmp_path / "ledger.sqlite-wal").write_bytes(b"a log whose database is lost")
    kept = keeping.kept_path(path, "old", NOW)
    assert replacing.replace_ledger(path, contents, kept) is None
    assert read_ledger(path) == contents
    assert not kept.exists()


def test_the_old_one_is_kept_and_who_has_it_open_sees_the_new(
    tmp_path: Path, contents: LedgerContents
) -> None:
    path = tmp_path / "ledger.sqlite"
    old = an_old_ledger(path, contents)
    writer, reader = Ledger(path), Ledger(path, readonly=True)
    writer.begin_batch(Batch("only in the log", "posteingang", ()), NOW)
    kept = keeping.kept_path(path, "old", NOW)
    assert replacing.replace_ledger(path, contents, kept) == kept
    assert [entry.id for entry in reader.documents()] == [entry.id for entry in contents.documents]
    writer.begin_batch(Batch("afterwards", "posteingang", ()), NOW)
    assert {entry.id for entry in reader.last_batches(9)} == {"batch-1", "batch-2", "afterwards"}
    reader.close()
    writer.close()
    assert [entry.id for entry in read_ledger(kept).batches] == [
        *(entry.id for entry in old.batches),
        "only in the log",
    ]
    assert read_ledger(kept).documents == old.documents
    assert sorted(item.name for item in tmp_path.glob("ledger*")) == [kept.name, "ledger.sqlite"]


@pytest.mark.parametrize("damage", ["text", "half a page", "overwritten"])
def test_what_is_no_database_any_more_is_kept_as_it_is(
    tmp_path: Path, contents: LedgerContents, damage: str
) -> None:
    path = tmp_path / "ledger.sqlite"
    an_old_ledger(path, contents)
    data = path.read_bytes()
    broken = {
        "text": b"no database at all, but long enough to be looked at" * 90,
        "half a page": data[: len(data) // 2 - 2048],
        "overwritten": data[:4096] + b"\xff" * (len(data) - 4096),
    }[damage]
    path.write_bytes(broken)
    kept = keeping.kept_path(path, "old", NOW)
    assert replacing.replace_ledger(path, contents, kept) == kept
    assert kept.read_bytes() == broken
    assert read_ledger(path) == contents


def test_a_kept_name_is_never_taken_twice(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    first = keeping.kept_path(path, "old", NOW)
    first.touch()
    second = keeping.kept_path(path, "old", NOW)
    assert [first.name, second.name] == [
        "ledger-old-2026-11-22T171809Z.sqlite",
        "ledger-old-2026-11-22T171809Z-2.sqlite",
    ]


def test_a_new_ledger_that_does_not_read_back_replaces_nothing(
    tmp_path: Path, contents: LedgerContents, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    old = an_old_ledger(path, contents)
    monkeypatch.setattr(replacing, "read_ledger", lambda _path: LedgerContents())
    with pytest.raises(StoreDamaged, match="does not read back"):
        replacing.replace_ledger(path, contents, keeping.kept_path(path, "old", NOW))
    assert read_ledger(path) == old


def test_a_full_disk_is_told_and_the_old_one_stays(
    tmp_path: Path, contents: LedgerContents, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    old = an_old_ledger(path, contents)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unwritable, match="make room"):
        replacing.replace_ledger(path, contents, keeping.kept_path(path, "old", NOW))
    assert read_ledger(path) == old


def _killed(moment: int, work: Callable[[], object]) -> bool:
    """Runs `work` in a process of its own, killed before its `moment`-th step; whether it was."""
    child = os.fork()
    if child == 0:
        steps = itertools.count(1)

        def watched(call: Callable[..., Any]) -> Callable[..., Any]:
            def stepping(*arguments: Any, **options: Any) -> Any:
                if next(steps) == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*arguments, **options)

            return stepping

        for name in ("fsync", "replace", "unlink", "link"):
            setattr(os, name, watched(getattr(os, name)))
        for module in (keeping, replacing):
            for name in ("copy_database", "write_ledger", "open_file"):
                if hasattr(module, name):
                    setattr(module, name, watched(getattr(module, name)))
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(f"child: {error!r}", file=sys.stderr)
            os._exit(1)
    _child, status = os.waitpid(child, 0)
    assert not (os.WIFEXITED(status) and os.WEXITSTATUS(status)), "replacing failed"
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("sound", [True, False])
def test_killed_at_any_step_one_of_both_is_there(
    tmp_path: Path, contents: LedgerContents, sound: bool
) -> None:
    broken = b"no database at all, but long enough to be looked at" * 90
    for moment in itertools.count(1):
        folder = tmp_path / f"at-{moment}"
        folder.mkdir()
        path = folder / "ledger.sqlite"
        old = an_old_ledger(path, contents)
        if not sound:
            path.write_bytes(broken)
        kept = keeping.kept_path(path, "old", NOW)
        killed = _killed(moment, lambda: replacing.replace_ledger(path, contents, kept))  # noqa: B023
        if sound or path.read_bytes() != broken:
            assert read_ledger(path) in ((old, contents) if sound else (contents,))
        again = keeping.kept_path(path, "old", NOW)
        replacing.replace_ledger(path, contents, again)
        assert read_ledger(path) == contents
        assert not list(folder.glob("*.new*")) and not list(folder.glob("*.part*"))
        if not killed:
            assert moment > 5
            return
