"""Words as the page floor reads them, each with what is known about it and whether it is right as printed.

A word is right where it says what stands there, be that printed, stamped or written by hand.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from error_rates import Errors, errors
from truth_pages import TruthPage, load_pages
from word_truth import aligned

from dipro_scan.batch.page import PageSettings, read_page
from dipro_scan.intake.outline import outline_source
from dipro_scan.model import PageInput, PageReading
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings, SeparationSettings


@dataclass(frozen=True, slots=True)
class ReadTruth:
    """A page's reading beside its truth: of each word of the reading, in order, whether it is right.

    `errors` compares the texts as the accuracy benchmark does.
    """

    name: str
    group: str
    reading: PageReading
    right: tuple[bool, ...]
    errors: Errors

    @property
    def true_share(self) -> float | None:
        """The share of words that are right, weighted by length as a page's mean confidence is."""
        lengths = [len(word.text) for word in self.reading.text.words()]
        if not lengths:
            return None
        found = sum(length for length, right in zip(lengths, self.right, strict=True) if right)
        return found / sum(lengths)


def uncalibrated(languages: Sequence[str] | None = None) -> PageSettings:
    """The settings of a pipeline that says nothing, but with the engine's own confidences."""
    reading = ReadingSettings() if languages is None else ReadingSettings(languages=tuple(languages))
    if "confidence" in ReadingSettings.model_fields:
        values = {**reading.model_dump(), "confidence": {"calibrate": False}}
        reading = ReadingSettings.model_validate(values)
    return PageSettings(IntakeSettings(), ImagingSettings(), reading, SeparationSettings())


def read_folder(folder: Path, settings: PageSettings) -> Iterator[ReadTruth]:
    """Each page of `folder` read by the page floor in this process; says on standard error how far it is."""
    written = written_on(folder)
    for number, page in enumerate(load_pages(folder).pages, start=1):
        reading = read_page(page_input(page.path, settings.intake), settings).reading
        print(f"{number} {page.path.name}", file=sys.stderr, flush=True)
        yield read_truth(page, written.get(page.path.name, ""), reading)


def read_truth(page: TruthPage, written: str, reading: PageReading) -> ReadTruth:
    """`reading` of `page` beside its truth; `written` is what stands on it besides its print."""
    words = [word.text for word in reading.text.words()]
    right = aligned(words, f"{page.text}\n{written}").right
    return ReadTruth(page.path.name, page.group, reading, right, errors(page.text, reading.text.text))


def written_on(folder: Path) -> dict[str, str]:
    """What handwriting and stamps say on the pages of `folder`, by file name; empty for real scans."""
    truth = folder / "truth.json"
    if not truth.is_file():
        return {}
    pages = json.loads(truth.read_text(encoding="utf-8"))["pages"]
    return {page["file"]: page.get("written", "") for page in pages}


def page_input(path: Path, settings: IntakeSettings) -> PageInput:
    """The first page of a file."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return PageInput(path, digest, outline_source(path, settings).media_type, 1)
