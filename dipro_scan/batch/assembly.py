"""A document's PDF/A, made and checked in a worker: streams and words in, a proven file out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from dipro_scan import __version__, pdf
from dipro_scan.batch.image_files import read_image
from dipro_scan.batch.text_files import write_text_files
from dipro_scan.model import EngineIdentity, PageGeometry, PageText, ReadPage
from dipro_scan.ocr.text_pages import TextFacts, TextPage
from dipro_scan.records import BesideFile
from dipro_scan.records.durable import told_as_full
from dipro_scan.settings import FilesSettings

PRODUCER = f"dipro_scan {__version__}"


@dataclass(frozen=True, slots=True)
class AssemblyPage:
    image: Path
    geometry: PageGeometry
    text: PageText


@dataclass(frozen=True, slots=True)
class AssemblyJob:
    """Everything a worker needs to write one document's PDF to `target`, and the text files beside it.

    `engines` have read its pages, set in `language` (BCP 47).
    """

    target: Path
    document_id: str
    title: str
    created: dt.datetime
    transfer_note: dict[str, Any]
    pages: tuple[AssemblyPage, ...]
    files: FilesSettings = field(default_factory=FilesSettings)
    engines: tuple[EngineIdentity, ...] = ()
    language: str = "de"


@dataclass(frozen=True, slots=True)
class AssembledPdf:
    """The written file and what its check found: nothing, for a file that may be filed. `beside` are its text
    files."""

    path: Path
    violations: tuple[str, ...]
    beside: tuple[BesideFile, ...] = ()

    def remove(self) -> None:
        """Removes the files where they were written; what was filed is a copy."""
        self.without_beside().unlink(missing_ok=True)

    def without_beside(self) -> Path:
        """The PDF alone, for a document that is not filed yet; its text files are removed."""
        for each in self.beside:
            each.content.unlink(missing_ok=True)
        return self.path


def assembly_pages(page: ReadPage) -> tuple[AssemblyPage, ...]:
    """How the PDF shows a page: as one, or a spread as its two halves, each with its own words."""
    reading = page.reading
    if not reading.parts:
        return (AssemblyPage(page.image, reading.geometry, reading.text),)
    return tuple(
        AssemblyPage(page.image, replace(reading.geometry, crop_mm=part), reading.text.within(part))
        for part in reading.parts
    )


def assemble(job: AssemblyJob) -> AssembledPdf:
    """Writes and checks the PDF/A-2u of one document, and writes its text files.

    Raises Unwritable where there is no room for them.
    """
    with told_as_full(job.target):
        return _assembled(job)


def _assembled(job: AssemblyJob) -> AssembledPdf:
    pages = [pdf.PdfPage(partial(read_image, page.image), page.geometry, page.text) for page in job.pages]
    pdf.write_pdf(
        pdf.PdfJob(
            document_id=job.document_id,
            title=job.title,
            language=job.language,
            created=job.created,
            producer=PRODUCER,
            transfer_note=job.transfer_note,
            pages=pages,
        ),
        job.target,
    )
    found = pdf.check_pdfa(job.target)
    return AssembledPdf(
        job.target, tuple(f"{v.clause} {v.where}: {v.message}" for v in found), _text_files(job)
    )


def _text_files(job: AssemblyJob) -> tuple[BesideFile, ...]:
    pages = tuple(TextPage(page.text, page.geometry.shown()) for page in job.pages)
    facts = TextFacts(job.document_id, job.title, "dipro_scan", __version__, job.engines, job.language)
    return write_text_files(job.target, pages, facts, job.files)


def document_title(pages: tuple[ReadPage, ...]) -> str:
    """The sources' names and pages: `stapel.pdf 1–3`. Says nothing that a correction could make untrue."""
    runs: list[tuple[str, int, int]] = []
    for page in pages:
        ref = page.ref
        if runs and runs[-1][0] == ref.source and runs[-1][2] + 1 == ref.source_page:
            runs[-1] = (ref.source, runs[-1][1], ref.source_page)
        else:
            runs.append((ref.source, ref.source_page, ref.source_page))
    return ", ".join(
        f"{source} {first}" if first == last else f"{source} {first}–{last}" for source, first, last in runs
    )
