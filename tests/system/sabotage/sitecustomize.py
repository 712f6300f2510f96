"""Kills the process that imports it at the n-th change it makes below a folder. For crash tests.

Python imports a module of this name at start. `SABOTAGE_FOLDER` names the folder, `SABOTAGE_AT` the change
(0: never); the number of changes is appended to `SABOTAGE_COUNT` at exit. Workers are left alone.
`SABOTAGE_ROOM` is the look at a drive from which on it is full, `SABOTAGE_POISON` the hash of a source that
kills the run which opens it. `SABOTAGE_BALANCE` makes a page of every source vanish from the count,
`SABOTAGE_PDF` breaks the making of every PDF, in workers too.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys

_FOLDER = os.environ.get("SABOTAGE_FOLDER", "")
_AT = int(os.environ.get("SABOTAGE_AT", "0"))
_CHANGES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.symlink"}
_seen = 0


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    global _seen
    if event == "open":
        path, mode, flags = arguments
        writes = (isinstance(mode, str) and any(letter in mode for letter in "wax+")) or (
            isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        )
        if not writes or not _is_watched(path):
            return
    elif event not in _CHANGES or not any(_is_watched(argument) for argument in arguments):
        return
    _seen += 1
    if _seen == _AT:
        os.kill(os.getpid(), signal.SIGKILL)


def _is_watched(path: object) -> bool:
    return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(_FOLDER)


def _tell() -> None:
    with open(os.environ["SABOTAGE_COUNT"], "a", encoding="ascii") as file:  # noqa: PTH123
        file.write(f"{_seen}\n")


if _FOLDER and "--multiprocessing-fork" not in sys.orig_argv and "-c" not in sys.orig_argv:
    sys.addaudithook(_watch)
    atexit.register(_tell)

if os.environ.get("SABOTAGE_BALANCE"):
    from dipro_scan.batch.bins import Bins

    _scan = Bins.scan
    Bins.scan = lambda self, pages, *rest: _scan(self, pages + 1, *rest)  # type: ignore[method-assign]

if os.environ.get("SABOTAGE_PDF"):
    import dipro_scan.pdf

    def _broken(*_arguments: object) -> None:
        raise ValueError("sabotage")

    dipro_scan.pdf.write_pdf = _broken  # type: ignore[assignment]

if os.environ.get("SABOTAGE_STEPS"):
    import sabotage_steps

    sabotage_steps.arm_from_environment()

if os.environ.get("SABOTAGE_ROOM"):
    _statvfs = os.statvfs
    _looks_left = int(os.environ["SABOTAGE_ROOM"]) - 1

    def _full(path: str) -> os.statvfs_result:
        global _looks_left
        _looks_left -= 1
        found = _statvfs(path)
        return found if _looks_left >= 0 else os.statvfs_result((*found[:3], 0, 0, *found[5:]))

    os.statvfs = _full  # type: ignore[assignment]

if os.environ.get("SABOTAGE_POISON") and "--multiprocessing-fork" not in sys.orig_argv:
    from dipro_scan.batch.attempts import Flight

    _begin = Flight.begin

    def _die(self: Flight, sha256: str) -> None:
        _begin(self, sha256)
        if sha256 == os.environ["SABOTAGE_POISON"]:
            os.kill(os.getpid(), signal.SIGKILL)

    Flight.begin = _die  # type: ignore[method-assign]
