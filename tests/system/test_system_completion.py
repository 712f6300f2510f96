"""Shell completion as the shells ask for it: by Click's environment variables, and in a real bash."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from system_office import COMMAND, Office, Outcome, command_environment, draw_page

Complete = Callable[..., list[str]]


@pytest.fixture
def complete() -> Complete:
    """What is offered after `line`, as Click's script for bash asks; `kind` is plain, file or dir."""

    def ask(line: str, kind: str = "plain", **environment: str) -> list[str]:
        # A line that ends in a blank begins a new word.
        words = shlex.split(line) + ([""] if line.endswith(" ") else [])
        asked = {
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            "_DIPRO_SCAN_COMPLETE": "bash_complete",
        }
        done = subprocess.run(
            [COMMAND],
            env=command_environment(**asked, **environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == "" and "Traceback" not in done.stdout
        pairs = [row.partition(",") for row in done.stdout.splitlines() if row]
        return [value for found, _comma, value in pairs if found == kind]

    return ask


def test_commands_and_options(complete: Complete) -> None:
    assert {"run", "review", "quarantine", "doctor", "completion"} <= set(complete("dipro-scan "))
    assert complete("dipro-scan quar") == ["quarantine"]
    assert {"list", "show", "accept", "reject"} <= set(complete("dipro-scan review "))
    assert complete("dipro-scan run --pipel") == ["--pipeline", "--pipelines"]
    assert complete("dipro-scan --lang ") == ["de", "en"]
    assert complete("dipro-scan completion ") == ["bash", "zsh", "fish"]


def test_pipelines_and_classes_are_those_of_the_city_too(office: Office, complete: Complete) -> None:
    names = complete(f"dipro-scan run --pipelines {office.pipelines} --pipeline ")
    assert {"posteingang", "recorded"} <= set(names) and "site" not in names
    assert complete("dipro-scan run --pipeline rech") == ["rechnungen"]
    assert complete("dipro-scan inspect --pipeline=rech") == ["rechnungen"]
    assert complete("dipro-scan doctor --pipeline rech") == ["rechnungen"]
    assert complete("dipro-scan pipelines show rech") == ["rechnungen"]
    # A pipeline may be a file as well.
    assert complete("dipro-scan run --pipeline ./eigene.y", kind="file") == ["./eigene.y"]
    (office.pipelines / "classes").mkdir()
    (office.pipelines / "classes" / "wildtierschaden.yaml").write_text("schema: 1\n")
    classes = complete("dipro-scan review accept x --class wi", DIPRO_SCAN_PIPELINES=str(office.pipelines))
    assert classes == ["widerspruch", "wildtierschaden"]


def test_folders_are_the_shells_own_business(complete: Complete) -> None:
    assert complete("dipro-scan --records a", kind="dir") == ["a"]
    assert complete("dipro-scan run in", kind="file") == ["in"]


def test_ids_of_what_waits(office: Office, complete: Complete) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "a.png", 1)
    draw_page(office.inbox / "b.png", 2)
    (office.inbox / "leer.pdf").write_bytes(b"")
    (office.inbox / "kaputt.tif").write_bytes(b"II*\0garbage")
    result = office.run().json
    ids = sorted(document["id"][:12] for document in result["documents"])
    records = f"--records {shlex.quote(str(office.records))}"
    for command in ("show", "accept", "reject"):
        assert sorted(complete(f"dipro-scan {records} review {command} ")) == ids
    assert sorted(complete("dipro-scan review show ", DIPRO_SCAN_RECORDS=str(office.records))) == ids
    assert (
        sorted(complete("dipro-scan review show ", DIPRO_SCAN_REVIEW_SHOW_RECORDS=str(office.records))) == ids
    )
    assert complete(f"dipro-scan {records} review show {ids[0][:6]}") == [ids[0]]
    # A document that stands in the line is not offered again.
    assert complete(f"dipro-scan {records} review accept {ids[0]} ") == [ids[1]]
    home = {"HOME": str(office.records.parent)}
    assert sorted(complete("dipro-scan --records ~/records review show ", **home)) == ids
    held = office.command("quarantine", "list", "--json", *office.shared).json["quarantined"]
    for command in ("retry", "discard"):
        found = complete(f"dipro-scan {records} quarantine {command} ")
        assert sorted(found) == sorted(item["id"][:12] for item in held)


@pytest.mark.parametrize(
    "line",
    [
        "dipro-scan review show ",
        "dipro-scan --records RECORDS review show ",
        "dipro-scan --records RECORDS quarantine retry ",
        "dipro-scan review accept --class x --records RECORDS ",
        "dipro-scan --pipelines RECORDS/none run --pipeline ",
        "dipro-scan --lang fr run --jobs many --pipeline nothing --unknown ",
        "dipro-scan review show 'unfinished ",
    ],
)
@pytest.mark.parametrize("there", ["missing", "file", "damaged"])
def test_whatever_is_wrong_nothing_is_said_and_nothing_made(tmp_path: Path, line: str, there: str) -> None:
    records = tmp_path / "records"
    if there == "file":
        records.write_text("no folder")
    elif there == "damaged":
        (records / ".dipro").mkdir(parents=True)
        (records / ".dipro" / "ledger.sqlite").write_bytes(b"no database" * 100)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    words = line.replace("RECORDS", str(records))
    asked = {
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split())),
        "_DIPRO_SCAN_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [COMMAND], env=command_environment(**asked), capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    offered = [row.partition(",")[2] for row in done.stdout.splitlines() if row.startswith("plain,")]
    assert offered == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_each_shell(dipro_scan: Callable[..., Outcome], shell: str) -> None:
    outcome = dipro_scan("completion", shell)
    assert outcome.code == 0 and outcome.stderr == ""
    assert f"_DIPRO_SCAN_COMPLETE={shell}_complete" in outcome.stdout
    if shutil.which(shell):
        options = {"bash": ["-n"], "zsh": ["-n"], "fish": ["--no-execute"]}[shell]
        checked = subprocess.run(
            [shell, *options, "/dev/stdin"], input=outcome.stdout, capture_output=True, text=True, check=False
        )
        assert (checked.returncode, checked.stderr) == (0, "")


def test_there_is_no_script_for_another_shell(dipro_scan: Callable[..., Outcome]) -> None:
    outcome = dipro_scan("completion", "cmd.exe")
    assert outcome.code == 2 and "fish" in outcome.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_a_real_bash_completes(office: Office) -> None:
    """The script is sourced; then its function is called as bash does when Tab is pressed."""
    script = f"""
        PATH={shlex.quote(str(COMMAND.parent))}:$PATH
        source <(dipro-scan completion bash)
        complete -p dipro-scan
        compopt() {{ :; }}
        COMP_WORDS=(dipro-scan run --pipeline recor) COMP_CWORD=3
        _dipro_scan_completion dipro-scan recor --pipeline
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=command_environment(DIPRO_SCAN_PIPELINES=str(office.pipelines)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "complete -o nosort -F _dipro_scan_completion dipro-scan",
        "recorded",
    ]


def test_asking_loads_no_engine_and_no_image_library() -> None:
    code = (
        "import sys; sys.argv = ['dipro-scan'];"
        " from dipro_scan.cli import completing; completing.answer_shell('bash_complete');"
        " print(sorted({'cv2', 'tesserocr', 'pikepdf', 'sqlalchemy', 'PIL', 'numpy'} & set(sys.modules)))"
    )
    environment = command_environment(COMP_WORDS="dipro-scan run --pipeline ", COMP_CWORD="3")
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "plain,posteingang" in done.stdout and done.stdout.splitlines()[-1] == "[]"
