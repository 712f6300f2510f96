"""From settings to engines, and a clear sentence for whatever is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dipro_scan.model import EnvironmentLacking, LineEngine, SettingsError, UsageProblem
from dipro_scan.ocr import (
    ToolProbe,
    available_languages,
    create_engines,
    engine_names,
    engines,
    language_data_folder,
    languages,
    missing_languages,
    probe_pytesseract,
    probe_tesseract_command,
    probe_tesserocr,
    rapid_models,
)
from dipro_scan.ocr import probe as ocr_probe
from dipro_scan.ocr.engines import create_second_reader, second_reader_names
from dipro_scan.settings import ReadingSettings


def names(settings: ReadingSettings) -> list[str]:
    return [engine.identity.name for engine in create_engines(settings)]


def lose(monkeypatch: pytest.MonkeyPatch, *tools: str) -> None:
    for tool in tools:
        monkeypatch.setattr(engines, f"probe_{tool}", lambda tool=tool: ToolProbe(tool, None, None))


def test_the_chosen_engine_comes_first_and_the_other_way_to_tesseract_second() -> None:
    assert names(ReadingSettings()) == ["tesseract", "pytesseract"]
    assert names(ReadingSettings(engine="pytesseract")) == ["pytesseract", "tesseract"]
    assert names(ReadingSettings(engine="recorded")) == ["recorded"]


def test_what_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    lose(monkeypatch, "tesserocr")
    assert names(ReadingSettings()) == ["pytesseract"]


def test_without_the_command_tesseract_has_no_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    lose(monkeypatch, "tesseract_command")
    assert names(ReadingSettings(engine="pytesseract")) == ["tesseract"]


def test_without_either_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    lose(monkeypatch, "tesserocr", "pytesseract")
    with pytest.raises(EnvironmentLacking, match="pip install tesserocr"):
        create_engines(ReadingSettings())


def test_an_unknown_engine_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageProblem, match=r"abbyy.*tesseract, pytesseract, rapidocr, recorded"):
        create_engines(ReadingSettings(engine="abbyy"))


@pytest.mark.parametrize("engine", ["tesseract", "pytesseract"])
def test_a_missing_language_is_named_with_its_place_and_remedy(engine: str) -> None:
    with pytest.raises(EnvironmentLacking) as caught:
        create_engines(ReadingSettings(engine=engine, languages=("deu", "xyz")))
    said = str(caught.value)
    assert "xyz" in said and "xyz.traineddata" in said and str(language_data_folder()) in said


def test_the_pip_command_for_data_that_pip_has(tmp_path: Path) -> None:
    settings = ReadingSettings(options={"language_data": str(tmp_path)})
    with pytest.raises(EnvironmentLacking, match=r"pip install tessdata\.fast-deu tessdata\.fast-eng"):
        create_engines(settings)


def plugin(folder: Path, module: str, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installs a package that offers the engine `mirror`."""
    (folder / f"{module}.py").write_text(body)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[dipro_scan.ocr_engines]\nmirror = {module}:make\n")
    monkeypatch.syspath_prepend(str(folder))


GOOD = """
from dipro_scan.model import EngineIdentity, PageText

class Mirror:
    def __init__(self, settings):
        self.identity = EngineIdentity("mirror", settings.options["version"])
    def read(self, image):
        return PageText()
    def detect_orientation(self, image):
        return None

def make(settings):
    return Mirror(settings)
"""


def test_an_engine_of_others_comes_through_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin(tmp_path, "good_mirror", GOOD, monkeypatch)
    (engine,) = create_engines(ReadingSettings(engine="mirror", options={"version": "7"}))
    assert (engine.identity.name, engine.identity.version) == ("mirror", "7")
    assert "mirror" in engine_names()


def test_an_engine_of_others_that_cannot_start_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin(tmp_path, "bad_mirror", "def make(settings):\n    raise OSError('no licence')\n", monkeypatch)
    with pytest.raises(EnvironmentLacking, match=r"mirror.*bad_mirror.*no licence"):
        create_engines(ReadingSettings(engine="mirror"))


def test_our_own_errors_of_an_engine_of_others_pass_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (
        "from dipro_scan.model import SettingsError\ndef make(settings):\n    raise SettingsError('colour')\n"
    )
    plugin(tmp_path, "strict_mirror", body, monkeypatch)
    with pytest.raises(SettingsError, match=r"^colour$"):
        create_engines(ReadingSettings(engine="mirror"))


def rapid_is_installed() -> bool:
    return ocr_probe.probe_rapidocr().found and ocr_probe.probe_onnxruntime().found


def second_reader(choice: str | None, **options: object) -> LineEngine | None:
    return create_second_reader(ReadingSettings(options=options), choice)


def test_a_second_reader_is_made_where_it_is_wanted_and_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert second_reader(None) is None
    found = second_reader("auto", page_segmentation_mode=6)
    assert (found is not None) is rapid_is_installed()
    lose(monkeypatch, "onnxruntime")
    assert second_reader("auto") is None


@pytest.mark.skipif(not rapid_is_installed(), reason="the second reader is not installed")
def test_it_can_be_the_only_engine() -> None:
    assert names(ReadingSettings(engine="rapidocr")) == ["rapidocr"]
    by_name = second_reader("rapidocr")
    assert by_name is not None and by_name.identity.name == "rapidocr"


def test_a_second_reader_that_is_asked_for_and_does_not_start_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("rapidocr", "onnxruntime"):
        found = ToolProbe(name, "1", Path(__file__))  # no networks beside this file
        monkeypatch.setattr(engines, f"probe_{name}", lambda found=found: found)
        monkeypatch.setattr(rapid_models, f"probe_{name}", lambda found=found: found)
    with pytest.raises(EnvironmentLacking, match="pip install --force-reinstall rapidocr"):
        second_reader("rapidocr")
    assert second_reader("auto") is None


def test_an_unknown_second_reader_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageProblem, match=r"second_reader.*abbyy.*auto, rapidocr"):
        second_reader("abbyy")


READ_LINE = "    def read_line(self, image, languages=None):\n        return PageText()\n"
LINES = GOOD.replace("    def detect", f"{READ_LINE}    def detect")
NO_OPTIONS = 'settings.options["version"]', "str(len(settings.options))"


def test_an_engine_of_others_may_be_the_second_reader_and_gets_no_options_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin(tmp_path, "line_mirror", LINES.replace(*NO_OPTIONS), monkeypatch)
    engine = second_reader("mirror", page_segmentation_mode=6)
    assert engine is not None and (engine.identity.name, engine.identity.version) == ("mirror", "0")
    assert "mirror" in second_reader_names()


def test_an_engine_of_others_that_reads_no_lines_cannot_be_the_second_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin(tmp_path, "page_mirror", GOOD.replace(*NO_OPTIONS), monkeypatch)
    with pytest.raises(UsageProblem, match=r"mirror cannot read single lines"):
        second_reader("mirror")


def test_languages_that_are_here_and_that_are_not() -> None:
    assert {"deu", "eng", "osd"} <= set(available_languages())
    assert missing_languages(["deu", "xyz", "abc"]) == ["xyz", "abc"]
    assert missing_languages(("deu", "eng", "osd")) == []


def test_tessdata_prefix_counts_only_where_it_holds_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = language_data_folder(["deu"])
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert language_data_folder(["deu"]) == own
    for name in ("deu", "frk"):
        (tmp_path / f"{name}.traineddata").write_bytes(b"x")
    assert language_data_folder(["deu"]) == tmp_path
    assert language_data_folder(["frk", "deu"]) == tmp_path
    assert language_data_folder(["deu", "eng"]) == own
    assert available_languages(tmp_path) == ("deu", "frk")


def test_data_in_a_subfolder_are_known_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "Fraktur.traineddata").write_bytes(b"x")
    assert available_languages(tmp_path) == ("script/Fraktur",)
    assert missing_languages(["script/Fraktur"], tmp_path) == []


def test_hashes_follow_the_files(tmp_path: Path) -> None:
    (tmp_path / "deu.traineddata").write_bytes(b"one")
    first = languages.model_hashes(("deu", "eng"), tmp_path)
    assert first == {"deu": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"}


def test_every_tool_of_this_environment_is_found() -> None:
    probes = (probe_tesserocr(), probe_tesseract_command(), probe_pytesseract())
    assert [probe.name for probe in probes] == ["tesserocr", "tesseract", "pytesseract"]
    assert all(probe.found and probe.version for probe in probes)


def test_asking_what_is_installed_loads_no_engine() -> None:
    asked = "import sys, dipro_scan.ocr as o; o.probe_tesserocr(); o.missing_languages(['deu']); "
    check = "sys.exit(bool({'tesserocr', 'pytesseract', 'cv2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asked + check], check=False).returncode == 0
