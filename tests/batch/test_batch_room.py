"""Enough room on drives and in memory, with drives that the test fills."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dipro_scan.batch.memory import free_memory
from dipro_scan.batch.room import Room, Space, free_space
from dipro_scan.batch.workspace import Workspace, open_workspace
from dipro_scan.model import ExitCode, Unwritable
from dipro_scan.settings import RoomSettings

MEGABYTE = 1_000_000
SETTINGS = RoomSettings(
    min_free_megabytes=10, min_free_inodes=100, disk_per_input=4, megabytes_per_worker=300
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "records", None, create=True)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.pdf").write_bytes(b"a" * MEGABYTE)
    return tmp_path / "inbox"


def room(workspace: Workspace, megabytes: float = 1e6, inodes: int | None = 10**6, memory: float = 0) -> Room:
    return Room(
        workspace,
        SETTINGS,
        space=lambda _folder: Space(int(megabytes * MEGABYTE), inodes),
        memory=lambda: int(memory * MEGABYTE),
    )


def test_the_reserve_and_four_times_the_inbox_must_be_free(workspace: Workspace, inbox: Path) -> None:
    room(workspace, 14).check_before([inbox])
    with pytest.raises(Unwritable, match=r"has 13 MB left.* needs 14 MB") as caught:
        room(workspace, 13.4).check_before([inbox])
    assert caught.value.exit_code is ExitCode.UNWRITABLE
    assert str(workspace.records) in str(caught.value)


def test_what_is_kept_already_needs_no_room_again(workspace: Workspace, inbox: Path) -> None:
    kept = workspace.originals / "ab"
    kept.mkdir(parents=True)
    (kept / "abc.pdf").write_bytes(b"a" * MEGABYTE)
    room(workspace, 10).check_before([inbox])
    (inbox / "b.pdf").write_bytes(b"b" * MEGABYTE)
    with pytest.raises(Unwritable):
        room(workspace, 10).check_before([inbox])


def test_links_pipes_and_the_store_itself_count_nothing(workspace: Workspace, inbox: Path) -> None:
    (inbox / "link.pdf").symlink_to(inbox / "a.pdf")
    os.mkfifo(inbox / "pipe")
    (workspace.records / "big.pdf").write_bytes(b"b" * 2 * MEGABYTE)
    room(workspace, 14).check_before([inbox, workspace.records], [workspace.records])


def test_inodes_count_where_the_file_system_counts_them(workspace: Workspace, inbox: Path) -> None:
    room(workspace, inodes=None).check_before([inbox])
    room(workspace, inodes=112).check_before([inbox])
    with pytest.raises(Unwritable, match="room for 111 more files"):
        room(workspace, inodes=111).check_before([inbox])


def test_on_the_way_the_reserve_is_enough(workspace: Workspace) -> None:
    room(workspace, 10, 100).check_between()
    with pytest.raises(Unwritable):
        room(workspace, 9.9).check_between()
    with pytest.raises(Unwritable):
        room(workspace, inodes=99).check_between()


def test_each_drive_is_looked_at_once(workspace: Workspace) -> None:
    seen: list[Path] = []

    def look(folder: Path) -> Space:
        seen.append(folder)
        return Space(10**9, None)

    Room(workspace, SETTINGS, space=look).check_between()
    assert seen == [workspace.records]


def test_little_memory_costs_workers_and_only_the_last_one_the_run(workspace: Workspace) -> None:
    assert room(workspace, memory=10_000).fitting_jobs(8) == 8
    assert room(workspace, memory=700).fitting_jobs(8) == 2
    assert room(workspace, memory=300).fitting_jobs(8) == 1
    with pytest.raises(Unwritable, match="299 MB of memory"):
        room(workspace, memory=299).fitting_jobs(8)


def test_what_is_free_here(tmp_path: Path) -> None:
    space = free_space(tmp_path)
    assert space.bytes > 0 and (space.inodes is None or space.inodes > 0)
    assert free_memory() > 0


def write_group(folder: Path, limit: str, used: int, cache: int, *, version: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    second = version == 2
    (folder / ("memory.max" if second else "memory.limit_in_bytes")).write_text(f"{limit}\n")
    (folder / ("memory.current" if second else "memory.usage_in_bytes")).write_text(f"{used}\n")
    name = "inactive_file" if second else "total_inactive_file"
    (folder / "memory.stat").write_text(f"anon 1\n{name} {cache}\n")


@pytest.mark.parametrize("version", [1, 2])
def test_a_control_group_limits_memory_and_so_do_those_around_it(tmp_path: Path, version: int) -> None:
    own, root = tmp_path / "own", tmp_path / "groups"
    own.write_text("0::/a/b\n" if version == 2 else "4:cpu,memory:/a/b\n0::/\n")
    top = root if version == 2 else root / "memory"
    write_group(top / "a" / "b", "5000", 3000, 500, version=version)
    assert free_memory(own, root) == 2500
    write_group(top / "a", "4000", 3900, 0, version=version)
    assert free_memory(own, root) == 100
    write_group(top / "a", "max", 3900, 0, version=version)
    assert free_memory(own, root) == 2500


def test_without_control_groups_the_machine_counts(tmp_path: Path) -> None:
    assert free_memory(tmp_path / "none", tmp_path) > 10**6
