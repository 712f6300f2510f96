"""Looking at files without filing them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from dipro_scan.batch.arranging import arrange
from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.claiming import Claim, claim_batch
from dipro_scan.batch.debug_pictures import draw_pictures
from dipro_scan.batch.deciding import decide_document
from dipro_scan.batch.page import PageSettings
from dipro_scan.batch.reading import PageReader, WantedPage, wanted_pages
from dipro_scan.batch.segments import OpenedSource, Segment, segments
from dipro_scan.batch.stack_evidence import settle_pages
from dipro_scan.batch.station import LazyPool
from dipro_scan.model import (
    Decision,
    Document,
    ExitCode,
    QuarantineReason,
    ReadPage,
    SourceRefused,
    Unwritable,
)
from dipro_scan.settings import Configuration
from dipro_scan.translation import _, os_reason


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """A file and its pages, or why it cannot be read."""

    source: str
    pages: tuple[ReadPage, ...] = ()
    refused: tuple[QuarantineReason, str] | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen: files with pages, and the documents and decisions a run would come to."""

    files: tuple[InspectedFile, ...]
    documents: tuple[tuple[Document, Decision], ...]

    @property
    def exit(self) -> ExitCode:
        return ExitCode.QUARANTINE if any(item.refused for item in self.files) else ExitCode.DONE


def inspect_files(
    inputs: Sequence[Path], configuration: Configuration, jobs: int | None, debug: Path | None = None
) -> Inspection:
    """Reads the pages of `inputs` and says what a run would see; keeps nothing.

    With `debug`, writes for each page the picture that was read, with the words found, to that folder, and
    beside it those that explain each step (`draw_pictures`): named after the file as the inspection names it,
    folders included. Raises Unwritable where it cannot.
    """
    pipeline = configuration.pipeline
    settings = PageSettings.of(pipeline)
    if debug is not None:
        _make_folder(debug)
    with tempfile.TemporaryDirectory(prefix="dipro-scan-") as name, LazyPool(jobs) as pool:
        folder = Path(name)
        claim = claim_batch(inputs, pipeline, folder / "originals", settle_seconds=0)
        reader = PageReader(pool, pool.jobs, ReadingCache(folder / "cache"), settings)
        pictures = _Pictures(pool, settings, debug) if debug is not None else None
        files = [InspectedFile(item.source, refused=(item.reason, item.message)) for item in claim.refused]
        looked: list[_Looked] = []
        for source, outline in list(reader.outlines(claim.batch.sources)):
            if isinstance(outline, SourceRefused):
                files.append(InspectedFile(source.name, refused=(outline.reason, str(outline))))
                continue
            wanted = list(wanted_pages(source, outline))
            looked.append(_Looked(OpenedSource(source, outline), wanted, tuple(reader.read(wanted))))
        stack = _Stack(claim, looked, reader, configuration)
        for item in looked:
            pages = stack.pages_of(item)
            if pictures is not None:
                pictures.draw(item.opened.source.name, item.wanted, pages)
            files.append(InspectedFile(item.opened.source.name, pages))
        return Inspection(tuple(files), tuple(stack.documents()))


@dataclass(frozen=True, slots=True)
class _Looked:
    opened: OpenedSource
    wanted: Sequence[WantedPage]
    pages: tuple[ReadPage, ...]


class _Stack:
    """What a run would make of all pages together, by the bytes of their files."""

    def __init__(
        self, claim: Claim, looked: Sequence[_Looked], reader: PageReader, configuration: Configuration
    ) -> None:
        self._configuration = configuration
        # Of files with the same bytes a run takes the first.
        self._first = {item.opened.source.sha256: item for item in reversed(looked)}
        pipeline = configuration.pipeline
        ordered = segments(
            claim.sequence,
            [item.opened for item in looked if item is self._first[item.opened.source.sha256]],
            one_file_per_page=pipeline.separation.one_file_per_page,
            one_per_folder=pipeline.separation.one_per_folder,
            collation=pipeline.collation,
        )
        self._settled: list[tuple[Segment, list[ReadPage]]] = []
        for segment in ordered:
            pages = [page for item in segment.sources for page in self._first[item.source.sha256].pages]
            self._settled.append((segment, settle_pages(reader, segment, pages, configuration)))
        self._by_page = {
            (page.ref.source_sha256, page.ref.source_page): page
            for _segment, pages in self._settled
            for page in pages
        }

    def pages_of(self, item: _Looked) -> tuple[ReadPage, ...]:
        """The pages of a file, with what their stack tells about them."""
        known = [
            self._by_page.get((page.ref.source_sha256, page.ref.source_page), page) for page in item.pages
        ]
        return tuple(replace(page, ref=own.ref) for page, own in zip(known, item.pages, strict=True))

    def documents(self) -> Iterator[tuple[Document, Decision]]:
        for segment, pages in self._settled:
            for document in arrange(segment, pages, self._configuration).documents:
                first = self._first[document.pages[0].ref.source_sha256].opened
                scanned = first.outline.created or first.source.arrived
                yield document, decide_document(document, self._configuration, scanned, lambda _number: None)


class _Pictures:
    """The folder of `--debug`."""

    def __init__(self, pool: LazyPool, settings: PageSettings, folder: Path) -> None:
        self._pool = pool
        self._settings = settings
        self._folder = folder
        self._names: set[str] = set()

    def draw(self, source: str, wanted: Sequence[WantedPage], pages: Sequence[ReadPage]) -> None:
        """The pictures of each page that was read."""
        name = self._name(source)
        for page, read in zip(wanted, pages, strict=True):
            if read.reading.failed is not None:
                continue
            target = self._folder / f"{name}_{page.ref.source_page:04d}.png"
            _make_folder(target.parent)
            self._pool().submit(
                draw_pictures,
                replace(page.input, hints=read.hints),
                self._settings,
                read.reading,
                target,
                timeout_seconds=self._settings.reading.page_seconds,
            ).result()

    def _name(self, source: str) -> str:
        """`source`; numbered where files of several inputs have that name, letter case ignored."""
        numbered = (source if number == 1 else f"{source}-{number}" for number in count(1))
        name = next(name for name in numbered if name.casefold() not in self._names)
        self._names.add(name.casefold())
        return name


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(
            _("%(folder)s cannot be made (%(why)s): check the path and your permissions.")
            % {"folder": folder, "why": os_reason(error)}
        ) from error
