"""Pages as they were scanned → documents, in the fixed order: collate, separate, set blanks aside, notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from dipro_scan import separate
from dipro_scan.batch.collating import lies_as_scanned, paper_order, separated
from dipro_scan.batch.segments import Segment
from dipro_scan.batch.source_doubts import with_source_doubts
from dipro_scan.batch.twins import with_twins_doubted
from dipro_scan.classify.aktenzeichen import normal_form
from dipro_scan.model import Document, IndexValues, PageRef, ReadPage, Separation
from dipro_scan.settings import Configuration


def arrange(segment: Segment, pages: Sequence[ReadPage], configuration: Configuration) -> Separation:
    """The documents of a segment and the pages set aside; every page comes out exactly once.

    Each document carries what was said about it (`index`) and why a person must look at it (`doubts`).
    Raises BalanceBroken where a page would be lost.
    """
    pipeline = configuration.pipeline
    in_plan = partial(normal_form, plan=configuration.aktenplan)
    separation = separated(segment, pages, pipeline, in_plan)
    separate.check_complete([page.ref for page in pages], separation)
    if not lies_as_scanned(separation):
        paper = paper_order(segment, pages, pipeline)
        separation = separate.notice(separation, paper, pipeline.completeness)
        separation = with_twins_doubted(separation, pipeline)
    said = {(item.source.sha256, item.source.name): item.source.index for item in segment.sources}
    documents = tuple(_with_source_index(document, said) for document in separation.documents)
    sources = [item.source for item in segment.sources]
    return with_source_doubts(replace(separation, documents=documents), sources)


def _with_source_index(document: Document, said: dict[tuple[str, str], tuple[IndexValues, ...]]) -> Document:
    """The document with what tickets and folders of its files say, after what sheets in the stack say."""
    voices = [*document.index]
    for page in document.pages:
        voices += [voice for voice in said.get(_file_of(page.ref), ()) if voice not in voices]
    return replace(document, index=tuple(voices))


def _file_of(ref: PageRef) -> tuple[str, str]:
    return ref.source_sha256, ref.source
