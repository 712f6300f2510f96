#!/usr/bin/env python3
"""Makes before-after.png: a sample as it came from the scanner, and as it lies in the E-Akte.

    .venv/bin/python docs/pictures/make_pictures.py [SAMPLE]

SAMPLE is a file of `samples/` whose document is filed by itself. The program runs `dipro-scan run` on it, in
a folder that is thrown away, and shows what came out: nothing in the picture is drawn by hand. A second
picture, before-after.de.png, says the same in German. Needs the project and its `samples` extra (Open Sans).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import ttf_opensans
from PIL import Image, ImageDraw, ImageFont, ImageOps

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
TARGETS = {"en": HERE / "before-after.png", "de": HERE / "before-after.de.png"}
DEFAULT_SAMPLE = "kfz-abmeldung.jpg"

WIDTH = 1500
MARGIN = 36
PAGE_WIDTH = 660
PAGE_HEIGHT = round(PAGE_WIDTH * 297 / 210)
HEADING = 84
LINE = 29
EDGE = 2
BACKDROP = (232, 236, 241)
INK = (24, 32, 44)
FAINT = (130, 140, 154)
MARK = (0, 128, 96)
POINTS_PER_MM = 72 / 25.4
RENDER_DPI = 200
LARGEST_FILE = 400_000
# Fewer and fewer colours until the file is small enough; scanned paper looks the same with few.
PAPER_COLOURS = (128, 96, 64, 48, 32, 24, 16, 8)
INK_COLOURS = 40

WORDS = {
    "en": {
        "before": "As it came from the scanner",
        "after": "As it lies in the E-Akte",
        "scan": "%(colour)s, %(dpi).0f dpi, %(skew).1f° askew, %(size)s",
        "colours": {"bitonal": "black and white", "gray": "gray", "colour": "colour"},
        "proof": "PDF/A-2u, %(size)s: %(words)d words can be searched",
        "fields": {
            "absender": "sender",
            "rechnungsnummer": "invoice no.",
            "dokumentdatum": "date",
            "eingangsdatum": "received",
            "betrag": "amount",
            "iban": "IBAN",
        },
    },
    "de": {
        "before": "So kam es vom Scanner",
        "after": "So liegt es in der E-Akte",
        "scan": "%(colour)s, %(dpi).0f dpi, %(skew).1f° schief, %(size)s",
        "colours": {"bitonal": "schwarzweiß", "gray": "grau", "colour": "farbig"},
        "proof": "PDF/A-2u, %(size)s: %(words)d Wörter lassen sich suchen",
        "fields": {
            "absender": "Absender",
            "rechnungsnummer": "Rechnungsnr.",
            "dokumentdatum": "Datum",
            "eingangsdatum": "Eingang",
            "betrag": "Betrag",
            "iban": "IBAN",
        },
    },
}


@dataclass(frozen=True, slots=True)
class Filed:
    """What a run left behind: the PDF's first page, its size on paper, the metadata, the path, the bytes."""

    page: Image.Image
    width_mm: float
    height_mm: float
    metadata: dict[str, Any]
    path: str
    size: int

    @property
    def first_page(self) -> dict[str, Any]:
        page: dict[str, Any] = self.metadata["pages"][0]
        return page


def filed(sample: Path) -> Filed:
    """Runs `dipro-scan run` on the sample alone. Ends the program where its document is not filed."""
    with tempfile.TemporaryDirectory() as name:
        inbox, records = Path(name) / "inbox", Path(name) / "records"
        inbox.mkdir()
        shutil.copy2(sample, inbox)
        command = [sys.executable, "-m", "dipro_scan", "run", str(inbox), "--records", str(records), "--json"]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if answer.returncode != 0:
            sys.exit(f"{sample.name} is not filed by itself: dipro-scan ended with {answer.returncode}")
        document = json.loads(answer.stdout)["documents"][0]
        metadata = json.loads((records / document["metadata"]).read_text(encoding="utf-8"))
        pdf = records / document["pdf"]
        with pypdfium2.PdfDocument(pdf) as opened:
            width, height = opened[0].get_size()
        size = pdf.stat().st_size
        page = rendered(pdf)
        return Filed(page, width / POINTS_PER_MM, height / POINTS_PER_MM, metadata, document["pdf"], size)


def rendered(pdf: Path) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=RENDER_DPI / 72).to_pil().convert("RGB")


def scanned(sample: Path) -> Image.Image:
    """The sample's first page as any viewer shows it."""
    if sample.suffix.lower() == ".pdf":
        return rendered(sample)
    with Image.open(sample) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def shown_fields(result: Filed, language: str) -> dict[str, dict[str, Any]]:
    """Label and field, for the fields that were read and that the picture names."""
    fields = result.metadata["fields"]
    labels = WORDS[language]["fields"]
    return {label: fields[name] for name, label in labels.items() if fields.get(name, {}).get("raw")}


def marked(result: Filed, language: str) -> Image.Image:
    """The filed page with the fields framed.

    Boxes are places on the upright page; the PDF's page is larger by the corners that straightening turned
    out of it, by the same on opposite sides.
    """
    page = result.page.copy()
    scale = page.width / result.width_mm
    aside = (result.width_mm - result.first_page["width_mm"]) / 2
    above = (result.height_mm - result.first_page["height_mm"]) / 2
    draw = ImageDraw.Draw(page, "RGBA")
    for field in shown_fields(result, language).values():
        if field["page"] == 1 and field["box_mm"] is not None:
            left, top, right, bottom = field["box_mm"]
            corners = (left + aside - 1, top + above - 1, right + aside + 1, bottom + above + 1)
            box = [round(place * scale) for place in corners]
            draw.rounded_rectangle(box, radius=6, fill=(*MARK, 40), outline=(*MARK, 255), width=4)
    return page


def on_paper(page: Image.Image) -> Image.Image:
    """The page in the picture's size, with a thin edge."""
    inside = (PAGE_WIDTH - 2 * EDGE, PAGE_HEIGHT - 2 * EDGE)
    fitted = ImageOps.pad(page, inside, Image.Resampling.LANCZOS, color=(255, 255, 255))
    return ImageOps.expand(fitted, EDGE, fill=FAINT)


def font(size: int, weight: str = "Regular") -> ImageFont.FreeTypeFont:
    folder = Path(ttf_opensans.__file__).parent / "ttf"
    return ImageFont.truetype(str(folder / f"OpenSans-{weight}.ttf"), size)


def wrapped(parts: list[str], joint: str, size: int) -> list[str]:
    """The parts, joined, in lines that a page's width holds."""
    lines = [""]
    for number, part in enumerate(parts):
        piece = part + (joint if number < len(parts) - 1 else "")
        if lines[-1] and font(size).getlength(lines[-1] + piece.rstrip()) > PAGE_WIDTH:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip(" ·") for line in lines]


def kilobytes(count: int) -> str:
    return f"{count / 1000:.0f} kB"


def text_before(sample: Path, result: Filed, language: str) -> list[tuple[str, str]]:
    """The lines below the scan, each with the weight of its font."""
    words, page = WORDS[language], result.first_page
    values = {
        "colour": words["colours"][page["colour"]],
        "dpi": page["dpi"][0],
        "skew": abs(page["skew"]),
        "size": kilobytes(sample.stat().st_size),
    }
    facts = words["scan"] % values
    return [(sample.name, "SemiBold"), (facts.replace(".", ",") if language == "de" else facts, "Regular")]


def text_after(result: Filed, language: str) -> list[tuple[str, str]]:
    """The lines below the filed page: where it lies, what it is, what was read."""
    *folders, name = result.path.split("/")
    proof = WORDS[language]["proof"] % {
        "size": kilobytes(result.size),
        "words": sum(page["words"] for page in result.metadata["pages"]),
    }
    fields = [f"{label} {field['raw']}" for label, field in shown_fields(result, language).items()]
    lines = [(line, "Regular") for line in wrapped([f"{folder}/" for folder in folders], " ", 20)]
    lines += [(name, "SemiBold"), (proof, "Regular")]
    return lines + [(line, "Regular") for line in wrapped(fields, " · ", 20)]


def compose(sample: Path, result: Filed, language: str) -> Image.Image:
    words, right = WORDS[language], WIDTH - MARGIN - PAGE_WIDTH
    before, after = text_before(sample, result, language), text_after(result, language)
    below = HEADING + PAGE_HEIGHT + 28
    picture = Image.new("RGB", (WIDTH, below + LINE * max(len(before), len(after)) + 24), BACKDROP)
    picture.paste(on_paper(scanned(sample)), (MARGIN, HEADING))
    picture.paste(on_paper(marked(result, language)), (right, HEADING))
    draw = ImageDraw.Draw(picture)
    for left, title, lines in ((MARGIN, words["before"], before), (right, words["after"], after)):
        draw.text((left, 20), title, INK, font(32, "SemiBold"))
        for number, (line, weight) in enumerate(lines):
            draw.text((left, below + LINE * number), line, INK, font(20, weight))
    middle, height = (MARGIN + PAGE_WIDTH + right) // 2, HEADING + PAGE_HEIGHT // 2
    draw.line((middle - 38, height, middle + 14, height), fill=MARK, width=10)
    draw.polygon([(middle + 10, height - 24), (middle + 42, height), (middle + 10, height + 24)], fill=MARK)
    return picture


def save_small(picture: Image.Image, target: Path) -> None:
    """Keeps the commonest colours, which are the paper's, and the most different, which are the ink's."""
    ink = picture.quantize(INK_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    for colours in PAPER_COLOURS:
        paper = picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        both = Image.new("P", (1, 1))
        both.putpalette(
            [*(paper.getpalette() or [])[: 3 * colours], *(ink.getpalette() or [])[: 3 * INK_COLOURS]]
        )
        picture.quantize(palette=both, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size <= LARGEST_FILE:
            break


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sample", nargs="?", default=DEFAULT_SAMPLE, help="a file of samples/")
    sample = ROOT / "samples" / parser.parse_args().sample
    result = filed(sample)
    for language, target in TARGETS.items():
        save_small(compose(sample, result, language), target)
        print(f"{target.relative_to(ROOT)}: {kilobytes(target.stat().st_size)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
