"""Wrong input: one clear sentence, in German and in English, and the right exit code."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from system_office import Office, Outcome, draw_page, write_pipeline


def _said(outcome: Outcome) -> str:
    lines = [line for line in outcome.stderr.splitlines() if line.strip()]
    assert len(lines) <= 4, outcome.stderr
    return lines[-1]


@pytest.mark.parametrize(("language", "words"), [("de", "Fehler"), ("en", "Error")])
def test_unknown_pipeline(office: Office, language: str, words: str) -> None:
    draw_page(office.inbox / "a.png", 1)
    outcome = office.command(
        "run", office.inbox, "--pipeline", "eingangspost", "--lang", language, *office.shared
    )
    assert outcome.code == 2
    assert words in outcome.stderr and "eingangspost" in _said(outcome) and "posteingang" in _said(outcome)
    assert not office.records.exists()


@pytest.mark.parametrize(("language", "words"), [("de", "Zeile"), ("en", "line")])
def test_broken_settings_name_file_line_value_and_what_is_allowed(
    office: Office, language: str, words: str
) -> None:
    path = office.pipelines / "recorded.yaml"
    content = yaml.safe_load(path.read_text())
    content["intake"] = {"renderer": "acrobat"}
    path.write_text(yaml.safe_dump(content))
    outcome = office.command(
        "run", office.inbox, "--pipeline", "recorded", "--lang", language, *office.shared
    )
    said = _said(outcome)
    assert outcome.code == 2
    assert "recorded.yaml" in said and words in said
    assert "acrobat" in said and "pdfium" in said and "poppler" in said


def test_broken_yaml(office: Office) -> None:
    (office.pipelines / "recorded.yaml").write_text("schema: 1\nname: [recorded\n")
    outcome = office.run()
    assert outcome.code == 2
    assert "recorded.yaml" in outcome.stderr
    assert json.loads(outcome.stdout)["exit"] == 2


@pytest.mark.parametrize(("language", "word"), [("de", "Aufruf"), ("en", "Usage")])
def test_wrong_usage_speaks_the_language(
    dipro_scan: Callable[..., Outcome], language: str, word: str
) -> None:
    outcome = dipro_scan("run", "--lang", language)
    assert outcome.code == 2
    assert word in outcome.stderr


def test_an_input_that_does_not_exist(office: Office) -> None:
    outcome = office.command("run", office.inbox / "nichts", "--pipeline", "recorded", *office.shared)
    assert outcome.code == 2 and "nichts" in _said(outcome)


def test_no_records_folder_named(office: Office) -> None:
    outcome = office.command("run", office.inbox, "--pipelines", office.pipelines)
    assert outcome.code == 2 and "--records" in _said(outcome)


def test_options_stand_before_or_after_the_command_or_in_the_environment(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    before = office.command(*office.shared, "run", office.inbox, "--pipeline", "recorded", "--json")
    assert before.code == 0
    environment = {
        "DIPRO_SCAN_RECORDS": str(office.records),
        "DIPRO_SCAN_PIPELINES": str(office.pipelines),
        "DIPRO_SCAN_RUN_PIPELINE": "recorded",
        "DIPRO_SCAN_RUN_JSON": "1",
    }
    after = office.command("run", office.inbox, **environment)
    assert after.json["pages"]["duplicate"] == 1


def test_records_that_cannot_be_written(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    office.records.write_text("a file where the folder should be")
    outcome = office.run()
    assert outcome.code == 6
    assert str(office.records) in outcome.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system can only be mounted by root")
def test_a_full_disk_stops_cleanly_and_the_next_run_goes_on(office: Office, tmp_path: Path) -> None:
    disk = tmp_path / "records"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        # Nothing is kept free, so that the drive runs full in the middle.
        write_pipeline(office.pipelines, "recorded", {}, room={"min_free_megabytes": 0, "min_free_inodes": 0})
        for number in range(12):
            draw_page(office.inbox / f"{number}.png", number)
        outcome = office.run()
        assert outcome.code == 6, outcome
        assert office.calls > 0, "pages were read before"
        subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)
        again = office.run()
        assert again.code == 0, again
        assert len(office.filed()) == 12
        assert office.command("verify", *office.shared).code == 0
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


@pytest.mark.parametrize(("language", "word"), [("de", "Sprach"), ("en", "anguage")])
def test_missing_language_data(office: Office, language: str, word: str) -> None:
    draw_page(office.inbox / "a.png", 1)
    write_pipeline(
        office.pipelines, "frisian", {}, reading={"engine": "tesseract", "languages": ["frr_none"]}
    )
    outcome = office.command("run", office.inbox, "--pipeline", "frisian", "--lang", language, *office.shared)
    assert outcome.code == 8
    assert "frr_none" in _said(outcome) and word in outcome.stderr


def test_a_store_of_a_newer_version(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0
    ledger = office.records / ".dipro" / "ledger.sqlite"
    with sqlite3.connect(ledger) as database:
        database.execute("update alembic_version set version_num = '9999_future'")
    for arguments in (["run", office.inbox, "--pipeline", "recorded"], ["status"], ["review", "list"]):
        outcome = office.command(*arguments, *office.shared)
        assert outcome.code == 10, outcome
    store = office.records / ".dipro" / "store.json"
    content = json.loads(store.read_text())
    store.write_text(json.dumps({**content, "schema": 99}))
    assert office.command("verify", *office.shared).code == 10


def test_verify_finds_a_changed_record_and_a_changed_journal(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0
    path = office.records / office.filed()[0]
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content + b"%")
    damaged = office.command("verify", *office.shared)
    assert damaged.code == 9 and path.name in damaged.stdout
    path.write_bytes(content)
    assert office.command("verify", *office.shared).code == 0
    journal = office.records / ".dipro" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"filed"', b'"fixed"', 1))
    assert office.command("verify", *office.shared).code == 9


def test_help_is_light(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from dipro_scan.translation import set_language\n"
        "from dipro_scan.cli.entry import run_command_line\n"
        "set_language('de')\n"
        "assert run_command_line(['--help']) == 0\n"
        "assert run_command_line(['run', '--help']) == 0\n"
        "heavy = {'cv2', 'tesserocr', 'sqlalchemy', 'pikepdf'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Aufruf" in done.stdout


def test_doctor_finds_everything_here_and_says_what_is_missing(office: Office) -> None:
    assert office.command("doctor", "--records", office.records).code == 0
    write_pipeline(office.pipelines, "fax", {}, reading={"languages": ["deu", "frr_none"]})
    outcome = office.command("doctor", "--pipeline", "fax", "--pipelines", office.pipelines)
    assert outcome.code == 8 and "frr_none" in outcome.stdout
