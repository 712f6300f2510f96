"""What restoring pages comes to: cropped PDFs, spreads in two, and pages that their stack tells about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
import reportlab
import yaml
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from system_office import Office, Outcome

DPI = 200
MM = DPI / 25.4
# The font that Pillow brings has no umlauts.
FONT = ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"), 4.4 * MM)
SENTENCES = (
    "Sehr geehrte Damen und Herren,",
    "hiermit bestätigt die Stadt den",
    "Eingang Ihres Antrags vom Mai.",
    "Bitte reichen Sie die fehlenden",
    "Unterlagen bis Freitag nach.",
)


def sheet(width_mm: float, height_mm: float, paper: int = 245) -> Image.Image:
    return Image.new("L", (round(width_mm * MM), round(height_mm * MM)), paper)


def write(
    page: Image.Image, left_mm: float, top_mm: float, lines: tuple[str, ...] = SENTENCES, rows: int = 14
) -> None:
    pen = ImageDraw.Draw(page)
    for row in range(rows):
        place = (left_mm * MM, (top_mm + 9 * row) * MM)
        pen.text(place, lines[row % len(lines)], fill=25, font=FONT)


def reading_pipeline(office: Office, **border: Any) -> None:
    content = {
        "schema": 1,
        "name": "lesend",
        "title": "Reads",
        "aktenplan": "musterstadt",
        "classes": ["rechnung"],
        "imaging": {"border": border},
    }
    path = office.pipelines / "lesend.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def inspected(office: Office, *files: Path) -> dict[str, Any]:
    outcome: Outcome = office.command(
        "inspect", *files, "--pipeline", "lesend", "--json", "--jobs", "1", *office.shared
    )
    assert outcome.code == 0, outcome.stderr
    return outcome.json


def previews(office: Office) -> list[Path]:
    return sorted((office.records / ".dipro" / "review").rglob("*.pdf"))


def test_a_page_on_a_black_lid_is_cut_to_its_paper_and_words_stay_over_their_ink(office: Office) -> None:
    reading_pipeline(office)
    page = sheet(230, 320, paper=8)
    letter = sheet(210, 297)
    write(letter, 30, 40)
    page.paste(letter, (round(12 * MM), round(9 * MM)))
    page.save(office.inbox / "a.png", dpi=(DPI, DPI))
    seen = inspected(office, office.inbox / "a.png")["files"][0]["pages"][0]
    assert seen["width_mm"] == pytest.approx(230, abs=0.2)
    assert seen["crop_mm"] == pytest.approx([12, 9, 222, 306], abs=1.0)
    assert "bestätigt" in seen["text"]

    assert office.run(pipeline="lesend").code == 3
    (preview,) = previews(office)
    shown = pypdfium2.PdfDocument(preview)[0]
    assert [side / 72 * 25.4 for side in shown.get_size()] == pytest.approx([210, 297], abs=1.5)
    text = shown.get_textpage()
    left, _bottom, _right, top = text.get_charbox(text.get_text_range().index("Sehr"))
    assert left / 72 * 25.4 == pytest.approx(30, abs=1.5)
    assert 297 - top / 72 * 25.4 == pytest.approx(41, abs=2.5)
    # Nothing of the lid is left along the edges, and the ink is there.
    pixels = shown.render(scale=1, grayscale=True).to_numpy().squeeze()
    assert min(pixels[4].min(), pixels[-5].min(), pixels[:, 4].min(), pixels[:, -5].min()) > 120
    assert pixels.min() < 120


def test_nothing_is_cut_where_the_pipeline_says_so(office: Office) -> None:
    reading_pipeline(office, crop=False)
    page = sheet(230, 320, paper=8)
    letter = sheet(210, 297)
    write(letter, 30, 40)
    page.paste(letter, (round(12 * MM), round(9 * MM)))
    page.save(office.inbox / "a.png", dpi=(DPI, DPI))
    assert inspected(office, office.inbox / "a.png")["files"][0]["pages"][0]["crop_mm"] is None


def spread(path: Path) -> None:
    page = sheet(297, 210)
    write(page, 15, 20, rows=18)
    write(page, 165, 20, ("Wir bitten um Ihre Nachricht,", "sobald die Arbeiten beendet sind."), rows=18)
    page.save(path, dpi=(DPI, DPI))


def test_a_spread_becomes_two_pages_of_one_document_and_counts_once(office: Office) -> None:
    reading_pipeline(office, split_spreads=True)
    spread(office.inbox / "buch.png")
    outcome = office.run(pipeline="lesend")
    assert outcome.code == 3
    assert outcome.json["pages"]["scanned"] == outcome.json["pages"]["review"] == 1
    (document,) = outcome.json["documents"]
    assert [page["part"] for page in document["pages"]] == [1, 2]
    (preview,) = previews(office)
    pdf = pypdfium2.PdfDocument(preview)
    assert len(pdf) == 2
    widths = [pdf[index].get_width() / 72 * 25.4 for index in range(2)]
    assert sum(widths) == pytest.approx(297, abs=0.5)
    assert widths[0] == pytest.approx(148.5, abs=8)
    left, right = (pdf[index].get_textpage().get_text_range() for index in range(2))
    assert "Freitag" in left and "Nachricht" not in left
    assert "Nachricht" in right and "Freitag" not in right
    assert inspected(office, office.inbox / "buch.png")["files"][0]["pages"][0]["words"] > 100


def test_a_spread_stays_one_page_unless_the_pipeline_asks(office: Office) -> None:
    reading_pipeline(office)
    spread(office.inbox / "buch.png")
    office.run(pipeline="lesend")
    (preview,) = previews(office)
    assert len(pypdfium2.PdfDocument(preview)) == 1


def shining_through(front: NDArray[np.uint8], strength: float) -> NDArray[np.uint8]:
    """The empty back of `front`, a little moved against it."""
    ink = cv2.GaussianBlur(245 - front[:, ::-1], (0, 0), 0.22 * MM).astype(np.float32) * strength
    moved = np.roll(ink, (3, 5), axis=(0, 1))
    noise = np.random.default_rng(1).normal(0, 2, ink.shape)
    return np.clip(240 - moved + noise, 0, 255).astype(np.uint8)


def test_the_other_side_of_a_sheet_tells_that_a_page_is_blank(office: Office) -> None:
    reading_pipeline(office)
    front = sheet(148, 210)
    write(front, 15, 20)
    back = Image.fromarray(shining_through(np.asarray(front), 0.12))
    alone, stack = office.inbox.parent / "alone.tif", office.inbox / "stack.tif"
    back.copy().save(alone, dpi=(DPI, DPI))
    front.save(stack, save_all=True, append_images=[back], dpi=(DPI, DPI))
    seen = inspected(office, alone)["files"][0]["pages"][0]
    assert (seen["blank"], "blank_doubtful" in seen["doubts"]) == (False, True)
    outcome = office.run(pipeline="lesend")
    assert outcome.json["pages"]["blank"] == 1
    assert [(item["source_page"], item["why"]) for item in outcome.json["set_aside"]] == [(2, "blank")]
    # The second look is kept as the first is: nothing is read again.
    again = inspected(office, stack)["files"][0]["pages"][1]
    assert again["blank"] is True


def test_neighbours_tell_how_a_page_of_figures_lies(office: Office) -> None:
    reading_pipeline(office)
    pages = []
    for number in range(4):
        page = sheet(148, 210)
        if number == 2:
            write(page, 20, 30, ("68 99 61 86", "19 96 88 01", "66 91 69 18"), rows=6)
        else:
            write(page, 15, 20)
        pages.append(page.rotate(180))
    alone, stack = office.inbox.parent / "alone.png", office.inbox / "stack.tif"
    pages[2].copy().save(alone, dpi=(DPI, DPI))
    pages[0].save(stack, save_all=True, append_images=pages[1:], dpi=(DPI, DPI))
    assert "orientation_unsure" in inspected(office, alone)["files"][0]["pages"][0]["doubts"]
    found = inspected(office, stack)["files"][0]["pages"]
    assert [page["rotation"] for page in found] == [180] * 4
    assert not any("orientation_unsure" in page["doubts"] for page in found)


def test_stamps_and_ticked_boxes_are_handed_on_with_their_places(office: Office) -> None:
    reading_pipeline(office)
    page = sheet(148, 210).convert("RGB")
    write(page, 15, 70, rows=8)
    pen = ImageDraw.Draw(page)
    for row, ticked in enumerate((True, False)):
        top = (170 + 12 * row) * MM
        pen.rectangle((20 * MM, top, 24 * MM, top + 4 * MM), outline=(30, 30, 30), width=2)
        pen.text((28 * MM, top - MM), "Ja" if ticked else "Nein", fill=(25, 25, 25), font=FONT)
        if ticked:
            pen.line((20.6 * MM, top + 0.6 * MM, 23.4 * MM, top + 3.4 * MM), fill=(20, 20, 90), width=5)
            pen.line((20.6 * MM, top + 3.4 * MM, 23.4 * MM, top + 0.6 * MM), fill=(20, 20, 90), width=5)
    stamp = Image.new("RGB", (round(52 * MM), round(26 * MM)), (245, 245, 245))
    ink = ImageDraw.Draw(stamp)
    ink.rectangle((4, 4, stamp.width - 5, stamp.height - 5), outline=(40, 60, 170), width=6)
    for row, words in enumerate(("Stadt Musterstadt", "EINGEGANGEN", "15.05.2026")):
        ink.text((4 * MM, (3 + 7 * row) * MM), words, fill=(40, 60, 170), font=FONT)
    turned = stamp.rotate(4, expand=True, fillcolor=(245, 245, 245), resample=Image.Resampling.BICUBIC)
    page.paste(turned, (round(75 * MM), round(15 * MM)))
    page.save(office.inbox / "a.png", dpi=(DPI, DPI))

    seen = inspected(office, office.inbox / "a.png")["files"][0]["pages"][0]
    (found,) = seen["stamps"]
    x0, y0, x1, y1 = found["box_mm"]
    assert (x0, y0) == pytest.approx((76, 16), abs=4)
    assert (x1, y1) == pytest.approx((127, 43), abs=5)
    assert found["angle"] == pytest.approx(4, abs=1)
    assert [mark["verdict"] for mark in seen["marks"]] == ["crossed", "empty"]
    office.run(pipeline="lesend")
    (case,) = (office.records / ".dipro" / "review").rglob("*.json")
    assert '"stamps"' in case.read_text(encoding="utf-8")
