"""Real pages and their truth for the tests of reading, and the engines, made once per process."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from dipro_scan.model import ReadingImage
from dipro_scan.ocr.command import CommandEngine
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings import ReadingSettings


def rotated(image: ReadingImage, degrees_clockwise: int) -> ReadingImage:
    return ReadingImage(np.rot90(image.pixels, -degrees_clockwise // 90).copy(), image.dpi)


def typed(text: str, *, dpi: int = 200, width_mm: float = 120, height_mm: float = 60) -> ReadingImage:
    """A small sheet with `text` on it, 12 point, white paper."""
    mm = dpi / 25.4
    sheet = Image.new("L", (round(width_mm * mm), round(height_mm * mm)), 255)
    font = ImageFont.load_default(size=12 / 72 * dpi)
    ImageDraw.Draw(sheet).multiline_text((10 * mm, 10 * mm), text, font=font, fill=0, spacing=2 * mm)
    return ReadingImage(np.array(sheet), float(dpi))


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def character_error(read: str, truth: str) -> float:
    """Edits per character of the truth, after NFC and folding of white space."""
    return Levenshtein.distance(folded(truth), folded(read)) / len(folded(truth))


@pytest.fixture(scope="session")
def tesseract() -> TesseractEngine:
    return TesseractEngine(ReadingSettings())


@pytest.fixture(scope="session")
def command() -> CommandEngine:
    return CommandEngine(ReadingSettings(engine="pytesseract"))


@pytest.fixture(scope="session")
def real_page(scans: Path) -> Callable[..., ReadingImage]:
    """A page of the scans by its id in the manifest, as stored, at about 300 dpi (200 with `small`)."""
    files = {entry["id"]: entry for entry in json.loads((scans / "manifest.json").read_text())}

    def load(name: str, page: int = 1) -> ReadingImage:
        path = scans / files[name]["file"]
        if path.suffix == ".pdf":
            pixels = pypdfium2.PdfDocument(path)[page - 1].render(scale=300 / 72, grayscale=True).to_numpy()
            return ReadingImage(pixels.reshape(pixels.shape[:2]).copy(), 300.0)
        with Image.open(path) as image:
            stored = float(image.info.get("dpi", (300, 300))[0])
            gray = np.array(image.convert("L"))
        if stored > 400:
            gray = np.asarray(cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
            stored /= 2
        return ReadingImage(gray.astype(np.uint8), stored)

    return load


@pytest.fixture(scope="session")
def truth(scans: Path) -> Callable[[str], str]:
    files = {entry["id"]: entry for entry in json.loads((scans / "manifest.json").read_text())}
    return lambda name: (scans / files[name]["truth"]).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def error_rate() -> Callable[[str, str], float]:
    return character_error


@pytest.fixture(scope="session")
def typed_sheet() -> Callable[..., ReadingImage]:
    return typed


@pytest.fixture(scope="session")
def turned_page() -> Callable[[ReadingImage, int], ReadingImage]:
    return rotated
