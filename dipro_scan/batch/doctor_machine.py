"""`doctor` on the folders of a store and on the machine."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Final

import psutil

from dipro_scan.batch.finding import Finding
from dipro_scan.records.filesystem import file_system_type, is_network_file_system
from dipro_scan.translation import _, number, os_reason

LEAST_FREE_BYTES: Final = 1_000_000_000
LEAST_FREE_FILES: Final = 10_000
WORKER_BYTES: Final = 500_000_000
"""What one worker process needs at most while it reads a page."""


def folder_findings(records: Path | None, state: Path | None) -> list[Finding]:
    """Records and state: there, writable, on a drive fit for them, with room left."""
    if records is None:
        remedy = "export DIPRO_SCAN_RECORDS=…"
        told = _("not named; give --records FOLDER to have it looked at")
        return [Finding(_("Records folder"), False, False, told, remedy, "folders")]
    records = records.absolute()
    place = state.absolute() if state else records / ".dipro"
    folders = {_("Records folder"): records, _("State folder"): place}
    found = [_folder(name, folder) for name, folder in folders.items()]
    found.append(_state_drive(place))
    nearest = {name: _nearest(folder) for name, folder in folders.items()}
    for folder in {existing.stat().st_dev: existing for existing in nearest.values()}.values():
        found += _room(folder)
    if records.is_dir() and records.stat().st_mode & stat.S_IRWXO:
        remedy = shlex.join(["chmod", "o-rwx", str(records)])
        told = _("everybody on this machine may look into %(folder)s") % {"folder": records}
        found.append(Finding(_("Privacy"), False, False, told, remedy, "folders"))
    return found


def _folder(name: str, folder: Path) -> Finding:
    if folder.is_dir():
        problem, told = _write_problem(folder), str(folder)
    else:
        nearest = _nearest(folder)
        problem = _write_problem(nearest)
        told = _("%(folder)s, made by the first run") % {"folder": folder}
        folder = nearest
    if problem is None:
        return Finding(name, True, True, told, None, "folders")
    told = _("%(folder)s cannot be written: %(why)s") % {"folder": folder, "why": problem}
    return Finding(name, False, True, told, _how_to_write(folder), "folders")


def _nearest(folder: Path) -> Path:
    """`folder`, or what exists of the way to it."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _write_problem(folder: Path) -> str | None:
    """Why no file can be made here. Tried, because permissions alone do not tell; nothing stays behind."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return os_reason(error)


def _how_to_write(folder: Path) -> str:
    if not folder.is_dir():
        return _("name another folder: %(path)s is a file") % {"path": folder}
    return f"sudo chown {os.geteuid()} {shlex.quote(str(folder))} && chmod u+rwx {shlex.quote(str(folder))}"


def _state_drive(place: Path) -> Finding:
    kind = file_system_type(place) or _("unknown")
    network = is_network_file_system(place)
    told = _("network drive (%(kind)s), where a database loses data") if network else _("local (%(kind)s)")
    remedy = "--state /var/lib/dipro-scan" if network else None
    return Finding(_("Drive of the state"), not network, True, told % {"kind": kind}, remedy, "folders")


def _room(folder: Path) -> list[Finding]:
    free = shutil.disk_usage(folder).free
    told = _("%(gigabytes)s GB free in %(folder)s") % {
        "gigabytes": number(free / 1e9, 1),
        "folder": folder,
    }
    enough = free >= LEAST_FREE_BYTES
    remedy = None if enough else _("make room: a run needs at least 1 GB")
    found = [Finding(_("Disk"), enough, True, told, remedy, "folders")]
    files = os.statvfs(folder)
    if files.f_files:  # some file systems do not count them
        enough = files.f_favail >= LEAST_FREE_FILES
        told = _("room for %(count)d more files in %(folder)s") % {"count": files.f_favail, "folder": folder}
        remedy = None if enough else "df -i"
        found.append(Finding(_("Files (inodes)"), enough, True, told, remedy, "folders"))
    return found


def machine_findings() -> list[Finding]:
    """Cores and memory, and how many workers these can feed."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    available = psutil.virtual_memory().available
    workers = max(1, int(available // WORKER_BYTES))
    enough = workers >= cores
    told = _("%(available)s of %(total)s GB free, enough for %(workers)d worker processes") % {
        "available": number(available / 1e9, 1),
        "total": number(psutil.virtual_memory().total / 1e9, 1),
        "workers": workers,
    }
    remedy = None if enough else f"dipro-scan run --jobs {workers} …"
    return [
        Finding(_("Cores"), True, True, str(cores), None, "machine"),
        Finding(_("Memory"), enough, False, told, remedy, "machine"),
    ]
