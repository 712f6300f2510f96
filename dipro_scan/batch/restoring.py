"""Pages that were set aside, listed and put back.

Into a document in review they go back where they lay. A filed PDF never changes, so beside a filed document
they become one of their own in review, with its class and Aktenzeichen as the proposal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dipro_scan import classify
from dipro_scan.batch.correcting import (
    Mended,
    Outcome,
    changed_by_person,
    correct,
    named_document,
    not_in_review,
    was_done,
    was_finished,
)
from dipro_scan.batch.corrections import Remade, finish_corrections
from dipro_scan.batch.filing import BatchFacts
from dipro_scan.batch.holders import live_holders
from dipro_scan.batch.quarantine import SHORTEST_ID
from dipro_scan.batch.remaking import Leaf, Remaker, facts_of, leaves_of
from dipro_scan.batch.review import load_case
from dipro_scan.batch.review_case import ReviewCase
from dipro_scan.batch.side_pages import SidePage, side_pages
from dipro_scan.batch.station import Station
from dipro_scan.ledger import DocumentEntry, DocumentState
from dipro_scan.model import Batch, Classification, Decision, PageRef, Reason, Source, UsageProblem
from dipro_scan.settings import Configuration
from dipro_scan.translation import _, ngettext


@dataclass(frozen=True, slots=True)
class Restorable:
    """A page set aside that no document holds, and the document beside which it lay, if that still stands."""

    side: SidePage
    document: DocumentEntry | None

    @property
    def ref(self) -> PageRef:
        return self.side.page.ref


def restorable_pages(station: Station, name: str | None = None) -> list[Restorable]:
    """Every page that lies aside, or those of a document or source, a source after the other.

    Raises UsageProblem for a name that is none.
    """
    pages = _lying_aside(station)
    if name is None:
        return pages
    _key, _entry, found = _named(station, name, pages)
    return [page for page in pages if page.side in found]


def _lying_aside(station: Station) -> list[Restorable]:
    found = list(side_pages(station.workspace))
    beside = [side.neighbour.ref for side in found if side.neighbour is not None]
    holders = live_holders(station.ledger, [*(side.page.ref for side in found), *beside])

    def holder(ref: PageRef) -> DocumentEntry | None:
        return holders.get((ref.source_sha256, ref.source_page))

    return [
        Restorable(side, holder(side.neighbour.ref) if side.neighbour else None)
        for side in found
        if holder(side.page.ref) is None
    ]


def restore(station: Station, name: str, numbers: Sequence[int] = ()) -> Mended:
    """Puts pages set aside back into the document, or those of the source into one of their own.

    `name` is the id of a document, or the name or hash of a source; `numbers` are pages of the source, none
    means all. Raises UsageProblem where nothing of that lies aside.
    """
    station.store.recover()
    finished = finish_corrections(station)
    numbers = sorted(set(numbers))
    pages = _lying_aside(station)
    key, entry, found = _named(station, name, pages)
    request = {"documents": [key], "pages": numbers}
    told = was_finished(station, finished, "restored", request)
    if told is not None:
        return told
    waits = entry is None or entry.state in (DocumentState.REVIEW, DocumentState.FILED)
    if not waits or not found:
        told = was_done(station, "restored", request)
        if told is not None:
            return told
        if entry is not None and not waits:
            raise not_in_review(station, entry)
        raise UsageProblem(
            _("Nothing that was set aside from %(name)s is left to put back; “restore --list” shows what is.")
            % {"name": name}
        )
    chosen = sorted(_chosen(found, numbers, name), key=lambda side: side.position)
    if entry is not None and entry.state is DocumentState.REVIEW:
        case = load_case(station.workspace, entry.id)
        make = _into_document(station, chosen)
        return correct(station, "restored", request, [case], case.pipeline, case.batch.id, make)
    facts = _facts_of(chosen)
    pipeline = facts.pipeline_file or facts.batch.pipeline
    make = _on_their_own(station, chosen, facts, entry)
    return correct(station, "restored", request, [], pipeline, facts.batch.id, make)


def _named(
    station: Station, name: str, pages: Sequence[Restorable]
) -> tuple[str, DocumentEntry | None, list[SidePage]]:
    """What `name` names: a document or a source, its full id or hash, and what lies aside of it."""
    if len(name) >= SHORTEST_ID and station.ledger.find_document(name):
        entry = named_document(station, name)
        beside = [page for page in pages if page.document is not None and page.document.id == entry.id]
        return entry.id, entry, [page.side for page in beside]
    refs = [side.page.ref for side in side_pages(station.workspace)]
    sources = {ref.source_sha256: ref.source for ref in refs}
    fitting = [sha256 for sha256, source in sources.items() if name in (source, Path(source).name)]
    if len(name) >= SHORTEST_ID and re.fullmatch(r"[0-9a-f]+", name):
        fitting += [sha256 for sha256 in sources if sha256.startswith(name)]
    if len(fitting) > 1:
        raise UsageProblem(
            _("“%(name)s” fits %(count)d sources; give the hash that “restore --list” shows.")
            % {"name": name, "count": len(fitting)}
        )
    if not fitting:
        raise UsageProblem(
            _("No document and no source with pages set aside is called %(name)s; see “restore --list”.")
            % {"name": name}
        )
    return fitting[0], None, [page.side for page in pages if page.ref.source_sha256 == fitting[0]]


def _chosen(found: Sequence[SidePage], numbers: Sequence[int], name: str) -> list[SidePage]:
    there = {side.page.ref.source_page for side in found}
    for number in numbers:
        if number not in there:
            raise UsageProblem(
                _("Page %(page)d was not set aside from %(name)s; these were: %(there)s.")
                % {"page": number, "name": name, "there": ", ".join(map(str, sorted(there)))}
            )
    return [side for side in found if not numbers or side.page.ref.source_page in numbers]


def _into_document(
    station: Station, chosen: Sequence[SidePage]
) -> Callable[[Remaker, Sequence[ReviewCase]], Outcome]:
    """The document with the pages where they lay: after their neighbour, or before it."""

    def make(remaker: Remaker, cases: Sequence[ReviewCase]) -> Outcome:
        case = cases[0]
        refs = {side.page.ref for side in chosen}
        facts = _with_sources(facts_of(case), chosen)
        blanks = tuple(ref for ref in facts.set_aside_blank if ref not in refs)
        why = Reason("restored_by_person", _put_back_sentence(chosen))
        remade = remaker.remake(
            _interleaved(leaves_of(case), chosen),
            replace(facts, set_aside_blank=blanks),
            changed_by_person(station, why, cases),
        )
        return _outcome(remade, chosen)

    return make


def _on_their_own(
    station: Station, chosen: Sequence[SidePage], facts: BatchFacts, beside: DocumentEntry | None
) -> Callable[[Remaker, Sequence[ReviewCase]], Outcome]:
    """A document of these pages alone; what is filed beside it says where it belongs."""

    def proposed(decision: Decision, configuration: Configuration) -> Decision:
        document_class = configuration.document_class(beside.class_id or "") if beside else None
        if beside is None or document_class is None:
            return decision
        title = station.store.akte_title
        plan, number = configuration.aktenplan, beside.aktenzeichen
        place = classify.place_for(document_class, plan, number, decision.date, title)
        found = Classification(document_class.id, 0.0, reasons=decision.classification.reasons)
        return replace(decision, classification=found, place=place)

    def make(remaker: Remaker, cases: Sequence[ReviewCase]) -> Outcome:
        why = Reason("restored_by_person", _put_back_sentence(chosen))
        origin = replace(changed_by_person(station, why, cases), proposed=proposed)
        if beside is not None:
            sentence = _("They lay beside document %(id)s, which is filed as %(path)s and never changes.")
            text = sentence % {"id": beside.id[:12], "path": beside.pdf or "–"}
            origin = replace(origin, held=(Reason("beside_filed", text), *origin.held))
        leaves = [Leaf(side.page, side.position) for side in chosen]
        return _outcome(remaker.remake(leaves, facts, origin), chosen)

    return make


def _interleaved(leaves: Sequence[Leaf], chosen: Sequence[SidePage]) -> list[Leaf]:
    before: dict[PageRef, list[Leaf]] = {leaf.page.ref: [] for leaf in leaves}
    after: dict[PageRef, list[Leaf]] = {leaf.page.ref: [] for leaf in leaves}
    positions = {leaf.page.ref: leaf.position for leaf in leaves}
    for side in chosen:
        if side.neighbour is None:
            continue
        near = side.neighbour
        # The document's own stack may count from elsewhere: it was joined with another.
        leaf = Leaf(side.page, positions[near.ref] + side.position - near.position)
        (after if side.position > near.position else before)[near.ref].append(leaf)
    ordered: list[Leaf] = []
    for leaf in leaves:
        ordered += [*before[leaf.page.ref], leaf, *after[leaf.page.ref]]
    return ordered


def _facts_of(chosen: Sequence[SidePage]) -> BatchFacts:
    return _with_sources(chosen[0].facts, chosen)


def _with_sources(facts: BatchFacts, chosen: Sequence[SidePage]) -> BatchFacts:
    sources: dict[str, Source] = {source.sha256: source for source in facts.batch.sources}
    for side in chosen:
        for source in side.facts.batch.sources:
            sources.setdefault(source.sha256, source)
    batch = Batch(facts.batch.id, facts.batch.pipeline, tuple(sources.values()))
    return replace(facts, batch=batch)


def _outcome(remade: Remade, chosen: Sequence[SidePage]) -> Outcome:
    pdfs = [side.pdf for side in chosen if side.pdf is not None and remade.case is not None]
    return Outcome(
        (remade,),
        restored=tuple(side.page.ref for side in chosen),
        side_pdfs=tuple(f"{pdf.parent.name}/{pdf.name}" for pdf in pdfs),
    )


def _put_back_sentence(chosen: Sequence[SidePage]) -> str:
    pages = ", ".join(f"{side.page.ref.source} {side.page.ref.source_page}" for side in chosen)
    sentence = ngettext(
        "A person put back a page that was set aside: %(pages)s.",
        "A person put back pages that were set aside: %(pages)s.",
        len(chosen),
    )
    return sentence % {"pages": pages}
