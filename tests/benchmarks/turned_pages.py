"""Pages whose skew and way up are known: generated ones by seed, and the real scans of the tests.

Generated pages come from the sample program (`PYTHONPATH=samples`), the real ones from a folder with
`manifest.json`. Every page is given upright; who measures turns it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from municipal_paper import scanner, wear
from municipal_paper.truth import ScannedSide
from municipal_paper.typeset import template_names, typeset_paper
from numpy.typing import NDArray

from dipro_scan.imaging import upright_view
from dipro_scan.intake.outline import outline_source
from dipro_scan.intake.pages import open_page
from dipro_scan.model import MM_PER_INCH, PageInput, ReadingImage, Resolution
from dipro_scan.settings import IntakeSettings

READING_DPI: Final = 300
PROFILES: Final = ("clean", "office", "noisy", "worn", "copied", "fax")
RESOLUTIONS: Final = (150, 200, 300, 300, 300, 600)
PARTS: Final = ("half", "few words", "two on one", "few words")
MARGIN_MM: Final = 1.0
FULL_DEGREES: Final = 15.0

REAL_ROTATIONS: Final = {
    ("skew/omp_cardinal.pdf", 2): 270,
    ("skew/omp_cardinal.pdf", 3): 180,
    ("skew/omp_cardinal.pdf", 4): 90,
}
"""What the manifest does not say, because it knows one rotation a file: degrees clockwise, by eye."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class KnownPage:
    """An upright page as read, `skew_degrees` of its lines, and the words on it; None where not known."""

    name: str
    view: ReadingImage
    kind: str
    skew_degrees: float | None
    words: int | None


def generated(set_name: str, seed: int, count: int, *, skewed: bool) -> Iterator[KnownPage]:
    """`count` pages of all profiles and resolutions, whole sheets and parts of them in turn.

    `skewed`: whole sheets only, at angles over all ±15°, a quarter of them below 0.1°; else as their
    profile lays them (below 2°), every third a half sheet, two sheets on one, or a few words alone.
    """
    rng = random.Random(f"turned-{set_name}-{seed}")
    names = template_names(set_name)
    rng.shuffle(names)
    for number in range(count):
        kind = "sheet" if skewed or number % 3 != 2 else PARTS[number // 3 % len(PARTS)]
        scanned, profile = _scanned(set_name, names, number, rng, skewed, level=kind == "two on one")
        pixels = scanned.image
        words = [word.box_mm for word in scanned.side.words]
        if kind != "sheet":
            if kind == "half":
                pixels, words = _upper_half(pixels, words, scanned.dpi[0])
            elif kind == "few words":
                pixels, words = _few_words(pixels, words, scanned, rng)
            else:
                pixels, words = np.hstack([pixels, pixels]), words * 2
        dpi = scanned.dpi[0] * (2**0.5 if kind == "two on one" else 1.0)
        view = upright_view(np.ascontiguousarray(pixels), 1, Resolution(dpi, dpi), READING_DPI)
        yield KnownPage(
            f"{number:03d} {scanned.side.kind} {profile} {round(dpi)} dpi",
            view,
            kind,
            scanned.skew_degrees,
            len(words),
        )


def _scanned(
    set_name: str, names: list[str], number: int, rng: random.Random, skewed: bool, *, level: bool
) -> tuple[ScannedSide, str]:
    paper = typeset_paper(set_name, names[number % len(names)], rng.randrange(10**6))
    side = paper.sides[rng.randrange(len(paper.sides))]
    # In step with neither the parts nor the angles, so that each profile meets each of them.
    profile = PROFILES[(number + number // 12) % len(PROFILES)]
    worn = wear.PROFILES[profile](rng.randrange(10**6))
    if skewed:
        small = rng.choice((0.0, rng.uniform(-0.1, 0.1)))
        wide = rng.uniform(-FULL_DEGREES + 0.2, FULL_DEGREES - 0.2)
        worn = replace(worn, skew_degrees=small if number % 4 == 3 else wide)
    if level:
        worn = replace(worn, skew_degrees=0.0)
    dpi = 200 if profile == "fax" else rng.choice(RESOLUTIONS)
    colour: scanner.Colour = "bitonal" if profile == "fax" else "gray"
    return scanner.scan_side(side, worn, dpi=dpi, colour=colour, seed=rng.randrange(10**6)), profile


def _upper_half(pixels: Pixels, words: list[Any], dpi: float) -> tuple[Pixels, list[Any]]:
    rows = pixels.shape[0] // 2
    return pixels[:rows], [box for box in words if box[3] < rows / dpi * MM_PER_INCH]


def _few_words(
    pixels: Pixels, words: list[Any], scanned: ScannedSide, rng: random.Random
) -> tuple[Pixels, list[Any]]:
    """All but 1 to 25 words that follow each other painted over with the paper's mean."""
    count = rng.choice((1, 2, 3, 5, 8, 12, 16, 19, 22, 25))
    first = rng.randrange(max(1, len(words) - count))
    kept = words[first : first + count]
    mask = np.zeros(pixels.shape, dtype=bool)
    scale = scanned.dpi[0] / MM_PER_INCH
    height, width = pixels.shape
    angle = np.radians(scanned.skew_degrees)
    for x0, y0, x1, y1 in kept:
        x, y = (x0 + x1) / 2 * scale - width / 2, (y0 + y1) / 2 * scale - height / 2
        x, y = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
        across = ((x1 - x0) / 2 + MARGIN_MM) * scale
        down = ((y1 - y0) / 2 + MARGIN_MM) * scale
        top, left = round(height / 2 + y - down), round(width / 2 + x - across)
        mask[max(0, top) : round(top + 2 * down), max(0, left) : round(left + 2 * across)] = True
    paper = np.uint8(np.median(pixels))
    return np.where(mask, pixels, paper), kept


def real(scans: Path) -> Iterator[KnownPage]:
    """The pages of every good file of the manifest, turned upright by what is known of them."""
    settings = IntakeSettings()
    for entry in json.loads((scans / "manifest.json").read_text(encoding="utf-8")):
        if "bad input" in entry["uses"]:
            continue
        path = scans / entry["file"]
        source = outline_source(path, settings)
        for number in range(1, source.pages + 1):
            page = open_page(PageInput(path, "", source.media_type, number), settings)
            view = upright_view(page.pixels, page.orientation, page.resolution, READING_DPI)
            rotation = REAL_ROTATIONS.get((entry["file"], number), entry.get("rotation") or 0)
            upright = ReadingImage(np.ascontiguousarray(np.rot90(view.pixels, k=-rotation // 90)), view.dpi)
            yield KnownPage(f"{entry['file']}:{number}", upright, "real", None, None)
