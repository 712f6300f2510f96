"""From a decided document to its record: Transfervermerk, PDF/A, metadata, the filing itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dipro_scan.batch.assembly import AssembledPdf, AssemblyJob, assemble, assembly_pages, document_title
from dipro_scan.batch.confidence_facts import confidence_json, rereadings_json
from dipro_scan.batch.fingerprints import fingerprint_json, fingerprint_of
from dipro_scan.batch.said import deadline_json, index_json
from dipro_scan.batch.software import software
from dipro_scan.batch.stored_images import with_images_chosen
from dipro_scan.model import (
    Batch,
    Box,
    Clock,
    Decision,
    Document,
    EngineIdentity,
    Executor,
    PageRef,
    ProtectionNeed,
    ReadPage,
    Reason,
    Record,
    Source,
    Stamp,
    raised,
)
from dipro_scan.ocr.language_tags import language_tag
from dipro_scan.records import Filing, RecordStore, TransferFacts, transfer_note
from dipro_scan.settings import Configuration, DocumentClass

METADATA_SCHEMA = 1
_SECONDS_PER_DOCUMENT = 120.0
_SECONDS_PER_PAGE = 5.0


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What every document of a batch shares.

    `positions`: each page's number in the whole batch, from 1. `pipeline_file`: the path that the run was
    given instead of a pipeline's name.
    """

    batch: Batch
    pages: int
    positions: dict[PageRef, int]
    operator: str | None
    station: str | None
    set_aside_blank: tuple[PageRef, ...] = ()
    pipeline_file: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document on its way into a PDF."""

    document: Document
    decision: Decision
    note: dict[str, Any]
    times: dict[str, str]
    pdf: Future[AssembledPdf]


class Filer:
    """Prepares documents in workers and files them, one at a time, in the records store."""

    def __init__(
        self,
        store: RecordStore,
        executor: Callable[[], Executor],
        configuration: Configuration,
        clock: Clock,
        work: Path,
    ) -> None:
        self._store = store
        self._executor = executor
        self._configuration = configuration
        self._clock = clock
        self._work = work

    def prepare(self, document: Document, decision: Decision, facts: BatchFacts) -> Prepared:
        """Orders the document's PDF, with its Transfervermerk as of now, and with the images that the record
        is to show."""
        document = with_images_chosen(document, self._integrity(decision))
        sources = sources_of(document, facts.batch)
        now = self._clock.now()
        times = {
            "scanned": min(source.arrived for source in sources).isoformat(),
            "filed": now.isoformat(),
        }
        note = transfer_note(self._transfer_facts(document, decision, facts, sources, now))
        job = AssemblyJob(
            target=self._work / f"{document.id}.pdf",
            document_id=document.id,
            title=document_title(document.pages),
            created=sources[0].arrived,
            transfer_note=note,
            pages=tuple(shown for page in document.pages for shown in assembly_pages(page)),
            files=self._configuration.pipeline.files,
            engines=tuple(engines_of(document)),
            language=language_tag(self._configuration.pipeline.reading.languages),
        )
        limit = _SECONDS_PER_DOCUMENT + _SECONDS_PER_PAGE * len(document.pages)
        future = self._executor().submit(assemble, job, timeout_seconds=limit)
        return Prepared(document, decision, note, times, future)

    def file(self, prepared: Prepared, made: AssembledPdf, added: dict[str, Any] | None = None) -> Record:
        """Files a document whose PDF was made and found right; `added` goes into the metadata."""
        decision = prepared.decision
        if decision.place is None or decision.classification.class_id is None:
            raise ValueError("a document without class or place cannot be filed")
        return self._store.file(
            Filing(
                document_id=prepared.document.id,
                place=decision.place,
                class_id=decision.classification.class_id,
                date=decision.date,
                pdf=made.path,
                metadata=self.metadata(prepared) | (added or {}),
                plan=self._configuration.aktenplan,
                beside=made.beside,
            )
        )

    def metadata(self, prepared: Prepared) -> dict[str, Any]:
        """The metadata object (D3) without `files`, which the records store fills in."""
        document, decision = prepared.document, prepared.decision
        found = decision.classification
        document_class = self._class_of(decision)
        return {
            "schema": METADATA_SCHEMA,
            "id": document.id,
            "class": found.class_id,
            "confidence": round(found.confidence, 4),
            "aktenzeichen": decision.place.aktenzeichen if decision.place else None,
            "fields": {name: field_json(value) for name, value in decision.fields.items()},
            "decision": {
                "action": decision.action,
                "date": decision.date.isoformat(),
                "place": asdict(decision.place) if decision.place else None,
                "scores": {name: round(score, 3) for name, score in found.scores.items()},
                # How many of the reasons below, the last ones, are the decision's own.
                "reasons": len(decision.reasons),
            },
            "reasons": reasons_json([*document.why, *found.reasons, *decision.reasons]),
            "pages": [entry for page in document.pages for entry in pages_json(page)],
            "transfer_note": prepared.note,
            "software": software(engines_of(document)),
            "settings_hash": self._configuration.sha256,
            "pipeline": self._configuration.pipeline.name,
            "retention": document_class.retention.model_dump() if document_class else None,
            "schutzbedarf": protection_json(document_class, decision.protection),
            "index": index_json(document.index),
            "deadlines": [deadline_json(deadline) for deadline in decision.deadlines],
            "times": prepared.times,
        }

    def _class_of(self, decision: Decision) -> DocumentClass | None:
        class_id = decision.classification.class_id
        return self._configuration.document_class(class_id) if class_id else None

    def _integrity(self, decision: Decision) -> ProtectionNeed | None:
        """What the document's class needs, or what was asked above it; None where nobody knows the class."""
        need = protection_json(self._class_of(decision), decision.protection)
        return None if need is None else need["integritaet"]

    def _transfer_facts(
        self,
        document: Document,
        decision: Decision,
        facts: BatchFacts,
        sources: tuple[Source, ...],
        now: dt.datetime,
    ) -> TransferFacts:
        positions = [facts.positions[page.ref] for page in document.pages]
        blanks = [ref for ref in facts.set_aside_blank if ref.source_sha256 in {s.sha256 for s in sources}]
        return TransferFacts(
            document=document,
            batch=facts.batch,
            batch_pages=facts.pages,
            position=(min(positions), max(positions)),
            operator=next((voice.operator for voice in document.index if voice.operator), facts.operator),
            station=next((voice.station for voice in document.index if voice.station), facts.station),
            site=self._configuration.site,
            document_class=self._class_of(decision),
            set_aside_blank=tuple(blanks),
            software=tuple((part["name"], part["version"], None) for part in software(engines_of(document))),
            times={"erstellt": now, "import": now, "scan_ende": max(s.arrived for s in sources)},
            sources=sources,
            decision=decision,
            settings_sha256=self._configuration.sha256,
        )


def sources_of(document: Document, batch: Batch) -> tuple[Source, ...]:
    """The sources of a document's pages, in batch order, each once."""
    wanted = {page.ref.source_sha256 for page in document.pages}
    found: dict[str, Source] = {}
    for source in batch.sources:
        if source.sha256 in wanted:
            found.setdefault(source.sha256, source)
    return tuple(found.values())


def engines_of(document: Document) -> list[EngineIdentity]:
    """Every engine that read a page of the document, each once."""
    engines: list[EngineIdentity] = []
    for page in document.pages:
        for engine in (page.reading.engine, page.reading.second_reader):
            if engine is not None and engine not in engines:
                engines.append(engine)
    return engines


def pages_json(page: ReadPage) -> list[dict[str, Any]]:
    """A page as the metadata holds it; a spread as its two halves, `part` 1 and 2."""
    entry = _page_json(page)
    return [
        {**entry, "part": number, "crop_mm": box_json(part)}
        for number, part in enumerate(page.reading.parts, start=1)
    ] or [entry]


def box_json(box: Box | None) -> list[float] | None:
    """A place in millimetres, to a hundredth."""
    return None if box is None else [round(value, 2) + 0.0 for value in box]


def stamp_json(stamp: Stamp) -> dict[str, Any]:
    """A stamp as the metadata holds it."""
    return {
        "box_mm": box_json(stamp.box),
        "ink": list(stamp.ink),
        "shape": stamp.shape,
        "angle": round(stamp.angle_degrees, 2),
        "text": stamp.text,
        "confidence": round(stamp.confidence, 3),
    }


def _page_json(page: ReadPage) -> dict[str, Any]:
    reading = page.reading
    mean = reading.text.mean_confidence
    entry: dict[str, Any] = {
        "source": page.ref.source,
        "source_sha256": page.ref.source_sha256,
        "source_page": page.ref.source_page,
        "part": None,
        "content_sha256": reading.content_sha256,
        "reading_key": page.stream.stem,
        "width_mm": reading.geometry.width_mm,
        "height_mm": reading.geometry.height_mm,
        "rotation": reading.geometry.rotation,
        "rotation_confidence": round(reading.rotation_confidence, 4),
        "skew": reading.geometry.skew_degrees,
        "crop_mm": box_json(reading.crop_mm),
        "paper_size": reading.paper_size,
        "dpi": [round(reading.resolution.x, 2), round(reading.resolution.y, 2)],
        "dpi_origin": reading.resolution_origin,
        "colour": reading.colour,
        "blank": reading.blank,
        "image": {"stored": page.stored, "why": page.why},
        "mean_confidence": None if mean is None else round(mean, 4),
        "confidence": confidence_json(reading.confidence),
        "rereadings": rereadings_json(reading.rereadings),
        "words": sum(1 for _word in reading.text.words()),
        "engine": reading.engine.name if reading.engine else None,
        "doubts": list(reading.doubts),
        "codes": [{"type": code.type, "text": code.text, "meaning": code.meaning} for code in reading.codes],
        "faults": [{"kind": fault.kind, "box_mm": box_json(fault.box)} for fault in reading.faults],
        "stamps": [stamp_json(stamp) for stamp in reading.stamps],
        "marks": [
            {"box_mm": box_json(mark.box), "ink_share": round(mark.ink_share, 3), "verdict": mark.verdict}
            for mark in reading.marks
        ],
        "measurements": [asdict(measurement) for measurement in reading.measurements],
        "steps": [asdict(step) for step in reading.steps],
    }
    fingerprint = fingerprint_of(reading)
    entry["fingerprint"] = fingerprint_json(fingerprint) if fingerprint else None
    if reading.engine is not None and reading.engine.for_tests:
        entry["for_tests"] = True
    if reading.failed is not None:
        entry["reading"] = "failed"
        entry["failed"] = reading.failed
    return entry


def field_json(value: Any) -> dict[str, Any]:
    """A field as `inspect --json` and the metadata show it."""
    said = {"origin": value.origin} if value.origin != "read" else {}
    return {
        "value": value.value,
        "raw": value.raw,
        "confidence": round(value.confidence, 4),
        "check": value.check,
        "page": value.page,
        "box_mm": [round(edge, 2) for edge in value.box] if value.box else None,
        **said,
    }


def protection_json(
    document_class: DocumentClass | None, asked: ProtectionNeed | None
) -> dict[str, ProtectionNeed] | None:
    """The Schutzbedarf of a class. What is asked above it holds for all three: nobody said for which."""
    if document_class is None:
        return None
    need = document_class.schutzbedarf
    return {
        "integritaet": raised(need.integritaet, asked),
        "vertraulichkeit": raised(need.vertraulichkeit, asked),
        "verfuegbarkeit": raised(need.verfuegbarkeit, asked),
    }


def reasons_json(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    return [{"code": reason.code, "text": reason.text} for reason in reasons]
