"""The same bytes are never filed twice; the same paper scanned again waits for a person. Real Tesseract."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from municipal_paper import scanner, wear
from municipal_paper.truth import Paper
from municipal_paper.typeset import typeset_paper
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from system_office import Office, Outcome, draw_page

SHEET, FEEDER, FLATBED, COPIER = 3, 11, 12, 13


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry with the shipped settings."""

    inbox: Path
    records: Path
    command: Callable[..., Outcome]

    def run(self, *more: object) -> Outcome:
        return self.command("run", self.inbox, "--records", self.records, "--jobs", "1", "--json", *more)

    def do(self, *arguments: object) -> None:
        outcome = self.command(*arguments, "--records", self.records)
        assert outcome.code == 0, outcome


def scan(paper: Paper, path: Path, machine: int, *, bitonal: bool = False, rotation: int = 0) -> None:
    """The paper, always with the same wear of its own, through a machine that is another each time."""
    other = wear.office(machine)
    lies = {"skew_degrees": other.skew_degrees, "shift_mm": other.shift_mm, "blur_mm": other.blur_mm}
    worn = replace(wear.office(SHEET), **lies, light_levels=other.light_levels)
    colour: scanner.Colour = "bitonal" if bitonal else "gray"
    pages = [
        scanner.scan_side(side, worn, colour=colour, dpi=300, rotation=rotation, seed=machine)
        for side in paper.sides[:1]
    ]
    if bitonal:
        scanner.write_tiff_g4(pages, path)
    else:
        scanner.write_jpeg(pages[0], path, 80)


def states(outcome: Outcome) -> dict[str, tuple[str, list[str]]]:
    """By the name of the file: where its document went, and the codes of the reasons."""
    reasons = {item["id"]: item["reasons"] for item in outcome.json["documents"]}
    return {
        document["pages"][0]["source"]: (document["state"], reasons[document["id"]])
        for document in outcome.json["documents"]
    }


@pytest.fixture
def registry(tmp_path: Path, dipro_scan: Callable[..., Outcome]) -> Registry:
    (tmp_path / "inbox").mkdir()
    return Registry(tmp_path / "inbox", tmp_path / "records", dipro_scan)


def test_paper_scanned_again_waits_and_another_of_the_same_form_does_not(registry: Registry) -> None:
    invoice, other = (typeset_paper("report", "rechnung", seed) for seed in (901, 902))
    scan(invoice, registry.inbox / "1-invoice.jpg", FEEDER)
    scan(other, registry.inbox / "2-other.jpg", FEEDER)
    scan(invoice, registry.inbox / "3-again.tif", FLATBED, bitonal=True, rotation=180)
    first = registry.run()
    assert first.code == 3, first
    went = states(first)
    assert went["1-invoice.jpg"][0] == went["2-other.jpg"][0] == "filed"
    assert went["3-again.tif"][0] == "review"
    assert "re-scan" in went["3-again.tif"][1][0]
    documents = {item["pages"][0]["source"]: item for item in first.json["documents"]}
    assert documents["1-invoice.jpg"]["id"][:12] in went["3-again.tif"][1][0]

    again = registry.run()
    assert (again.code, again.json["pages"]["duplicate"]) == (3, 3), "a batch is no re-scan of itself"
    registry.do("review", "accept", documents["3-again.tif"]["id"])
    assert registry.run().code == 0, "a second scan that a person wants is filed like any other"

    for path in registry.inbox.iterdir():
        path.unlink()
    for left in (registry.records / ".dipro").glob("ledger.sqlite*"):
        left.unlink()
    registry.do("ledger", "rebuild")
    scan(other, registry.inbox / "4-other-again.jpg", COPIER, rotation=90)
    third = registry.run()
    assert third.code == 3, third
    ((state, reasons),) = states(third).values()
    assert state == "review" and "re-scan" in reasons[0]
    assert documents["2-other.jpg"]["id"][:12] in reasons[0], "the rebuilt ledger knows how papers look"


def test_what_was_rejected_may_be_scanned_again(registry: Registry) -> None:
    paper = typeset_paper("report", "widerspruch", 903)
    scan(paper, registry.inbox / "first.jpg", FEEDER)
    (document,) = registry.run().json["documents"]
    registry.do("review", "reject", document["id"], "--reason", "too pale")
    (registry.inbox / "first.jpg").unlink()
    scan(paper, registry.inbox / "better.jpg", FLATBED)
    ((_state, reasons),) = states(registry.run()).values()
    assert not [text for text in reasons if "re-scan" in text]


@pytest.mark.parametrize("before", [False, True], ids=["in this batch", "before"])
@pytest.mark.parametrize("whole", [True, False], ids=["source", "document"])
def test_the_same_bytes_are_told_and_not_filed_again(office: Office, whole: bool, before: bool) -> None:
    first = draw_page(office.inbox / "1.png", 1)
    if before:
        assert office.run().code == 0
        first = shutil.move(first, office.inbox.with_name("kept.png"))
    second = office.inbox / "2.png"
    if whole:
        shutil.copy(first, second)
    else:
        # Other bytes in the file, the same picture bit by bit.
        remark = PngInfo()
        remark.add_text("Comment", "the same page out of another program")
        Image.open(first).save(second, dpi=(100, 100), pnginfo=remark)
        assert second.read_bytes() != Path(first).read_bytes()
    outcome = office.run()
    assert (outcome.code, outcome.json["pages"]["duplicate"]) == (0, 1), outcome
    told = {item["pages"][0]["source"]: item for item in outcome.json["documents"]}
    assert told["2.png"]["state"] == "duplicate"
    assert told["2.png"]["pdf"] == office.filed()[0]
    assert len(office.filed()) == 1
    assert (
        "doppelt"
        in office.command(
            "run", office.inbox, "--pipeline", "recorded", "--lang", "de", *office.shared
        ).stdout
        + outcome.stderr
    )
    kept = json.loads((office.records / told["2.png"]["metadata"]).read_text(encoding="utf-8"))
    assert kept["pages"][0]["fingerprint"]["image"]


def test_a_sheet_drawn_in_twice_waits_and_two_sheets_of_one_letter_do_not(registry: Registry) -> None:
    """The second pass through the machine is never the same picture."""
    invoice, other = (typeset_paper("report", "rechnung", seed) for seed in (905, 906))
    for name, papers in (("twice", (invoice, invoice)), ("two", (invoice, other))):
        pages = []
        for machine, paper in zip((FEEDER, COPIER), papers, strict=True):
            path = registry.inbox.parent / f"{name}-{machine}.jpg"
            scan(paper, path, machine)
            pages.append(Image.open(path).convert("L"))
        pages[0].save(
            registry.inbox / f"{name}.tif",
            save_all=True,
            append_images=pages[1:],
            dpi=(300, 300),
            compression="tiff_lzw",
        )
    went = states(registry.run())
    assert any("same sheet" in reason for reason in went["twice.tif"][1])
    assert not any("same sheet" in reason for reason in went["two.tif"][1])
