"""Stacks scanned in two passes, through the real command: put together, held, waited for; no page lost."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from system_office import Office, Outcome, draw_page, write_pipeline

TWO_PASSES: dict[str, Any] = {"mode": "two_passes", "wait_minutes": 0}


@pytest.fixture
def two_passes(office: Office) -> Office:
    """An office whose scanner reads one side only and tells the two passes by the names of files."""
    write_pipeline(office.pipelines, "recorded", {}, collation=TWO_PASSES)
    return office


def blank(size: tuple[int, int] = (413, 583)) -> Image.Image:
    return Image.new("L", size, 250)


def separator() -> Image.Image:
    """A patch code T: narrow, wide, narrow, wide bars (0.08 and 0.2 inches) at 100 dpi, on A4."""
    image = Image.new("L", (827, 1169), 255)
    pen = ImageDraw.Draw(image)
    y = 60.0
    for width_inches in (0.08, 0.2, 0.08, 0.2):
        pen.rectangle((100, round(y), 727, round(y + 100 * width_inches) - 1), fill=0)
        y += 100 * (width_inches + 0.08)
    return image


def drawn(seed: int) -> Image.Image:
    """A written side of paper, A6 at 100 dpi."""
    with tempfile.TemporaryDirectory() as folder:
        side = Image.open(draw_page(Path(folder) / "side.png", seed))
        side.load()
        return side


def lay(path: Path, images: list[Image.Image]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    images[0].save(path, save_all=True, append_images=images[1:], resolution=100, dpi=(100, 100))
    return path


def documents(outcome: Outcome) -> list[tuple[str, list[tuple[str, int]]]]:
    return [
        (document["state"], [(page["source"], page["source_page"]) for page in document["pages"]])
        for document in outcome.json["documents"]
    ]


def codes(office: Office) -> list[list[str]]:
    return [entry["data"]["reasons"] for entry in office.journal() if entry["event"] == "held"]


def test_two_pdfs_become_the_documents_of_the_paper(two_passes: Office) -> None:
    office = two_passes
    sheets = [
        (drawn(11), drawn(12)),
        (drawn(13), blank()),
        (separator(), blank((827, 1169))),
        (drawn(15), drawn(16)),
    ]
    lay(office.inbox / "stapel_v.pdf", [front for front, _back in sheets])
    lay(office.inbox / "stapel_r.pdf", [back for _front, back in reversed(sheets)])
    outcome = office.run("--consume")
    assert outcome.code == 0, outcome
    assert documents(outcome) == [
        ("filed", [("stapel_v.pdf", 1), ("stapel_r.pdf", 4), ("stapel_v.pdf", 2)]),
        ("filed", [("stapel_v.pdf", 4), ("stapel_r.pdf", 1)]),
    ]
    aside = {(item["source"], item["source_page"]): item["why"] for item in outcome.json["set_aside"]}
    assert aside == {
        ("stapel_r.pdf", 3): "blank",
        ("stapel_v.pdf", 3): "separator",
        ("stapel_r.pdf", 2): "separator",
    }
    by_source = {item["source"]: item["pages"] for item in outcome.json["sources"]}
    assert [by_source[name]["filed"] for name in ("stapel_v.pdf", "stapel_r.pdf")] == [3, 2]
    assert all(sum(pages.values()) == 2 * pages["scanned"] == 8 for pages in by_source.values())
    pages = outcome.json["pages"]
    assert (pages["scanned"], pages["filed"], pages["blank"], pages["separator"]) == (8, 5, 1, 2)
    assert not list(office.inbox.iterdir())
    places = []
    for document in outcome.json["documents"]:
        metadata = json.loads((office.records / document["metadata"]).read_text(encoding="utf-8"))
        position = metadata["transfer_note"]["position"]
        places.append((position["von"], position["bis"], position["gesamt"]))
        assert metadata["reasons"][0]["code"] == "collated"
    assert places == [(1, 3, 8), (7, 8, 8)]
    (blank_back,) = [
        page
        for path in (office.records / ".dipro" / "set-aside").glob("*/pages.json")
        for page in json.loads(path.read_text(encoding="utf-8"))["pages"]
        if page["why"] == "blank"
    ]
    assert blank_back["position"] == 4 and blank_back["neighbour"]["source_page"] == 2
    assert office.command("verify", "--records", office.records).code == 0


def test_a_rehearsal_says_what_a_run_does(two_passes: Office) -> None:
    office = two_passes
    lay(office.inbox / "a_v.tif", [drawn(21), drawn(22)])
    lay(office.inbox / "a_r.tif", [drawn(24), drawn(23)])
    rehearsed = documents(office.run("--dry-run"))
    assert rehearsed == documents(office.run())
    assert rehearsed == [("filed", [("a_v.tif", 1), ("a_r.tif", 2), ("a_v.tif", 2), ("a_r.tif", 1)])]


@pytest.mark.parametrize("lacking", ["page", "size"])
def test_a_mismatch_keeps_both_halves_as_scanned(two_passes: Office, lacking: str) -> None:
    office = two_passes
    backs = [drawn(33), drawn(32)] if lacking == "page" else [drawn(33), blank((600, 800)), drawn(32)]
    lay(office.inbox / "s_v.pdf", [drawn(31), separator() if lacking == "page" else drawn(35), drawn(34)])
    lay(office.inbox / "s_r.pdf", backs)
    outcome = office.run()
    assert outcome.code == 3
    assert documents(outcome) == [
        ("review", [("s_v.pdf", number) for number in (1, 2, 3)]),
        ("review", [("s_r.pdf", number) for number in range(1, len(backs) + 1)]),
    ]
    assert [found[0] for found in codes(office)] == ["collation_mismatch"] * 2
    for document in outcome.json["documents"]:
        assert "s_v.pdf" in document["reasons"][0] and "s_r.pdf" in document["reasons"][0]
        assert "3" in document["reasons"][0]
    assert outcome.json["set_aside"] == []
    assert outcome.json["pages"]["review"] == outcome.json["pages"]["scanned"] == 3 + len(backs)


def test_stacks_of_two_stations_come_apart_though_they_were_scanned_in_turns(office: Office) -> None:
    collation = {**TWO_PASSES, "pairing": "stations"}
    write_pipeline(office.pipelines, "recorded", {}, collation=collation)
    for number, (station, images) in enumerate(
        [
            ("A", [drawn(41), drawn(43)]),
            ("B", [drawn(51)]),
            ("A", [drawn(44), drawn(42)]),
            ("B", [drawn(52)]),
        ],
        start=1,
    ):
        lay(office.inbox / f"scan{number}.tif", images)
        (office.inbox / f"scan{number}.json").write_text(json.dumps({"station": station}), encoding="utf-8")
    outcome = office.run()
    assert outcome.code == 0, outcome
    assert documents(outcome) == [
        ("filed", [("scan1.tif", 1), ("scan3.tif", 2), ("scan1.tif", 2), ("scan3.tif", 1)]),
        ("filed", [("scan2.tif", 1), ("scan4.tif", 1)]),
    ]


def test_an_odd_number_of_files_of_a_station_is_never_paired(office: Office) -> None:
    collation = {**TWO_PASSES, "pairing": "stations"}
    write_pipeline(office.pipelines, "recorded", {}, collation=collation)
    for number in (1, 2, 3):
        lay(office.inbox / f"{number}.tif", [drawn(60 + number)])
    outcome = office.run()
    assert documents(outcome) == [("review", [(f"{number}.tif", 1)]) for number in (1, 2, 3)]
    assert [found[0] for found in codes(office)] == ["collation_half_missing"] * 3


def test_a_half_waits_in_the_inbox_until_the_other_is_there(office: Office) -> None:
    collation = {"mode": "two_passes", "wait_minutes": 30}
    write_pipeline(office.pipelines, "recorded", {}, collation=collation)
    lay(office.inbox / "s_v.tif", [drawn(71), drawn(73)])
    lay(office.inbox / "brief.tif", [drawn(79)])
    outcome = office.run("--consume")
    assert outcome.code == 0
    assert documents(outcome) == [("filed", [("brief.tif", 1)])]
    assert outcome.json["halves"] == ["s_v.tif"]
    assert [path.name for path in office.inbox.iterdir()] == ["s_v.tif"]
    lay(office.inbox / "s_r.tif", [drawn(74), drawn(72)])
    outcome = office.run("--consume")
    assert (outcome.code, outcome.json["halves"]) == (0, [])
    assert documents(outcome) == [("filed", [("s_v.tif", 1), ("s_r.tif", 2), ("s_v.tif", 2), ("s_r.tif", 1)])]


def test_halves_held_too_early_are_put_together_after_both_were_rejected(two_passes: Office) -> None:
    office = two_passes
    lay(office.inbox / "s_v.tif", [drawn(81), drawn(83)])
    assert documents(office.run()) == [("review", [("s_v.tif", 1), ("s_v.tif", 2)])]
    lay(office.inbox / "s_r.tif", [drawn(84), drawn(82)])
    outcome = office.run()
    assert ("review", [("s_r.tif", 1), ("s_r.tif", 2)]) in documents(outcome)
    assert [found[0] for found in codes(office)] == ["collation_half_missing"] * 2
    for document in outcome.json["documents"]:
        rejected = office.command(
            "review", "reject", document["id"], "--reason", "zusammenlegen", *office.shared
        )
        assert rejected.code == 0, rejected
    calls = office.calls
    outcome = office.run()
    assert documents(outcome) == [("filed", [("s_v.tif", 1), ("s_r.tif", 2), ("s_v.tif", 2), ("s_r.tif", 1)])]
    assert office.calls == calls


def test_a_half_beside_one_that_cannot_be_read_is_held(two_passes: Office) -> None:
    office = two_passes
    lay(office.inbox / "s_v.png", [drawn(91)])
    (office.inbox / "s_r.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    outcome = office.run()
    assert outcome.code == 4
    assert documents(outcome) == [("review", [("s_v.png", 1)])]
    assert "s_r.png" in outcome.json["documents"][0]["reasons"][0]


def test_an_old_half_is_not_waited_for(office: Office) -> None:
    write_pipeline(office.pipelines, "recorded", {}, collation={"mode": "two_passes", "wait_minutes": 0.02})
    lay(office.inbox / "s_v.tif", [drawn(95)])
    time.sleep(1.5)
    assert documents(office.run()) == [("review", [("s_v.tif", 1)])]


def test_two_passes_do_not_go_with_one_file_per_page(office: Office) -> None:
    write_pipeline(
        office.pipelines, "recorded", {}, collation=TWO_PASSES, separation={"one_file_per_page": True}
    )
    outcome = office.run()
    assert outcome.code == 2 and "one_file_per_page" in outcome.stderr
