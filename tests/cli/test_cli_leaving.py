"""A command ends at once, but not before what wanted to be called at the end was called."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import atexit, sys, threading
from dipro_scan.cli import main
atexit.register(print, "called at the end")
sys.argv = ["dipro-scan", *sys.argv[1:]]
main()
"""


def left(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_what_wants_to_be_called_at_the_end_is_called_and_everything_is_printed() -> None:
    done = left("--version")
    assert done.returncode == 0
    assert "called at the end" in done.stdout and "0.1.0" in done.stdout


def test_the_exit_code_is_the_commands_own() -> None:
    done = left("run", "--no-such-option")
    assert done.returncode == 2
    assert "no-such-option" in done.stderr
