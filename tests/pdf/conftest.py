"""Pages with words on known places, and jobs around them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.model import (
    MM_PER_INCH,
    Block,
    Box,
    ColourSpace,
    ImageFilter,
    ImageStream,
    Line,
    PageGeometry,
    PageText,
    Word,
)
from dipro_scan.pdf import PdfJob, PdfPage, check_pdfa, write_pdf

DPI = 100
CREATED = dt.datetime(2025, 3, 4, 10, 11, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))
LETTER = (
    (25.0, 40.0, 5.0, "Sehr geehrte Frau Müller, a b c ä § 63 € 1.234,56 -"),
    (25.0, 50.0, 4.0, "gehört zum Vorgang I o 1 x . Straßenverkehrsbehörde"),
    (25.0, 60.0, 3.0, "Donaudampfschifffahrtsgesellschaftskapitän und Ziffer 7"),
    (25.0, 70.0, 1.5, "winzige Schrift, die ein Fax kaum noch zeigt: i j l ! ?"),
    (150.0, 90.0, 4.0, "ganz rechts am Rand"),
    (5.0, 285.0, 4.0, "unten Seite 1"),
)


@dataclass(frozen=True)
class PrintedPage:
    """An upright page as pixels, and the words where they were printed."""

    image: Image.Image
    text: PageText


def print_page(
    lines: Sequence[tuple[float, float, float, str]], width_mm: float = 210.0, height_mm: float = 297.0
) -> PrintedPage:
    """Lines are (left mm, baseline mm, type size mm, words)."""
    image = Image.new("L", (_pixels(width_mm), _pixels(height_mm)), 255)
    draw = ImageDraw.Draw(image)
    printed = tuple(_print_line(draw, *line) for line in lines)
    box = Box.around([line.box for line in printed])
    return PrintedPage(image, PageText((Block(printed, box),)))


def _print_line(draw: ImageDraw.ImageDraw, left: float, base: float, size: float, words: str) -> Line:
    font = ImageFont.load_default(size=size / MM_PER_INCH * DPI)
    x, y, found = float(_pixels(left)), _pixels(base), []
    for word in words.split():
        draw.text((x, y), word, font=font, fill=0, anchor="ls")
        edges = (edge * MM_PER_INCH / DPI for edge in draw.textbbox((x, y), word, font, "ls"))
        found.append(Word(word, Box(*edges), 0.9))
        x += font.getlength(word + " ")
    box = Box.around([word.box for word in found])
    return Line(tuple(found), box, (box.x0, y * MM_PER_INCH / DPI, box.x1, y * MM_PER_INCH / DPI))


def _pixels(millimetres: float) -> int:
    return round(millimetres / MM_PER_INCH * DPI)


def jpeg_stream(image: Image.Image) -> ImageStream:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    space = ColourSpace.GRAY if image.mode == "L" else ColourSpace.RGB
    return ImageStream(ImageFilter.DCT, image.width, image.height, space, 8, buffer.getvalue())


def job_of(*pages: PdfPage, **changes: Any) -> PdfJob:
    facts: dict[str, Any] = {
        "document_id": "5f0c6a52-9a0e-5b39-8a56-0d1b0f6a7f11",
        "title": "Stapel.pdf, Seiten 1–2",
        "language": "de-DE",
        "created": CREATED,
        "producer": "dipro_scan 0.1.0",
        "transfer_note": {"tv_id": "0b6e", "ersteller": {"pseudonym": "Müller & Söhne <Scan>"}},
        "pages": pages,
    }
    return PdfJob(**(facts | changes))


def page_of(stream: ImageStream, geometry: PageGeometry, text: PageText | None = None) -> PdfPage:
    return PdfPage(lambda: stream, geometry, text or PageText())


@pytest.fixture(scope="session")
def letter() -> PrintedPage:
    """A letter in A4 with umlauts, signs, one-letter words, tiny and long words."""
    return print_page(LETTER)


@pytest.fixture(scope="session")
def letter_stream(letter: PrintedPage) -> ImageStream:
    return jpeg_stream(letter.image)


@pytest.fixture(scope="session")
def make_job() -> Callable[..., PdfJob]:
    return job_of


@pytest.fixture(scope="session")
def make_page() -> Callable[..., PdfPage]:
    return page_of


@pytest.fixture(scope="session")
def make_printed_page() -> Callable[..., PrintedPage]:
    return print_page


@pytest.fixture(scope="session")
def make_jpeg() -> Callable[[Image.Image], ImageStream]:
    return jpeg_stream


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory, letter: PrintedPage, letter_stream: ImageStream) -> Path:
    """A letter that we wrote, a little askew: a file in which the checker finds nothing."""
    path = tmp_path_factory.mktemp("sound") / "letter.pdf"
    write_pdf(job_of(page_of(letter_stream, PageGeometry(210, 297, skew_degrees=1.0), letter.text)), path)
    assert check_pdfa(path) == ()
    return path
