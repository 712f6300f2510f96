"""One part of the environment, as `doctor` found it."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import Literal

Group = Literal["program", "libraries", "reading", "settings", "folders", "machine", "optional"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`needed` parts that are not `present` make the exit code 8. `remedy` is the command that mends it."""

    name: str
    present: bool
    needed: bool
    detail: str
    remedy: str | None = None
    group: Group = "program"


def pip_install(*requirements: str) -> str:
    """The command that installs into the very Python that runs this program."""
    return shlex.join([sys.executable, "-m", "pip", "install", *requirements])
