"""How a run ends for the reader: what a terminal shows, and what cron mails."""

from __future__ import annotations

import pytest
from system_office import Office, Outcome, draw_page

BROKEN = b"II*\0garbage"


def told(office: Office, *more: str) -> Outcome:
    return office.command("run", office.inbox, "--pipeline", "recorded", "--jobs", "1", *office.shared, *more)


def beside(office: Office, *names: str) -> None:
    for name in names:
        (office.inbox / name).write_text("no scan")


def test_cron_hears_nothing_of_a_run_that_leaves_nothing_to_do(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    beside(office, *(f"{number}.json" for number in range(20)))
    for _run in range(2):
        outcome = told(office, "--quiet")
        assert (outcome.code, outcome.stdout, outcome.stderr) == (0, "", "")


def test_cron_hears_one_line_of_what_waits_and_the_command_for_it(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "brief.png", 1)
    outcome = told(office, "--quiet")
    assert (outcome.code, outcome.stdout) == (3, "")
    (line,) = outcome.stderr.splitlines()
    assert "1 document waits" in line and "review list" in line and "brief.png" in line
    # It still waits on the next night.
    again = told(office, "--quiet")
    assert (again.code, again.stdout) == (3, "")
    assert len(again.stderr.splitlines()) == 1 and "review list" in again.stderr


def test_cron_hears_of_what_could_not_be_read_in_the_same_line(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "brief.png", 1)
    for number in range(7):
        (office.inbox / f"kaputt{number}.tif").write_bytes(BROKEN + bytes([number]))
    outcome = told(office, "--quiet", "--lang", "de")
    assert (outcome.code, outcome.stdout) == (4, "")
    (line,) = outcome.stderr.splitlines()
    assert "quarantine list" in line and "review list" in line
    assert "kaputt0.tif" in line and "kaputt6.tif" not in line and "…" in line
    assert len(line) < 250


def test_quiet_json_is_whole(office: Office) -> None:
    (office.inbox / "kaputt.tif").write_bytes(BROKEN)
    outcome = told(office, "--quiet", "--json")
    assert outcome.json["exit"] == outcome.code == 4
    assert outcome.stderr == ""


def test_a_retry_is_quiet_too(office: Office) -> None:
    (office.inbox / "kaputt.tif").write_bytes(BROKEN)
    held = told(office, "--json").json["quarantined"][0]["path"].split("/")[-2]
    outcome = office.command("quarantine", "retry", held, "--pipeline", "recorded", "-q", *office.shared)
    assert (outcome.code, outcome.stdout) == (4, "")
    assert len(outcome.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("b.json", "a.csv"), "no scans, left alone: a.csv, b.json"),
        (
            (*(f"{number}.py" for number in range(4)), "X.TYP", "y.typ", "read.md"),
            "7 files are no scans and were left alone: 4 *.py, 2 *.typ, 1 *.md",
        ),
        (
            (*(f"{end}.{end}" for end in ("json", "xml", "csv", "py", "typ", "ttf", "md")), "z.py"),
            "8 files are no scans and were left alone: 2 *.py, ",
        ),
    ],
)
def test_many_files_beside_the_scans_are_counted_by_their_endings(
    office: Office, names: tuple[str, ...], said: str
) -> None:
    draw_page(office.inbox / "a.png", 1)
    beside(office, *names)
    lines = [line for line in told(office).stdout.splitlines() if line.startswith(said)]
    assert len(lines) == 1
    assert ("2 others" in lines[0]) is (len(names) == 8)
    verbose = told(office, "-v").stdout
    assert all(name in verbose for name in names)
    assert sorted(told(office, "--json").json["ignored"]) == sorted(names)


def test_the_summary_ends_with_what_is_to_be_done(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    assert told(office).stdout.splitlines()[-1] == "Nothing is left to do."
    (office.inbox / "kaputt.tif").write_bytes(BROKEN)
    assert told(office).stdout.splitlines()[-1] == "1 source could not be read: dipro-scan quarantine list"
