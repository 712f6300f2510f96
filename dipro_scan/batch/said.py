"""What was said about paper, and the deadlines found on it, as records and review cases hold them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import DocumentEntry, DocumentState
from dipro_scan.model import Box, Deadline, IndexValues, most_urgent


def index_json(voices: Iterable[IndexValues]) -> list[dict[str, Any]]:
    """The voices as given, the one that counts most first."""
    return [asdict(voice) for voice in voices]


def index_from_json(data: Iterable[dict[str, Any]]) -> tuple[IndexValues, ...]:
    """Raises TypeError for what are no such values."""
    return tuple(IndexValues(**item) for item in data)


def deadline_json(deadline: Deadline) -> dict[str, Any]:
    return {
        "kind": deadline.kind,
        "day": deadline.day.isoformat() if deadline.day else None,
        "basis": deadline.basis,
        "text": deadline.text,
        "page": deadline.page,
        "box_mm": [round(edge, 2) for edge in deadline.box] if deadline.box else None,
    }


def deadlines_from_json(data: Iterable[dict[str, Any]]) -> tuple[Deadline, ...]:
    """Raises KeyError, TypeError and ValueError for what are none."""
    return tuple(
        Deadline(
            kind=item["kind"],
            day=dt.date.fromisoformat(item["day"]) if item["day"] else None,
            text=item["text"],
            page=item["page"],
            box=Box(*item["box_mm"]) if item["box_mm"] else None,
            basis=item["basis"],
        )
        for item in data
    )


def deadline_of(workspace: Workspace, entry: DocumentEntry) -> Deadline | None:
    """The most urgent deadline of a document filed or in review; None where what tells of it is gone."""
    if entry.state is DocumentState.REVIEW:
        path = workspace.review(entry.id) / "case.json"
    elif entry.state is DocumentState.FILED and entry.metadata is not None:
        path = workspace.records / entry.metadata
    else:
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        metadata = data["metadata"] if entry.state is DocumentState.REVIEW else data
        return most_urgent(deadlines_from_json(metadata.get("deadlines", ())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def deadlines_of(workspace: Workspace, entries: Sequence[DocumentEntry]) -> dict[str, Deadline]:
    """The most urgent deadline of each document that has one, by document id."""
    found = ((entry.id, deadline_of(workspace, entry)) for entry in entries)
    return {document_id: deadline for document_id, deadline in found if deadline is not None}
