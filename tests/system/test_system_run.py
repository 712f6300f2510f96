"""The main path through the installed command, with recorded readings."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from system_office import (
    COMMAND,
    Office,
    command_environment,
    draw_page,
    sources_in,
    wait_for_reading,
    write_pipeline,
)


def test_a_page_becomes_a_record(office: Office) -> None:
    draw_page(office.inbox / "Müller & Söhne.png", 1)
    outcome = office.run("--operator", "mm", "--station", "Scan 3")
    assert outcome.code == 0, outcome
    result = outcome.json
    assert result["pages"] == {
        "scanned": 1, "filed": 1, "review": 0, "duplicate": 0, "blank": 0, "separator": 0, "quarantined": 0,
    }  # fmt: skip
    document = result["documents"][0]
    assert document["class"] == "rechnung"
    metadata = json.loads((office.records / document["metadata"]).read_text())
    assert {
        "schema", "id", "class", "confidence", "fields", "decision", "reasons", "pages", "transfer_note",
        "files", "software", "settings_hash", "retention", "times",
    } <= set(metadata)  # fmt: skip
    page = metadata["pages"][0]
    assert page["source"] == "Müller & Söhne.png"
    assert {
        "source_sha256", "source_page", "part", "rotation", "skew", "crop_mm", "dpi", "colour",
        "mean_confidence", "measurements", "steps",
    } <= set(page)  # fmt: skip
    assert page["for_tests"] is True
    assert metadata["transfer_note"]["for_tests"] is True
    with pikepdf.open(office.records / document["pdf"]) as pdf:
        assert "Müller & Söhne.png" in str(pdf.docinfo["/Title"])
        assert "rechnung" not in str(pdf.docinfo).lower()
    assert office.command("verify", *office.shared).code == 0


def test_the_same_stack_again_is_duplicate_and_no_engine_is_called(office: Office) -> None:
    draw_page(office.inbox / "a.tif", 1, pages=3)
    draw_page(office.inbox / "sub" / "b.png", 2)
    first = office.run()
    calls, filed = office.calls, office.filed()
    second = office.run()
    assert first.code == second.code == 0
    assert office.calls == calls == 4
    assert office.filed() == filed and len(filed) == 2
    assert second.json["pages"]["duplicate"] == second.json["pages"]["scanned"] == 4
    assert second.json["documents"][0]["pdf"] == first.json["documents"][0]["pdf"]
    # The same bytes under another name, in another inbox, are known as well.
    shutil.copytree(office.inbox, office.inbox.with_name("other"))
    (office.inbox.with_name("other") / "a.tif").rename(office.inbox.with_name("other") / "ü.tif")
    third = office.command(
        "run", office.inbox.with_name("other"), "--pipeline", "recorded", "--json", *office.shared
    )
    assert third.json["pages"]["duplicate"] == 4
    assert office.calls == calls


def test_one_document_known_from_another_file_is_a_duplicate(office: Office) -> None:
    page = draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0
    known = Image.open(page)
    known.save(office.inbox / "b.png", dpi=known.info["dpi"], pnginfo=None, compress_level=1)
    first = (office.inbox / "a.png").read_bytes()
    (office.inbox / "c.png").write_bytes(first)
    result = office.run().json
    assert result["pages"]["scanned"] == 3
    assert result["pages"]["duplicate"] >= 2


def test_consume_takes_away_what_is_on_disk_and_leaves_the_rest(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    (office.inbox / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (office.inbox / "link.png").symlink_to(office.inbox / "a.png")
    outcome = office.run("--consume")
    assert outcome.code == 4
    assert [path.name for path in office.inbox.iterdir()] == ["link.png"]
    reasons = {item["source"]: item["reason"] for item in outcome.json["quarantined"]}
    assert reasons == {"broken.png": "damaged", "link.png": "symlink"}
    kept = office.records / next(
        item["path"] for item in outcome.json["quarantined"] if item["source"] == "broken.png"
    )
    assert kept.read_bytes() == b"\x89PNG\r\n\x1a\nnothing"


def test_dry_run_says_what_would_happen_and_writes_nothing(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    outcome = office.run("--dry-run")
    assert outcome.code == 0
    assert outcome.json["pages"]["filed"] == 1
    assert outcome.json["dry_run"] is True
    assert not office.records.exists()
    assert office.run().code == 0
    before = _contents(office.records)
    assert office.run("--dry-run").json["pages"]["duplicate"] == 1
    assert _contents(office.records) == before


def _contents(folder: Path) -> dict[Path, bytes]:
    """Every file with its bytes, but for what SQLite lays beside a database that is read."""
    return {
        path: path.read_bytes() for path in sources_in(folder) if not path.name.endswith(("-shm", "-wal"))
    }


def test_two_runs_over_the_same_input_differ_in_nothing_with_a_fixed_time(office: Office) -> None:
    draw_page(office.inbox / "a.tif", 1, pages=2)
    for path in office.inbox.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    trees = []
    for _number in range(2):
        assert office.run(SOURCE_DATE_EPOCH="1750000000").code == 0
        trees.append(
            {path: (office.records / path).read_bytes() for path in office.filed()}
            | {"journal": (office.records / ".dipro" / "journal.jsonl").read_bytes()}
        )
        shutil.rmtree(office.records)
    assert trees[0] == trees[1]


def test_a_page_whose_reading_dies_hangs_or_raises_keeps_its_place(office: Office) -> None:
    for number, (mode, word) in enumerate(
        [("crash_on", "Rechnung"), ("hang_on", "Rechnung"), ("raise_on", "Rechnung")]
    ):
        inbox = office.inbox.with_name(mode)
        draw_page(inbox / "page.png", number)
        write_pipeline(
            office.pipelines,
            mode,
            {mode: [word]},
            reading={
                "engine": "recorded",
                "dpi": 100,
                "page_seconds": 4,
                "options": {"otherwise": "Rechnung", mode: [word]},
            },
        )
        outcome = office.command("run", inbox, "--pipeline", mode, "--jobs", "1", "--json", *office.shared)
        assert outcome.code == 3, outcome
        assert outcome.json["pages"]["review"] == 1
        document = outcome.json["documents"][0]
        shown = office.command("review", "show", document["id"], "--json", *office.shared).json
        assert shown["pages"][0]["reading"] == "failed"
        with pikepdf.open(office.records / document["pdf"]) as pdf:
            assert len(pdf.pages) == 1


def test_review_accept_files_and_reject_lifts_the_guard(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "a.png", 1)
    draw_page(office.inbox / "b.png", 2)
    outcome = office.run()
    assert outcome.code == 3
    first, second = (document["id"] for document in outcome.json["documents"])
    refused = office.command("review", "accept", first, *office.shared)
    assert refused.code == 2 and "--class" in refused.stderr
    accepted = office.command(
        "review", "accept", first[:10], "--class", "rechnung", "--operator", "mm", *office.shared
    )
    assert accepted.code == 0, accepted
    assert len(office.filed()) == 1
    rejected = office.command("review", "reject", second, "--reason", "falsch gescannt", *office.shared)
    assert rejected.code == 0
    assert office.command("review", "list", "--json", *office.shared).json["documents"] == []
    calls = office.calls
    again = office.run()
    assert again.code == 3
    assert again.json["pages"] | {"duplicate": 1, "review": 1} == again.json["pages"]
    assert office.calls == calls
    assert office.command("verify", *office.shared).code == 0


def test_quarantine_is_listed_retried_and_discarded(office: Office) -> None:
    (office.inbox / "leer.pdf").write_bytes(b"")
    (office.inbox / "kaputt.tif").write_bytes(b"II*\0garbage")
    outcome = office.run()
    assert outcome.code == 4
    again = office.run()
    assert again.code == 4 and again.json["quarantined"] == outcome.json["quarantined"]
    listed = office.command("quarantine", "list", "--json", *office.shared).json["quarantined"]
    assert {item["source"] for item in listed} == {"leer.pdf", "kaputt.tif"}
    broken = next(item for item in listed if item["source"] == "kaputt.tif")
    retried = office.command(
        "quarantine", "retry", broken["id"][:12], "--pipeline", "recorded", "--json", *office.shared
    )
    assert retried.code == 4
    for item in listed:
        done = office.command("quarantine", "discard", item["id"], "--reason", "Testdatei", *office.shared)
        assert done.code == 0, done
    assert office.run().code == 0
    assert "discarded" in {line["event"] for line in office.journal()}


def test_two_runs_at_once_on_one_inbox(office: Office) -> None:
    office.pipeline(pause_seconds=6)
    draw_page(office.inbox / "a.tif", 1, pages=3)
    arguments = ["run", office.inbox, "--pipeline", "recorded", "--jobs", "1", "--json", *office.shared]
    first = subprocess.Popen(
        [COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, text=True, env=command_environment()
    )
    wait_for_reading(office, first)
    second = office.command(*arguments)
    assert second.code == 7
    assert str(first.pid) in second.stderr
    assert first.communicate()[0] and first.returncode == 0
    assert len(office.filed()) == 1


def test_review_accept_works_while_a_run_goes_on(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "a.png", 1)
    waiting = office.run().json["documents"][0]["id"]
    office.pipeline(pause_seconds=5.0)
    other = office.inbox.with_name("other")
    draw_page(other / "b.tif", 2, pages=4)
    calls = office.calls
    running = subprocess.Popen(
        [COMMAND, "run", other, "--pipeline", "recorded", "--jobs", "1", *office.shared],
        stdout=subprocess.DEVNULL,
        env=command_environment(),
    )
    while office.calls == calls and running.poll() is None:
        time.sleep(0.05)
    accepted = office.command("review", "accept", waiting, "--class", "rechnung", *office.shared)
    assert accepted.code == 0, accepted
    assert running.poll() is None, "the run was over before the other command could meet it"
    assert office.command("status", "--json", *office.shared).json["locks"]
    assert running.wait() == 0
    assert len(office.filed()) == 2
    assert office.command("verify", *office.shared).code == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_goes_on_where_it_was(office: Office, number: signal.Signals, code: int) -> None:
    office.pipeline(pause_seconds=1.0)
    for page in range(4):
        draw_page(office.inbox / f"{page}.png", page)
    running = subprocess.Popen(
        [COMMAND, "run", office.inbox, "--pipeline", "recorded", "--jobs", "1", *office.shared],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=command_environment(),
    )
    while office.calls < 2 and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(number)
    said = running.communicate(timeout=60)[1]
    assert running.returncode == code
    assert "again" in said and "Traceback" not in said
    calls = office.calls
    outcome = office.run()
    assert outcome.code == 0
    assert len(office.filed()) == 4
    assert office.calls <= calls + 3


def test_nothing_of_a_killed_runs_workers_stays_behind(office: Office) -> None:
    import psutil

    office.pipeline(pause_seconds=30)
    draw_page(office.inbox / "a.png", 1)
    running = subprocess.Popen(
        [COMMAND, "run", office.inbox, "--pipeline", "recorded", "--jobs", "1", *office.shared],
        env=command_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while office.calls == 0 and running.poll() is None:
        time.sleep(0.05)
    children = psutil.Process(running.pid).children(recursive=True)
    assert children
    running.kill()
    running.wait()
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert not alive and gone


def test_one_document_over_many_files_where_the_pipeline_says_so(office: Office) -> None:
    write_pipeline(
        office.pipelines, "sheets", {"otherwise": "Rechnung"}, separation={"one_file_per_page": True}
    )
    for number in (1, 2, 10):
        draw_page(office.inbox / f"s{number}.png", number)
    outcome = office.run(pipeline="sheets")
    pages = [page["source"] for page in outcome.json["documents"][0]["pages"]]
    assert pages == ["s1.png", "s2.png", "s10.png"]
    assert outcome.json["pages"]["scanned"] == 3


def test_a_folder_named_by_itself_and_files_beside_it_keep_their_order(office: Office) -> None:
    draw_page(office.inbox / "b" / "2.png", 1)
    draw_page(office.inbox / "b" / "10.png", 2)
    extra = draw_page(office.inbox.with_name("z.png"), 3)
    outcome = office.command("run", extra, office.inbox, "--pipeline", "recorded", "--json", *office.shared)
    sources = [document["pages"][0]["source"] for document in outcome.json["documents"]]
    assert sources == ["z.png", "b/2.png", "b/10.png"]
