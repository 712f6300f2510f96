"""Which process holds a lock, so that others can tell whether it still lives."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psutil

_START_FIELD: Final = 22
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """A process of a machine. `started` tells it from a later one of the same number; see `start_of`."""

    pid: int
    host: str
    started: str

    @classmethod
    def own(cls) -> ProcessFacts:
        return cls(os.getpid(), socket.gethostname(), start_of(os.getpid()) or "")

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> ProcessFacts:
        """As `as_dict` gave it. Raises KeyError, TypeError, ValueError."""
        return cls(int(data["pid"]), str(data["host"]), str(data["started"]))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_of_this_machine(self) -> bool:
        return self.host == socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs; a process on another machine is taken to."""
        return not self.is_of_this_machine or start_of(self.pid) == self.started


def start_of(pid: int) -> str | None:
    """When a process started, as no other process of this number will ever say; None if it is gone.

    On Linux the boot and the clock ticks since then (proc(5), “starttime”), which setting the machine's clock
    does not change; elsewhere seconds since 1970. A process that ended and was not yet collected is gone.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        if not _BOOT.is_file():
            return f"{process.create_time():.1f}"
        stat = Path(f"/proc/{pid}/stat").read_bytes()
        # The second field is the program's name in brackets, which may hold anything.
        ticks = stat[stat.rindex(b")") + 1 :].split()[_START_FIELD - 3]
        return f"{_BOOT.read_text(encoding='ascii').strip()}:{int(ticks)}"
    except psutil.AccessDenied:
        return ""
    except (psutil.NoSuchProcess, OSError, ValueError):
        return None


def running_command() -> str:
    """The program and the command that it carries out, without names of files: they may tell of people."""
    program, *given = sys.argv
    for before, word in zip(["", *given], given, strict=False):
        if re.fullmatch("[a-z]+", word) and not before.startswith("--"):
            return f"{Path(program).name} {word}"
    return Path(program).name
