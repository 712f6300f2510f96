"""Filings that were under way when the ledger was lost, as far as the files they left tell of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from dipro_scan.model import FilingIntent, Record
from dipro_scan.records import durable, filed_files, journal_files

_INTENTS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:dipro_scan:rebuilt-intent")


@dataclass(frozen=True, slots=True)
class Journalled:
    """What the journal knows: containers with their SHA-256 by path, the ids of documents and of filings."""

    containers: dict[str, str]
    documents: Collection[str]
    intents: Collection[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """The metadata of a filing without a journal line, and its folder in staging where that is left."""

    text: bytes
    staged: Path | None


def interrupted_filings(
    records: Path, staging: Path, unknown: Collection[str], journalled: Journalled
) -> list[FilingIntent]:
    """The open intents that recovery needs to finish or take back what lies half filed.

    `unknown` are files among the records that no journal line names. Recovery decides by their hashes.
    """
    intents: dict[str, FilingIntent] = {}
    for found in _metadata_found(records, staging, unknown, journalled):
        try:
            intent = _intent(found, records, journalled)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            continue
        if intent.document_id not in journalled.documents:
            intents.setdefault(intent.document_id, intent)
    return list(intents.values())


def _metadata_found(
    records: Path, staging: Path, unknown: Collection[str], journalled: Journalled
) -> Iterator[_Found]:
    # Staging first: with it a filing can be finished, without it perhaps only be taken back.
    folders = sorted(staging.iterdir()) if staging.is_dir() else []
    for folder in folders:
        if folder.name not in journalled.intents and folder.is_dir():
            for path in sorted(folder.iterdir()):
                if (text := _metadata_text(path)) is not None:
                    yield _Found(text, folder)
    for name in sorted(unknown):
        if name.endswith(".json") and (text := _metadata_text(records / name)) is not None:
            yield _Found(text, None)


def _metadata_text(path: Path) -> bytes | None:
    """The file's content where it is metadata of ours: names a document and its files."""
    try:
        text = path.read_bytes()
        content = json.loads(text) if text[:1] == b"{" else None
    except (OSError, ValueError):
        return None
    return text if isinstance(content, dict) and {"id", "files", "decision"} <= content.keys() else None


def _intent(found: _Found, records: Path, journalled: Journalled) -> FilingIntent:
    metadata: dict[str, Any] = json.loads(found.text)
    place = metadata["decision"]["place"]
    pdf = next(item for item in metadata["files"] if item["role"] == "record")
    vorgang = PurePosixPath(pdf["path"]).parent
    record = Record(
        document_id=str(metadata["id"]),
        pdf=str(pdf["path"]),
        pdf_sha256=str(pdf["sha256"]),
        metadata=str(PurePosixPath(pdf["path"]).with_suffix(".json")),
        metadata_sha256=durable.hash_bytes(found.text),
        class_id=str(metadata["class"]),
        aktenzeichen=str(place["aktenzeichen"]),
    )
    beside = tuple(
        (str(item["role"]), str(item["path"]), str(item["sha256"]))
        for item in metadata["files"]
        if item["role"] != "record"
    )
    made_up = uuid.uuid5(_INTENTS, f"{record.document_id}:{record.metadata_sha256}")
    intent_id = found.staged.name if found.staged else str(made_up)
    containers = tuple(_containers(found, records, vorgang, journalled))
    return FilingIntent(
        id=intent_id,
        document_id=record.document_id,
        files=filed_files(record, beside),
        containers=containers,
        journal={
            "intent": intent_id,
            "document": record.document_id,
            "class": record.class_id,
            "aktenzeichen": record.aktenzeichen,
            "akte": str(vorgang.parent),
            "vorgang": str(vorgang),
            "vorgang_title": place["vorgang_title"],
            "transfer_note": (metadata.get("transfer_note") or {}).get("tv_id"),
            "containers": [
                {"path": path, "before": before or None, "after": after} for path, before, after in containers
            ],
            "files": journal_files(record, beside),
        },
        record=record,
    )


def _containers(
    found: _Found, records: Path, vorgang: PurePosixPath, journalled: Journalled
) -> Iterator[tuple[str, str, str]]:
    """Containers that the filing made or was to replace: path, SHA-256 before (or empty) and after."""
    staged = _staged_containers(found)
    for path in (vorgang.parent / "akte.json", vorgang / "vorgang.json"):
        name = str(path)
        before, file, planned = journalled.containers.get(name, ""), records / path, staged.get(path.name)
        present = durable.hash_file(file) if file.is_file() else None
        if not before and (present or planned):
            yield name, "", present or planned or ""
        elif before and planned and planned != before:
            yield name, before, planned
        elif before and present not in (None, before) and _keeps_old(found, before):
            yield name, before, present or ""


def _staged_containers(found: _Found) -> dict[str, str]:
    """SHA-256 of the containers that wait in staging, by their name."""
    hashes: dict[str, str] = {}
    for path in sorted(found.staged.iterdir()) if found.staged else []:
        content = path.read_bytes()
        if path.suffix or content == found.text or content[:1] != b"{":
            continue
        data = json.loads(content)
        hashes["akte.json" if "aktenplan" in data else "vorgang.json"] = durable.hash_bytes(content)
    return hashes


def _keeps_old(found: _Found, before: str) -> bool:
    """Whether staging holds what the container was, so that its new content is this filing's own."""
    kept = found.staged.glob("*.old") if found.staged else ()
    return any(durable.hash_file(path) == before for path in kept)
