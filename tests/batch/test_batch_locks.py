from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dipro_scan
from dipro_scan.batch.clock import SystemClock
from dipro_scan.batch.locks import inboxes_of, lock_holders, locked_inboxes
from dipro_scan.batch.workspace import open_workspace
from dipro_scan.model import Locked

_HOLD = """
import sys
from pathlib import Path
from dipro_scan.batch.clock import SystemClock
from dipro_scan.batch.locks import locked_inboxes
from dipro_scan.batch.workspace import open_workspace
workspace = open_workspace(Path(sys.argv[1]), None, create=True)
with locked_inboxes(workspace, [Path(sys.argv[2])], SystemClock()):
    print("held", flush=True)
    sys.stdin.readline()
"""


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


def test_a_killed_run_holds_nothing_and_a_living_one_is_named(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "records", None, create=True)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path / "records"), str(inbox)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(dipro_scan.__file__).parent.parent)},
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with pytest.raises(Locked, match=str(holder.pid)), locked_inboxes(workspace, [inbox], SystemClock()):
        pass
    with pytest.raises(Locked, match=str(holder.pid)), locked_inboxes(workspace, [tmp_path], SystemClock()):
        pass
    holder.kill()
    holder.wait()
    assert list(workspace.locks.glob("*.json")), "it left its note"
    assert lock_holders(workspace) == []
    with locked_inboxes(workspace, [inbox], SystemClock()):
        assert [found.pid for found in lock_holders(workspace)] == [os.getpid()]


def test_the_note_says_no_more_than_is_needed(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "records", None, create=True)
    with locked_inboxes(workspace, [tmp_path], SystemClock()):
        note = json.loads(next(workspace.locks.glob("*.json")).read_text())
    assert set(note) == {"schema", "inbox", "pid", "host", "since", "command", "started"}
    assert str(tmp_path) not in note["command"]
