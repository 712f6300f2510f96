"""Sources that could not be read: kept beside their reason, tried again, discarded."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

from dipro_scan.batch.homing import kept_at
from dipro_scan.batch.said import index_from_json, index_json
from dipro_scan.batch.station import Station
from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import SourceEntry
from dipro_scan.model import Quarantined, Reason, Source, SourceRefused, UsageProblem
from dipro_scan.records import durable, safe_component
from dipro_scan.records.durable import told_as_unwritable
from dipro_scan.translation import _

SHORTEST_ID = 6


def check_reason(reason: str) -> None:
    """Raises UsageProblem for a reason that says nothing: the journal keeps it for auditors."""
    if not reason.strip():
        raise UsageProblem(_("Give a reason; it is kept in the journal."))


def put_into_quarantine(
    workspace: Workspace, source: Source, refused: SourceRefused, run_pipeline: str
) -> Quarantined:
    """Lays the kept file and the reason into the quarantine folder, under the file's own name.

    `run_pipeline`, the name or the file that the run was given, is kept of the first run that met the source.
    """
    folder = workspace.quarantine(source.sha256)
    target = folder / safe_component(Path(source.name).name)
    content = {
        "schema": 1,
        "source": source.name,
        "source_sha256": source.sha256,
        "size_bytes": source.size_bytes,
        "arrived": source.arrived.isoformat(),
        "original": str(source.kept),
        "file": target.name,
        "reason": refused.reason,
        "message": str(refused),
        "pages": refused.pages,
        "pipeline": source.pipeline,
        "run_pipeline": _run_pipeline(folder) or run_pipeline,
        "index": index_json(source.index),
        "doubts": [asdict(doubt) for doubt in source.doubts],
    }
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    with told_as_unwritable(folder):
        durable.make_folders(folder)
        if not target.exists():
            _link_or_copy(source.kept, target)
        durable.replace_file(folder / "reason.json", text.encode("utf-8", "backslashreplace"))
    return Quarantined(
        source=source.name,
        source_sha256=source.sha256,
        reason=refused.reason,
        message=str(refused),
        path=workspace.shown(target),
        pages=refused.pages,
    )


def keep_refusal(workspace: Workspace, quarantined: Quarantined) -> None:
    """Lays down why a source is in quarantine of which nothing could be kept: the ledger is not for ever."""
    folder = workspace.quarantine(quarantined.source_sha256 or "")
    if (folder / "reason.json").exists():
        return
    content = {"schema": 1, **asdict(quarantined)}
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    with told_as_unwritable(folder):
        durable.make_folders(folder)
        durable.replace_file(folder / "reason.json", text.encode("utf-8", "backslashreplace"))


def kept_source(workspace: Workspace, entry: SourceEntry) -> Source | None:
    """The source as it was claimed, read from its original; None where nothing of it could be kept."""
    folder = workspace.quarantine(entry.sha256)
    try:
        data = json.loads((folder / "reason.json").read_text(encoding="utf-8"))
        original = kept_at(workspace, Path(data["original"]), entry.sha256)
        if not original.is_file():
            return None
        return Source(
            name=data["source"],
            path=folder / data["file"],
            kept=original,
            sha256=entry.sha256,
            size_bytes=data["size_bytes"],
            arrived=dt.datetime.fromisoformat(data["arrived"]),
            index=index_from_json(data.get("index", ())),
            pipeline=data.get("pipeline"),
            doubts=tuple(Reason(**doubt) for doubt in data.get("doubts", ())),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def kept_pipeline(workspace: Workspace, entry: SourceEntry) -> str | None:
    """The pipeline, name or file, of the run that met the source first; None where nobody wrote it down."""
    return _run_pipeline(workspace.quarantine(entry.sha256))


def _run_pipeline(folder: Path) -> str | None:
    try:
        found = json.loads((folder / "reason.json").read_text(encoding="utf-8"))["run_pipeline"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


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
    found = (
        [entry for entry in held if len(prefix) >= SHORTEST_ID and entry.sha256.startswith(prefix)]
        or [entry for entry in held if entry.name == prefix]
        or [entry for entry in held if Path(entry.name).name == prefix]
    )
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


def lift_guard(station: Station, entry: SourceEntry) -> None:
    """The same bytes are new again when they come again."""
    _journal(station, "quarantine_lifted", entry, None)
    station.ledger.free_source(entry.sha256)
    clear_quarantine(station.workspace, entry.sha256)


def discard(station: Station, prefix: str, reason: str) -> SourceEntry:
    """A person says that nothing is lost with this source. Its bytes stay with the originals."""
    check_reason(reason)
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


def settle_older(station: Station, batch_id: str, path: str, key: str | None) -> None:
    """What was refused at `path` before waits no longer: another file lies there now.

    `key` is that file's own, where it is refused as well.
    """
    for entry in station.ledger.quarantined_sources():
        known = entry.quarantine
        if known is not None and known.path == path and entry.sha256 != key:
            data = {"batch": batch_id, "key": entry.sha256, "source": entry.sha256, "reason": known.reason}
            station.store.append("quarantine_settled", data)
            station.ledger.discard_source(entry.sha256)
            clear_quarantine(station.workspace, entry.sha256)
