"""`pipelines init` and `pipelines import-aktenplan`, as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dipro_scan.cli.entry import run_command_line
from dipro_scan.translation import set_language

TABLE = "kennzeichen;bezeichnung;aufbewahrung_jahre\n63;Bauordnung;\n63.10;Baugenehmigungen;30\n"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    set_language("en")
    monkeypatch.chdir(tmp_path)
    Path("plan 2026.csv").write_text(TABLE, "utf-8")


def test_init_then_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["pipelines", "init", "eigene"]) == 0
    assert "--pipelines eigene" in capsys.readouterr().out
    assert run_command_line(["pipelines", "check", "--pipelines", "eigene"]) == 0
    assert run_command_line(["pipelines", "init", "eigene"]) == 2
    assert "not empty" in capsys.readouterr().err


def test_a_plan_lands_among_the_citys_own(capsys: pytest.CaptureFixture[str]) -> None:
    Path("eigene").mkdir()
    command = ["pipelines", "import-aktenplan", "plan 2026.csv", "--pipelines", "eigene"]
    assert run_command_line(command) == 0
    out = capsys.readouterr().out
    assert "2 numbers" in out
    assert "aktenplan: plan-2026" in out
    assert "only as comments: aufbewahrung_jahre" in out
    assert run_command_line(["pipelines", "check", "--pipelines", "eigene"]) == 0
    written = Path("eigene/aktenplan/plan-2026.yaml").read_bytes()
    assert run_command_line(command) == 2
    assert "exists already" in capsys.readouterr().err
    assert Path("eigene/aktenplan/plan-2026.yaml").read_bytes() == written


@pytest.mark.parametrize(
    ("options", "file"),
    [
        ([], "plan-2026.yaml"),
        (["--name", "stadt"], "stadt.yaml"),
        (["--output", "x/stadt.yaml"], "x/stadt.yaml"),
        (["--output", "stadt.yaml", "--name", "stadt"], "stadt.yaml"),
    ],
)
def test_where_the_plan_is_written(options: list[str], file: str) -> None:
    assert run_command_line(["-q", "pipelines", "import-aktenplan", "plan 2026.csv", *options]) == 0
    assert f'name: "{Path(file).stem}"' in Path(file).read_text("utf-8")


@pytest.mark.parametrize(
    "options",
    [
        ["--name", "../stadt"],
        ["--name", "Stadt"],
        ["--output", "stadt.yml"],
        ["--output", "stadt.yaml", "--name", "andere"],
    ],
)
def test_names_that_do_not_fit_write_nothing(tmp_path: Path, options: list[str]) -> None:
    assert run_command_line(["pipelines", "import-aktenplan", "plan 2026.csv", *options]) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["plan 2026.csv"]


def test_every_wrong_line_is_told_and_nothing_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Path("plan 2026.csv").write_text(TABLE + "63.10;Noch einmal;\n64.10;Ohne Eltern;\n", "utf-8")
    assert run_command_line(["pipelines", "import-aktenplan", "plan 2026.csv"]) == 2
    out = capsys.readouterr().out
    assert "line 4: the Kennzeichen 63.10 already stands on line 3." in out
    assert "line 5: 64.10 has no parent" in out
    assert [file.name for file in tmp_path.iterdir()] == ["plan 2026.csv"]
