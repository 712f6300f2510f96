"""Which pages are separated together, and where a page that belongs between them was not read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from dipro_scan.model import Quarantined, Source, SourceOutline

Claimed = Source | Quarantined


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A source that this run reads, and what opening it told."""

    source: Source
    outline: SourceOutline


@dataclass(frozen=True, slots=True)
class Segment:
    """Sources whose pages are separated together.

    `before` and `after` name a neighbour in the stack that this run did not read (known before, or in
    quarantine), where documents may cross files and a page may thus be missing.
    """

    sources: tuple[OpenedSource, ...]
    before: Claimed | None = None
    after: Claimed | None = None

    @property
    def pages(self) -> int:
        return sum(opened.outline.pages for opened in self.sources)


def segments(
    sequence: Sequence[Claimed], opened: Collection[OpenedSource], *, one_file_per_page: bool
) -> Iterator[Segment]:
    """The segments of a batch in order: each source alone, or what lies together without a gap."""
    if not one_file_per_page:
        for item in opened:
            yield Segment((item,))
        return
    by_identity = {id(item.source): item for item in opened}
    together: list[OpenedSource] = []
    before: Claimed | None = None
    for claimed in sequence:
        found = by_identity.get(id(claimed))
        if found is not None:
            together.append(found)
            continue
        if together:
            yield Segment(tuple(together), before, claimed)
            together = []
        before = claimed
    if together:
        yield Segment(tuple(together), before, None)
