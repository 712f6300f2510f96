"""Pages for the tests of imaging: typeset ones at known angles, and real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.imaging import upright_view
from dipro_scan.model import ReadingImage, Resolution

Pixels = NDArray[np.uint8]
LETTER = """Sehr geehrte Damen und Herren hiermit bestaetigen wir den Eingang Ihres Antrags vom Bescheid
Gebuehr Stadt Rechnung Betrag Konto Frist Amt Strasse Musterweg Genehmigung Unterlagen"""


def typeset(seed: int, *, lines: int = 30, size_pt: float = 11, dpi: int = 300) -> Pixels:
    """An A4 page of random words."""
    chance = np.random.default_rng(seed)
    vocabulary = LETTER.split()
    mm = dpi / 25.4
    image = Image.new("L", (round(210 * mm), round(297 * mm)), 255)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=size_pt / 72 * dpi)
    for number in range(lines):
        words = " ".join(chance.choice(vocabulary, 9 if chance.random() < 0.8 else 5))
        pen.text((25 * mm, 30 * mm + number * size_pt * 1.4 / 72 * dpi), words, font=font, fill=20)
    return np.asarray(image)


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """The content turned counter-clockwise about the centre: its lines climb to the right."""
    height, width = pixels.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255),
        dtype=np.uint8,
    )


def real_pages(path: Path, dpi: int = 300) -> Iterator[ReadingImage]:
    """The pages of an image or PDF, as `upright_view` shows them."""
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        for page in document:
            pixels = page.render(scale=200 / 72, grayscale=True).to_numpy()
            gray = pixels.reshape(pixels.shape[:2]).copy()
            yield upright_view(gray, 1, Resolution(200, 200), dpi)
        return
    with Image.open(path) as image:
        stored = image.info.get("dpi", (0, 0))[0] or (300 if max(image.size) > 2300 else 150)
        yield upright_view(np.array(image.convert("L")), 1, Resolution(float(stored), float(stored)), dpi)


@pytest.fixture(scope="session")
def typed_page() -> Callable[..., Pixels]:
    return typeset


@pytest.fixture(scope="session")
def climbing() -> Callable[[Pixels, float], Pixels]:
    return turned


@pytest.fixture(scope="session")
def pages_of() -> Callable[..., Iterator[ReadingImage]]:
    return real_pages
