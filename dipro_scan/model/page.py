"""A page as it came, and everything that reading it told."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from dipro_scan.model.evidence import Code, CodeMeaning, Measurement, ProcessingStep
from dipro_scan.model.geometry import Box, PageGeometry, Resolution
from dipro_scan.model.image import Colour, ImageStream, SmallerImage
from dipro_scan.model.marks import Mark, PaperFault, Stamp
from dipro_scan.model.orientation_evidence import OrientationEvidence
from dipro_scan.model.text import PageText, Rereading, TextConfidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

READING_SCHEMA = 5
ResolutionOrigin = Literal["file", "inferred", "assumed"]


class PageRef(NamedTuple):
    """Which page: the source's hash and name, and the page in it, from 1."""

    source_sha256: str
    source: str
    source_page: int


@dataclass(frozen=True, slots=True)
class PageHints:
    """What the document floor knows better than the page alone.

    `rotation`: degrees clockwise that make it upright. `blank`: the other side of the sheet explains all ink.
    `by`: who says so.
    """

    rotation: int | None = None
    blank: bool = False
    by: Literal["person", "stack"] = "person"


@dataclass(frozen=True, slots=True)
class PageInput:
    """What the page floor gets: which page of which kept file."""

    path: Path
    source_sha256: str
    media_type: str
    source_page: int
    hints: PageHints = PageHints()


@dataclass(frozen=True, slots=True)
class Page:
    """One side of paper as it came.

    pixels: uint8, shape (height, width) gray or (height, width, 3) RGB, as stored (`orientation` not
    yet applied). `resolution` belongs to the stored image. `stream` holds the source's own bits, or
    a lossless coding of the pixels where the source's coding cannot stand in a PDF/A; then `steps`
    says so. `visible_text` means that the source draws real text that the image does not hold.
    """

    stream: ImageStream
    pixels: NDArray[np.uint8] = field(repr=False)
    resolution: Resolution
    resolution_origin: ResolutionOrigin
    colour: Colour
    orientation: int = 1
    visible_text: bool = False
    steps: tuple[ProcessingStep, ...] = ()


class BlankVerdict(StrEnum):
    BLANK = "blank"
    NOT_BLANK = "not_blank"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """Who read a page: engine, its version, and the SHA-256 of each language model.

    `for_tests` marks readings that no engine made; it goes into every record.
    """

    name: str
    version: str
    models: dict[str, str] = field(default_factory=dict)
    for_tests: bool = False


@dataclass(frozen=True, slots=True)
class PageReading:
    """All that is known about a page after reading it; carries no pixels.

    `content_sha256` is the hash of the page's image and size, the same wherever the page turns up.
    `rotation_confidence` is 0–1. `doubts` are stable ids. `failed` is None, or why the page has no
    reading. `seconds` is the time that reading took; it is shown by `inspect` and never filed. `image_hash`
    tells how the upright page looks (64 hexadecimal digits); None for one with next to nothing on it.

    `parts` are the boxes of the two halves of a spread that is shown as two pages, in reading order; empty
    for every other page. `paper_size` is the name of the paper's size (`A4`), where it has one. `faults`,
    `stamps`, `marks`: what was found on the paper. `orientation_evidence` is None where nothing was weighed.
    `blank_doubt` is why a page is doubtful (stable id). `thumbnail`: the page as it came, small and encoded
    (see `imaging.thumbnail`); empty where there is none.

    `confidence` says how sure the text is; None where nothing was read. `rereadings` are the lines that were
    read again, in reading order; `second_reader` is the engine that single words are from besides `engine`.
    `smaller`: what became of the attempt to make the image smaller; None where there was none.
    """

    content_sha256: str
    geometry: PageGeometry
    resolution: Resolution
    resolution_origin: ResolutionOrigin
    colour: Colour
    rotation_confidence: float
    blank: BlankVerdict
    text: PageText
    engine: EngineIdentity | None
    codes: tuple[Code, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    doubts: tuple[str, ...] = ()
    steps: tuple[ProcessingStep, ...] = ()
    visible_text: bool = False
    failed: str | None = None
    seconds: float = 0.0
    image_hash: str | None = None
    parts: tuple[Box, ...] = ()
    paper_size: str | None = None
    faults: tuple[PaperFault, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    marks: tuple[Mark, ...] = ()
    orientation_evidence: OrientationEvidence | None = None
    blank_doubt: str | None = None
    thumbnail: bytes = field(default=b"", repr=False)
    confidence: TextConfidence | None = None
    rereadings: tuple[Rereading, ...] = ()
    second_reader: EngineIdentity | None = None
    smaller: SmallerImage | None = None

    @property
    def crop_mm(self) -> Box | None:
        """What is shown of the page where a border is left out."""
        return self.geometry.crop_mm

    @property
    def is_separator(self) -> bool:
        return any(code.meaning is CodeMeaning.SEPARATOR for code in self.codes)


def smaller_path(stream: Path) -> Path:
    """Where the smaller image lies beside the scan's own."""
    return stream.with_suffix(".smaller")


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page after the page floor: which one, its reading, and where its encoded image lies.

    `hints` are those under which it was read. The smaller image, where the reading has one, lies beside the
    scan's own in `smaller`; `stored` says which of them the record shows, and `why` (a stable id).
    """

    ref: PageRef
    reading: PageReading
    stream: Path
    hints: PageHints = PageHints()
    stored: Literal["original", "compact", "bitonal"] = "original"
    why: str | None = None

    @property
    def smaller(self) -> Path:
        return smaller_path(self.stream)

    @property
    def image(self) -> Path:
        """The encoded image that the record shows."""
        return self.stream if self.stored == "original" else self.smaller
