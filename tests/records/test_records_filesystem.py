"""Network drives are told from local ones by the mount table."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from dipro_scan.records import file_system_type, is_network_file_system

MOUNTS = [
    ("/", "ext4"),
    ("/mnt", "nfs4"),
    ("/mnt/local", "xfs"),
    ("/mnt/akten", "cifs"),
    ("/sshfs", "FUSE.SSHFS"),
]


@pytest.fixture
def mounts(monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    found = [SimpleNamespace(mountpoint=mount, fstype=kind) for mount, kind in MOUNTS]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: found if all else [])
    return found


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/srv/records", False),
        ("/mnt/records", True),
        ("/mnt/local/records", False),
        ("/mnt/localized", True),
        ("/mnt/akten", True),
        ("/sshfs/not/there/yet", True),
    ],
)
@pytest.mark.usefixtures("mounts")
def test_the_nearest_mount_decides(path: str, expected: bool) -> None:
    assert is_network_file_system(Path(path)) is expected


@pytest.mark.usefixtures("mounts")
def test_links_are_followed(tmp_path: Path) -> None:
    link = tmp_path / "records"
    link.symlink_to("/mnt/akten/records")
    assert file_system_type(link) == "cifs"
    assert not is_network_file_system(tmp_path)


def test_a_later_mount_covers_an_earlier_one(mounts: list[SimpleNamespace]) -> None:
    mounts.append(SimpleNamespace(mountpoint="/mnt/local", fstype="smb3"))
    assert is_network_file_system(Path("/mnt/local/x"))


def test_without_a_mount_table_nothing_is_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: [])
    assert file_system_type(Path("/srv")) == ""
    assert not is_network_file_system(Path("/srv"))


def test_the_mount_table_of_this_machine_is_read() -> None:
    assert file_system_type(Path("/proc")) in {"proc", ""}
