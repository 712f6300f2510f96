from __future__ import annotations

from pathlib import Path

import pytest

from dipro_scan.batch.clock import SystemClock
from dipro_scan.batch.locks import inboxes_of, lock_holders, locked_inboxes
from dipro_scan.batch.workspace import open_workspace
from dipro_scan.model import Locked


def test_a_second_run_is_refused_and_told_who_holds_the_inbox(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "records", None, create=True)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with locked_inboxes(workspace, [inbox], SystemClock()):
        assert [holder.inbox for holder in lock_holders(workspace)] == [str(inbox)]
        with pytest.raises(Locked, match="process"), locked_inboxes(workspace, [inbox], SystemClock()):
            pass
    assert lock_holders(workspace) == []
    with locked_inboxes(workspace, [inbox], SystemClock()):
        pass


def test_a_named_file_locks_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.pdf").write_bytes(b"x")
    assert inboxes_of([tmp_path / "a" / "x.pdf", tmp_path / "a"]) == [tmp_path / "a"]


def test_other_inboxes_are_free(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "records", None, create=True)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    clock = SystemClock()
    with (
        locked_inboxes(workspace, [tmp_path / "one"], clock),
        locked_inboxes(workspace, [tmp_path / "two"], clock),
    ):
        assert len(lock_holders(workspace)) == 2
