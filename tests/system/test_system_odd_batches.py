"""Batches that are not as they should be: nothing is lost, filed twice, or filed short."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from system_office import (
    COMMAND,
    Office,
    Outcome,
    command_environment,
    draw_page,
    wait_for_reading,
    write_pipeline,
)

SHEETS = {"separation": {"one_file_per_page": True}}


def _states(outcome: Outcome) -> list[tuple[str, list[str]]]:
    return [
        (document["state"], [page["source"] for page in document["pages"]])
        for document in outcome.json["documents"]
    ]


@pytest.mark.parametrize("inside", ["akten", "."])
def test_records_below_an_inbox_are_no_scans(office: Office, inside: str) -> None:
    draw_page(office.inbox / "a.png", 1)
    records = office.inbox / inside
    arguments = ["--pipeline", "recorded", "--pipelines", office.pipelines, "--records", records]
    if inside == ".":
        assert office.command("run", office.inbox, *arguments).code == 2
        return
    assert office.command("run", office.inbox, *arguments).code == 0
    again = office.command("run", office.inbox, *arguments, "--consume", "--json")
    assert again.code == 0 and again.json["pages"]["scanned"] == 1
    assert office.command("verify", "--records", records).code == 0
    assert office.command("run", records, *arguments).code == 2


def test_a_lost_ledger_stops_the_run_instead_of_filing_twice(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0
    for path in (office.records / ".dipro").glob("ledger.sqlite*"):
        path.unlink()
    outcome = office.run()
    assert outcome.code == 9 and "--state" in outcome.stderr
    assert len(office.filed()) == 1


def test_a_forgotten_state_folder_stops_the_run(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    assert office.run("--state", office.records.with_name("state")).code == 0
    assert office.run().code == 9
    assert len(office.filed()) == 1
    assert office.run("--state", office.records.with_name("state")).json["pages"]["duplicate"] == 1


def test_a_sheet_that_cannot_be_read_holds_the_documents_beside_it(office: Office) -> None:
    write_pipeline(office.pipelines, "sheets", {}, **SHEETS)
    draw_page(office.inbox / "1.png", 1)
    (office.inbox / "2.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    draw_page(office.inbox / "3.png", 3)
    outcome = office.run(pipeline="sheets")
    assert outcome.code == 4
    assert _states(outcome) == [("review", ["1.png"]), ("review", ["3.png"])]
    assert all("2.png" in document["reasons"][0] for document in outcome.json["documents"])


def test_a_sheet_known_before_holds_the_documents_beside_it(office: Office) -> None:
    write_pipeline(office.pipelines, "sheets", {}, **SHEETS)
    draw_page(office.inbox / "2.png", 2)
    assert office.run(pipeline="sheets").code == 0
    draw_page(office.inbox / "1.png", 1)
    draw_page(office.inbox / "3.png", 3)
    outcome = office.run(pipeline="sheets")
    assert outcome.code == 3
    assert _states(outcome) == [("review", ["1.png"]), ("review", ["3.png"]), ("duplicate", ["2.png"])]


def test_the_same_separator_sheet_twice_parts_twice(office: Office) -> None:
    write_pipeline(office.pipelines, "sheets", {}, **SHEETS)
    for number in (1, 3, 5):
        draw_page(office.inbox / f"{number}.png", number)
    _patch_t(office.inbox / "2.png")
    shutil.copy(office.inbox / "2.png", office.inbox / "4.png")
    outcome = office.run(pipeline="sheets")
    assert outcome.code == 0, outcome.json
    assert _states(outcome) == [("filed", ["1.png"]), ("filed", ["3.png"]), ("filed", ["5.png"])]
    assert outcome.json["pages"]["separator"] == outcome.json["pages"]["duplicate"] == 1


def _patch_t(path: Path) -> None:
    """A patch code T over an A4 page at 100 dpi: narrow, wide, narrow, wide bars (0.08 and 0.2 inches)."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (827, 1169), 255)
    pen = ImageDraw.Draw(image)
    y = 60.0
    for width_inches in (0.08, 0.2, 0.08, 0.2):
        pen.rectangle((100, round(y), 727, round(y + 100 * width_inches) - 1), fill=0)
        y += 100 * (width_inches + 0.08)
    image.save(path, dpi=(100, 100))


def test_an_accepted_document_keeps_the_note_it_was_held_with(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "a.tif", 1)
    from PIL import Image

    with Image.open(office.inbox / "a.tif") as page:
        page.load()
        blank = Image.new("L", page.size, 255)
        page.save(office.inbox / "a.tif", save_all=True, append_images=[blank], dpi=(100, 100))
    outcome = office.run()
    assert outcome.json["pages"]["blank"] == 1
    document = outcome.json["documents"][0]["id"]
    held = office.command("review", "show", document, "--json", *office.shared).json["transfer_note"]
    assert office.command("review", "accept", document, "--class", "rechnung", *office.shared).code == 0
    metadata = next(path for path in office.records.rglob("*_rechnung.json"))
    filed = json.loads(metadata.read_text())["transfer_note"]
    assert filed["seiten"] == held["seiten"] and filed["seiten"]["leer_entfernt"]
    assert filed["auffaelligkeiten"] == held["auffaelligkeiten"]


def test_a_source_taken_up_again_keeps_its_name_and_day(office: Office) -> None:
    write_pipeline(office.pipelines, "small", {}, intake={"max_pages": 1})
    path = draw_page(office.inbox / "unter" / "a.tif", 1, pages=2)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert office.run("--consume", pipeline="small").code == 4
    assert not path.exists()
    retried = office.command(
        "quarantine", "retry", "a.tif", "--pipeline", "recorded", "--json", *office.shared
    )
    assert retried.code == 0, retried
    assert {page["source"] for page in retried.json["documents"][0]["pages"]} == {"unter/a.tif"}
    assert Path(office.filed()[0]).name.startswith("2023-11-14_")
    assert office.command("quarantine", "list", "--json", *office.shared).json["quarantined"] == []


@pytest.mark.parametrize("as_file", [False, True])
def test_a_source_taken_up_again_is_read_by_the_pipeline_that_met_it(office: Office, as_file: bool) -> None:
    small = office.pipelines / "small.yaml"
    write_pipeline(office.pipelines, "small", {}, intake={"max_pages": 1})
    draw_page(office.inbox / "a.tif", 1, pages=2)
    if as_file:
        small = small.replace(office.inbox.parent / "elsewhere.yaml")
        small.write_text(small.read_text().replace("name: small", "name: elsewhere"))
    assert office.run("--consume", pipeline=str(small) if as_file else "small").code == 4
    retry = ("quarantine", "retry", "a.tif", "--json", *office.shared)
    # Another one, named for once, is not taken for the one that met the source.
    write_pipeline(office.pipelines, "other", {}, intake={"max_pages": 1})
    assert office.command(*retry, "--pipeline", "other").code == 4
    again = office.command(*retry)
    assert again.code == 4 and again.json["pipeline"] == small.stem
    small.write_text(small.read_text().replace("max_pages: 1", "max_pages: 2"))
    done = office.command(*retry)
    assert done.code == 0, done
    assert (done.json["pipeline"], done.json["pages"]["filed"]) == (small.stem, 2)


def test_a_source_whose_pipeline_is_gone_asks_for_another(office: Office) -> None:
    write_pipeline(office.pipelines, "small", {}, intake={"max_pages": 1})
    draw_page(office.inbox / "a.tif", 1, pages=2)
    assert office.run(pipeline="small").code == 4
    (office.pipelines / "small.yaml").unlink()
    retry = ("quarantine", "retry", "a.tif", *office.shared)
    lost = office.command(*retry)
    assert lost.code == 2
    assert "“small”" in lost.stderr and "--pipeline" in lost.stderr
    assert office.command(*retry, "--pipeline", "recorded").code == 0


def test_a_copy_of_a_document_in_review_waits_too(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "a.png", 1)
    document = office.run().json["documents"][0]["id"]
    other = office.inbox.with_name("other")
    other.mkdir()
    copy = other / "b.png"
    # The same image in other bytes: a text chunk more.
    data = (office.inbox / "a.png").read_bytes()
    end = data.index(b"IEND") - 4
    import zlib

    chunk = b"tEXtComment\0copy"
    extra = (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    copy.write_bytes(data[:end] + extra + data[end:])
    arguments = ("run", other, "--pipeline", "recorded", "--json", *office.shared)
    outcome = office.command(*arguments)
    assert outcome.code == 3 and outcome.json["pages"]["duplicate"] == 1
    assert office.command(*arguments).code == 3
    assert office.command("review", "reject", document, "--reason", "neu", *office.shared).code == 0
    again = office.command(*arguments)
    assert again.code == 3 and again.json["pages"]["review"] == 1


def test_a_refused_file_that_was_mended_waits_no_longer(office: Office) -> None:
    (office.inbox / "a.png").write_bytes(b"")
    assert office.run().code == 4
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0
    assert office.command("quarantine", "list", "--json", *office.shared).json["quarantined"] == []


def test_discarding_one_refused_file_does_not_silence_the_next(office: Office) -> None:
    (office.inbox / "a.png").write_bytes(b"")
    held = office.run().json["quarantined"][0]
    listed = office.command("quarantine", "list", "--json", *office.shared).json["quarantined"]
    assert held["source"] == "a.png"
    assert (
        office.command("quarantine", "discard", listed[0]["id"], "--reason", "leer", *office.shared).code == 0
    )
    assert office.run().code == 0
    (office.inbox / "a.png").unlink()
    (office.inbox / "a.png").symlink_to(office.inbox)
    assert office.run().code == 4


def test_a_name_too_long_for_a_folder_stops_nothing(office: Office) -> None:
    name = os.fsdecode(b"\xff" * 80 + b".pdf")
    (office.inbox / name).write_bytes(b"%PDF-1.4 broken")
    draw_page(office.inbox / "b.png", 1)
    outcome = office.run()
    assert outcome.code == 4
    assert outcome.json["pages"]["filed"] == 1


def test_the_same_bytes_under_two_names_are_told_under_both(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    shutil.copy(office.inbox / "a.png", office.inbox / "b.png")
    for name in ("x.pdf", "y.pdf"):
        (office.inbox / name).write_bytes(b"%PDF-1.4 broken")
    outcome = office.run()
    assert _states(outcome) == [("filed", ["a.png"]), ("duplicate", ["b.png"])]
    assert [item["source"] for item in outcome.json["quarantined"]] == ["x.pdf", "y.pdf"]


def test_two_runs_over_the_same_bytes_in_two_inboxes(office: Office) -> None:
    office.pipeline(pause_seconds=8)
    draw_page(office.inbox / "a.tif", 1, pages=2)
    other = office.inbox.with_name("other")
    shutil.copytree(office.inbox, other)
    arguments = ["--pipeline", "recorded", "--jobs", "1", "--json", *office.shared]
    first = subprocess.Popen(
        [COMMAND, "run", office.inbox, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=command_environment(),
    )
    wait_for_reading(office, first)
    second = office.command("run", other, *arguments)
    assert second.code == 7
    told = json.loads(first.communicate()[0])
    assert told["pages"]["filed"] == 2
    assert office.command("run", other, *arguments).json["pages"]["duplicate"] == 2
    assert len(office.filed()) == 1


def test_an_inbox_inside_one_that_is_held_is_held(office: Office) -> None:
    office.pipeline(pause_seconds=8)
    draw_page(office.inbox / "a.png", 1)
    draw_page(office.inbox / "sub" / "b.png", 2)
    running = subprocess.Popen(
        [COMMAND, "run", office.inbox, "--pipeline", "recorded", "--jobs", "1", *office.shared],
        stdout=subprocess.DEVNULL,
        env=command_environment(),
    )
    wait_for_reading(office, running)
    inner = office.command("run", office.inbox / "sub", "--pipeline", "recorded", *office.shared)
    assert inner.code == 7
    assert running.wait() == 0


def test_a_rejected_document_comes_again_and_its_filed_sibling_is_a_duplicate(office: Office) -> None:
    from PIL import Image

    office.pipeline(otherwise="Guten Tag")
    workshop = office.inbox.with_name("workshop")
    pages = [Image.open(draw_page(workshop / f"{number}.png", number)) for number in (5, 6)]
    _patch_t(workshop / "sheet.png")
    sheet = Image.open(workshop / "sheet.png")
    pages[0].save(office.inbox / "stack.tif", save_all=True, append_images=[sheet, pages[1]], dpi=(100, 100))
    first, second = (document["id"] for document in office.run().json["documents"])
    assert office.command("review", "accept", first, "--class", "rechnung", *office.shared).code == 0
    assert office.command("review", "reject", second, "--reason", "schief", *office.shared).code == 0
    again = office.run()
    assert again.code == 3
    assert [state for state, _sources in _states(again)] == ["duplicate", "review"]
    assert again.json["pages"]["separator"] == 1
    assert len(office.filed()) == 1


def test_dry_run_tells_what_waits_from_before(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 3
    rehearsed = office.run("--dry-run")
    assert rehearsed.code == 3
    assert rehearsed.json["waiting"] == 1 and rehearsed.json["pages"]["duplicate"] == 1
    write_pipeline(office.pipelines, "sheets", {}, **SHEETS)
    other = office.inbox.with_name("other")
    for number in (2, 3):
        draw_page(other / f"{number}.png", number)
    sheets = office.command("run", other, "--pipeline", "sheets", "--dry-run", "--json", *office.shared)
    assert len(sheets.json["documents"]) == 1


def test_a_pipeline_given_as_a_file_is_found_again_at_review(office: Office, tmp_path: Path) -> None:
    write_pipeline(tmp_path / "mine", "mine", {"otherwise": "Guten Tag"})
    draw_page(office.inbox / "a.png", 1)
    outcome = office.run(pipeline=str(tmp_path / "mine" / "mine.yaml"))
    assert outcome.code == 3, outcome
    document = outcome.json["documents"][0]["id"]
    accepted = office.command("review", "accept", document, "--class", "rechnung", *office.shared)
    assert accepted.code == 0, accepted


def test_ids_and_reasons_that_say_nothing_are_refused(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "a.png", 1)
    document = office.run().json["documents"][0]["id"]
    assert office.command("review", "accept", "", "--class", "rechnung", *office.shared).code == 2
    assert office.command("review", "accept", document[:3], "--class", "rechnung", *office.shared).code == 2
    assert office.command("review", "reject", document, "--reason", " ", *office.shared).code == 2
    assert office.filed() == []


def test_looking_makes_no_store(office: Office) -> None:
    for arguments in (["status"], ["review", "accept", "abcdef12"], ["quarantine", "retry", "x"]):
        assert office.command(*arguments, "--records", office.records).code == 2
    assert not office.records.exists()


def test_quiet_tells_only_what_a_person_must_see(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    (office.inbox / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    said = office.command("run", office.inbox, "--pipeline", "recorded", "-q", *office.shared)
    assert said.code == 4
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1 and "b.pdf" in said.stderr


def test_a_reader_that_goes_away_changes_nothing(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    command = f"{COMMAND} run {office.inbox} --pipeline recorded {' '.join(office.shared)}"
    line = f"{command} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], env=command_environment(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(office.filed()) == 1


def test_two_people_decide_at_once_and_one_of_them_counts(office: Office) -> None:
    office.pipeline(otherwise="Guten Tag")
    draw_page(office.inbox / "a.png", 1)
    document = office.run().json["documents"][0]["id"]
    commands = [
        ["review", "accept", document, "--class", "rechnung"],
        ["review", "reject", document, "--reason", "doppelt"],
        ["review", "accept", document, "--class", "mahnung"],
    ]
    running = [
        subprocess.Popen(
            [COMMAND, *command, *office.shared],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=command_environment(),
        )
        for command in commands
    ]
    codes = [process.wait() for process in running]
    assert sorted(codes) == [0, 2, 2]
    decided = [line["event"] for line in office.journal() if line["event"] in ("filed", "rejected")]
    assert len(decided) == 1
    assert office.command("verify", *office.shared).code == 0


def test_an_empty_pdf_page_is_set_aside(office: Office) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(300, 400))
        pdf.save(office.inbox / "blank.pdf")
    outcome = office.run()
    assert outcome.code == 0
    assert outcome.json["pages"]["blank"] == 1
    assert (office.records / outcome.json["set_aside"][0]["path"]).is_file()


def test_closed_streams_and_a_deleted_working_folder(office: Office, tmp_path: Path) -> None:
    draw_page(office.inbox / "a.png", 1)
    line = f"{COMMAND} run {office.inbox} --pipeline recorded {' '.join(office.shared)}"
    for redirect, code in ((">&-", 0), ("2>&-", 0), (">/dev/full", 6)):
        done = subprocess.run(
            ["bash", "-c", f"{line} {redirect}"], env=command_environment(), capture_output=True, check=False
        )
        assert done.returncode == code, (redirect, done.stderr)
        assert b"Traceback" not in done.stderr
    gone = f"mkdir {tmp_path}/w && cd {tmp_path}/w && rmdir {tmp_path}/w && {line}"
    done = subprocess.run(["bash", "-c", gone], env=command_environment(), capture_output=True, check=False)
    assert done.returncode == 2 and b"folder" in done.stderr
    assert len(office.filed()) == 1
