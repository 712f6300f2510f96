"""What a person decides about a document in review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dipro_scan import classify
from dipro_scan.batch.corrections import finish_corrections
from dipro_scan.batch.fingerprints import prints_of
from dipro_scan.batch.once import JournalOnce
from dipro_scan.batch.prepared import checked, filed_entry
from dipro_scan.batch.quarantine import SHORTEST_ID, check_reason
from dipro_scan.batch.remaking import facts_of, read_again
from dipro_scan.batch.review import ReviewCase, drop_case, load_case, put_case_with_rejected
from dipro_scan.batch.run import open_tools
from dipro_scan.batch.station import LazyPool, Station
from dipro_scan.batch.stored_images import drop_images
from dipro_scan.ledger import DocumentEntry, DocumentState
from dipro_scan.model import (
    Action,
    Classification,
    Decision,
    Document,
    Place,
    Reason,
    Record,
    UsageProblem,
)
from dipro_scan.settings import Configuration, DocumentClass, load_configuration
from dipro_scan.translation import _


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the person says: nothing where the proposal is right."""

    class_id: str | None = None
    aktenzeichen: str | None = None
    akte_title: str | None = None
    reason: str | None = None


def document_in_review(station: Station, prefix: str) -> DocumentEntry:
    """The one document in review whose id begins with `prefix`. Raises UsageProblem."""
    if len(prefix) < SHORTEST_ID:
        raise UsageProblem(
            _("“%(id)s” is too short for an id; give at least %(count)d characters of it.")
            % {"id": prefix, "count": SHORTEST_ID}
        )
    found = [entry for entry in station.ledger.find_document(prefix) if entry.state is DocumentState.REVIEW]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageProblem(
            _("%(count)d documents in review begin with “%(id)s”; give more of the id.")
            % {"count": len(found), "id": prefix}
        )
    raise UsageProblem(
        _("No document %(id)s waits for review; “review list” shows which do.") % {"id": prefix}
    )


def accept(station: Station, prefixes: Sequence[str], acceptance: Acceptance) -> Iterator[Record]:
    """Files documents in review as a person decided, one after the other.

    Raises UsageProblem at the first one whose class or Aktenzeichen is missing or not in the settings, or
    that is not in review; those before it are filed.
    """
    with station.workspace.work_folder() as work, LazyPool(1) as pool:
        station.store.recover()
        finish_corrections(station)
        for prefix in prefixes:
            yield _accept_one(station, prefix, acceptance, pool, work)


def _accept_one(station: Station, prefix: str, acceptance: Acceptance, pool: LazyPool, work: Path) -> Record:
    entry = document_in_review(station, prefix)
    case = load_case(station.workspace, entry.id)
    configuration = load_configuration(case.pipeline, station.options.pipelines)
    decision = _decision(station, configuration, case, acceptance)
    journal = JournalOnce(station.store, case.batch.id, resumed=False)
    tools = open_tools(station, configuration, pool, work, journal)
    pages = tuple(read_again(tools, page) for page in case.pages)
    document = Document(case.document_id, pages, index=case.index, doubts=case.doubts)
    prepared, made = checked(tools.filer.prepare(document, decision, facts_of(case)))
    if made is None or prepared.decision is not decision:
        why = prepared.decision.reasons[0].text
        raise UsageProblem(
            _("The document cannot be filed: %(why)s It stays in review; “review reject” takes it out.")
            % {"why": why}
        )
    person = {"accepted_by": station.options.operator, "accepted_reason": acceptance.reason}
    with station.store.lock():
        # Another person may have decided, or changed it, meanwhile.
        finish_corrections(station)
        document_in_review(station, entry.id)
        if load_case(station.workspace, entry.id) != case:
            raise UsageProblem(
                _("Document %(id)s was changed meanwhile; look at it and try again.") % {"id": entry.id[:12]}
            )
        record = tools.filer.file(prepared, made, {"review": person})
        entry = filed_entry(prepared, record, case.batch.id)
        station.ledger.describe_document(entry, prints_of(document))
        drop_case(station.workspace, entry.id)
    for page in document.pages:
        drop_images(page)
    made.remove()
    return record


def reject(station: Station, prefix: str, reason: str) -> DocumentEntry:
    """Takes a document out of review unfiled; the same paper is new when it comes again."""
    check_reason(reason)
    with station.store.lock():
        finish_corrections(station)
        entry = document_in_review(station, prefix)
        station.store.append(
            "rejected",
            {
                "batch": entry.batch_id,
                "key": entry.id,
                "document": entry.id,
                "reason": reason,
                "operator": station.options.operator,
            },
        )
        station.ledger.reject_document(entry.id)
        put_case_with_rejected(station.workspace, entry.id)
    return entry


def _decision(
    station: Station, configuration: Configuration, case: ReviewCase, acceptance: Acceptance
) -> Decision:
    document_class = _class(configuration, acceptance.class_id or case.class_id)
    place = _place(station, configuration, document_class, case, acceptance)
    proposed = tuple(Reason(item["code"], item["text"]) for item in case.reasons)
    who = station.options.operator or _("a person")
    accepted = Reason("accepted_by_person", _("Accepted by %(who)s.") % {"who": who})
    if acceptance.reason:
        accepted = replace(accepted, text=f"{accepted.text} {acceptance.reason}")
    return Decision(
        action=Action.FILE,
        classification=Classification(document_class.id, case.confidence),
        fields=case.fields,
        place=place,
        reasons=(*proposed, accepted),
        date=case.date,
        protection=classify.asked_protection(classify.heard(case.index, configuration), document_class)[0],
        deadlines=case.deadlines,
    )


def _class(configuration: Configuration, class_id: str | None) -> DocumentClass:
    known = ", ".join(item.id for item in configuration.classes)
    if class_id is None:
        raise UsageProblem(
            _("The document has no class yet; say which with --class: %(known)s.") % {"known": known}
        )
    found = configuration.document_class(class_id)
    if found is None:
        raise UsageProblem(
            _("There is no class “%(name)s” in this pipeline; there are: %(known)s.")
            % {"name": class_id, "known": known}
        )
    return found


def _place(
    station: Station,
    configuration: Configuration,
    document_class: DocumentClass,
    case: ReviewCase,
    acceptance: Acceptance,
) -> Place:
    aktenzeichen = acceptance.aktenzeichen
    if aktenzeichen is None and case.place is not None and document_class.id == case.class_id:
        aktenzeichen = case.place.aktenzeichen
    if aktenzeichen is None:
        said = classify.heard(case.index, configuration).aktenzeichen
        if said is not None and classify.lies_under(said, document_class, configuration.aktenplan):
            aktenzeichen = said
    place = classify.place_for(
        document_class,
        configuration.aktenplan,
        aktenzeichen,
        case.date,
        station.store.akte_title,
    )
    if place is None and acceptance.aktenzeichen:
        raise UsageProblem(
            _("“%(number)s” is no Aktenzeichen of the Aktenplan; one for this class begins with %(node)s.")
            % {"number": acceptance.aktenzeichen, "node": document_class.filing.kennzeichen}
        )
    if place is None:
        raise UsageProblem(
            _("Documents of class “%(title)s” need an Aktenzeichen of the Aktenplan: --aktenzeichen.")
            % {"title": document_class.title}
        )
    return replace(place, akte_title=acceptance.akte_title) if acceptance.akte_title else place
