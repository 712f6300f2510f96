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

Beside = tuple[tuple[str, str, str], ...]
"""Role, path and SHA-256 of the files beside a record."""

_INTENTS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:dipro_scan:filing-intent")


@dataclass(frozen=True, slots=True)
class BesideFile:
    """A file that is filed beside the record, by its name and `ending` (at most 13 characters, none of which
    the metadata or the record has). `role` is unique among a document's files."""

    role: str
    ending: str
    content: Path


@dataclass(frozen=True, slots=True)
class Filing:
    """A document that is decided and whose PDF/A is made and checked.

    `date` leads its name. `metadata` is the metadata object (D3) without `files`. `pdfa` is the part
    and level that the PDF conforms to, None for one that was filed as it came. `beside` are further files.
    """

    document_id: str
    place: Place
    class_id: str
    date: dt.date
    pdf: Path
    metadata: dict[str, Any] = field(repr=False)
    plan: Aktenplan = field(repr=False)
    pdfa: str | None = "2u"
    beside: tuple[BesideFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedFiling:
    """An intent and the contents of its files: containers, metadata, what lies beside the PDF, the PDF."""

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
    beside = tuple(
        (each.role, target.beside(each.ending), durable.hash_file(each.content)) for each in filing.beside
    )
    metadata = json_bytes(_with_files(filing, target, pdf_sha256, beside))
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
        files=filed_files(record, beside),
        containers=replaced,
        journal=_journal_data(filing, target, record, intent_id, replaced, beside),
        record=record,
    )
    new = (content for _path, _before, content in containers)
    further = (each.content for each in filing.beside)
    return PlannedFiling(intent, (*new, metadata, *further, filing.pdf))


def filed_files(record: Record, beside: Beside) -> tuple[tuple[str, str], ...]:
    """Path and SHA-256 of a document's files in the order in which they are placed: the record last."""
    further = ((path, sha256) for _role, path, sha256 in beside)
    return ((record.metadata, record.metadata_sha256), *further, (record.pdf, record.pdf_sha256))


def journal_files(record: Record, beside: Beside) -> list[dict[str, str]]:
    """The same as a line of the journal has them."""
    return [
        {"role": "metadata", "path": record.metadata, "sha256": record.metadata_sha256},
        *({"role": role, "path": path, "sha256": sha256} for role, path, sha256 in beside),
        {"role": "record", "path": record.pdf, "sha256": record.pdf_sha256},
    ]


def _with_files(filing: Filing, target: Target, pdf_sha256: str, beside: Beside) -> dict[str, Any]:
    files: list[dict[str, str | None]] = [
        {"role": "record", "path": target.pdf, "sha256": pdf_sha256, "pdfa": filing.pdfa}
    ]
    files += [{"role": role, "path": path, "sha256": sha256} for role, path, sha256 in beside]
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
    beside: Beside,
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
        "files": journal_files(record, beside),
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
