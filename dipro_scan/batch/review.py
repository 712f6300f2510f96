"""Documents that wait for a person: kept, listed, shown, accepted, rejected."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from dipro_scan.batch.filing import BatchFacts, sources_of
from dipro_scan.batch.workspace import Workspace
from dipro_scan.model import (
    Batch,
    Box,
    Decision,
    Document,
    Field,
    PageInput,
    PageRef,
    Place,
    Source,
    StoreDamaged,
    StoreNewer,
    Unwritable,
    UsageProblem,
)
from dipro_scan.records import durable
from dipro_scan.translation import _, os_reason

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

    `pipeline` is a name, or the path of the file that the run was given.
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

    @property
    def reasons(self) -> list[dict[str, str]]:
        reasons: list[dict[str, str]] = self.metadata["reasons"]
        return reasons


_CASE = TypeAdapter(ReviewCase)


def keep_case(workspace: Workspace, case: ReviewCase, preview: Path | None) -> Path | None:
    """Lays the case into the review folder, whole or not at all; gives the path of its preview PDF.

    Raises Unwritable where the review folder cannot be written.
    """
    target = workspace.review(case.document_id)
    making = target.with_name(f".{case.document_id}.part")
    try:
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        if preview is not None:
            durable.copy_new(preview, making / "document.pdf")
        text = json.dumps(_case_json(case), ensure_ascii=False, indent=2) + "\n"
        durable.write_new(making / "case.json", text.encode("utf-8", "backslashreplace"))
        durable.sync_folder(making)
        if target.exists():
            shutil.rmtree(target)
        making.replace(target)
        durable.sync_folder(target.parent)
    except OSError as error:
        raise Unwritable(
            _("The review folder %(folder)s cannot be written (%(why)s); check room and permissions.")
            % {"folder": target.parent, "why": os_reason(error)}
        ) from error
    return target / "document.pdf" if preview is not None else None


def load_case(workspace: Workspace, document_id: str) -> ReviewCase:
    """The case of a document in review.

    Raises UsageProblem where there is none, StoreDamaged for a case that is none any more, StoreNewer for
    one that a newer version kept.
    """
    path = workspace.review(document_id) / "case.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageProblem(
            _("No document %(id)s waits for review; “review list” shows which do.") % {"id": document_id}
        ) from error
    except ValueError as error:
        raise _damaged_case(path) from error
    try:
        if data["schema"] > CASE_SCHEMA:
            raise StoreNewer(
                _("%(file)s was written by a newer version of dipro-scan; install that version.")
                % {"file": path}
            )
        return _whole(_case_from_json(data))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged_case(path) from error


def _whole(case: ReviewCase) -> ReviewCase:
    """`case`, if all in it is of its kind: JSON that can be read may still be none of ours."""
    whole = _CASE.validate_python({part.name: getattr(case, part.name) for part in fields(case)})
    if not all(isinstance(reason["text"], str) for reason in whole.reasons):
        raise TypeError("a reason without its sentence")
    return whole


def _damaged_case(path: Path) -> StoreDamaged:
    return StoreDamaged(
        _("%(file)s is damaged; bring it back from your backup, or reject the document and scan it again.")
        % {"file": path}
    )


def drop_case(workspace: Workspace, document_id: str) -> None:
    shutil.rmtree(workspace.review(document_id), ignore_errors=True)


def put_case_with_rejected(workspace: Workspace, document_id: str) -> None:
    """A rejected case is kept, out of the way."""
    target = workspace.rejected(document_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    source = workspace.review(document_id)
    if source.exists():
        source.replace(target)


def case_of(
    document: Document,
    decision: Decision,
    *,
    facts: BatchFacts,
    inputs: dict[PageRef, PageInput],
    metadata: dict[str, Any],
) -> ReviewCase:
    """The case of a document that the rules would not file."""
    batch = facts.batch
    return ReviewCase(
        document_id=document.id,
        pipeline=facts.pipeline_file or batch.pipeline,
        batch=Batch(batch.id, batch.pipeline, sources_of(document, batch)),
        batch_pages=facts.pages,
        positions=tuple(facts.positions[page.ref] for page in document.pages),
        pages=tuple(CasePage(page.ref, page.stream.stem, inputs[page.ref]) for page in document.pages),
        set_aside_blank=facts.set_aside_blank,
        operator=facts.operator,
        station=facts.station,
        date=decision.date,
        class_id=decision.classification.class_id,
        confidence=decision.classification.confidence,
        place=decision.place,
        fields=decision.fields,
        metadata=metadata,
    )


def _case_json(case: ReviewCase) -> dict[str, Any]:
    return {
        "schema": CASE_SCHEMA,
        "document_id": case.document_id,
        "pipeline": case.pipeline,
        "batch": {
            "id": case.batch.id,
            "pipeline": case.batch.pipeline,
            "pages": case.batch_pages,
            "sources": [_source_json(source) for source in case.batch.sources],
        },
        "pages": [
            {
                **page.ref._asdict(),
                "key": page.key,
                "kept": str(page.input.path),
                "media_type": page.input.media_type,
                "position": position,
            }
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
    }


def _case_from_json(data: dict[str, Any]) -> ReviewCase:
    sources = tuple(_source_from_json(item) for item in data["batch"]["sources"])
    return ReviewCase(
        document_id=data["document_id"],
        pipeline=data["pipeline"],
        batch=Batch(data["batch"]["id"], data["batch"]["pipeline"], sources),
        batch_pages=data["batch"]["pages"],
        positions=tuple(page["position"] for page in data["pages"]),
        pages=tuple(_case_page(page) for page in data["pages"]),
        set_aside_blank=tuple(PageRef(**ref) for ref in data["set_aside_blank"]),
        operator=data["operator"],
        station=data["station"],
        date=dt.date.fromisoformat(data["date"]),
        class_id=data["class"],
        confidence=data["confidence"],
        place=Place(**data["place"]) if data["place"] else None,
        fields={name: _field(value) for name, value in data["fields"].items()},
        metadata=data["metadata"],
    )


def _case_page(page: dict[str, Any]) -> CasePage:
    ref = PageRef(page["source_sha256"], page["source"], page["source_page"])
    return CasePage(
        ref,
        page["key"],
        PageInput(Path(page["kept"]), ref.source_sha256, page["media_type"], ref.source_page),
    )


def _field(value: dict[str, Any]) -> Field:
    return Field(**{**value, "box": Box(*value["box"]) if value["box"] else None})


def _source_json(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "path": os.fsencode(source.path).decode("utf-8", "surrogateescape"),
        "kept": str(source.kept),
        "sha256": source.sha256,
        "size_bytes": source.size_bytes,
        "arrived": source.arrived.isoformat(),
    }


def _source_from_json(data: dict[str, Any]) -> Source:
    return Source(
        name=data["name"],
        path=Path(data["path"]),
        kept=Path(data["kept"]),
        sha256=data["sha256"],
        size_bytes=data["size_bytes"],
        arrived=dt.datetime.fromisoformat(data["arrived"]),
    )
