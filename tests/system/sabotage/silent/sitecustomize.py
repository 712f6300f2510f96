"""Takes the news of the operating system away: SILENT=mute says nothing, SILENT=limit fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from typing import Any

import watchfiles


def _mute(*_folders: str, stop_event: Any, **_options: Any) -> Iterator[None]:
    stop_event.wait()
    yield from ()


def _limit(*_folders: str, **_options: Any) -> Iterator[None]:
    raise OSError(errno.ENOSPC, "OS file watch limit reached")


watchfiles.watch = {"mute": _mute, "limit": _limit}[os.environ["SILENT"]]
