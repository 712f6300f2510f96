"""What kind of file system a folder lies on."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

# Names as Linux and macOS show them in their mount tables.
_NETWORK = frozenset(
    {
        "9p",
        "afpfs",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "fuse.ceph-fuse",
        "fuse.curlftpfs",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.smbnetfs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb2",
        "smb3",
        "smbfs",
        "webdav",
    }
)


def is_network_file_system(path: Path) -> bool:
    """Whether `path`, or the nearest folder above it that exists, lies on a network drive.

    SQLite loses data there: its locks are not kept reliably (https://www.sqlite.org/faq.html#q5).
    """
    return file_system_type(path) in _NETWORK


def file_system_type(path: Path) -> str:
    """The type of the file system that holds `path`, as the mount table names it; empty if unknown."""
    place = Path(os.path.realpath(path))
    found: tuple[int, str] = (-1, "")
    for partition in psutil.disk_partitions(all=True):
        mount = Path(partition.mountpoint)
        # Of two mounts on one folder the later one covers the earlier.
        if place.is_relative_to(mount) and len(mount.parts) >= found[0]:
            found = (len(mount.parts), partition.fstype.lower())
    return found[1]
