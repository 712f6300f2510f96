"""The batch that crash trials run: small pages in files of many kinds, with all that a stack may hold."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw
from system_office import Office, draw_page, write_pipeline

from dipro_scan.model import CoverSheet
from dipro_scan.pdf.sheets import PrintedCover, cover_sheets
from dipro_scan.separate import encode_cover

DPI = 100
_WHOLE = 1_700_000_000
PIPELINES = ("recorded", "sheets")
"""A document a file, and documents that go over the edges of files."""

ALL_PIPELINES = (*PIPELINES, "passes")
"""And fronts and backs in two files."""

_STICKER = "63.10-0007/2025"


SAMPLES = Path(__file__).resolve().parents[2] / "samples"
READABLE = ("rechnung.jpg", "mahnung-fax.tif", "widerspruch.pdf")


@dataclass(frozen=True, slots=True)
class BatchSize:
    """Files of each kind.

    `stacks` have seven sheets, among them a separator and a blank one; `passes` are two files of two sides
    each; `told` are pages with a ticket, with a sticker, and behind a cover sheet.
    """

    stacks: int
    pdfs: int
    single: int
    cut: int = 1
    repeated: int = 1
    passes: int = 1
    told: int = 1


SMALL = BatchSize(stacks=1, pdfs=0, single=1)
SIXTY = BatchSize(stacks=5, pdfs=5, single=8)
"""35 pages in stacks, 15 in PDFs, 8 alone, one in a cut-off file, one file twice, 4 in two passes, one with a
ticket, one with a sticker, two in a file with a cover sheet: 68, and one unreadable."""


def write_pipelines(folder: Path, engine: str = "recorded") -> None:
    # The settings are part of every record, so they must name no folder of one trial alone.
    together = {"separation": {"one_file_per_page": True}}
    write_pipeline(folder, "recorded", {"count_file": None})
    write_pipeline(folder, "sheets", {"count_file": None}, **together)
    write_pipeline(folder, "passes", {"count_file": None}, collation={"mode": "two_passes"})
    if engine != "recorded":
        reading = {"engine": engine, "dpi": 200, "page_seconds": 60}
        write_pipeline(folder, "recorded", {}, reading=reading)


def make_batch(inbox: Path, size: BatchSize) -> int:
    """Fills `inbox`; returns how many pages a run must account for."""
    inbox.mkdir(parents=True, exist_ok=True)
    pages = 0
    for number in range(size.stacks):
        sheets = [_page(number, sheet) for sheet in range(5)]
        sheets[2:2] = [patch_t()]
        sheets[4:4] = [Image.new("L", sheets[0].size, 250)]
        _save(inbox / f"stapel-{number}.tif", sheets)
        pages += len(sheets)
    for number in range(size.pdfs):
        _save(inbox / "scans" / f"brief-{number}.pdf", [_page(100 + number, sheet) for sheet in range(3)])
        pages += 3
    for number in range(size.single):
        suffix = ("png", "jpg")[number % 2]
        draw_page(inbox / "einzeln" / f"blatt-{number}.{suffix}", 200 + number)
    pages += size.single
    for number in range(size.cut):
        whole = draw_page(inbox / f"ende-{number}.jpg", 300 + number)
        whole.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    pages += size.cut
    for number in range(size.repeated):
        shutil.copy(inbox / "einzeln" / "blatt-0.png", inbox / f"nochmal-{number}.png")
    pages += size.repeated
    for number in range(size.passes):
        for name, first in (("v", 400), ("r", 500)):
            _save(inbox / f"beide-{number}_{name}.tif", [_page(first + number, sheet) for sheet in range(2)])
        pages += 4
    for number in range(size.told):
        pages += _told(inbox / "gesagt", number)
    (inbox / "kaputt.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    for path in inbox.rglob("*"):
        if path.is_file():
            os.utime(path, (_WHOLE, _WHOLE))
    return pages


def _told(folder: Path, number: int) -> int:
    """Pages of which a ticket, a sticker and a cover sheet say something; returns how many there are."""
    draw_page(folder / f"karte-{number}.png", 600 + number)
    ticket = {"klasse": "rechnung", "bearbeiter": "Schmitz", "station": "Scanplatz 7"}
    (folder / f"karte-{number}.json").write_text(json.dumps(ticket), encoding="utf-8")
    sticker = _page(700, number)
    barcode = zxingcpp.create_barcode(_STICKER, zxingcpp.BarcodeFormat.Code128)
    bars = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(barcode, scale=2))).resize((340, 60))
    sticker.paste(bars, (30, 20))
    _save(folder / f"aufkleber-{number}.tif", [sticker])
    sheet = CoverSheet(f"CRASH{number}", class_id="rechnung", pages=1)
    pdf = pypdfium2.PdfDocument(cover_sheets([PrintedCover(sheet, encode_cover(sheet))]))
    cover = pdf[0].render(scale=DPI / 72, grayscale=True).to_pil()
    _save(folder / f"deckblatt-{number}.tif", [cover, _page(800, number)])
    return 4


def make_readable_batch(inbox: Path) -> int:
    """A few sheets that an engine can really read; returns how many pages a run must account for."""
    inbox.mkdir(parents=True, exist_ok=True)
    for name in READABLE:
        shutil.copy(SAMPLES / name, inbox)
    (inbox / "kaputt.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    for path in inbox.iterdir():
        os.utime(path, (_WHOLE, _WHOLE))
    return len(READABLE)


def fresh_office(folder: Path, batch: Path, pipelines: Path, command: object) -> Office:
    """An office of its own with a copy of `batch` in its inbox."""
    shutil.copytree(batch, folder / "inbox")
    return Office(folder / "inbox", folder / "records", pipelines, command)  # type: ignore[arg-type]


def patch_t() -> Image.Image:
    """A patch code T (ISO-like bars: narrow, wide, narrow, wide of 0.08 and 0.2 inches) on a small sheet."""
    image = Image.new("L", (413, 583), 255)
    pen = ImageDraw.Draw(image)
    y = 60.0
    for width_inches in (0.08, 0.2, 0.08, 0.2):
        pen.rectangle((40, round(y), 370, round(y + DPI * width_inches) - 1), fill=0)
        y += DPI * (width_inches + 0.08)
    return image


def _page(stack: int, sheet: int) -> Image.Image:
    chance = random.Random(f"crash-{stack}-{sheet}")
    image = Image.new("L", (413, 583), 250)
    pen = ImageDraw.Draw(image)
    for y in range(40, 540, 14):
        x = 30
        while x < 350:
            word = chance.randint(8, 40)
            pen.rectangle((x, y, x + word, y + 6), fill=30)
            x += word + chance.randint(6, 12)
    return image


def _save(path: Path, pages: list[Image.Image]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    extra: dict[str, object] = {"dpi": (DPI, DPI)}
    if path.suffix == ".pdf":
        made = time.gmtime(_WHOLE)
        extra = {"resolution": DPI, "creationDate": made, "modDate": made}
    pages[0].save(path, save_all=True, append_images=pages[1:], **extra)
