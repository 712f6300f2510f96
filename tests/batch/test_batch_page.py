"""One page through the page floor, with real Tesseract and with engines that fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.batch import page as page_floor
from dipro_scan.batch.page import PageSettings, keep_page, read_page
from dipro_scan.model import (
    EngineIdentity,
    OrientationEstimate,
    PageFailed,
    PageInput,
    PageText,
    ReadingImage,
)
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings, SeparationSettings

LINES = [
    "Sehr geehrte Damen und Herren,",
    "die Stadt bestätigt den Eingang",
    "Ihres Antrags vom 3. November.",
]


def settings() -> PageSettings:
    return PageSettings(IntakeSettings(), ImagingSettings(), ReadingSettings(), SeparationSettings())


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short letter, A5 at 150 dpi, turned by a quarter and stored so."""
    image = Image.new("L", (874, 1240), 255)
    pen = ImageDraw.Draw(image)
    for row in range(12):
        pen.text((90, 120 + 60 * row), LINES[row % 3], fill=0, font=ImageFont.load_default(28))
    path = tmp_path_factory.mktemp("letter") / "letter.png"
    image.transpose(Image.Transpose.ROTATE_90).save(path, dpi=(150, 150))
    return path


def page_input(path: Path) -> PageInput:
    return PageInput(path, "00" * 32, "image/png", 1)


def test_a_turned_letter_is_read_upright_and_its_places_are_those_of_the_upright_page(letter: Path) -> None:
    result = read_page(page_input(letter), settings())
    reading = result.reading
    assert reading.geometry.rotation == 90
    assert (reading.geometry.width_mm, reading.geometry.height_mm) == pytest.approx((148, 210), abs=0.1)
    words = {word.text for word in reading.text.words()}
    assert {"geehrte", "Stadt", "bestätigt", "Antrags"} <= words
    first = next(reading.text.lines())
    assert first.box.y0 == pytest.approx(120 / 150 * 25.4, abs=4)
    assert {step.name for step in reading.steps} >= {"rotate", "reading_image"}
    assert result.stream.width_px == 1240


def test_the_content_hash_is_that_of_the_image_not_of_the_file(letter: Path, tmp_path: Path) -> None:
    copy = tmp_path / "other.png"
    copy.write_bytes(letter.read_bytes())
    first = keep_page(page_input(letter), settings(), "why").reading
    second = keep_page(page_input(copy), settings(), "why").reading
    assert first.content_sha256 == second.content_sha256
    other = tmp_path / "coarser.png"
    Image.open(letter).save(other, dpi=(300, 300))
    assert keep_page(page_input(other), settings(), "why").reading.content_sha256 != first.content_sha256


class _Engine:
    """Fails as told, or reads nothing."""

    def __init__(self, name: str, error: Exception | None = None, orientation: float = 1.0) -> None:
        self.identity = EngineIdentity(name, "1")
        self._error = error
        self._orientation = orientation

    def detect_orientation(self, _image: ReadingImage) -> OrientationEstimate:
        return OrientationEstimate(0, self._orientation)

    def read(self, _image: ReadingImage) -> PageText:
        if self._error is not None:
            raise self._error
        return PageText()


@pytest.mark.parametrize("error", [RuntimeError("broken"), PageFailed("Tesseract failed.")])
def test_the_second_engine_reads_where_the_first_fails(
    letter: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    engines = (_Engine("first", error), _Engine("second"))
    monkeypatch.setattr(page_floor, "_engines", lambda _settings: engines)
    reading = read_page(page_input(letter), settings()).reading
    assert reading.engine is not None and reading.engine.name == "second"


def test_where_the_last_engine_fails_the_page_says_so(letter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engines = (_Engine("first", RuntimeError("a")), _Engine("second", RuntimeError("b")))
    monkeypatch.setattr(page_floor, "_engines", lambda _settings: engines)
    with pytest.raises(RuntimeError, match="b"):
        read_page(page_input(letter), settings())


def test_an_orientation_that_is_unsure_is_flagged(letter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_floor, "_engines", lambda _settings: (_Engine("one", orientation=0.1),))
    assert "orientation_unsure" in read_page(page_input(letter), settings()).reading.doubts


def test_a_hint_of_the_document_floor_is_taken(letter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from dipro_scan.model import PageHints

    monkeypatch.setattr(page_floor, "_engines", lambda _settings: (_Engine("one"),))
    hinted = replace(page_input(letter), hints=PageHints(rotation=270))
    assert read_page(hinted, settings()).reading.geometry.rotation == 270
