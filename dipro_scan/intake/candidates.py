"""Which files a run is about: the files named, and those in the folders named, in natural order."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from natsort import natsort_keygen, ns

from dipro_scan.model import UsageProblem
from dipro_scan.translation import _, os_reason

_PARTIAL_SUFFIXES = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".download", ".opdownload")
# Windows, macOS, and the network storage of Synology and QNAP, which put their own among the user's.
_SYSTEM_NAMES = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information", "lost+found"}
    | {"@eadir", "@tmp", "@recycle", "@recently-snapshot", "#recycle", "#snapshot"}
    | {"network trash folder", "temporary items"}
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that lies in an inbox and must be accounted for.

    `name` is the path below the folder that was named (with `/`, NFC); for a named file its file name.
    """

    path: Path
    name: str


def find_candidates(inputs: Sequence[Path]) -> list[Candidate]:
    """Every file of `inputs` (files and folders, in the order given), each file once.

    A folder gives all files below it in natural order of path (`2` before `10`, letter case ignored).
    Hidden, system and half-written files found in folders are passed over; a file named by itself is
    always taken. Symbolic links and special files are candidates too, so that they are accounted for;
    links to folders are never followed unless named. A folder that cannot be listed is a candidate
    itself. Raises UsageProblem where a named input is not there.
    """
    found: dict[str, Candidate] = {}
    for given in inputs:
        for candidate in _candidates_of(given):
            # The link itself is the identity, so only its folder is resolved.
            parent = os.path.realpath(candidate.path.parent)
            found.setdefault(f"{parent}{os.sep}{candidate.path.name}", candidate)
    return list(found.values())


def names_to_be(folder: Path) -> list[str]:
    """The names that files in `folder` will have which are still being written under a name of their own."""
    try:
        present = sorted(path.name for path in folder.iterdir())
    except OSError:
        return []
    ended = (name for name in present if name.lower().endswith(_PARTIAL_SUFFIXES))
    return [name.rpartition(".")[0] for name in ended]


def printable_name(name: str) -> str:
    """`name` in NFC, with bytes that are no UTF-8 and control characters shown as escapes."""
    text = os.fsencode(name).decode("utf-8", errors="backslashreplace")
    text = _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", text)
    return unicodedata.normalize("NFC", text)


def _candidates_of(given: Path) -> list[Candidate]:
    try:
        mode = given.lstat().st_mode
        if stat.S_ISLNK(mode) and given.is_dir():
            mode = given.stat().st_mode
    except OSError as error:
        raise UsageProblem(
            _("%(path)s is not there or cannot be reached: %(reason)s. Check the spelling.")
            % {"path": printable_name(str(given)), "reason": os_reason(error)}
        ) from error
    if not stat.S_ISDIR(mode):
        return [Candidate(given, printable_name(given.name))]
    try:
        os.scandir(given).close()
    except OSError as error:
        raise UsageProblem(
            _("The folder %(path)s cannot be listed: %(reason)s. Check its permissions.")
            % {"path": printable_name(str(given)), "reason": os_reason(error)}
        ) from error
    below = [(relative, printable_name(relative)) for relative in _walk(given, "")]
    natural = natsort_keygen(key=lambda item: item[1], alg=ns.PATH | ns.IGNORECASE)
    below.sort(key=lambda item: (natural(item), item[1], os.fsencode(item[0])))
    return [Candidate(given / relative, name) for relative, name in below]


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    """Paths of candidates below `folder`, relative to the folder named first, in no order."""
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError:
        # Named so that it is refused as unreadable, rather than that its pages are missing unnoticed.
        yield prefix.rstrip("/")
        return
    for entry in listed:
        if _is_passed_over(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder / entry.name, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}"


def _is_passed_over(name: str) -> bool:
    """Hidden, the operating system's own, or not yet complete."""
    lowered = name.lower()
    return name.startswith((".", "~$")) or lowered in _SYSTEM_NAMES or lowered.endswith(_PARTIAL_SUFFIXES)
