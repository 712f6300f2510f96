"""Documents in review parted, joined, turned; pages set aside put back: nothing read twice, nothing lost."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image
from system_office import COMMAND, Office, Outcome, command_environment, draw_page, write_pipeline

SABOTAGE = Path(__file__).parent / "sabotage"
UNDECIDED = "Guten Tag"


def stack(office: Office, seeds: str, name: str = "stack.tif") -> Path:
    """A file with a page of its own for each digit; `-` is a blank page."""
    pages = []
    for seed in seeds:
        page = Image.open(draw_page(office.inbox.with_name("workshop") / f"{seed}.png", ord(seed)))
        page.load()
        pages.append(Image.new("L", page.size, 255) if seed == "-" else page)
    path = office.inbox / name
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(100, 100))
    return path


def mend(office: Office, *arguments: object, **environment: str) -> Outcome:
    return office.command(*arguments, "--json", *office.shared, **environment)


def waiting(office: Office) -> dict[str, list[int]]:
    """Documents in review and their pages."""
    listed = mend(office, "review", "list").json["documents"]
    return {item["id"]: [page["source_page"] for page in item["pages"]] for item in listed}


def pages_of(outcome: Outcome) -> list[list[int]]:
    return [[page["source_page"] for page in item["pages"]] for item in outcome.json["documents"]]


def held(office: Office, seeds: str) -> str:
    """The id of the one document that a run over such a stack holds."""
    office.pipeline(otherwise=UNDECIDED)
    stack(office, seeds)
    outcome = office.run()
    assert outcome.code == 3, outcome
    (document,) = outcome.json["documents"]
    return str(document["id"])


def test_a_document_is_parted_and_joined_again_without_reading(office: Office) -> None:
    document = held(office, "1234")
    calls = office.calls
    parted = mend(office, "review", "split", document, "--before", 4, "--before", 2)
    assert parted.code == 0, parted
    assert pages_of(parted) == [[1], [2, 3], [4]]
    ids = [item["id"] for item in parted.json["documents"]]
    assert waiting(office) == dict(zip(ids, [[1], [2, 3], [4]], strict=True))
    assert parted.json["superseded"] == [document]
    for item in parted.json["documents"]:
        with pikepdf.open(office.records / item["pdf"]) as pdf:
            assert len(pdf.pages) == len(item["pages"])
    joined = mend(office, "review", "merge", *ids)
    assert joined.code == 0 and waiting(office) == {document: [1, 2, 3, 4]}
    assert mend(office, "review", "split", document, "--before", 2, "--before", 4).code == 0
    assert list(waiting(office)) != [document]
    assert office.calls == calls
    events = [line["event"] for line in office.journal() if line["event"] in ("split", "merged")]
    assert events == ["split", "merged", "split"]
    assert office.run().json["pages"]["duplicate"] == 4
    assert office.command("verify", *office.shared).code == 0


def test_what_the_rules_would_file_waits_for_the_person_and_can_be_accepted(office: Office) -> None:
    document = held(office, "123")
    office.pipeline()  # now everything reads as an invoice: but what was read is not read again
    shutil.rmtree(office.records / ".dipro" / "cache")
    parted = mend(office, "review", "split", document, "--before", 3)
    assert [item["class"] for item in parted.json["documents"]] == ["rechnung", "rechnung"]
    assert office.filed() == []
    for item in parted.json["documents"]:
        shown = mend(office, "review", "show", item["id"]).json
        assert "split_by_person" in [reason["code"] for reason in shown["reasons"]]
        accepted = office.command("review", "accept", item["id"], *office.shared)
        assert accepted.code == 0, accepted
    assert len(office.filed()) == 2
    assert office.command("verify", *office.shared).code == 0


def test_pages_joined_in_the_order_given_count_on_in_one_stack(office: Office) -> None:
    office.pipeline(otherwise=UNDECIDED)
    stack(office, "12", "a.tif")
    first = office.run().json["documents"][0]["id"]
    stack(office, "345", "b.tif")
    second = next(item["id"] for item in office.run().json["documents"] if item["state"] == "review")
    joined = mend(office, "review", "merge", second, first)
    assert joined.code == 0, joined
    (document,) = joined.json["documents"]
    assert [page["source"] for page in document["pages"]] == ["b.tif"] * 3 + ["a.tif"] * 2
    note = mend(office, "review", "show", document["id"]).json["transfer_note"]
    assert note["stapel"]["anzahl_abbilder"] == note["position"]["gesamt"] == note["position"]["bis"]
    # The second stack has five images, of which two were known; the first, laid upon it, has two.
    assert (note["position"]["von"], note["position"]["bis"]) == (3, 7)
    accepted = office.command("review", "accept", document["id"], "--class", "rechnung", *office.shared)
    assert accepted.code == 0, accepted
    again = office.run()
    assert again.code == 0 and again.json["pages"]["duplicate"] == 5


def test_a_turned_page_is_read_once_more_and_filed_turned(office: Office) -> None:
    document = held(office, "12")
    calls = office.calls
    turned = mend(office, "review", "rotate", document, "--page", 2, "--by", 90)
    assert turned.code == 0, turned
    assert list(waiting(office)) == [document] and turned.json["superseded"] == []
    assert office.calls == calls + 1
    shown = mend(office, "review", "show", document).json
    assert [page["rotation"] for page in shown["pages"]] == [0, 90]
    with pikepdf.open(office.records / turned.json["documents"][0]["pdf"]) as pdf:
        boxes = [[float(edge) for edge in page.mediabox] for page in pdf.pages]
    assert boxes[0][2] < boxes[0][3] and boxes[1][2] > boxes[1][3]
    assert mend(office, "review", "rotate", document, "--by", 180).code == 0
    shown = mend(office, "review", "show", document).json
    assert [page["rotation"] for page in shown["pages"]] == [180, 270]
    calls = office.calls
    assert mend(office, "review", "rotate", document, "--by", 180).code == 0
    assert office.calls <= calls + 1  # the first page lay so before, the second was read that way
    shutil.rmtree(office.records / ".dipro" / "cache")
    assert office.command("review", "accept", document, "--class", "rechnung", *office.shared).code == 0
    metadata = json.loads(next(office.records.rglob("*_rechnung.json")).read_text())
    assert [page["rotation"] for page in metadata["pages"]] == [0, 90]


def test_a_blank_page_comes_back_where_it_lay(office: Office) -> None:
    document = held(office, "1-2-")
    listed = mend(office, "restore", "--list").json["set_aside"]
    assert [(page["source_page"], page["why"], page["document"]) for page in listed] == [
        (2, "blank", document),
        (4, "blank", document),
    ]
    assert all((office.records / page["path"]).is_file() and page["reason"] for page in listed)
    calls = office.calls
    back = mend(office, "restore", document, "--page", 2)
    assert back.code == 0, back
    assert pages_of(back) == [[1, 2, 3]]
    assert [page["source_page"] for page in mend(office, "restore").json["set_aside"]] == [4]
    assert not (office.records / listed[0]["path"]).exists() and (office.records / listed[1]["path"]).exists()
    (new,) = waiting(office)
    note = mend(office, "review", "show", new).json["transfer_note"]
    assert [blank["seite"] for blank in note["seiten"]["leer_entfernt"]] == [4]
    assert pages_of(mend(office, "restore", new)) == [[1, 2, 3, 4]]
    assert mend(office, "restore").json["set_aside"] == [] and office.calls == calls
    assert office.run().json["pages"]["duplicate"] == 4
    assert mend(office, "restore", next(iter(waiting(office)))).code == 2


def test_beside_a_filed_document_pages_come_back_on_their_own(office: Office) -> None:
    stack(office, "1-2")
    outcome = office.run()
    assert outcome.code == 0
    filed = outcome.json["documents"][0]
    before = (office.records / filed["pdf"]).read_bytes()
    back = mend(office, "restore", filed["id"][:8])
    assert back.code == 0, back
    (document,) = back.json["documents"]
    assert pages_of(back) == [[2]] and document["state"] == "review"
    assert document["class"] == filed["class"] and document["aktenzeichen"] == filed["aktenzeichen"]
    assert any(filed["pdf"] in reason for reason in document["reasons"])
    again = mend(office, "restore", filed["id"])
    assert again.code == 0 and again.json["documents"][0]["id"] == document["id"]
    assert office.command("review", "accept", document["id"], *office.shared).code == 0
    assert (office.records / filed["pdf"]).read_bytes() == before and len(office.filed()) == 2
    assert {str(Path(path).parent) for path in office.filed()} == {str(Path(filed["pdf"]).parent)}
    assert office.command("verify", *office.shared).code == 0


def test_pages_of_a_source_without_a_document_come_back_on_their_own(office: Office) -> None:
    stack(office, "--", "leer.tif")
    assert office.run().json["pages"]["blank"] == 2
    back = mend(office, "restore", "leer.tif")
    assert back.code == 0, back
    assert pages_of(back) == [[1, 2]] and mend(office, "restore").json["set_aside"] == []
    assert office.run().code == 3


def test_the_same_page_twice_becomes_one_document_and_is_told(office: Office) -> None:
    document = held(office, "11")
    parted = mend(office, "review", "split", document, "--before", 2)
    assert parted.code == 0, parted
    assert [item["state"] for item in parted.json["documents"]] == ["review", "duplicate"]
    assert list(waiting(office).values()) == [[1]]
    assert office.run().json["pages"]["duplicate"] == 2


def test_a_part_that_was_filed_before_is_a_duplicate(office: Office) -> None:
    office.pipeline(otherwise=UNDECIDED)
    stack(office, "1", "a.tif")
    single = office.run().json["documents"][0]["id"]
    assert office.command("review", "accept", single, "--class", "rechnung", *office.shared).code == 0
    document = held(office, "12") if not (office.inbox / "a.tif").unlink() else ""
    parted = mend(office, "review", "split", document, "--before", 2).json["documents"]
    assert [(item["state"], item["id"] == single) for item in parted] == [
        ("duplicate", True),
        ("review", False),
    ]
    assert len(waiting(office)) == 1 and len(office.filed()) == 1


def test_a_rejected_part_comes_again_and_only_it(office: Office) -> None:
    document = held(office, "123")
    first, second = mend(office, "review", "split", document, "--before", 3).json["documents"]
    assert office.command("review", "accept", first["id"], "--class", "rechnung", *office.shared).code == 0
    assert office.command("review", "reject", second["id"], "--reason", "schief", *office.shared).code == 0
    rehearsed = office.run("--dry-run").json["pages"]
    again = office.run()
    assert again.code == 3, again
    assert (again.json["pages"]["duplicate"], again.json["pages"]["review"]) == (2, 1)
    assert rehearsed == again.json["pages"]
    assert waiting(office) == {second["id"]: [3]}
    assert len(office.filed()) == 1


def test_a_rejected_join_frees_what_it_was_made_of(office: Office) -> None:
    document = held(office, "12-")
    ids = [item["id"] for item in mend(office, "review", "split", document, "--before", 2).json["documents"]]
    swapped = mend(office, "review", "merge", *reversed(ids)).json["documents"][0]["id"]
    assert pages_of(mend(office, "restore", swapped)) == [[2, 3, 1]]
    (now,) = waiting(office)
    assert office.command("review", "reject", now, "--reason", "falsch", *office.shared).code == 0
    again = office.run().json
    assert (again["pages"]["review"], again["pages"]["blank"]) == (2, 1)
    assert waiting(office) == {document: [1, 2]}


def test_a_copy_that_comes_later_is_known_by_its_parts(office: Office) -> None:
    document = held(office, "123")
    parts = mend(office, "review", "split", document, "--before", 2).json["documents"]
    copy = office.inbox.with_name("other") / "copy.tif"
    copy.parent.mkdir()
    with Image.open(office.inbox / "stack.tif") as image:
        frames = []
        for number in range(3):
            image.seek(number)
            frames.append(image.copy())
    frames[0].save(copy, save_all=True, append_images=frames[1:], dpi=(100, 100), software="another")
    assert copy.read_bytes() != (office.inbox / "stack.tif").read_bytes()
    arguments = ("run", copy.parent, "--pipeline", "recorded", "--json", *office.shared)
    outcome = office.command(*arguments)
    assert outcome.code == 3, outcome
    assert outcome.json["pages"]["duplicate"] == 3 and outcome.json["waiting"] == 2
    assert {item["id"] for item in outcome.json["documents"]} == {part["id"] for part in parts}
    assert office.command(*arguments).code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["review", "split", "{id}", "--before", "1"], "page 1"),
        (["review", "split", "{id}", "--before", "4"], "3 pages"),
        (["review", "split", "{id}"], "--before"),
        (["review", "split", "abc", "--before", "2"], "too short"),
        (["review", "split", "0123456789ab", "--before", "2"], "no document"),
        (["review", "merge", "{id}"], "two documents"),
        (["review", "merge", "{id}", "{id}"], "twice"),
        (["review", "rotate", "{id}", "--page", "9", "--by", "90"], "no page 9"),
        (["review", "rotate", "{id}", "--by", "45"], "45"),
        (["restore", "{id}"], "left to put back"),
        (["restore", "nowhere.tif"], "nowhere.tif"),
        (["restore", "--page", "3"], "Name the document"),
    ],
)
def test_wrong_wishes_are_told_and_change_nothing(office: Office, arguments: list[str], said: str) -> None:
    document = held(office, "123")
    lines = len(office.journal())
    outcome = mend(office, *(item.format(id=document) for item in arguments))
    assert outcome.code == 2 and said in outcome.stderr, outcome
    assert outcome.json["exit"] == 2
    assert waiting(office) == {document: [1, 2, 3]} and len(office.journal()) == lines


def test_what_is_filed_gone_or_of_another_pipeline_is_told(office: Office) -> None:
    document = held(office, "12")
    first, second = (
        item["id"] for item in mend(office, "review", "split", document, "--before", 2).json["documents"]
    )
    gone = mend(office, "review", "split", document, "--before", 9)
    assert gone.code == 2 and first[:12] in gone.stderr and second[:12] in gone.stderr
    assert office.command("review", "accept", first, "--class", "rechnung", *office.shared).code == 0
    for command in (["split", first, "--before", 2], ["merge", second, first], ["rotate", first, "--by", 90]):
        refused = mend(office, "review", *command)
        assert refused.code == 2 and "never changes" in refused.stderr, refused
    write_pipeline(office.pipelines, "other", {"otherwise": UNDECIDED})
    stack(office, "3", "c.tif")
    office.run(pipeline="other")
    (third,) = set(waiting(office)) - {second}
    refused = mend(office, "review", "merge", second, third)
    assert refused.code == 2 and "other" in refused.stderr


def test_a_plan_that_cannot_be_read_stops_whoever_writes(office: Office) -> None:
    document = held(office, "12")
    plan = office.records / ".dipro" / "mending" / "x.json"
    plan.parent.mkdir()
    for content, code in ((b"{", 9), (b'{"schema": 1}', 9), (b'{"schema": 2}', 10)):
        plan.write_bytes(content)
        for command in (["review", "split", document, "--before", 2], ["restore", document]):
            refused = mend(office, *command)
            assert refused.code == code and "x.json" in refused.stderr, refused
        assert office.run().code == code
    plan.unlink()
    assert mend(office, "review", "split", document, "--before", 2).code == 0


def test_german_is_spoken(office: Office) -> None:
    document = held(office, "1-2")
    said = office.command("review", "split", document, "--before", 2, "--lang", "de", *office.shared)
    assert said.code == 0 and "wartet auf Prüfung" in said.stdout, said
    listed = office.command("restore", "--lang", "de", *office.shared)
    assert "Zurückholen" in listed.stdout, listed


STEPS: dict[str, list[str]] = {
    "split": ["review", "split", "{0}", "--before", "2"],
    "merge": ["review", "merge", "{0}", "{1}"],
    "rotate": ["review", "rotate", "{0}", "--by", "90"],
    "restore": ["restore", "{0}"],
}


def _prepared(office: Office, name: str) -> list[str]:
    """The command line for a correction of a fresh store, ids filled in."""
    office.pipeline(otherwise=UNDECIDED, count_file=None)
    stack(office, "12-")
    document = office.run().json["documents"][0]["id"]
    ids = [document]
    if name == "merge":
        parted = mend(office, "review", "split", document, "--before", 2)
        ids = [item["id"] for item in reversed(parted.json["documents"])]
    return [item.format(*ids) for item in STEPS[name]]


def _sabotaged(office: Office, command: list[str], kill_at: int, count: Path) -> Outcome:
    environment = {
        "PYTHONPATH": str(SABOTAGE),
        "SABOTAGE_FOLDER": str(office.records),
        "SABOTAGE_AT": str(kill_at),
        "SABOTAGE_COUNT": str(count),
    }
    return mend(office, *command, **environment)


def _facts(office: Office) -> dict[str, Any]:
    listed = mend(office, "review", "list").json["documents"]
    shown = {item["id"]: mend(office, "review", "show", item["id"]).json for item in listed}
    return {
        "pages": {
            id: [(page["source_page"], page["rotation"]) for page in case["pages"]]
            for id, case in shown.items()
        },
        "reasons": {id: case["reasons"] for id, case in shown.items()},
        "aside": mend(office, "restore").json["set_aside"],
        "events": Counter(line["event"] for line in office.journal()),
    }


@pytest.mark.parametrize("name", list(STEPS))
def test_killed_before_any_change_and_asked_again(office: Office, tmp_path: Path, name: str) -> None:
    command = _prepared(office, name)
    kept = tmp_path / "kept"
    shutil.copytree(office.records, kept)
    assert _sabotaged(office, command, 0, tmp_path / "count").code == 0
    changes = int((tmp_path / "count").read_text().split()[0])
    wanted = _facts(office)
    chance = random.Random(name)
    moments = {changes, changes - 1, *(chance.randint(10, changes - 2) for _number in range(3))}
    for moment in sorted(moments):
        shutil.rmtree(office.records)
        shutil.copytree(kept, office.records)
        assert _sabotaged(office, command, moment, tmp_path / "count").code == -9
        again = mend(office, *command)
        assert again.code == 0, (moment, again)
        assert _facts(office) == wanted, moment
        assert not list((office.records / ".dipro" / "mending").iterdir()), moment
    assert office.command("verify", *office.shared).code == 0
    assert office.run().json["pages"]["duplicate"] == 3


@pytest.mark.parametrize("other", [["run"], ["review", "list"], ["review", "accept"]])
def test_a_killed_correction_is_brought_to_its_end_by_whoever_writes_next(
    office: Office, tmp_path: Path, other: list[str]
) -> None:
    command = _prepared(office, "split")
    shutil.copytree(office.records, tmp_path / "kept")
    assert _sabotaged(office, command, 0, tmp_path / "count").code == 0
    wanted = waiting(office)
    changes = int((tmp_path / "count").read_text().split()[0])
    shutil.rmtree(office.records)
    shutil.copytree(tmp_path / "kept", office.records)
    assert _sabotaged(office, command, changes - 6, tmp_path / "count").code == -9
    assert list((office.records / ".dipro" / "mending").glob("*.json"))
    if other == ["run"]:
        assert office.run().code == 3
        assert waiting(office) == wanted
    elif other == ["review", "accept"]:
        first = next(iter(wanted))
        accepted = office.command(*other, first, "--class", "rechnung", *office.shared)
        assert accepted.code == 0, accepted
        assert set(waiting(office)) == set(wanted) - {first}
    else:
        assert mend(office, *other).code == 0


def test_two_people_mend_at_once_and_one_of_them_counts(office: Office) -> None:
    document = held(office, "123")
    commands = [
        ["review", "split", document, "--before", "2"],
        ["review", "split", document, "--before", "3"],
        ["review", "accept", document, "--class", "rechnung"],
    ]
    running = [
        subprocess.Popen(
            [COMMAND, *command, *office.shared],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=command_environment(),
        )
        for command in commands
    ]
    assert sorted(process.wait() for process in running) == [0, 2, 2]
    decided = [line["event"] for line in office.journal() if line["event"] in ("filed", "split")]
    assert len(decided) == 1
    kept = sum(len(pages) for pages in waiting(office).values())
    assert kept + 3 * len(office.filed()) == 3
    assert office.command("verify", *office.shared).code == 0
