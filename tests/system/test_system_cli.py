"""Each command as it is typed: settings it refuses, damage it names, manners it keeps."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from system_office import COMMAND, INVOICE, Office, command_environment, draw_page, write_pipeline

READING_COMMANDS = {
    "run": ("run", "INBOX", "--pipeline", "recorded"),
    "dry run": ("run", "INBOX", "--pipeline", "recorded", "--dry-run"),
    "inspect": ("inspect", "INBOX", "--pipeline", "recorded"),
    "doctor": ("doctor", "--pipeline", "recorded"),
    "quarantine retry": ("quarantine", "retry", "abc", "--pipeline", "recorded"),
    "pipelines show": ("pipelines", "show", "recorded"),
    "pipelines check": ("pipelines", "check"),
}


def read_with(office: Office, **reading: object) -> Path:
    """Writes the pipeline with this part `reading`; gives its file."""
    write_pipeline(office.pipelines, "recorded", {}, reading=reading)
    return office.pipelines / "recorded.yaml"


def line_of(file: Path, key: str) -> int:
    lines = file.read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip().startswith(f"{key}:"))


@pytest.mark.parametrize("command", READING_COMMANDS)
@pytest.mark.parametrize(
    ("reading", "key", "words"),
    [
        ({"engine": "foo"}, "engine", ("“foo”", "tesseract", "pytesseract")),
        ({"options": {"psm": "viel"}}, "psm", ("“psm”", "page_segmentation_mode")),
        (
            {"options": {"page_segmentation_mode": "viel"}},
            "page_segmentation_mode",
            ("“page_segmentation_mode”", "“viel”", "whole number"),
        ),
    ],
    ids=["engine", "option", "value"],
)
def test_what_no_engine_understands_is_refused_with_file_and_line(
    office: Office, command: str, reading: dict[str, Any], key: str, words: tuple[str, ...]
) -> None:
    draw_page(office.inbox / "a.png", 1)
    file = read_with(office, **reading)
    arguments = [str(office.inbox) if item == "INBOX" else item for item in READING_COMMANDS[command]]
    outcome = office.command(*arguments, *office.shared)
    assert outcome.code == 2
    said = outcome.stdout if command == "pipelines check" else outcome.stderr
    assert f"{file}, line {line_of(file, key)}: " in said
    assert all(word in said for word in words)
    assert not office.records.exists()


def test_check_names_every_wrong_option_of_every_pipeline(office: Office) -> None:
    read_with(office, options={"psm": 3, "page_segmentation_mode": 99})
    write_pipeline(office.pipelines, "fax", {}, reading={"engine": "teseract"})
    outcome = office.command("pipelines", "check", "--pipelines", office.pipelines)
    assert outcome.code == 2
    assert sum("recorded.yaml, line" in line for line in outcome.stdout.splitlines()) == 2
    assert "“tesseract” may be meant" in outcome.stdout


def held(office: Office) -> Path:
    """One document in review; gives its case."""
    draw_page(office.inbox / "a.png", 1)
    office.pipeline(otherwise="Ein Brief ohne erkennbaren Inhalt.")
    assert office.run().code == 3
    (case,) = (office.records / ".dipro" / "review").glob("*/case.json")
    return case


@pytest.mark.parametrize("content", ["", "{", '{"schema": 1}'])
def test_a_damaged_case_is_named(office: Office, content: str) -> None:
    case = held(office)
    case.write_text(content)
    document = case.parent.name
    for arguments in (
        ("review", "show", document),
        ("review", "show", document, "--json"),
        ("review", "accept", document, "--class", "rechnung"),
    ):
        outcome = office.command(*arguments, *office.shared)
        assert outcome.code == 9, outcome
        assert str(case) in outcome.stderr
    assert office.filed() == []
    assert office.command("review", "reject", document, "--reason", "damaged", *office.shared).code == 0


def test_a_case_of_a_newer_version_is_left_alone(office: Office) -> None:
    case = held(office)
    content = json.loads(case.read_text("utf-8"))
    case.write_text(json.dumps({**content, "schema": 99}), "utf-8")
    for command in (("show",), ("accept", "--class", "rechnung")):
        outcome = office.command("review", command[0], case.parent.name, *command[1:], *office.shared)
        assert outcome.code == 10 and str(case) in outcome.stderr


def test_errors_are_json_and_tracebacks_shown_where_the_environment_says_so(office: Office) -> None:
    environment = {"DIPRO_SCAN_RUN_JSON": "1", "DIPRO_SCAN_VERBOSE": "1"}
    done = subprocess.run(
        [COMMAND, "run", office.inbox, "--pipeline", os.fsdecode(b"brief\xff.yaml"), *office.shared],
        capture_output=True,
        text=True,
        env=command_environment(**environment),
        check=False,
    )
    assert done.returncode == 2
    answer = json.loads(done.stdout)
    assert answer["exit"] == 2 and "brief\udcff" in answer["error"]
    assert "Traceback" in done.stderr and "Error: " in done.stderr


def inspect(office: Office, *arguments: object) -> Any:
    return office.command(
        "inspect", *arguments, "--pipeline", "recorded", "--jobs", "1", "--pipelines", office.pipelines
    )


def test_pictures_of_files_of_the_same_name_do_not_overwrite_each_other(
    office: Office, tmp_path: Path
) -> None:
    for number, name in enumerate(("a/x.tif", "b/x.tif", "x.tif")):
        draw_page(office.inbox / name, number, pages=1 + number % 2)
    debug = tmp_path / "debug" / "pages"
    one, two = office.inbox / "a" / "x.tif", office.inbox / "b"
    assert inspect(office, one, office.inbox, two, "--debug", debug).code == 0
    pictures = sorted(str(path.relative_to(debug)) for path in debug.rglob("*_000[12].png"))
    assert pictures == ["b/x.tif_0001.png", "b/x.tif_0002.png", "x.tif-2_0001.png", "x.tif_0001.png"]
    assert len({(debug / name).read_bytes() for name in pictures}) == 4


@pytest.mark.parametrize("below", ["", "pages"])
def test_a_debug_folder_that_cannot_be_made_is_told_before_anything_is_read(
    office: Office, tmp_path: Path, below: str
) -> None:
    draw_page(office.inbox / "a.png", 1)
    (tmp_path / "file").write_text("in the way")
    debug = tmp_path / "file" / (below or "x")
    outcome = inspect(office, office.inbox, "--debug", debug)
    assert outcome.code == 6
    assert str(debug) in outcome.stderr
    assert office.calls == 0


@pytest.mark.parametrize("together", [True, False])
def test_inspect_separates_as_a_run_does(office: Office, together: bool) -> None:
    write_pipeline(
        office.pipelines,
        "recorded",
        {},
        separation={"one_file_per_page": together},
        reading={"engine": "recorded", "dpi": 100, "options": {"otherwise": INVOICE}},
    )
    for number in (1, 2, 3):
        draw_page(office.inbox / f"{number}.png", number)
    (office.inbox / "4.png").write_bytes((office.inbox / "1.png").read_bytes())
    seen = inspect(office, office.inbox, "--json").json
    assert [item["source"] for item in seen["files"]] == ["1.png", "2.png", "3.png", "4.png"]
    documents = [[page["source"] for page in item["pages"]] for item in seen["documents"]]
    assert documents == ([["1.png", "2.png", "3.png"]] if together else [["1.png"], ["2.png"], ["3.png"]])
    rehearsed = office.run("--dry-run").json["documents"]
    assert [item["id"] for item in rehearsed if item["state"] != "duplicate"] == [
        item["id"] for item in seen["documents"]
    ]


@pytest.mark.parametrize(("language", "decimal"), [("de", ","), ("en", r"\.")])
def test_decimals_are_written_as_the_language_does(office: Office, language: str, decimal: str) -> None:
    draw_page(office.inbox / "a.png", 1)
    looked = inspect(office, office.inbox, "--lang", language)
    assert re.search(rf"\d{decimal}\d\d°", looked.stdout), looked
    assert re.search(rf"\(\d{decimal}\d\d\)", looked.stdout), looked
    run = office.command(
        "run", office.inbox, "--pipeline", "recorded", "--jobs", "1", "--lang", language, *office.shared
    )
    assert re.search(rf"^\d+{decimal}\d \w+, \d+{decimal}\d\d ", run.stdout, re.MULTILINE), run
    status = office.command("status", "--lang", language, *office.shared)
    assert re.search(rf" \d+{decimal}\d GB", status.stdout), status


def test_the_pipeline_of_the_office_is_right(office: Office) -> None:
    outcome = office.command("pipelines", "check", "--pipelines", office.pipelines)
    assert str(office.pipelines) not in outcome.stdout
    shown = office.command("pipelines", "show", "recorded", "--pipelines", office.pipelines)
    assert yaml.safe_load(shown.stdout)["reading"]["engine"] == "recorded"
