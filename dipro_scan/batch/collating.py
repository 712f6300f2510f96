"""Fronts and backs that were scanned in two passes: into the order of the paper, or held as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from dipro_scan import separate
from dipro_scan.batch.segments import Segment
from dipro_scan.model import Document, PageRef, ReadPage, Reason, Separation
from dipro_scan.settings import Pipeline
from dipro_scan.translation import _


def separated(
    segment: Segment,
    pages: Sequence[ReadPage],
    pipeline: Pipeline,
    normal_form: separate.NormalForm | None = None,
) -> Separation:
    """The documents of a segment: put together front by back first, where it is a stack of two passes.

    A stack that does not come out even, and one side without the other, are kept whole, a document for each
    file, nothing set aside, with the doubt that says why.
    """
    if segment.half is not None:
        half = segment.half
        name = segment.sources[0].source.name
        return _as_scanned(pages, separate.half_missing(name, half.others, sure=half.sure))
    if not segment.collated:
        return separate.separate_pages(pages, pipeline.separation, normal_form)
    collation = _collated(segment, pages, pipeline)
    if collation.doubt is not None:
        return _as_scanned(pages, collation.doubt)
    return _separated_as_one_file(segment, collation.pages, pipeline, normal_form)


def lies_as_scanned(separation: Separation) -> bool:
    """Whether sides of a stack were not put together: then every other page number must be missing."""
    codes = {doubt.code for document in separation.documents for doubt in document.doubts}
    return bool(codes & {"collation_mismatch", "collation_half_missing"})


def paper_order(segment: Segment, pages: Sequence[ReadPage], pipeline: Pipeline) -> Sequence[ReadPage]:
    """The pages of a segment as the paper has them; as they were scanned where that is not known."""
    return _collated(segment, pages, pipeline).pages if segment.collated else pages


def places_of_paper(
    segment: Segment, pages: Sequence[ReadPage], places: Mapping[PageRef, int], pipeline: Pipeline
) -> dict[PageRef, int]:
    """The places of a batch's pages in the stack, those of this segment in the order of the paper."""
    if not segment.collated:
        return dict(places)
    free = sorted(places[page.ref] for page in pages)
    ordered = paper_order(segment, pages, pipeline)
    return {**places, **{page.ref: place for page, place in zip(ordered, free, strict=True)}}


def _collated(segment: Segment, pages: Sequence[ReadPage], pipeline: Pipeline) -> separate.Collation:
    count = segment.sources[0].outline.pages
    return separate.collate(pages[:count], pages[count:], pipeline.collation)


def _separated_as_one_file(
    segment: Segment,
    pages: Sequence[ReadPage],
    pipeline: Pipeline,
    normal_form: separate.NormalForm | None,
) -> Separation:
    """Both files under one name, so that no rule takes the change of files for the end of a document."""
    fronts, backs = (item.source for item in segment.sources)
    both = f"{fronts.name} + {PurePosixPath(backs.name).name}"
    sha256 = fronts.sha256 + backs.sha256
    named = {PageRef(sha256, both, number): page for number, page in enumerate(pages, start=1)}
    separation = separate.separate_pages(
        [replace(page, ref=ref) for ref, page in named.items()], pipeline.separation, normal_form
    )
    sentence = _("Put together front by back from %(fronts)s and %(backs)s.")
    why = Reason("collated", sentence % {"fronts": fronts.name, "backs": backs.name})
    return Separation(
        documents=tuple(
            replace(
                document,
                pages=tuple(named[page.ref] for page in document.pages),
                why=(why, *document.why),
            )
            for document in separation.documents
        ),
        set_aside=tuple(replace(aside, page=named[aside.page.ref]) for aside in separation.set_aside),
    )


def _as_scanned(pages: Sequence[ReadPage], doubt: Reason) -> Separation:
    by_file: dict[tuple[str, str], list[ReadPage]] = {}
    for page in pages:
        by_file.setdefault((page.ref.source_sha256, page.ref.source), []).append(page)
    return Separation(
        documents=tuple(
            Document(separate.document_id(together), tuple(together), doubts=(doubt,))
            for together in by_file.values()
        ),
        set_aside=(),
    )
