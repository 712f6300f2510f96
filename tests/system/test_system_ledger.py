"""The ledger lost, damaged or older: made again from what is always kept, and nothing happens twice."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from system_office import (
    COMMAND,
    Office,
    command_environment,
    draw_page,
    wait_for_reading,
    write_pipeline,
)

from dipro_scan.ledger import DocumentEntry, SourceEntry, SourceState
from dipro_scan.ledger.contents import LedgerContents, read_ledger
from dipro_scan.model import IntentState

LETTER = "Guten Tag"
SABOTAGE = Path(__file__).parent / "sabotage"
KEPT_IN_A_BACKUP = ("originals", "review", "rejected", "quarantine", "set-aside")


def state_of(office: Office) -> Path:
    return office.records / ".dipro"


def ledger_of(office: Office) -> Path:
    return state_of(office) / "ledger.sqlite"


def lose_ledger(office: Office) -> None:
    for ending in ("", "-wal", "-shm"):
        ledger_of(office).with_name(f"ledger.sqlite{ending}").unlink(missing_ok=True)


def rebuild(office: Office, *more: str) -> Any:
    return office.command("ledger", "rebuild", "--json", *more, *office.shared)


def ask(office: Office, *arguments: str) -> Any:
    outcome = office.command(*arguments, "--json", *office.shared)
    assert outcome.code == 0, outcome
    return outcome.json


def a_full_store(office: Office) -> None:
    """Every kind of state: filed, accepted, waiting, rejected, set aside, quarantined, refused, discarded."""
    draw_page(office.inbox / "filed.tif", 1, pages=2)
    draw_page(office.inbox / "mixed.png", 2)
    Image.new("L", (400, 560), 255).save(office.inbox / "blank.png", dpi=(100, 100))
    (office.inbox / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (office.inbox / "empty.png").touch()
    (office.inbox / "link.png").symlink_to(office.inbox / "filed.tif")
    assert office.run().code == 4
    office.pipeline("letters", otherwise=LETTER)
    for number in range(3, 6):
        draw_page(office.inbox / f"letter{number}.png", number)
    assert office.run(pipeline="letters").code == 4
    waiting = ask(office, "review", "list")["documents"]
    assert len(waiting) == 3
    accepted, rejected, _waits = (item["id"] for item in waiting)
    done = [
        office.command("review", "accept", accepted, "--class", "rechnung", *office.shared),
        office.command("review", "reject", rejected, "--reason", "not ours", *office.shared),
        office.command("quarantine", "discard", "empty.png", "--reason", "nothing in it", *office.shared),
    ]
    assert [outcome.code for outcome in done] == [0, 0, 0], done


def comparable(contents: LedgerContents) -> dict[str, Any]:
    """A ledger but for what a rebuilt one does not know: digits of confidence, names of what was discarded.

    Sources and copies come in the order in which they were finished, not claimed.
    """

    def named(entry: SourceEntry) -> SourceEntry:
        return replace(entry, name="") if entry.state is SourceState.DISCARDED else entry

    def rounded(entry: DocumentEntry) -> DocumentEntry:
        return replace(entry, confidence=round(entry.confidence, 4))

    return {
        "batches": contents.batches,
        "sources": {entry.sha256: named(entry) for entry in contents.sources},
        "documents": tuple(map(rounded, contents.documents)),
        "copies": set(contents.copies),
        "records": contents.records,
        "intents": [item for item in contents.intents if item[1] is IntentState.DONE],
    }


def asked(office: Office) -> dict[str, Any]:
    """What people and programs see of the store."""
    status = ask(office, "status")
    return {
        "status": {name: status[name] for name in ("runs", "filed", "in_review", "in_quarantine")},
        "review": ask(office, "review", "list"),
        "quarantine": ask(office, "quarantine", "list"),
    }


def next_run(office: Office) -> dict[str, Any]:
    """What a run over the same inbox comes to, but for time and what the cache spared."""
    result = office.run(pipeline="letters").json
    return {name: value for name, value in result.items() if name not in ("seconds", "readings")}


def without_digits(result: dict[str, Any]) -> dict[str, Any]:
    for document in result["documents"]:
        document["confidence"] = round(document["confidence"], 4)
    return result


@pytest.fixture
def kept(tmp_path: Path, office: Office) -> Iterator[Path]:
    """A copy of the store as it was before it lost anything, to compare with."""
    a_full_store(office)
    copy = tmp_path / "untouched"
    shutil.copytree(office.records, copy, symlinks=True)
    yield copy


def test_a_lost_ledger_is_told_and_made_again(office: Office, kept: Path) -> None:
    before, seen = comparable(read_ledger(kept / ".dipro" / "ledger.sqlite")), asked(office)
    lose_ledger(office)
    for arguments in (("status",), ("review", "list"), ("verify",)):
        lost = office.command(*arguments, *office.shared)
        assert lost.code == 9 and "ledger rebuild" in lost.stdout + lost.stderr, lost
    assert office.run(pipeline="letters").code == 9

    rehearsed = rebuild(office, "--dry-run")
    assert rehearsed.code == 0, rehearsed
    rebuilt = rebuild(office)
    assert rebuilt.code == 0, rebuilt
    assert {**rehearsed.json, "dry_run": False, "kept": rebuilt.json["kept"]} == rebuilt.json
    assert rebuilt.json["unknown"] == []
    assert comparable(read_ledger(ledger_of(office))) == before
    assert asked(office) == seen
    assert office.command("verify", *office.shared).code == 0


def test_the_drill_restores_a_backup_elsewhere(office: Office, kept: Path, tmp_path: Path) -> None:
    before, seen = comparable(read_ledger(kept / ".dipro" / "ledger.sqlite")), asked(office)
    expected = without_digits(next_run(office))
    shutil.rmtree(office.records)
    # What a backup holds: the records, the journal, and what cannot be made again. No cache, no locks.
    elsewhere = replace(office, records=tmp_path / "restored" / "records")
    shutil.copytree(kept, elsewhere.records, ignore=shutil.ignore_patterns(".dipro"))
    for name in ("journal.jsonl", "store.json"):
        state_of(elsewhere).mkdir(exist_ok=True)
        shutil.copy(kept / ".dipro" / name, state_of(elsewhere) / name)
    for name in KEPT_IN_A_BACKUP:
        shutil.copytree(kept / ".dipro" / name, state_of(elsewhere) / name, symlinks=True)

    rebuilt = rebuild(elsewhere)
    assert rebuilt.code == 0, rebuilt
    assert rebuilt.json["unknown"] == []
    assert comparable(read_ledger(ledger_of(elsewhere))) == before
    assert asked(elsewhere) == seen
    calls = office.calls
    filed = elsewhere.filed()
    assert without_digits(next_run(elsewhere)) == expected
    assert (office.calls - calls, elsewhere.filed()) == (1, filed), "only what was rejected is read again"

    waiting = ask(elsewhere, "review", "list")["documents"]
    ids = [item["id"] for item in waiting]
    accepted = elsewhere.command("review", "accept", *ids, "--class", "rechnung", *elsewhere.shared)
    assert accepted.code == 0, accepted
    held = ask(elsewhere, "quarantine", "list")["quarantined"]
    broken = next(item["id"] for item in held if item["source"] == "broken.png")
    retried = elsewhere.command("quarantine", "retry", broken, "--pipeline", "recorded", *elsewhere.shared)
    assert retried.code == 4 and "no records" not in retried.stderr, retried
    assert elsewhere.command("verify", *elsewhere.shared).code == 0
    assert len(elsewhere.filed()) == len(filed) + len(ids)


def half_a_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:10_000])


def other_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE alembic_version")
        connection.execute("CREATE TABLE birds (name TEXT)")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_bytes(b"no database, but long enough to be looked at" * 99),
    "empty": lambda path: path.write_bytes(b""),
    "half a page": half_a_page,
    "other tables": other_tables,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_ledger_stops_every_command_until_it_is_made_again(office: Office, damage: str) -> None:
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0
    ledger = ledger_of(office)
    before = read_ledger(ledger)
    lose_ledger(office) if damage == "empty" else None
    DAMAGES[damage](ledger)
    broken = ledger.read_bytes()
    draw_page(office.inbox / "b.png", 2)
    for outcome in (office.run(), office.command("status", *office.shared)):
        assert outcome.code == 9 and "ledger rebuild" in outcome.stdout + outcome.stderr, outcome
    verified = office.command("verify", "--json", *office.shared)
    assert verified.code == 9
    assert [item["path"] for item in verified.json["damages"]] == [".dipro/ledger.sqlite"]

    rebuilt = rebuild(office)
    assert rebuilt.code == 0, rebuilt
    assert comparable(read_ledger(ledger)) == comparable(before)
    kept_as = office.records / rebuilt.json["kept"]
    assert kept_as.name.startswith("ledger-old-20")
    if damage in ("text", "half a page"):
        assert kept_as.read_bytes() == broken
    again = office.run()
    assert again.code == 0 and (again.json["pages"]["duplicate"], again.json["pages"]["filed"]) == (1, 1)
    assert office.command("verify", *office.shared).code == 0


def test_a_ledger_from_an_older_backup_files_nothing_twice(office: Office, tmp_path: Path) -> None:
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0
    backup = shutil.copy(ledger_of(office), tmp_path / "backup.sqlite")
    draw_page(office.inbox / "b.png", 2)
    assert office.run().code == 0
    before, filed = comparable(read_ledger(ledger_of(office))), office.filed()
    lose_ledger(office)
    shutil.copy(backup, ledger_of(office))
    refused = office.run()
    assert refused.code == 9 and "ledger rebuild" in refused.stderr
    assert rebuild(office).code == 0
    assert comparable(read_ledger(ledger_of(office))) == before
    assert office.run().json["pages"]["duplicate"] == 2
    assert office.filed() == filed


def test_a_lost_case_is_read_anew(office: Office) -> None:
    office.pipeline(otherwise=LETTER)
    draw_page(office.inbox / "a.png", 1)
    draw_page(office.inbox / "b.png", 2)
    assert office.run("--consume").code == 3
    lost, stays = (item["id"] for item in ask(office, "review", "list")["documents"])
    shutil.rmtree(state_of(office) / "review" / lost)
    lose_ledger(office)
    rebuilt = rebuild(office)
    assert rebuilt.code == 0
    (sentence,) = rebuilt.json["unknown"]
    original = Path(sentence.rstrip(".").rpartition(": ")[2])
    assert lost[:12] in sentence
    assert [item["id"] for item in ask(office, "review", "list")["documents"]] == [stays]
    shutil.copy(original, office.inbox / "again.png")
    assert office.run().json["pages"]["review"] == 1
    assert {item["id"] for item in ask(office, "review", "list")["documents"]} == {lost, stays}


def test_what_a_person_parted_stays_parted(office: Office) -> None:
    office.pipeline(otherwise=LETTER)
    draw_page(office.inbox / "stack.tif", 1, pages=3)
    assert office.run().code == 3
    (document,) = (item["id"] for item in ask(office, "review", "list")["documents"])
    assert office.command("review", "split", document, "--before", "2", *office.shared).code == 0
    listed, before = ask(office, "review", "list"), office.run().json
    lose_ledger(office)
    assert rebuild(office).code == 0
    assert ask(office, "review", "list") == listed
    after = office.run().json
    assert {**after, "seconds": 0} == {**before, "seconds": 0}
    first, second = (item["id"] for item in listed["documents"])
    merged = office.command("review", "merge", first, second, *office.shared)
    assert merged.code == 0, merged
    assert [item["id"] for item in ask(office, "review", "list")["documents"]] == [document]


@pytest.mark.parametrize(
    ("moment", "staging", "texts"),
    [
        (0.55, "kept", False),
        (0.62, "lost", False),
        (0.7, "kept", False),
        (0.78, "lost", False),
        (0.86, "kept", False),
        (0.6, "kept", True),
        (0.75, "lost", True),
    ],
)
def test_a_filing_under_way_is_finished_or_taken_back(
    office: Office, tmp_path: Path, moment: float, staging: str, texts: bool
) -> None:
    """The ledger is lost together with what it knew of a filing that was killed in the middle."""

    def run_into(records: Path, kill_at: int) -> int:
        environment = {
            "PYTHONPATH": str(SABOTAGE),
            # Below the folders of the records, and in staging: nowhere else.
            "SABOTAGE_FOLDER": str(records),
            "SABOTAGE_AT": str(kill_at),
            "SABOTAGE_COUNT": str(tmp_path / "count"),
            "SOURCE_DATE_EPOCH": "1750000000",
        }
        return replace(office, records=records).run(**environment).code

    def standing(records: Path) -> dict[str, bytes]:
        paths = [path for path in records.rglob("*") if path.is_file() and ".dipro" not in path.parts]
        return {str(path.relative_to(records)): path.read_bytes() for path in paths}

    names = ("text", "alto", "hocr", "search_text") if texts else ()
    write_pipeline(office.pipelines, "recorded", {"count_file": None}, files=dict.fromkeys(names, True))
    undisturbed = tmp_path / "undisturbed"
    if texts:
        draw_page(office.inbox / "0.png", 2)
        assert run_into(undisturbed, 0) == run_into(office.records, 0) == 0
    draw_page(office.inbox / "a.png", 1)
    assert run_into(undisturbed, 0) == 0
    changes = int((tmp_path / "count").read_text().split()[0])
    assert run_into(office.records, round(changes * moment)) == -9
    lose_ledger(office)
    if staging == "lost":
        shutil.rmtree(state_of(office) / "staging", ignore_errors=True)
    rebuilt = rebuild(office)
    stray = {item["path"].rpartition("/")[2] for item in rebuilt.json["damages"]}
    assert stray <= ({"akte.json", "vorgang.json"} if staging == "lost" else set()), rebuilt
    if stray:
        # Containers alone tell nothing of their filing; `verify` names them, a person removes them.
        for item in rebuilt.json["damages"]:
            (office.records / item["path"]).unlink()
    assert run_into(office.records, 0) == 0
    assert standing(office.records) == standing(undisturbed)
    assert [line["event"] for line in office.journal()].count("filed") == 1 + texts
    assert office.command("verify", *office.shared).code == 0


def test_nothing_is_made_again_while_a_run_works(office: Office) -> None:
    draw_page(office.inbox / "first.png", 9)
    assert office.run().code == 0
    (office.pipelines / "calls").unlink()
    office.pipeline("slow", pause_seconds=18)
    draw_page(office.inbox / "a.png", 1)
    process = subprocess.Popen(
        [COMMAND, "run", office.inbox, "--pipeline", "slow", *office.shared],
        env=command_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for_reading(office, process)
    refused = [rebuild(office), office.command("ledger", "migrate", *office.shared)]
    assert [outcome.code for outcome in refused] == [7, 7], refused
    process.terminate()
    process.wait(60)
    assert rebuild(office).code == 0


def test_no_ledger_is_built_on_a_broken_journal(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0
    before = ledger_of(office).read_bytes()
    journal = state_of(office) / "journal.jsonl"
    sound = journal.read_bytes()
    journal.write_bytes(sound.replace(b"rechnung", b"mahnung_", 1))
    refused = rebuild(office)
    assert refused.code == 9 and "Line 1" in refused.json["error"]
    journal.unlink()
    refused = rebuild(office)
    assert refused.code == 9 and "missing" in refused.json["error"]
    assert ledger_of(office).read_bytes() == before
    journal.write_bytes(sound)
    migrated = office.command("ledger", "migrate", "--json", *office.shared)
    assert migrated.code == 0 and migrated.json["steps"] == []


def commands_tried(name: str) -> str:
    """The commands of docs/operations/backup.md under the mark `tried: NAME`."""
    page = Path(__file__).parents[2] / "docs" / "operations" / "backup.md"
    _before, _mark, after = page.read_text(encoding="utf-8").partition(f"<!-- tried: {name} -->\n```sh\n")
    return after.partition("```")[0]


def test_the_documented_backup_and_restore_work(office: Office, tmp_path: Path) -> None:
    draw_page(office.inbox / "a.png", 1)
    (office.inbox / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    assert office.run().code == 4
    seen = asked(office)
    places = {"RECORDS": office.records, "BACKUP": tmp_path / "b.tar", "RESTORED": tmp_path / "again"}
    environment = command_environment(**{name: str(path) for name, path in places.items()})
    environment["PATH"] = f"{COMMAND.parent}:{environment['PATH']}"
    for name in ("backup", "restore"):
        command = commands_tried(name)
        done = subprocess.run(
            ["bash", "-euc", command], env=environment, capture_output=True, text=True, check=False
        )
        assert command and done.returncode == 0, done
    assert asked(replace(office, records=tmp_path / "again")) == seen
    assert not (tmp_path / "again" / ".dipro" / "cache").exists()
