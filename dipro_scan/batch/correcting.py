"""How a person's wish about documents in review is carried out, once, and told again when asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dipro_scan.batch.bins import duplicate_result
from dipro_scan.batch.corrections import (
    Correction,
    Event,
    Remade,
    commit,
    finish_corrections,
    planned,
    retire,
)
from dipro_scan.batch.holders import holders_of, is_live
from dipro_scan.batch.quarantine import SHORTEST_ID
from dipro_scan.batch.remaking import Origin, Remaker
from dipro_scan.batch.result import DocumentResult
from dipro_scan.batch.review import load_case
from dipro_scan.batch.review_case import ReviewCase
from dipro_scan.batch.station import LazyPool, Station
from dipro_scan.ledger import DocumentEntry, DocumentState
from dipro_scan.model import BalanceBroken, IndexOrigin, IndexValues, PageRef, Reason, UsageProblem
from dipro_scan.translation import _


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of documents: those that are no more, and those that hold their pages now."""

    event: Event
    superseded: tuple[str, ...]
    documents: tuple[DocumentResult, ...]
    restored: tuple[PageRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a correction makes: documents, and which pages were set aside until now."""

    remade: tuple[Remade, ...]
    restored: tuple[PageRef, ...] = ()
    side_pdfs: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()


_VOICES: Final[tuple[IndexOrigin, ...]] = ("cover", "sticker", "ticket", "folder")

Make = Callable[[Remaker, Sequence[ReviewCase]], Outcome]


def mend(
    station: Station, event: Event, prefixes: Sequence[str], arguments: dict[str, Any], make: Make
) -> Mended:
    """Carries out one correction of documents in review; one that was interrupted is brought to its end.

    Asked for again after that, it tells what came of it and changes nothing. Raises UsageProblem.
    """
    station.store.recover()
    finished = finish_corrections(station)
    entries = [named_document(station, prefix) for prefix in prefixes]
    request = {"documents": [entry.id for entry in entries], **arguments}
    told = was_finished(station, finished, event, request)
    if told is not None:
        return told
    waiting = [entry for entry in entries if entry.state is DocumentState.REVIEW]
    if len(waiting) < len(entries):
        told = was_done(station, event, request)
        if told is not None:
            return told
        raise not_in_review(station, next(entry for entry in entries if entry not in waiting))
    cases = [load_case(station.workspace, entry.id) for entry in entries]
    return correct(station, event, request, cases, cases[0].pipeline, cases[0].batch.id, make)


def correct(
    station: Station,
    event: Event,
    request: dict[str, Any],
    cases: Sequence[ReviewCase],
    pipeline: str,
    batch_id: str,
    make: Make,
) -> Mended:
    """Makes the new documents and brings them into review in place of `cases`."""
    old = [case.document_id for case in cases]
    with station.workspace.work_folder() as work, LazyPool(1) as pool:
        outcome = make(Remaker(station, pipeline, pool, work, old), cases)
        _check_balance(cases, outcome)
        new = {item.id for item in outcome.remade}
        correction = Correction(
            event=event,
            batch_id=batch_id,
            request=request,
            superseded=tuple(id for id in old if id not in new),
            documents=planned(outcome.remade),
            operator=station.options.operator,
            restored=outcome.restored,
            side_pdfs=outcome.side_pdfs,
            idle=outcome.idle,
        )
        correction = commit(station, correction, outcome.remade, cases)
    # Only now is nothing left to do: killed before, the same command tells what came of it.
    retire(station, correction)
    return _told(station, correction)


def named_document(station: Station, prefix: str) -> DocumentEntry:
    """The one document whose id begins with `prefix`; of several the one in review. Raises UsageProblem."""
    if len(prefix) < SHORTEST_ID:
        raise UsageProblem(
            _("“%(id)s” is too short for an id; give at least %(count)d characters of it.")
            % {"id": prefix, "count": SHORTEST_ID}
        )
    found = station.ledger.find_document(prefix)
    waiting = [entry for entry in found if entry.state is DocumentState.REVIEW]
    for fitting in (waiting, found):
        if len(fitting) == 1:
            return fitting[0]
    if found:
        raise UsageProblem(
            _("%(count)d documents begin with “%(id)s”; give more of the id.")
            % {"count": len(waiting or found), "id": prefix}
        )
    raise UsageProblem(_("There is no document %(id)s; “review list” shows which wait.") % {"id": prefix})


def was_finished(
    station: Station, finished: Sequence[Correction], event: Event, request: dict[str, Any]
) -> Mended | None:
    """What came of this very correction, if it was interrupted and has just been brought to its end."""
    for correction in finished:
        if correction.event == event and correction.request == request:
            return _told(station, correction)
    return None


def was_done(station: Station, event: Event, request: dict[str, Any]) -> Mended | None:
    """What came of this very correction, if it was done before and all it made still stands."""
    found = None
    for entry in station.store.entries():
        if entry.event == event and entry.data.get("request") == request:
            found = entry.data
    if found is None:
        return None
    entries = [(station.ledger.document(item["document"]), item["state"]) for item in found["documents"]]
    results = [
        replace(duplicate_result(entry), state=_state(entry, state))
        for entry, state in entries
        if entry is not None and is_live(entry)
    ]
    if len(results) < len(entries):
        return None
    return Mended(event, tuple(found["superseded"]), tuple(results))


def not_in_review(station: Station, entry: DocumentEntry) -> UsageProblem:
    """Why a document cannot be mended any more."""
    id = entry.id[:12]
    if entry.state is DocumentState.FILED:
        return UsageProblem(
            _("Document %(id)s is filed as %(path)s; what is filed never changes.")
            % {"id": id, "path": entry.pdf or "–"}
        )
    if entry.state is DocumentState.REJECTED:
        return UsageProblem(_("Document %(id)s was rejected; scan it again.") % {"id": id})
    heirs = dict.fromkeys(holder.id[:12] for holder in holders_of(station.ledger, entry) if holder)
    return UsageProblem(
        _("Document %(id)s is no more: a person changed it, and its pages are now in %(heirs)s.")
        % {"id": id, "heirs": ", ".join(heirs) or "–"}
    )


def _told(station: Station, correction: Correction) -> Mended:
    results = []
    for document in correction.documents:
        entry = station.ledger.document(document.id)
        if entry is None:
            raise LookupError(f"the ledger knows no document {document.id}")
        state = _state(entry, document.state)
        results.append(replace(duplicate_result(entry), state=state, pages=document.pages))
    return Mended(correction.event, correction.superseded, tuple(results), correction.restored)


def _state(entry: DocumentEntry, planned_state: str) -> Any:
    """How a document is told of: a duplicate as such, whatever became of the other; else as it stands."""
    if planned_state == "duplicate":
        return "duplicate"
    return "filed" if entry.state is DocumentState.FILED else "review"


def changed_by_person(station: Station, why: Reason, cases: Sequence[ReviewCase]) -> Origin:
    """A person said which pages belong together: they wait for one to look at what came of it."""
    who = station.options.operator or _("a person")
    sentence = _("Its pages were changed by %(who)s; look at it, then “review accept”.") % {"who": who}
    kept = [
        Reason(item["code"], item["text"])
        for case in cases
        for item in case.reasons
        # What only the whole batch shows is not found again by deciding one document anew.
        if item["code"] in ("page_missing", "rescan_suspected")
    ]
    doubts = dict.fromkeys(doubt for case in cases for doubt in case.doubts)
    return Origin(
        why=why,
        held=(Reason("changed_by_person", sentence), *dict.fromkeys(kept)),
        index=_said_of(cases),
        doubts=tuple(doubts),
    )


def _said_of(cases: Sequence[ReviewCase]) -> tuple[IndexValues, ...]:
    """What was said of any of the documents, each thing once, the voice that counts most first."""
    voices: list[IndexValues] = []
    for case in cases:
        voices += [voice for voice in case.index if voice not in voices]
    return tuple(sorted(voices, key=lambda voice: _VOICES.index(voice.origin)))


def _check_balance(cases: Sequence[ReviewCase], outcome: Outcome) -> None:
    """Every page goes on in exactly one document. Raises BalanceBroken."""
    before = [page.ref for case in cases for page in case.pages] + list(outcome.restored)
    after = [ref for item in outcome.remade for ref in item.pages]
    if sorted(before) != sorted(after) or len(set(after)) < len(after):
        raise BalanceBroken(_("The pages do not add up; nothing was changed. Please report this."))
