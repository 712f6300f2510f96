"""A document that waits for a person, as it is kept: the noun and its JSON."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from dipro_scan.batch.said import deadlines_from_json, index_from_json, index_json
from dipro_scan.model import (
    Batch,
    Box,
    Deadline,
    Field,
    IndexValues,
    PageHints,
    PageInput,
    PageRef,
    Place,
    Reason,
    Source,
)

CASE_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of a case: which one, the key of its reading, and how to open it again."""

    ref: PageRef
    key: str
    input: PageInput


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """A document held for a person, with all that filing it later needs.

    `pipeline` is a name, or the path of the file that the run was given. `index` and `doubts` are those of
    its document.
    """

    document_id: str
    pipeline: str
    batch: Batch
    batch_pages: int
    positions: tuple[int, ...]
    pages: tuple[CasePage, ...]
    set_aside_blank: tuple[PageRef, ...]
    operator: str | None
    station: str | None
    date: dt.date
    class_id: str | None
    confidence: float
    place: Place | None
    fields: dict[str, Field]
    metadata: dict[str, Any]
    index: tuple[IndexValues, ...] = ()
    doubts: tuple[Reason, ...] = ()

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """Those found on its pages, the most urgent first; cases of the first days tell of none."""
        return deadlines_from_json(self.metadata.get("deadlines", ()))

    @property
    def reasons(self) -> list[dict[str, str]]:
        reasons: list[dict[str, str]] = self.metadata["reasons"]
        return reasons


_CASE = TypeAdapter(ReviewCase)


def whole_case(data: dict[str, Any]) -> ReviewCase:
    """The case in `data`: JSON that can be read may still be none of ours.

    Raises ValueError, TypeError, KeyError or AttributeError for what is none.
    """
    case = case_from_json(data)
    whole = _CASE.validate_python({part.name: getattr(case, part.name) for part in fields(case)})
    if not all(isinstance(reason["text"], str) for reason in whole.reasons):
        raise TypeError("a reason without its sentence")
    if whole.deadlines and not all(isinstance(deadline.text, str) for deadline in whole.deadlines):
        raise TypeError("a deadline without its words")
    return whole


def case_json(case: ReviewCase) -> dict[str, Any]:
    return {
        "schema": CASE_SCHEMA,
        "document_id": case.document_id,
        "pipeline": case.pipeline,
        "batch": {
            "id": case.batch.id,
            "pipeline": case.batch.pipeline,
            "pages": case.batch_pages,
            "sources": [source_json(source) for source in case.batch.sources],
        },
        "pages": [
            {**case_page_json(page), "position": position}
            for page, position in zip(case.pages, case.positions, strict=True)
        ],
        "set_aside_blank": [ref._asdict() for ref in case.set_aside_blank],
        "operator": case.operator,
        "station": case.station,
        "date": case.date.isoformat(),
        "class": case.class_id,
        "confidence": case.confidence,
        "place": asdict(case.place) if case.place else None,
        "fields": {name: asdict(field) for name, field in case.fields.items()},
        "metadata": case.metadata,
        "index": index_json(case.index),
        "doubts": [asdict(doubt) for doubt in case.doubts],
    }


def case_from_json(data: dict[str, Any]) -> ReviewCase:
    sources = tuple(source_from_json(item) for item in data["batch"]["sources"])
    return ReviewCase(
        document_id=data["document_id"],
        pipeline=data["pipeline"],
        batch=Batch(data["batch"]["id"], data["batch"]["pipeline"], sources),
        batch_pages=data["batch"]["pages"],
        positions=tuple(page["position"] for page in data["pages"]),
        pages=tuple(case_page_from_json(page) for page in data["pages"]),
        set_aside_blank=tuple(PageRef(**ref) for ref in data["set_aside_blank"]),
        operator=data["operator"],
        station=data["station"],
        date=dt.date.fromisoformat(data["date"]),
        class_id=data["class"],
        confidence=data["confidence"],
        place=Place(**data["place"]) if data["place"] else None,
        fields={name: _field(value) for name, value in data["fields"].items()},
        metadata=data["metadata"],
        index=index_from_json(data.get("index", ())),
        doubts=tuple(Reason(**doubt) for doubt in data.get("doubts", ())),
    )


def case_page_json(page: CasePage) -> dict[str, Any]:
    return {
        **page.ref._asdict(),
        "key": page.key,
        "kept": str(page.input.path),
        "media_type": page.input.media_type,
        "rotation": page.input.hints.rotation,
        "blank": page.input.hints.blank,
        "hinted_by": page.input.hints.by,
    }


def case_page_from_json(data: dict[str, Any]) -> CasePage:
    """Raises KeyError and TypeError for what is no such page. Cases of the first days name no rotation."""
    ref = PageRef(data["source_sha256"], data["source"], data["source_page"])
    hints = PageHints(data.get("rotation"), data.get("blank", False), data.get("hinted_by", "person"))
    kept = Path(data["kept"])
    return CasePage(
        ref, data["key"], PageInput(kept, ref.source_sha256, data["media_type"], ref.source_page, hints)
    )


def _field(value: dict[str, Any]) -> Field:
    return Field(**{**value, "box": Box(*value["box"]) if value["box"] else None})


def source_json(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "path": os.fsencode(source.path).decode("utf-8", "surrogateescape"),
        "kept": str(source.kept),
        "sha256": source.sha256,
        "size_bytes": source.size_bytes,
        "arrived": source.arrived.isoformat(),
    }


def source_from_json(data: dict[str, Any]) -> Source:
    return Source(
        name=data["name"],
        path=Path(data["path"]),
        kept=Path(data["kept"]),
        sha256=data["sha256"],
        size_bytes=data["size_bytes"],
        arrived=dt.datetime.fromisoformat(data["arrived"]),
    )
