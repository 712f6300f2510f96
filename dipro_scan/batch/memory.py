"""How much memory processes can have: what the machine has left, or less where a control group limits it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

_OWN: Final = Path("/proc/self/cgroup")
_ROOT: Final = Path("/sys/fs/cgroup")
_SECOND: Final = ("memory.max", "memory.current", "inactive_file")
_FIRST: Final = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
"""Of control groups version 2 and 1: the limit, the use, and the part of it that the kernel gives back."""


def free_memory(own: Path = _OWN, root: Path = _ROOT) -> int:
    """Bytes that new processes can have without any being killed.

    A service or container has a control group whose limit counts, and so do those of the groups around it
    (https://docs.kernel.org/admin-guide/cgroup-v2.html, “Memory Interface Files”).
    """
    available: int = psutil.virtual_memory().available
    for folder, names in _groups(own, root):
        left = _left(folder, *names)
        if left is not None:
            available = min(available, left)
    return available


def _groups(own: Path, root: Path) -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """The folders of this process's control groups, and of those around them."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        top, names = (root / "memory", _FIRST) if controllers else (root, _SECOND)
        folder = top / path.strip("/")
        # In a container the path may be that of the host, which is not to be seen from here.
        for place in (folder, *folder.parents):
            if place.is_relative_to(top):
                yield place, names


def _left(folder: Path, limit: str, used: str, cache: str) -> int | None:
    try:
        most = int((folder / limit).read_text(encoding="ascii"))
        taken = int((folder / used).read_text(encoding="ascii"))
        facts = dict(line.split() for line in (folder / "memory.stat").read_text("ascii").splitlines())
        return max(0, most - taken + int(facts.get(cache, 0)))
    except (OSError, ValueError):
        return None
