from __future__ import annotations

from pathlib import Path

import pytest

from dipro_scan.batch import workspace as workspace_module
from dipro_scan.batch.workspace import open_workspace
from dipro_scan.model import EnvironmentLacking, Unwritable, UsageProblem


def test_the_state_lies_with_the_records_or_where_it_is_told(tmp_path: Path) -> None:
    inside = open_workspace(tmp_path / "records", None, create=True)
    assert inside.ledger == tmp_path / "records" / ".dipro" / "ledger.sqlite"
    apart = open_workspace(tmp_path / "records", tmp_path / "state", create=True)
    assert apart.originals == tmp_path / "state" / "originals"
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0


def test_a_network_drive_needs_a_local_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = tmp_path / "records"
    monkeypatch.setattr(workspace_module, "is_network_file_system", lambda path: path.is_relative_to(remote))
    with pytest.raises(EnvironmentLacking, match="--state"):
        open_workspace(remote, None, create=True)
    assert open_workspace(remote, tmp_path / "state", create=True).state == tmp_path / "state"


def test_without_records_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="--records"):
        open_workspace(None, None, create=True)
    with pytest.raises(UsageProblem, match="no records"):
        open_workspace(tmp_path, None, create=False)
    assert list(tmp_path.iterdir()) == []


def test_records_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable):
        open_workspace(tmp_path / "file" / "records", None, create=True)


def test_work_of_runs_that_are_gone_is_swept_and_that_of_others_is_not(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "records", None, create=True)
    gone = workspace.work / "0123"
    gone.mkdir(parents=True)
    (gone / "half.pdf").write_bytes(b"half")
    (workspace.work / "0123.lock").touch()
    (workspace.work / "4567.lock").touch()
    with workspace.work_folder() as mine:
        assert not gone.exists()
        with workspace.work_folder() as other:
            assert mine.is_dir() and other.is_dir() and mine != other
    assert list(workspace.work.iterdir()) == []


def test_a_store_that_must_exist_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="no records"):
        open_workspace(tmp_path / "records", None, create=True, existing=True)
    assert not (tmp_path / "records").exists()


def test_a_run_that_fails_leaves_nothing_in_the_making(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "records", None, create=True)
    with pytest.raises(Unwritable), workspace.work_folder() as work:
        (work / "half.pdf").write_bytes(b"half")
        raise Unwritable("full")
    assert list(workspace.work.iterdir()) == []
