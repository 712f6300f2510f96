"""A person's correction of documents in review, as one step that a crash cannot halve.

Everything new is laid ready first; then a plan is written, and from there on the correction counts: whoever
opens the store next carries it out to its end. Carrying out a plan again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.fingerprints import prints_in
from dipro_scan.batch.holders import is_live
from dipro_scan.batch.review import drop_case, entry_of, lay_case, load_case, take_case
from dipro_scan.batch.review_case import ReviewCase
from dipro_scan.batch.station import Station
from dipro_scan.model import PageRef, Reason, StoreDamaged, StoreNewer, UsageProblem
from dipro_scan.records import durable
from dipro_scan.records.durable import told_as_unwritable
from dipro_scan.translation import _

PLAN_SCHEMA = 1
Event = Literal["split", "merged", "turned", "restored"]


@dataclass(frozen=True, slots=True)
class Remade:
    """A new document, and its PDF where one could be made.

    `case` is None where another document of the same content is filed or in review already.
    """

    id: str
    pages: tuple[PageRef, ...]
    case: ReviewCase | None
    reasons: tuple[Reason, ...] = ()
    pdf: Path | None = None


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A document that the correction makes; `duplicate` where its content is held by another already."""

    id: str
    state: Literal["review", "duplicate"]
    pages: tuple[PageRef, ...]
    reasons: tuple[Reason, ...]
    pdf: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person did: `request` is what was asked, in full ids; `restored` were set aside until now.

    `idle` are keys of images that nothing shows any more; `side_pdfs` lie in the folder of what is set aside.
    """

    event: Event
    batch_id: str
    request: dict[str, Any]
    superseded: tuple[str, ...]
    documents: tuple[PlannedDocument, ...]
    operator: str | None
    restored: tuple[PageRef, ...] = ()
    side_pdfs: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    id: str = field(default="")


_CORRECTION = TypeAdapter(Correction)


def planned(remade: Sequence[Remade]) -> tuple[PlannedDocument, ...]:
    return tuple(
        PlannedDocument(
            item.id,
            "duplicate" if item.case is None else "review",
            item.pages,
            item.reasons,
            item.pdf is not None,
        )
        for item in remade
    )


def commit(
    station: Station, correction: Correction, remade: Sequence[Remade], cases: Sequence[ReviewCase]
) -> Correction:
    """Makes the correction count, and carries it out but for its plan, which `retire` takes away.

    Raises UsageProblem where a document in `cases`, those it started from, was changed meanwhile.
    """
    with station.store.lock(), told_as_unwritable(station.workspace.mending):
        finish_corrections(station)
        _check_unchanged(station, correction, cases)
        correction = _lay_ready(station, correction, remade)
        _carry_out(station, correction, journalled=False)
    return correction


def retire(station: Station, correction: Correction) -> None:
    """The correction is done; the last thing it does."""
    path = _plan_path(station, correction.id)
    with told_as_unwritable(path):
        path.unlink(missing_ok=True)
        durable.sync_folder(path.parent)


def finish_corrections(station: Station) -> list[Correction]:
    """Carries out what an interruption left half done, and clears what never counted."""
    folder = station.workspace.mending
    if not folder.is_dir() or not any(folder.iterdir()):
        return []
    with station.store.lock(), told_as_unwritable(folder):
        found = [_load(path) for path in sorted(folder.glob("*.json"))]
        plans = [correction for correction in found if correction is not None]
        for correction in plans:
            data = [entry.data for entry in station.store.entries() if entry.event == correction.event]
            known = any(item.get("key") == correction.id for item in data)
            _carry_out(station, correction, journalled=known)
            retire(station, correction)
        for left in folder.iterdir():
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
    return plans


def _plan_path(station: Station, correction_id: str) -> Path:
    return station.workspace.mending / f"{correction_id}.json"


def _check_unchanged(station: Station, correction: Correction, cases: Sequence[ReviewCase]) -> None:
    for case in cases:
        if load_case(station.workspace, case.document_id) != case:
            raise UsageProblem(
                _("Document %(id)s was changed meanwhile; look at it and try again.")
                % {"id": case.document_id[:12]}
            )
    own = {case.document_id for case in cases}
    for document in correction.documents:
        entry = station.ledger.document(document.id)
        if document.state == "review" and is_live(entry) and document.id not in own:
            raise UsageProblem(
                _("Document %(id)s came in meanwhile with the same pages; try again.")
                % {"id": document.id[:12]}
            )


def _lay_ready(station: Station, correction: Correction, remade: Sequence[Remade]) -> Correction:
    """Writes the new cases, then the plan. Whatever fails before the plan stands changes nothing."""
    head = station.store.head()
    content = _CORRECTION.dump_python(correction, mode="json")
    facts = json.dumps([head.sha256 if head else "", content], sort_keys=True)
    correction_id = hashlib.sha256(facts.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    folder = station.workspace.mending / correction_id
    plan = {"schema": PLAN_SCHEMA, **content, "id": correction_id}
    text = json.dumps(plan, ensure_ascii=False, indent=2) + "\n"
    with told_as_unwritable(folder):
        durable.make_folders(folder)
        for item in remade:
            if item.case is not None:
                lay_case(folder / item.id, item.case, item.pdf)
        durable.sync_folder(folder)
        durable.replace_file(_plan_path(station, correction_id), text.encode("utf-8", "backslashreplace"))
    return _CORRECTION.validate_python({**content, "id": correction_id})


def _carry_out(station: Station, correction: Correction, *, journalled: bool) -> None:
    workspace, ready = station.workspace, station.workspace.mending / correction.id
    if not journalled:
        station.store.append(correction.event, _journal_data(correction))
    held = [document for document in correction.documents if document.state == "review"]
    for document in held:
        if (ready / document.id).is_dir():
            take_case(workspace, document.id, ready / document.id)
    cases = {document.id: load_case(workspace, document.id) for document in held}
    entries = [
        entry_of(workspace, cases[document.id], document.reasons, pdf=document.pdf) for document in held
    ]
    prints = {id: prints_in(case.metadata.get("pages", ())) for id, case in cases.items()}
    known = [document.id for document in correction.documents if document.state == "duplicate"]
    station.ledger.replace_documents(correction.superseded, entries, known, prints)
    for document_id in correction.superseded:
        drop_case(workspace, document_id)
    for name in correction.side_pdfs:
        (workspace.state / "set-aside" / name).unlink(missing_ok=True)
    cache = ReadingCache(workspace.cache)
    for key in correction.idle:
        cache.stream_path(key).unlink(missing_ok=True)
    shutil.rmtree(ready, ignore_errors=True)


def _journal_data(correction: Correction) -> dict[str, Any]:
    def pages(refs: Sequence[PageRef]) -> list[dict[str, Any]]:
        return [{"source": ref.source_sha256, "page": ref.source_page} for ref in refs]

    return {
        "batch": correction.batch_id,
        "key": correction.id,
        "request": correction.request,
        "superseded": list(correction.superseded),
        "documents": [
            {
                "document": document.id,
                "state": document.state,
                "pages": pages(document.pages),
                "reasons": [reason.code for reason in document.reasons],
            }
            for document in correction.documents
        ],
        "restored": pages(correction.restored),
        "operator": correction.operator,
    }


def _load(path: Path) -> Correction | None:
    """The plan; None where the one who carried it out has just taken it away."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        schema = data.pop("schema")
        if schema > PLAN_SCHEMA:
            raise StoreNewer(
                _("%(file)s was written by a newer version of dipro-scan; install that version.")
                % {"file": path}
            )
        return _CORRECTION.validate_python(data)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError, ValidationError) as error:
        raise StoreDamaged(
            _("%(file)s is damaged; bring it back from your backup.") % {"file": path}
        ) from error
