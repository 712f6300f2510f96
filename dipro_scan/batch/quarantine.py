"""Sources that could not be read: kept beside their reason, tried again, discarded."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from dipro_scan.batch.station import Station
from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import SourceEntry
from dipro_scan.model import Quarantined, Source, SourceRefused, Unwritable, UsageProblem
from dipro_scan.translation import _, os_reason


def put_into_quarantine(workspace: Workspace, source: Source, refused: SourceRefused) -> Quarantined:
    """Lays the kept file and the reason into the quarantine folder, under the file's own name."""
    folder = workspace.quarantine(source.sha256)
    target = folder / Path(source.name).name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            _link_or_copy(source.kept, target)
        (folder / "reason.json").write_text(
            json.dumps(
                {
                    "schema": 1,
                    "source": source.name,
                    "source_sha256": source.sha256,
                    "reason": refused.reason,
                    "message": str(refused),
                    "pages": refused.pages,
                },
                ensure_ascii=False,
                indent=2,
            )
            + "\n",
            encoding="utf-8",
            errors="backslashreplace",
        )
    except OSError as error:
        raise Unwritable(
            _("The quarantine %(folder)s cannot be written (%(why)s); check room and permissions.")
            % {"folder": folder, "why": os_reason(error)}
        ) from error
    return Quarantined(
        source=source.name,
        source_sha256=source.sha256,
        reason=refused.reason,
        message=str(refused),
        path=workspace.shown(target),
        pages=refused.pages,
    )


def clear_quarantine(workspace: Workspace, source_sha256: str) -> None:
    """Empties the quarantine folder of a source; the original stays with the originals."""
    shutil.rmtree(workspace.quarantine(source_sha256), ignore_errors=True)


def _link_or_copy(kept: Path, target: Path) -> None:
    try:
        os.link(kept, target)
    except OSError:
        shutil.copyfile(kept, target)


def quarantined_source(station: Station, prefix: str) -> SourceEntry:
    """The one source in quarantine whose hash begins with `prefix`, or that has this name.

    Raises UsageProblem where there is none, or more than one.
    """
    held = station.ledger.quarantined_sources()
    found = [entry for entry in held if entry.sha256.startswith(prefix)] or [
        entry for entry in held if entry.name == prefix
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageProblem(
            _("“%(id)s” fits %(count)d sources in quarantine; give more of the id.")
            % {"count": len(found), "id": prefix}
        )
    raise UsageProblem(
        _("Nothing in quarantine is called %(id)s; “quarantine list” shows what is.") % {"id": prefix}
    )


def kept_file(workspace: Workspace, entry: SourceEntry) -> Path | None:
    """The source's bytes under its own name; None for one of which nothing could be kept."""
    kept = workspace.quarantine(entry.sha256) / Path(entry.name).name
    return kept if kept.is_file() else None


def lift_guard(station: Station, entry: SourceEntry) -> None:
    """The same bytes are new again when they come again."""
    _journal(station, "quarantine_lifted", entry, None)
    station.ledger.free_source(entry.sha256)
    clear_quarantine(station.workspace, entry.sha256)


def discard(station: Station, prefix: str, reason: str) -> SourceEntry:
    """A person says that nothing is lost with this source. Its bytes stay with the originals."""
    entry = quarantined_source(station, prefix)
    _journal(station, "discarded", entry, reason)
    station.ledger.discard_source(entry.sha256)
    clear_quarantine(station.workspace, entry.sha256)
    return entry


def _journal(station: Station, event: str, entry: SourceEntry, reason: str | None) -> None:
    station.store.append(
        event,
        {
            "batch": entry.batch_id,
            "key": entry.sha256,
            "source": entry.sha256,
            "reason": reason,
            "operator": station.options.operator,
        },
    )
