"""A worker with all that it has started, such as the Tesseract command: they end together.

Each worker leads a process group of its own, and what it starts is born into that group. So a signal to the
group finds every one of them, also where the worker itself was killed and could clean up nothing.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import NoReturn

import psutil


def lead_own_group() -> None:
    """Makes this process the leader of a new group: no longer that of the terminal or of the run.

    What a terminal sends to the group in front (Ctrl-C, Ctrl-Z, a hang-up) then reaches the run alone, which
    ends its workers. A group in the background may be stopped when it writes to the terminal; not this one.
    """
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)


def end_own_group() -> NoReturn:
    """Ends this process and all that it has started."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def end_group(process: BaseProcess) -> None:
    """Kills a worker and all that it has started; nothing happens where they have ended.

    A worker that is still about to lead its group has started nothing and is killed by itself.
    """
    pid = process.pid
    if pid is None:
        return
    if _is_no_stranger(pid):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    process.kill()


def _is_no_stranger(pid: int) -> bool:
    """Whether the number of a worker still means its group.

    The kernel gives a number out again only when neither process nor group bears it. So it is the worker's
    until that was waited for; after that, it is its group's as long as no process has it.
    """
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return not psutil.pid_exists(pid)
    return True
