"""Printed sheets in a stack, through the real command: where documents end, what is said of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from system_office import Office, draw_page, write_pipeline
from worn_sheets import rendered

DPI = 100


def printed(office: Office, target: Path, kind: str, *options: object) -> list[Image.Image]:
    """Front and back of a printed sheet."""
    pdf = target / f"{kind}.pdf"
    done = office.command("sheets", kind, "--pipelines", office.pipelines, *options, "--output", pdf)
    assert done.code == 0, done.stderr
    return [Image.fromarray(np.asarray(rendered(pdf.read_bytes(), side, DPI))) for side in (0, 1)]


def letter(target: Path, seed: int) -> Image.Image:
    with Image.open(draw_page(target / f"{seed}.png", seed, dpi=DPI)) as image:
        return image.convert("L")


def scanned(office: Office, name: str, sides: list[Image.Image]) -> None:
    first, *others = [side.convert("L") for side in sides]
    path = office.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    first.save(path, save_all=True, append_images=others, dpi=(DPI, DPI), compression="tiff_lzw")


def pages_of(document: dict[str, object]) -> list[int]:
    pages = document["pages"]
    assert isinstance(pages, list)
    return [page["source_page"] for page in pages]


def test_sheets_of_our_own_part_a_stack_and_their_pages_are_counted(office: Office, tmp_path: Path) -> None:
    cover = printed(
        *(office, tmp_path, "cover", "--pipeline", "recorded", "--class", "rechnung", "--pages", "2")
    )
    separator = printed(office, tmp_path, "separator", "--pipeline", "recorded")
    blank = Image.new("L", cover[0].size, 255)
    one, two, three, four = (letter(tmp_path, seed) for seed in range(4))
    scanned(office, "stapel.tif", [one, *cover, two, blank, three, *separator, four, *cover])
    outcome = office.run("--lang", "en")
    found = {tuple(pages_of(item)): item for item in outcome.json["documents"]}
    assert set(found) == {(1,), (4, 6), (9,)}
    aside = {item["source_page"]: item["why"] for item in outcome.json["set_aside"]}
    sheets = dict.fromkeys((2, 3, 7, 8, 10, 11), "separator")
    assert aside == {**sheets, 5: "blank"}
    assert outcome.json["pages"]["separator"] == 6
    assert not any("lies no page of its own" in text for text in found[4, 6]["reasons"])
    assert not any("written pages follow" in text for text in found[4, 6]["reasons"])
    assert found[9,]["state"] == "review"  # the last cover sheet has no pages, and that is told
    assert any("lies no page of its own" in text for text in found[9,]["reasons"])


def test_a_missing_page_behind_a_cover_sheet_asks_a_person(office: Office, tmp_path: Path) -> None:
    cover = printed(
        *(office, tmp_path, "cover", "--pipeline", "recorded", "--class", "rechnung", "--pages", "2")
    )
    scanned(office, "kurz.tif", [*cover, letter(tmp_path, 1)])
    outcome = office.run("--lang", "en")
    (document,) = outcome.json["documents"]
    assert (outcome.code, document["state"]) == (3, "review")
    assert any("says that 2 written pages follow; there are 1" in text for text in document["reasons"])


def test_the_files_of_a_subfolder_are_one_document(office: Office, tmp_path: Path) -> None:
    write_pipeline(
        *(office.pipelines, "folders", {"otherwise": "Rechnung"}), separation={"one_per_folder": True}
    )
    for seed, name in enumerate(("a/1.tif", "a/2.tif", "b/1.tif", "einzeln.tif", "lose.tif")):
        scanned(office, name, [letter(tmp_path, seed)])
    outcome = office.run(pipeline="folders")
    found = [[page["source"] for page in item["pages"]] for item in outcome.json["documents"]]
    assert sorted(found) == [["a/1.tif", "a/2.tif"], ["b/1.tif"], ["einzeln.tif"], ["lose.tif"]]


def test_a_file_of_the_folder_that_cannot_be_read_is_missed_in_that_folder_alone(
    office: Office, tmp_path: Path
) -> None:
    write_pipeline(
        *(office.pipelines, "folders", {"otherwise": "Rechnung"}), separation={"one_per_folder": True}
    )
    for seed, name in enumerate(("a/1.tif", "b/1.tif")):
        scanned(office, name, [letter(tmp_path, seed)])
    (office.inbox / "a" / "2.pdf").write_bytes(b"%PDF-1.7 broken")
    outcome = office.run("--lang", "en", pipeline="folders")
    missed = {
        item["pages"][0]["source"]: any("a page may be missing" in text for text in item["reasons"])
        for item in outcome.json["documents"]
    }
    assert missed == {"a/1.tif": True, "b/1.tif": False}
