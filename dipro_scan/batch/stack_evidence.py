"""What the other pages of a stack tell about a page that does not tell it by itself.

How its neighbours lie settles how a doubtful page does; the other side of its sheet explains what shines
through an empty one; pages longer or shorter than those around them are noticed. Where this changes what is
to be done with a page, it is read once more under that hint, and kept under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from dipro_scan import imaging
from dipro_scan.batch.collating import paper_order
from dipro_scan.batch.neighbours import LyingPage, settled_by_neighbours
from dipro_scan.batch.reading import PageReader, WantedPage, wanted_pages
from dipro_scan.batch.segments import Segment
from dipro_scan.model import BlankVerdict, PageFailed, PageHints, PageReading, PageRef, ReadPage
from dipro_scan.settings import Configuration, ImagingSettings

SHOWS_THROUGH: Final = "may_show_through"


def settle_pages(
    reader: PageReader, segment: Segment, incoming: Iterable[ReadPage], configuration: Configuration
) -> list[ReadPage]:
    """The pages of a segment, in the order given; those that the stack tells more about read again.

    A page that cannot be read under its hint stays as it was. Thumbnails have served after that.
    """
    settings = configuration.pipeline.imaging
    pages = list(incoming if segment.collated else _lightened(incoming))
    paper = paper_order(segment, pages, configuration.pipeline)
    hints = {ref: PageHints(blank=True, by="stack") for ref in _blank_by_other_side(paper, settings)}
    for stretch in _stretches(segment, pages):
        hints = {**_rotations(stretch), **hints}
    settled = dict(_read_again(reader, segment, hints))
    known = [settled.get(page.ref, page) for page in pages]
    return [page for stretch in _stretches(segment, known) for page in _measured(stretch, settings)]


def _lightened(pages: Iterable[ReadPage]) -> Iterator[ReadPage]:
    """The pages, with thumbnails on those alone that are doubtful, or lie beside one that is: of a long stack
    all of them would not fit into memory."""
    doubted_before = False
    waiting: ReadPage | None = None
    for page in pages:
        doubted = page.reading.blank_doubt == SHOWS_THROUGH
        if waiting is not None:
            asked = waiting.reading.blank_doubt == SHOWS_THROUGH
            yield waiting if doubted or asked or doubted_before else _without_thumbnail(waiting)
            doubted_before = asked
        waiting = page
    if waiting is not None:
        asked = waiting.reading.blank_doubt == SHOWS_THROUGH
        yield waiting if asked or doubted_before else _without_thumbnail(waiting)


def _without_thumbnail(page: ReadPage) -> ReadPage:
    return replace(page, reading=replace(page.reading, thumbnail=b""))


def _stretches(segment: Segment, pages: Sequence[ReadPage]) -> list[list[ReadPage]]:
    """Pages that went through the scanner one after the other."""
    if not segment.collated:
        return [list(pages)]
    return [list(part) for _source, part in groupby(pages, key=lambda page: page.ref.source_sha256)]


def _rotations(pages: Sequence[ReadPage]) -> dict[PageRef, PageHints]:
    lying = [_lying(page.reading) for page in pages]
    return {pages[index].ref: hints for index, hints in settled_by_neighbours(lying).items()}


def _lying(reading: PageReading) -> LyingPage:
    width_mm, height_mm = _size_as_fed(reading)
    doubts = () if reading.blank is BlankVerdict.BLANK else reading.doubts
    return LyingPage(
        rotation=reading.geometry.rotation,
        confidence=reading.rotation_confidence,
        doubts=doubts,
        landscape=width_mm > height_mm,
        evidence=reading.orientation_evidence,
    )


def _size_as_fed(reading: PageReading) -> tuple[float, float]:
    """Width and height in mm before any turn."""
    geometry = reading.geometry
    if geometry.rotation in (90, 270):
        return geometry.height_mm, geometry.width_mm
    return geometry.width_mm, geometry.height_mm


def _blank_by_other_side(pages: Sequence[ReadPage], settings: ImagingSettings) -> Iterator[PageRef]:
    """Pages, in the order of the paper, all of whose ink is that of a page beside them, mirrored."""
    for index, page in enumerate(pages):
        if page.reading.blank_doubt != SHOWS_THROUGH:
            continue
        # The other side of a sheet is the page before or the one after; no other page agrees with it.
        places = dict.fromkeys((index ^ 1, index - 1, index + 1))
        beside = [pages[place] for place in places if 0 <= place < len(pages)]
        if any(_explains(other, page, settings) for other in beside):
            yield page.ref


def _explains(other: ReadPage, page: ReadPage, settings: ImagingSettings) -> bool:
    if not page.reading.thumbnail or not other.reading.thumbnail:
        return False
    try:
        side, back = (imaging.thumbnail_pixels(one.reading.thumbnail) for one in (page, other))
    except PageFailed:
        return False
    shown = imaging.shown_through(side, back)
    return imaging.settle_by_other_side(shown, settings.blank) is BlankVerdict.BLANK


def _read_again(
    reader: PageReader, segment: Segment, hints: dict[PageRef, PageHints]
) -> Iterator[tuple[PageRef, ReadPage]]:
    if not hints:
        return
    wanted = [
        WantedPage(page.ref, replace(page.input, hints=hints[page.ref]))
        for item in segment.sources
        for page in wanted_pages(item.source, item.outline)
        if page.ref in hints
    ]
    for page in reader.read(wanted):
        if page.reading.failed is None:
            yield page.ref, page


def _measured(pages: Sequence[ReadPage], settings: ImagingSettings) -> Iterator[ReadPage]:
    """The pages with their length against their neighbours', where these tell one."""
    heights_mm = [_size_as_fed(page.reading)[1] for page in pages]
    for index, page in enumerate(pages):
        length = imaging.length_against_neighbours(heights_mm, index, settings.border)
        told = length.verdict != "none" and page.reading.failed is None
        measurements = (*page.reading.measurements, *([length] if told else []))
        yield replace(page, reading=replace(page.reading, measurements=measurements, thumbnail=b""))
