"""From the upright page to its text, with real Tesseract on a typeset page, and with readers made up."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from municipal_paper.pages import make_pages

from dipro_scan import imaging
from dipro_scan.batch.filing import engines_of
from dipro_scan.batch.page import PageSettings, read_page
from dipro_scan.batch.seeing import PageViews, look_at
from dipro_scan.batch.transcript import FRAKTUR_UNREAD, Readers, transcribed
from dipro_scan.batch.upright import Attempt
from dipro_scan.imaging.spread import Gutter
from dipro_scan.intake import pages as intake_pages
from dipro_scan.model import (
    Block,
    Box,
    Document,
    EngineIdentity,
    Line,
    OrientationEstimate,
    PageFailed,
    PageInput,
    PageReading,
    PageRef,
    PageText,
    ReadingImage,
    ReadPage,
    Word,
)
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings, SeparationSettings

from ..pages_by_hand import text_of

WITHOUT_SECOND = ReadingSettings(second_reader=None)


def settings(reading: ReadingSettings = WITHOUT_SECOND) -> PageSettings:
    return PageSettings(IntakeSettings(), ImagingSettings(), reading, SeparationSettings())


def page_input(path: Path) -> PageInput:
    kinds = {".jpg": "image/jpeg", ".tif": "image/tiff"}
    return PageInput(path, hashlib.sha256(path.read_bytes()).hexdigest(), kinds[path.suffix], 1)


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A typeset form with boxes that are ticked, and its text."""
    folder = tmp_path_factory.mktemp("form")
    (page,) = make_pages("form", "tuning", 77, 1, folder)
    return folder / page["file"], page["text"]


def read(path: Path, reading: ReadingSettings = WITHOUT_SECOND) -> PageReading:
    return read_page(page_input(path), settings(reading)).reading


def test_a_form_is_read_in_order_without_its_ticks_and_says_how_sure_it_is(form: tuple[Path, str]) -> None:
    path, truth = form
    reading = read(path)
    assert reading.marks and reading.confidence is not None
    ticked = [mark.box for mark in reading.marks]
    assert not [
        word.text
        for word in reading.text.words()
        if len(word.text) == 1
        for box in ticked
        if box.x0 <= (word.box.x0 + word.box.x1) / 2 <= box.x1
        and box.y0 <= (word.box.y0 + word.box.y1) / 2 <= box.y1
    ]
    expected = [line for line in truth.splitlines() if len(line.split()) >= 4]
    read_lines = [line.text for line in reading.text.lines()]
    kept = [line for line in expected if any(line in each for each in read_lines)]
    assert len(kept) >= len(expected) // 2
    assert 0.7 < reading.confidence.mean <= 1.0
    assert dict(reading.confidence.quantiles)[0.05] <= dict(reading.confidence.quantiles)[0.5]
    steps = {step.name: step.parameters for step in reading.steps}
    assert steps["calibrate_confidence"]["basis"] in {"measured", "cautious"}


def test_the_page_read_once_more_is_the_same_byte_for_byte(form: tuple[Path, str], tmp_path: Path) -> None:
    path, _truth = form
    (other,) = make_pages("fax", "tuning", 78, 1, tmp_path)
    first = read(path)
    read(tmp_path / other["file"])
    assert replace(read(path), seconds=0.0) == replace(first, seconds=0.0)


def test_nothing_is_read_again_and_nothing_calibrated_where_settings_say_so(form: tuple[Path, str]) -> None:
    path, _truth = form
    bare = ReadingSettings.model_validate(
        {
            "second_reader": None,
            "rereading": {"enabled": False},
            "confidence": {"calibrate": False},
            "further": {"stamps": False, "missed_text": False},
        }
    )
    reading = read(path, bare)
    assert reading.rereadings == () and reading.text.text
    names = {step.name for step in reading.steps}
    assert not names & {"reread", "calibrate_confidence", "read_missed_text", "read_stamps"}


class Reader:
    """Reads every page as `text`, and each of its lines, or each piece, as `again`."""

    def __init__(self, name: str, text: PageText, again: str = "", fraktur: str | None = None) -> None:
        self.identity = EngineIdentity(name, "1")
        self.fraktur = fraktur
        self._text = text
        self._again = again
        self.read_in_languages: list[tuple[str, ...]] = []
        self.line_languages: list[tuple[str, ...] | None] = []
        self.old_print = (["Es", "ist", "die", "letzte", "Fassung"], 0.95)
        self.fails_in_old_print = False

    def read(self, image: ReadingImage) -> PageText:
        return self._text

    def detect_orientation(self, image: ReadingImage) -> OrientationEstimate | None:
        return OrientationEstimate(0, 1.0)

    def read_line(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        if self.fails_in_old_print and languages is not None:
            raise PageFailed("the data for Fraktur are damaged")
        self.line_languages.append(languages)
        height, width = image.pixels.shape
        return page([(self._again.split(), 0.97)], image.box_mm(12, 12, width - 12, height - 12))

    def read_block(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        return PageText()

    def read_in(self, image: ReadingImage, languages: tuple[str, ...]) -> PageText:
        self.read_in_languages.append(languages)
        return page([self.old_print], Box(20, 20, 120, 25))

    def read_rows(self, image: ReadingImage) -> PageText:
        return PageText()


def page(lines: list[tuple[list[str], float]], first: Box) -> PageText:
    made = []
    for number, (texts, confidence) in enumerate(lines):
        box = first._replace(y0=first.y0 + 8 * number, y1=first.y1 + 8 * number)
        wide = box.width_mm / max(1, len(texts))
        words = tuple(
            Word(text, box._replace(x0=box.x0 + wide * at, x1=box.x0 + wide * (at + 0.9)), confidence)
            for at, text in enumerate(texts)
        )
        made.append(Line(words, box, (box.x0, box.y1 - 1, box.x1, box.y1 - 1)))
    return PageText((Block.of(made),))


def seen_as(text: PageText, engine: EngineIdentity, tmp_path: Path) -> tuple[object, Attempt]:
    from PIL import Image

    rng = np.random.default_rng(5)
    pixels = rng.integers(235, 250, (1169, 827), dtype=np.uint8)
    for line in text.lines():
        x0, y0, x1, y1 = (round(edge / 25.4 * 100) for edge in line.box)
        pixels[y0:y1:3, x0:x1] = 40
    path = tmp_path / "page.png"
    Image.fromarray(pixels).save(path, dpi=(100, 100))
    opened = intake_pages.open_page(PageInput(path, "00" * 32, "image/png", 1), IntakeSettings())
    sight = look_at(opened, 300, ImagingSettings())
    views = PageViews(sight.scan, sight.scan)
    level = imaging.SkewEstimate(0.0, 1.0)
    return sight, Attempt(0, views, level, (), text, engine, turned=views)


OLD_PRINT = page(
    [
        (["die", "Gefellfchaft", "ift", "diefer", "Meinung", "gewefen"], 0.8),
        (["fie", "foll", "fich", "felbft", "zwifchen", "beiden", "Seiten", "finden"], 0.8),
        (["und", "diefe", "letzte", "Faffung", "ift", "von", "allen", "zu", "lefen"], 0.8),
    ],
    Box(20, 20, 120, 25),
)


def test_a_page_in_fraktur_is_read_with_the_data_for_it(tmp_path: Path) -> None:
    reader = Reader("tesseract", OLD_PRINT, "die Gesellschaft ist dieser Meinung gewesen", fraktur="deu_latf")
    sight, seen = seen_as(OLD_PRINT, reader.identity, tmp_path)
    result = transcribed(sight, seen, Readers((reader,)), (), WITHOUT_SECOND)
    assert reader.read_in_languages == [("deu_latf",)]
    assert "letzte Fassung" in result.text.text and FRAKTUR_UNREAD not in result.doubts
    assert "read_fraktur" in {step.name for step in result.steps}


def test_without_such_data_the_page_says_so(tmp_path: Path) -> None:
    reader = Reader("tesseract", OLD_PRINT)
    sight, seen = seen_as(OLD_PRINT, reader.identity, tmp_path)
    result = transcribed(sight, seen, Readers((reader,)), (), WITHOUT_SECOND)
    assert FRAKTUR_UNREAD in result.doubts and reader.read_in_languages == []


def test_doubtful_lines_of_a_page_in_fraktur_are_read_again_with_the_data_for_it(tmp_path: Path) -> None:
    reader = Reader("tesseract", OLD_PRINT, "die Gesellschaft ist dieser Meinung gewesen", fraktur="deu_latf")
    reader.old_print = (["Dxr", "Bxschxid", "wxrd", "heutx", "zugxstxllt"], 0.3)
    second = Reader("other", PageText(), "Das ist die letzte Fassung")
    sight, seen = seen_as(OLD_PRINT, reader.identity, tmp_path)
    result = transcribed(sight, seen, Readers((reader,), second), (), WITHOUT_SECOND)
    assert result.rereadings and reader.line_languages[-1] == ("deu_latf",)
    assert second.line_languages == []


def test_a_spread_in_fraktur_says_that_it_was_read_as_modern_print(tmp_path: Path) -> None:
    reader = Reader("tesseract", OLD_PRINT, "die Gesellschaft ist dieser Meinung gewesen", fraktur="deu_latf")
    sight, seen = seen_as(OLD_PRINT, reader.identity, tmp_path)
    spread = imaging.Spread(150.0, Box(0, 0, 150, 297), Box(150, 0, 210, 297), Gutter.GAP, 0.9)
    result = transcribed(sight, replace(seen, spread=spread), Readers((reader,)), (), WITHOUT_SECOND)
    assert FRAKTUR_UNREAD in result.doubts and reader.read_in_languages == []


def test_data_for_fraktur_that_fail_cost_the_page_nothing(tmp_path: Path) -> None:
    reader = Reader("tesseract", OLD_PRINT, "die Gefellfchaft ift diefer Meinung gewefen", fraktur="deu_latf")
    reader.fails_in_old_print = True
    sight, seen = seen_as(OLD_PRINT, reader.identity, tmp_path)
    result = transcribed(sight, seen, Readers((reader,)), (), WITHOUT_SECOND)
    assert "Faffung" in result.text.text and FRAKTUR_UNREAD in result.doubts
    assert "read_fraktur" not in {step.name for step in result.steps}


def test_the_second_reader_is_asked_last_and_named_where_its_words_stand(tmp_path: Path) -> None:
    doubtful = page([(["Dxr", "Bxschxid", "wxrd", "heutx", "zugxstxllt"], 0.3)], Box(20, 20, 120, 25))
    first = Reader("tesseract", doubtful, "Dxr Bxschxid wxrd heutx zugxstxllt")
    second = Reader("other", PageText(), "Der Bescheid wird heute zugestellt")
    sight, seen = seen_as(doubtful, first.identity, tmp_path)
    result = transcribed(sight, seen, Readers((first,), second), (), WITHOUT_SECOND)
    assert result.text.text == "Der Bescheid wird heute zugestellt"
    assert [each.engine for each in result.rereadings] == ["tesseract", "other"]
    assert result.rereadings[-1].taken and result.second_reader == second.identity
    alone = transcribed(sight, seen, Readers((first,)), (), WITHOUT_SECOND)
    assert alone.text.text == doubtful.text and alone.second_reader is None


def test_records_name_the_second_reader(form: tuple[Path, str]) -> None:
    helped = replace(read(form[0]), second_reader=EngineIdentity("other", "2"))
    assert helped.engine is not None
    ref = PageRef("00" * 32, "form.jpg", 1)
    document = Document("d", (ReadPage(ref, helped, Path("x")),))
    assert [engine.name for engine in engines_of(document)] == [helped.engine.name, "other"]


def test_a_spread_is_read_page_by_page(tmp_path: Path) -> None:
    sides = [
        page([([f"{name}{number}"] * 3, 0.95) for number in range(5)], Box(x0, 20, x0 + 70, 25))
        for name, x0 in (("links", 20), ("rechts", 120))
    ]
    rows = zip(sides[1].lines(), sides[0].lines(), strict=True)
    mixed = text_of(*(line for row in rows for line in row))
    reader = Reader("tesseract", mixed)
    sight, seen = seen_as(mixed, reader.identity, tmp_path)
    spread = imaging.Spread(105.0, Box(0, 0, 105, 297), Box(105, 0, 210, 297), "shadow", 0.9)
    seen = replace(seen, spread=spread)
    text = transcribed(sight, seen, Readers((reader,)), (), WITHOUT_SECOND).text.text
    assert text.rindex("links") < text.index("rechts")
