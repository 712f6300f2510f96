"""Pages that are missing, stuck together or scanned twice send their document to review."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from system_office import INVOICE, Office, draw_page, write_pipeline


def held_for(office: Office) -> list[list[str]]:
    return [entry["data"]["reasons"] for entry in office.journal() if entry["event"] == "held"]


def sides(folder: Path, *seeds: int) -> list[Image.Image]:
    found = []
    for seed in seeds:
        side = Image.open(draw_page(folder / f"{seed}.png", seed))
        side.load()
        found.append(side)
    return found


def lay(office: Office, images: list[Image.Image]) -> None:
    images[0].save(office.inbox / "a.tif", save_all=True, append_images=images[1:], dpi=(100, 100))


def test_a_letter_that_ends_before_its_last_page_waits(office: Office) -> None:
    office.pipeline(otherwise=f"Seite 1 von 3\n{INVOICE}")
    draw_page(office.inbox / "a.png", 1)
    outcome = office.run()
    assert outcome.code == 3
    assert held_for(office)[0][0] == "page_number_gap"
    assert "2–3" in outcome.json["documents"][0]["reasons"][0]


def test_a_whole_letter_is_filed(office: Office) -> None:
    office.pipeline(otherwise=f"Seite 1 von 1\n{INVOICE}")
    draw_page(office.inbox / "a.png", 1)
    assert office.run().code == 0


@pytest.mark.parametrize("watched", [True, False])
def test_a_page_fed_twice_and_one_too_long_wait_unless_switched_off(
    office: Office, tmp_path: Path, watched: bool
) -> None:
    switches = {"double_feeds": watched, "repeated_pages": watched}
    write_pipeline(office.pipelines, "recorded", {}, completeness=switches)
    first, second, third, fourth = sides(tmp_path, 1, 2, 3, 4)
    long = Image.new("L", (third.width, third.height + 120), 250)
    long.paste(third)
    lay(office, [first, second, second, long, fourth])
    outcome = office.run()
    if not watched:
        assert outcome.code == 0
        return
    assert outcome.code == 3
    (codes,) = held_for(office)
    assert codes[:2] == ["double_feed_suspected", "page_repeated"]
    assert outcome.json["pages"]["review"] == 5
    assert "179 mm" in outcome.json["documents"][0]["reasons"][0]
