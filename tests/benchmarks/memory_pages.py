"""Pages to measure memory on: A4 at 300 dpi, and A3 at 600 dpi, which are two A4 pages side by side."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from memory_scans import Scans
from municipal_paper.collection import Leaf, ScanPlan, make_scan
from municipal_paper.stamps import STAMP_COLOURS
from municipal_paper.typeset import template_names, typeset_paper
from PIL import Image, TiffImagePlugin

Image.MAX_IMAGE_PIXELS = None

KINDS: Final = ("letter", "form", "table", "small_print")
PROFILES: Final = ("clean", "office", "noisy")
FORMATS: Final = ("jpeg", "pdf", "jpeg", "tiff_jpeg", "jpeg", "png", "jpeg", "tiff_lzw", "jpeg", "jpeg")
"""How the pages come, in turn: what a decoder needs besides the page's pixels depends on it."""

TURNED_EVERY: Final = 5
"""Of so many pages one lies on its side or head, and is turned before it is read."""


def make_scans(scans: Scans, set_name: str, seed: int, count: int, folder: Path) -> list[Path]:
    """Writes `count` pages of all kinds and formats into `folder`: worn, some stamped, some turned."""
    rng = random.Random(f"memory-{set_name}-{scans.name}-{seed}")
    leaves = _leaves(set_name, rng)
    numbered = range(1, count + 1)
    pages = [_page(scans, set_name, number, leaves, folder) for number in numbered]
    return [
        _rewritten(page, FORMATS[number % len(FORMATS)], scans.dpi)
        for number, page in zip(numbered, pages, strict=True)
    ]


def _leaves(set_name: str, rng: random.Random) -> Iterator[Leaf]:
    """Papers without end: the kinds in turn, so that few pages hold every one."""
    by_kind = {
        kind: [name for name in template_names(set_name) if typeset_paper(set_name, name, 1).kind == kind]
        for kind in KINDS
    }
    while True:
        for kind in KINDS:
            stamp = rng.choice(STAMP_COLOURS) if kind == "letter" else None
            yield Leaf(rng.choice(by_kind[kind]), rng.randrange(10**6), stamp)


def _page(scans: Scans, set_name: str, number: int, leaves: Iterator[Leaf], folder: Path) -> Path:
    name = f"{scans.size}-{scans.colour}-{number:02d}"
    turn = (90, 180, 270)[number // TURNED_EVERY % 3] if number % TURNED_EVERY == 0 else 0
    if scans.size == "A4":
        return _scanned(scans, set_name, name, number, replace(next(leaves), rotations=(turn,)), folder)
    halves = [_scanned(scans, set_name, f"{name}-{half}", number, next(leaves), folder) for half in "ab"]
    return _side_by_side(halves, turn, scans.dpi, folder / f"{name}.jpg")


def _scanned(scans: Scans, set_name: str, name: str, number: int, leaf: Leaf, folder: Path) -> Path:
    profile = PROFILES[number % len(PROFILES)]
    plan = ScanPlan(name, (leaf,), profile, "jpeg", scans.colour, scans.dpi)
    make_scan(plan, set_name, folder, first_page_only=True)
    return folder / plan.file_name


def _side_by_side(halves: list[Path], turn: int, dpi: int, target: Path) -> Path:
    """One sheet of two pages, lying so that `turn` degrees clockwise right it. The halves' files go."""
    pixels = [np.asarray(Image.open(half)) for half in halves]
    height = min(half.shape[0] for half in pixels)
    sheet = np.concatenate([half[:height] for half in pixels], axis=1)
    Image.fromarray(np.ascontiguousarray(np.rot90(sheet, turn // 90))).save(
        target, "JPEG", quality=82, dpi=(dpi, dpi)
    )
    for half in halves:
        half.unlink()
    return target


def _rewritten(page: Path, way: str, dpi: int) -> Path:
    """The JPEG page in another format; the JPEG goes."""
    if way == "jpeg":
        return page
    target = page.with_name(f"{page.stem}-{way}").with_suffix(f".{way.partition('_')[0]}")
    with Image.open(page) as picture:
        if way == "pdf":
            picture.save(target, "PDF", resolution=dpi, quality=82)
        elif way == "png":
            picture.save(target, "PNG", dpi=(dpi, dpi), compress_level=1)
        elif way == "tiff_jpeg":
            # One strip, as scanners write it: it can be kept bit for bit.
            rows = {TiffImagePlugin.ROWSPERSTRIP: picture.height}
            picture.save(target, "TIFF", compression="jpeg", dpi=(dpi, dpi), quality=82, tiffinfo=rows)
        else:
            picture.save(target, "TIFF", compression=way, dpi=(dpi, dpi))
    page.unlink()
    return target
