"""Looking at files without filing them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dipro_scan import separate
from dipro_scan.batch import page as page_floor
from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.claiming import claim_batch
from dipro_scan.batch.deciding import decide_document
from dipro_scan.batch.page import PageSettings
from dipro_scan.batch.reading import PageReader, WantedPage, wanted_pages
from dipro_scan.batch.station import LazyPool
from dipro_scan.model import (
    Decision,
    Document,
    ExitCode,
    QuarantineReason,
    ReadPage,
    SourceRefused,
)
from dipro_scan.settings import Configuration


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

    With `debug`, writes for each page the picture that was read, with the words found, to that folder.
    """
    pipeline = configuration.pipeline
    settings = PageSettings(pipeline.intake, pipeline.imaging, pipeline.reading, pipeline.separation)
    with tempfile.TemporaryDirectory(prefix="dipro-scan-") as name, LazyPool(jobs) as pool:
        folder = Path(name)
        claim = claim_batch(inputs, pipeline.name, folder / "originals", pipeline.intake)
        reader = PageReader(pool, pool.jobs, ReadingCache(folder / "cache"), settings)
        files = [InspectedFile(item.source, refused=(item.reason, item.message)) for item in claim.refused]
        documents: list[tuple[Document, Decision]] = []
        for source, outline in list(reader.outlines(claim.batch.sources)):
            if isinstance(outline, SourceRefused):
                files.append(InspectedFile(source.name, refused=(outline.reason, str(outline))))
                continue
            wanted = list(wanted_pages(source, outline))
            pages = tuple(reader.read(wanted))
            if debug is not None:
                _draw(pool, wanted, pages, settings, debug)
            files.append(InspectedFile(source.name, pages))
            scanned = outline.created or source.arrived
            for document in separate.separate_pages(pages, pipeline.separation).documents:
                decision = decide_document(document, configuration, scanned, lambda _number: None)
                documents.append((document, decision))
        return Inspection(tuple(files), tuple(documents))


def _draw(
    pool: LazyPool,
    wanted: Sequence[WantedPage],
    pages: Sequence[ReadPage],
    settings: PageSettings,
    folder: Path,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for page, read in zip(wanted, pages, strict=True):
        if read.reading.failed is None:
            name = f"{Path(page.ref.source).name}_{page.ref.source_page:04d}.png"
            pool().submit(
                page_floor.draw_reading,
                page.input,
                settings,
                read.reading,
                folder / name,
                timeout_seconds=settings.reading.page_seconds,
            ).result()
