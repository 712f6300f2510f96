"""What is to be filed, and the plan of its filing: names, contents, hashes."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dipro_scan.model import FilingIntent, Place, Record
from dipro_scan.records import durable
from dipro_scan.records.catalogue import Catalogue
from dipro_scan.records.containers import (
    akte_container,
    json_bytes,
    vorgang_container,
    with_earlier_begin,
)
from dipro_scan.records.layout import Target
from dipro_scan.settings import Aktenplan

_INTENTS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:dipro_scan:filing-intent")


@dataclass(frozen=True, slots=True)
class Filing:
    """A document that is decided and whose PDF/A is made and checked.

    `date` leads its name. `metadata` is the metadata object (D3) without `files`. `pdfa` is the part
    and level that the PDF conforms to, None for one that was filed as it came.
    """

    document_id: str
    place: Place
    class_id: str
    date: dt.date
    pdf: Path
    metadata: dict[str, Any] = field(repr=False)
    plan: Aktenplan = field(repr=False)
    pdfa: str | None = "2u"


@dataclass(frozen=True, slots=True)
class PlannedFiling:
    """An intent and the contents of its files: containers first, then metadata, then the PDF."""

    intent: FilingIntent
    contents: tuple[bytes | Path, ...]


def plan_filing(
    filing: Filing, target: Target, root: Path, catalogue: Catalogue, journal_number: int
) -> PlannedFiling:
    """Everything that a filing will write, decided before anything is written.

    `journal_number` is that of the line to be: with it the intent's id is new for every attempt and
    yet the same in two runs over the same input. Raises OSError.
    """
    pdf_sha256 = durable.hash_file(filing.pdf)
    metadata = json_bytes(_with_files(filing, target, pdf_sha256))
    metadata_sha256 = durable.hash_bytes(metadata)
    containers = _containers(filing, target, root, catalogue)
    intent_id = str(uuid.uuid5(_INTENTS, f"{filing.document_id}:{journal_number}"))
    record = Record(
        document_id=filing.document_id,
        pdf=target.pdf,
        pdf_sha256=pdf_sha256,
        metadata=target.metadata,
        metadata_sha256=metadata_sha256,
        class_id=filing.class_id,
        aktenzeichen=filing.place.aktenzeichen,
    )
    replaced = tuple((path, before, durable.hash_bytes(content)) for path, before, content in containers)
    intent = FilingIntent(
        id=intent_id,
        document_id=filing.document_id,
        files=((record.metadata, metadata_sha256), (record.pdf, pdf_sha256)),
        containers=replaced,
        journal=_journal_data(filing, target, record, intent_id, replaced),
        record=record,
    )
    return PlannedFiling(intent, (*(content for _path, _before, content in containers), metadata, filing.pdf))


def _with_files(filing: Filing, target: Target, pdf_sha256: str) -> dict[str, Any]:
    files = [{"role": "record", "path": target.pdf, "sha256": pdf_sha256, "pdfa": filing.pdfa}]
    content: dict[str, Any] = {}
    for name, value in filing.metadata.items():
        content[name] = value
        if name == "transfer_note":
            content["files"] = files
    # A caller's own `files` keeps its place; what it says is ours.
    content["files"] = files
    return content


def _journal_data(
    filing: Filing,
    target: Target,
    record: Record,
    intent_id: str,
    containers: tuple[tuple[str, str, str], ...],
) -> dict[str, Any]:
    note = filing.metadata.get("transfer_note") or {}
    return {
        "intent": intent_id,
        "document": record.document_id,
        "class": record.class_id,
        "aktenzeichen": record.aktenzeichen,
        "akte": target.akte,
        "vorgang": target.vorgang,
        "vorgang_title": filing.place.vorgang_title,
        "transfer_note": note.get("tv_id"),
        "containers": [
            {"path": path, "before": before or None, "after": after} for path, before, after in containers
        ],
        "files": [
            {"role": "metadata", "path": record.metadata, "sha256": record.metadata_sha256},
            {"role": "record", "path": record.pdf, "sha256": record.pdf_sha256},
        ],
    }


def _containers(
    filing: Filing, target: Target, root: Path, catalogue: Catalogue
) -> list[tuple[str, str, bytes]]:
    """The containers that this filing makes or replaces: path, SHA-256 before (or empty), content."""
    place = filing.place
    makers: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
        (target.akte_container, lambda: akte_container(place, filing.plan, filing.date)),
        (target.vorgang_container, lambda: vorgang_container(place, target.vorgang, filing.date)),
    )
    changes: list[tuple[str, str, bytes]] = []
    for path, make in makers:
        known, file = catalogue.containers.get(path), root / path
        if known is None and not file.exists():
            changes.append((path, "", json_bytes(make())))
        elif known is not None and file.is_file() and durable.hash_file(file) == known:
            old = file.read_bytes()
            new = json_bytes(with_earlier_begin(json.loads(old), filing.date))
            if new != old:
                changes.append((path, known, new))
        # One that is missing, foreign or changed stays as it is: `verify` must go on telling so.
    return changes
