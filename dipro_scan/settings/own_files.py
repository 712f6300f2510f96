"""Writing settings for a city: never over a file that is there."""

from __future__ import annotations

from pathlib import Path

from dipro_scan.model import Unwritable, UsageProblem
from dipro_scan.settings.shelf import CLASSES, PLANS, SUFFIX, shipped_pipelines
from dipro_scan.translation import _, os_reason


def copy_shipped(folder: Path) -> list[Path]:
    """Copies the shipped set into `folder`, which must be new or empty; the files written, in order.

    Raises UsageProblem where something lies there already, Unwritable where nothing can be written.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageProblem(_("%(folder)s is a file; name a folder.") % {"folder": folder})
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageProblem(
                _("The folder %(folder)s is not empty, and nothing is overwritten; name a new folder.")
                % {"folder": folder}
            )
    except OSError as error:
        raise _unwritable(folder, error) from error
    shipped = shipped_pipelines()
    written = []
    for part in ("", PLANS, CLASSES):
        for source in sorted((shipped / part).glob("*" + SUFFIX)):
            written.append(write_new(folder / part / source.name, source.read_text("utf-8")))
    return written


def write_new(path: Path, text: str) -> Path:
    """Writes a new file with its folders. Raises UsageProblem where `path` exists, Unwritable else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path.parent, error) from error
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageProblem(
            _("%(file)s exists already, and nothing is overwritten; choose another name.") % {"file": path}
        ) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def _unwritable(path: Path, error: OSError) -> Unwritable:
    return Unwritable(
        _("%(path)s cannot be written (%(why)s). Nothing is lost.") % {"path": path, "why": os_reason(error)}
    )
