"""Stamps and missed places of a page, read together: by engines that can, on pages that were read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dipro_scan.batch import upright
from dipro_scan.batch.further_reading import FurtherReading, further_reading
from dipro_scan.batch.seeing import Sight, look_at, upright_stamps
from dipro_scan.intake import pages
from dipro_scan.model import EngineIdentity, OrientationEstimate, PageInput, PageText, ReadingImage, Stamp
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings, SeparationSettings
from dipro_scan.settings.further_settings import FurtherReadingSettings

from .hard_papers import BLUE, Pixels, saved, stamped, typeset


class Pieces:
    """Real Tesseract that counts the pieces it was asked for."""

    fraktur = None

    def __init__(self) -> None:
        self._pages = TesseractEngine(ReadingSettings())
        self.identity = self._pages.identity
        self.asked = 0

    def read(self, image: ReadingImage) -> PageText:
        return self._pages.read(image)

    def detect_orientation(self, image: ReadingImage) -> OrientationEstimate | None:
        return self._pages.detect_orientation(image)

    def read_line(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        self.asked += 1
        return self._pages.read_line(image, languages)

    def read_block(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        self.asked += 1
        return self._pages.read_block(image, languages)

    def read_in(self, image: ReadingImage, languages: tuple[str, ...]) -> PageText:
        return self._pages.read_in(image, languages)

    def read_rows(self, image: ReadingImage) -> PageText:
        return self._pages.read_rows(image)


class Whole:
    """An engine of somebody else, that reads whole pages only."""

    identity = EngineIdentity("whole", "1")

    def read(self, _image: ReadingImage) -> PageText:
        raise AssertionError("the page was read before")

    def detect_orientation(self, _image: ReadingImage) -> OrientationEstimate | None:
        return None


@pytest.fixture(scope="module")
def engine() -> Pieces:
    return Pieces()


def seen_on(page_input: PageInput, engine: Pieces) -> tuple[Sight, upright.Attempt, tuple[Stamp, ...]]:
    settings = ImagingSettings()
    sight = look_at(pages.open_page(page_input, IntakeSettings()), 300, settings)
    reader = upright.UprightReader((engine,), settings, SeparationSettings(), 200)
    seen = reader.read(sight.views).attempt
    return sight, seen, upright_stamps(sight, seen.views.scan, seen.rotation, seen.skew.degrees)


def turned_quarter(image: Pixels) -> Pixels:
    return image.swapaxes(0, 1)[::-1].copy()


@pytest.mark.parametrize("turned", [False, True])
def test_stamps_and_margins_are_read_also_on_a_page_that_came_on_its_side(
    engine: Pieces, tmp_path: Path, turned: bool
) -> None:
    image = stamped(typeset("margin_notes"), typeset("receipt_stamp"), (110, 232), 5.0, BLUE)
    page = saved(turned_quarter(image) if turned else image, tmp_path / "page.png")
    sight, seen, stamps = seen_on(page, engine)
    assert seen.rotation == (90 if turned else 0)
    result = further_reading(sight, seen, stamps, engine, FurtherReadingSettings())
    assert ["EINGEGANGEN" in stamp.text for stamp in result.stamps] == [True]
    assert "12. Mrz. 2026" in result.stamps[0].text
    assert "Vertraulich behandeln und zurückgeben" in result.text.text
    assert "EINGEGANGEN" not in result.text.text
    assert len(result.stamp_blocks) == 1
    box = result.stamp_blocks[0].box
    assert 105 < box.x0 < box.x1 < 175 and 228 < box.y0 < box.y1 < 275
    assert {step.name for step in result.steps} == {"read_stamps", "read_missed_text"}


def test_what_is_switched_off_is_not_read(engine: Pieces, tmp_path: Path) -> None:
    image = stamped(typeset("margin_notes"), typeset("receipt_stamp"), (110, 232), 5.0, BLUE)
    sight, seen, stamps = seen_on(saved(image, tmp_path / "page.png"), engine)
    before = engine.asked
    off = FurtherReadingSettings(stamps=False, missed_text=False)
    assert further_reading(sight, seen, stamps, engine, off) == FurtherReading(seen.text, stamps)
    assert engine.asked == before


def test_separators_and_engines_for_whole_pages_change_nothing(engine: Pieces, tmp_path: Path) -> None:
    image = stamped(typeset("margin_notes"), typeset("receipt_stamp"), (110, 232), 5.0, BLUE)
    sight, seen, stamps = seen_on(saved(image, tmp_path / "page.png"), engine)
    settings = FurtherReadingSettings()
    assert further_reading(sight, seen, stamps, Whole(), settings) == FurtherReading(seen.text, stamps)
    unread = replace(seen, engine=None, text=PageText())
    assert further_reading(sight, unread, (), engine, settings) == FurtherReading(PageText(), ())
