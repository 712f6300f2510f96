"""The engine for tests: recorded readings by the look of the page, and faults when asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.model import Box, LineEngine, OrientationEstimate, PageText, ReadingImage, SettingsError
from dipro_scan.ocr.recorded import CRASH_EXIT, RecordedEngine, RecordedFault
from dipro_scan.ocr.recording import (
    image_hash,
    load_recordings,
    plain_text,
    record,
    save_recordings,
)
from dipro_scan.settings import ReadingSettings

Sheet = Callable[..., ReadingImage]


def engine(**options: object) -> RecordedEngine:
    return RecordedEngine(ReadingSettings(engine="recorded", options=options))


@pytest.fixture
def sheets(typed_sheet: Sheet) -> dict[str, ReadingImage]:
    return {
        text: typed_sheet(text)
        for text in ("Rechnung\nNummer 17", "Mahnung mit viel mehr Text\nauf zwei Zeilen", "Antrag")
    }


def test_each_page_gets_its_own_recording(sheets: dict[str, ReadingImage], tmp_path: Path) -> None:
    path = tmp_path / "readings.json"
    save_recordings(path, [record(image, plain_text(text)) for text, image in sheets.items()])
    reader = engine(readings=str(path))
    for text, image in sheets.items():
        assert reader.read(image).text == text
        assert reader.detect_orientation(image) == OrientationEstimate(0, 1.0)
    assert reader.identity.for_tests and reader.identity.name == "recorded"


def test_what_is_saved_is_what_is_loaded(sheets: dict[str, ReadingImage], tmp_path: Path) -> None:
    recordings = tuple(
        record(image, plain_text(text), OrientationEstimate(90, 0.7)) for text, image in sheets.items()
    )
    save_recordings(tmp_path / "readings.json", recordings)
    assert load_recordings(tmp_path / "readings.json") == recordings
    assert json.loads((tmp_path / "readings.json").read_text())["schema"] == 1
    first = next(iter(sheets.values()))
    assert engine(readings=str(tmp_path / "readings.json")).detect_orientation(first) == OrientationEstimate(
        90, 0.7
    )


def test_a_little_noise_and_scaling_are_the_same_page_and_another_page_is_not(
    sheets: dict[str, ReadingImage], tmp_path: Path
) -> None:
    (text, image), (_other, other), *_rest = sheets.items()
    save_recordings(tmp_path / "readings.json", [record(image, plain_text(text))])
    reader = engine(readings=str(tmp_path / "readings.json"), otherwise="something else")
    noise = np.random.default_rng(0).normal(0, 2, image.pixels.shape)
    noisy = ReadingImage(np.clip(image.pixels + noise, 0, 255).astype(np.uint8), image.dpi)
    assert reader.read(noisy).text == text
    assert reader.read(other).text == "something else"


def test_without_a_recording_there_is_no_text() -> None:
    assert engine().read(ReadingImage(np.full((90, 70), 255, np.uint8), 100.0)) == PageText()


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 5))
def test_any_image_has_a_hash_and_its_own_recording(width: int, height: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    value = image_hash(ReadingImage(pixels, 300.0))
    assert len(value) == 256 and int(value, 16) >= 0
    assert value == image_hash(ReadingImage(pixels.copy(), 72.0))


def test_plain_text_is_laid_out_as_it_is_written() -> None:
    text = plain_text("Stadt Krefeld\nDer Oberbürgermeister\n\nBescheid", left_mm=20.0, top_mm=40.0)
    assert text.text == "Stadt Krefeld\nDer Oberbürgermeister\n\nBescheid"
    first = next(text.words())
    assert first.box == Box(20.0, 40.0, 30.0, 44.0)
    tops = [line.box.y0 for line in text.lines()]
    assert tops == [40.0, 45.0, 55.0]
    assert plain_text("") == PageText()


def test_every_reading_is_counted(sheets: dict[str, ReadingImage], tmp_path: Path) -> None:
    count = tmp_path / "calls"
    reader = engine(count_file=str(count))
    for image in sheets.values():
        reader.detect_orientation(image)
        reader.read(image)
    engine(count_file=str(count)).read(next(iter(sheets.values())))
    lines = count.read_text().splitlines()
    assert len(lines) == 4 and lines[0] == lines[3] == image_hash(next(iter(sheets.values())))


def test_a_line_reads_as_it_did_on_its_page(sheets: dict[str, ReadingImage], tmp_path: Path) -> None:
    count = tmp_path / "calls"
    reader = engine(otherwise="Stadt Krefeld\nDer Oberbürgermeister", count_file=str(count))
    page = ReadingImage(np.full((2970, 2100), 255, np.uint8), 254.0)
    first, second = reader.read(page).lines()
    crop = ReadingImage(np.full((40, 1000), 255, np.uint8), 254.0, (second.box.x0, second.box.y0))
    assert reader.read_line(crop, ("deu",)).text == second.text
    assert next(reader.read_line(crop).lines()) == second != first
    beside = ReadingImage(crop.pixels, crop.dpi, (150.0, 250.0))
    assert reader.read_line(beside) == engine().read_line(crop) == PageText()
    assert count.read_text().count("\n") == 1
    assert isinstance(reader, LineEngine)


def test_a_line_with_a_recording_of_its_own_needs_no_page(
    sheets: dict[str, ReadingImage], tmp_path: Path
) -> None:
    path = tmp_path / "readings.json"
    save_recordings(path, [record(sheets["Antrag"], plain_text("Antrag"))])
    assert engine(readings=str(path)).read_line(sheets["Antrag"]).text == "Antrag"


def test_it_raises_where_asked_to_and_nowhere_else(sheets: dict[str, ReadingImage]) -> None:
    image = sheets["Antrag"]
    with pytest.raises(RecordedFault):
        engine(otherwise="ein Wort", raise_on=["Wort"]).read(image)
    with pytest.raises(RecordedFault):
        engine(raise_on=[image_hash(image)]).read(image)
    assert engine(otherwise="ein Wort", raise_on=["Worte"]).read(image).text == "ein Wort"


CALL = """
import numpy as np
from dipro_scan.model import ReadingImage
from dipro_scan.ocr.recorded import RecordedEngine
from dipro_scan.settings import ReadingSettings
options = {{"otherwise": "ein Wort", "{fault}": ["Wort"], "count_file": {count!r}}}
engine = RecordedEngine(ReadingSettings(engine="recorded", options=options))
engine.read(ReadingImage(np.full((50, 50), 255, np.uint8), 100.0))
"""


def test_it_ends_the_process_where_asked_to(tmp_path: Path) -> None:
    code = CALL.format(fault="crash_on", count=str(tmp_path / "calls"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == CRASH_EXIT and not done.stderr
    assert (tmp_path / "calls").read_text().count("\n") == 1


def test_it_hangs_where_asked_to(tmp_path: Path) -> None:
    code = CALL.format(fault="hang_on", count=str(tmp_path / "calls"))
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)
        assert (tmp_path / "calls").exists()
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    "content", [None, "{", "[]", '{"schema": 2, "readings": []}', '{"schema": 1, "readings": [{}]}']
)
def test_recordings_that_cannot_be_used_are_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "readings.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=r"readings\.json"):
        engine(readings=str(path))


@pytest.mark.parametrize("options", [{"readigns": "x"}, {"pause_seconds": -1}, {"crash_on": 3}])
def test_wrong_options_are_named(options: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=rf"reading\.options: .*{next(iter(options))}"):
        engine(**options)
