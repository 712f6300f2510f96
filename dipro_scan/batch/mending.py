"""What a person mends in review: documents parted, joined, their pages turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from dipro_scan.batch.correcting import Mended, Outcome, changed_by_person, mend
from dipro_scan.batch.filing import BatchFacts
from dipro_scan.batch.remaking import Leaf, Remaker, facts_of, leaves_of
from dipro_scan.batch.review_case import ReviewCase
from dipro_scan.batch.station import Station
from dipro_scan.model import Batch, PageRef, Reason, Source, UsageProblem
from dipro_scan.translation import _, ngettext

QUARTER_TURNS = (90, 180, 270)


def split(station: Station, prefix: str, before: Sequence[int]) -> Mended:
    """Parts a document in review before each of these of its pages, counted from 1.

    Raises UsageProblem for a page that is not there, or before which nothing lies.
    """
    cuts = sorted(set(before))

    def make(remaker: Remaker, cases: Sequence[ReviewCase]) -> Outcome:
        case = cases[0]
        _check_cuts(case, cuts)
        leaves, facts = leaves_of(case), facts_of(case)
        remade = []
        for first, end in pairwise([1, *cuts, len(leaves) + 1]):
            sentence = _("A person parted document %(id)s; these are its pages %(first)d to %(last)d.")
            why = sentence % {"id": case.document_id[:12], "first": first, "last": end - 1}
            origin = changed_by_person(station, Reason("split_by_person", why), cases)
            if first > 1:
                # A sheet or sticker spoke of what it lay on; only files and folders speak of all in them.
                kept = tuple(voice for voice in origin.index if voice.origin in ("ticket", "folder"))
                origin = replace(origin, index=kept)
            remade.append(remaker.remake(leaves[first - 1 : end - 1], facts, origin))
        return Outcome(tuple(remade))

    return mend(station, "split", [prefix], {"before": cuts}, make)


def merge(station: Station, prefixes: Sequence[str]) -> Mended:
    """Joins documents in review into one, their pages in the order in which the documents are given.

    Raises UsageProblem for fewer than two, one given twice, and documents of different pipelines.
    """
    if len(prefixes) < 2:
        raise UsageProblem(_("Name at least two documents to join."))

    def make(remaker: Remaker, cases: Sequence[ReviewCase]) -> Outcome:
        ids = [case.document_id for case in cases]
        if len(set(ids)) < len(ids):
            raise UsageProblem(_("The same document was named twice."))
        pipelines = sorted({case.pipeline for case in cases})
        if len(pipelines) > 1:
            raise UsageProblem(
                _("The documents come from different pipelines (%(names)s) and cannot be joined.")
                % {"names": ", ".join(pipelines)}
            )
        leaves, facts = _one_stack(cases)
        sentence = _("A person joined documents %(ids)s.")
        why = sentence % {"ids": ", ".join(id[:12] for id in ids)}
        origin = changed_by_person(station, Reason("merged_by_person", why), cases)
        return Outcome((remaker.remake(leaves, facts, origin),))

    return mend(station, "merged", prefixes, {}, make)


def rotate(station: Station, prefix: str, pages: Sequence[int], degrees: int) -> Mended:
    """Turns pages of a document in review clockwise, against how they stand now, and reads them again.

    `pages` count from 1, none means all; `degrees` is 90, 180 or 270. Raises UsageProblem.
    """
    if degrees not in QUARTER_TURNS:
        raise UsageProblem(_("Pages turn by 90, 180 or 270 degrees."))

    def make(remaker: Remaker, cases: Sequence[ReviewCase]) -> Outcome:
        case = cases[0]
        leaves = leaves_of(case)
        chosen = sorted(set(pages)) or list(range(1, len(leaves) + 1))
        _check_pages(case, chosen)
        turned = [
            remaker.turned(leaf, degrees) if number in chosen else leaf
            for number, leaf in enumerate(leaves, start=1)
        ]
        sentence = ngettext(
            "A person turned page %(pages)s by %(degrees)d degrees clockwise.",
            "A person turned pages %(pages)s by %(degrees)d degrees clockwise.",
            len(chosen),
        )
        why = sentence % {"pages": ", ".join(map(str, chosen)), "degrees": degrees}
        origin = changed_by_person(station, Reason("turned_by_person", why), cases)
        remade = remaker.remake(turned, facts_of(case), origin)
        before = {leaf.page.key for leaf in leaves}
        idle = before - {leaf.page.key for leaf in turned}
        return Outcome((remade,), idle=tuple(sorted(idle)))

    return mend(station, "turned", [prefix], {"pages": sorted(set(pages)), "degrees": degrees}, make)


def _check_cuts(case: ReviewCase, cuts: Sequence[int]) -> None:
    _check_pages(case, cuts)
    if not cuts:
        raise UsageProblem(_("Say before which pages to part it: --before PAGE."))
    if cuts[0] == 1:
        raise UsageProblem(_("Nothing lies before page 1; the first page to part at is 2."))


def _check_pages(case: ReviewCase, numbers: Sequence[int]) -> None:
    count = len(case.pages)
    for number in numbers:
        if not 1 <= number <= count:
            raise UsageProblem(
                ngettext(
                    "Document %(id)s has %(count)d page; there is no page %(page)d.",
                    "Document %(id)s has %(count)d pages; there is no page %(page)d.",
                    count,
                )
                % {"id": case.document_id[:12], "count": count, "page": number}
            )


def _one_stack(cases: Sequence[ReviewCase]) -> tuple[list[Leaf], BatchFacts]:
    """The pages of several documents, their stacks laid one after the other where they differ."""
    sizes: dict[str, int] = {}
    for case in cases:
        sizes[case.batch.id] = max(case.batch_pages, sizes.get(case.batch.id, 0))
    ends = dict(zip(sizes, accumulate(sizes.values()), strict=True))
    sources: dict[str, Source] = {}
    blanks: dict[PageRef, None] = {}
    leaves = []
    for case in cases:
        offset = ends[case.batch.id] - sizes[case.batch.id]
        leaves += [replace(leaf, position=leaf.position + offset) for leaf in leaves_of(case)]
        sources |= {source.sha256: source for source in case.batch.sources}
        blanks |= dict.fromkeys(case.set_aside_blank)
    first = facts_of(cases[0])
    facts = replace(
        first,
        batch=Batch(first.batch.id, first.batch.pipeline, tuple(sources.values())),
        pages=sum(sizes.values()),
        operator=_same([case.operator for case in cases]),
        station=_same([case.station for case in cases]),
        set_aside_blank=tuple(blanks),
    )
    return leaves, facts


def _same(values: Sequence[str | None]) -> str | None:
    """The value that all share; None where they differ, because what is not known is not guessed."""
    return values[0] if len(set(values)) == 1 else None
