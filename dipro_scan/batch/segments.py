"""Which pages are separated together, and where a page that belongs between them was not read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dipro_scan.model import Quarantined, Source, SourceOutline
from dipro_scan.separate import ScannedFile, folder_of, stacks_of
from dipro_scan.settings import CollationSettings

Claimed = Source | Quarantined

_ONE_PASS = CollationSettings()


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A source that this run reads, and what opening it told."""

    source: Source
    outline: SourceOutline


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a stack whose other side was not read. `others` are files that are it, or may be.

    `sure` where there is no doubt which one it is.
    """

    others: tuple[str, ...] = ()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Sources whose pages are separated together.

    `before` and `after` name a neighbour in the stack that this run did not read (known before, or in
    quarantine), where documents may cross files and a page may thus be missing. `collated`: the two sources
    are the fronts and the backs of one stack; `half`: the source is one of these, and the other is missing.
    """

    sources: tuple[OpenedSource, ...]
    before: Claimed | None = None
    after: Claimed | None = None
    collated: bool = False
    half: Half | None = None

    @property
    def pages(self) -> int:
        return sum(opened.outline.pages for opened in self.sources)


def segments(
    sequence: Sequence[Claimed],
    opened: Collection[OpenedSource],
    *,
    one_file_per_page: bool,
    one_per_folder: bool = False,
    collation: CollationSettings = _ONE_PASS,
) -> Iterator[Segment]:
    """The segments of a batch in order: each source alone, or what lies together without a gap:
    all of a batch, or of a subfolder where that is one.

    The two files of a stack that was scanned in two passes are one segment, in the place of the first.
    """
    by_identity = {id(item.source): item for item in opened}
    if collation.mode == "two_passes":
        yield from _stack_segments(sequence, by_identity, collation)
        return
    if not one_file_per_page and not one_per_folder:
        for item in opened:
            yield Segment((item,))
        return
    together: list[OpenedSource] = []
    before: Claimed | None = None
    previous: Claimed | None = None
    for claimed in sequence:
        apart = not one_file_per_page and not (previous is not None and _share_folder(previous, claimed))
        previous = claimed
        if apart:
            if together:
                yield Segment(tuple(together), before, None)
            together, before = [], None
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


def _share_folder(one: Claimed, other: Claimed) -> bool:
    """Whether two files lie in the same subfolder; folders of one name in two inboxes are not the same."""
    folder = folder_of(_name(one))
    if not folder or folder != folder_of(_name(other)):
        return False
    if isinstance(one, Quarantined) or isinstance(other, Quarantined):
        return True
    return one.path.parent == other.path.parent


def in_stack_order(sources: Sequence[Source], collation: CollationSettings) -> list[Source]:
    """The sources of a batch, the backs of each stack right after its fronts."""
    together = _together(sources, collation)
    return [item for one in together for item in one.items if isinstance(item, Source)]


def halves_in(sequence: Sequence[Claimed], collation: CollationSettings) -> list[Source]:
    """Sources that hold one side of a stack, or may hold one, and whose other side is not in `sequence`."""
    return [
        item
        for together in _together(sequence, collation)
        if together.is_half
        for item in together.items
        if isinstance(item, Source)
    ]


@dataclass(frozen=True, slots=True)
class _Together:
    """Fronts and backs, or one file by itself; `rivals` may belong to it where that cannot be told."""

    items: tuple[Claimed, ...]
    is_half: bool = False
    rivals: tuple[str, ...] = ()


def _together(sequence: Sequence[Claimed], collation: CollationSettings) -> Iterator[_Together]:
    stack_of = {
        place: stack
        for stack in stacks_of([_scanned_file(item) for item in sequence], collation)
        for place in stack.files
    }
    for place, item in enumerate(sequence):
        stack = stack_of.get(place)
        if stack is None:
            yield _Together((item,))
        elif not stack.whole:
            rivals = tuple(_name(sequence[other]) for other in stack.files if other != place)
            yield _Together((item,), is_half=True, rivals=rivals)
        elif place == min(stack.files):
            yield _Together(tuple(sequence[other] for other in stack.files))


def _stack_segments(
    sequence: Sequence[Claimed], opened: Mapping[int, OpenedSource], collation: CollationSettings
) -> Iterator[Segment]:
    for together in _together(sequence, collation):
        found = tuple(opened[id(item)] for item in together.items if id(item) in opened)
        missing = tuple(_name(item) for item in together.items if id(item) not in opened)
        if not found:
            continue
        if together.is_half:
            yield Segment(found, half=Half(together.rivals))
        elif missing:
            yield Segment(found, half=Half(missing, sure=True))
        else:
            yield Segment(found, collated=len(found) == 2)


def _scanned_file(item: Claimed) -> ScannedFile:
    if isinstance(item, Quarantined):
        return ScannedFile(item.source, refused=True)
    stations = [voice.station for voice in item.index if voice.station is not None]
    return ScannedFile(item.name, station=stations[0] if stations else None)


def _name(item: Claimed) -> str:
    return item.name if isinstance(item, Source) else item.source
