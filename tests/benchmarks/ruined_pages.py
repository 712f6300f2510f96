"""Generated pages that something happened to: one strip of them ruined, or all of their print made poor.

`python tests/benchmarks/ruined_pages.py --pages DIR --seed N --out DIR` takes every page of a folder with
`truth.json` in turn and gives it one damage after the other. What is printed on a page stays its truth.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from read_words import written_on
from truth_pages import TruthPage, load_pages

Pixels = NDArray[np.uint8]
Damage = Callable[[Pixels, float, random.Random], Pixels]
"""Takes gray pixels and pixels per mm; returns as many pixels."""

STRIP_FROM, STRIP_TO = 0.3, 0.65
"""Where on the page, as shares of its height, the middle of a ruined strip lies: where letters have text."""


def smeared(pixels: Pixels, px_per_mm: float, rng: random.Random) -> Pixels:
    """A band across the page, 20 to 35 mm high, wiped sideways while wet."""
    top, bottom = _strip(pixels, px_per_mm, rng.uniform(20, 35), rng)
    length = max(3, round(rng.uniform(2.0, 4.0) * px_per_mm))
    ruined = pixels.copy()
    ruined[top:bottom] = cv2.blur(pixels[top:bottom], (length, max(1, round(0.2 * px_per_mm))))
    return ruined


def stained(pixels: Pixels, px_per_mm: float, rng: random.Random) -> Pixels:
    """A spill of coffee, 70 to 110 mm wide: dark, blotched, with ink that has run."""
    height, width = pixels.shape
    size = (rng.uniform(35, 55) * px_per_mm, rng.uniform(18, 30) * px_per_mm)
    middle = (rng.uniform(0.35, 0.6) * width, rng.uniform(STRIP_FROM, STRIP_TO) * height)
    mask = np.zeros((height, width), np.float32)
    cv2.ellipse(mask, (middle, (2 * size[0], 2 * size[1]), rng.uniform(-15, 15)), 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), px_per_mm)
    grains = np.random.default_rng(rng.randrange(2**32)).normal(size=(height // 8 + 1, width // 8 + 1))
    blotches = cv2.resize(grains.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    ran = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.3, 0.5) * px_per_mm).astype(np.float32)
    spill = np.clip(ran * 0.45 + 18 * blotches, 0, 255)
    return (pixels * (1 - mask) + spill * mask).astype(np.uint8)


def folded_over(pixels: Pixels, px_per_mm: float, rng: random.Random) -> Pixels:
    """A crease across the page: 25 to 40 mm of it shown at a third of its height; what is below moves up."""
    top, bottom = _strip(pixels, px_per_mm, rng.uniform(25, 40), rng)
    kept = round((bottom - top) * rng.uniform(0.28, 0.4))
    crease = cv2.resize(pixels[top:bottom], (pixels.shape[1], kept), interpolation=cv2.INTER_AREA)
    crease = (crease * 0.8).astype(np.uint8)
    moved = np.vstack([pixels[:top], crease, pixels[bottom:]])
    rest = np.full((pixels.shape[0] - moved.shape[0], pixels.shape[1]), int(np.median(pixels)), np.uint8)
    return np.vstack([moved, rest])


def blurred(pixels: Pixels, px_per_mm: float, rng: random.Random) -> Pixels:
    """Out of focus, all of it."""
    return cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.2, 0.42) * px_per_mm).astype(np.uint8)


def coarse(pixels: Pixels, px_per_mm: float, rng: random.Random) -> Pixels:
    """With the detail of 55 to 100 dots per inch."""
    scale = rng.uniform(55, 100) / 25.4 / px_per_mm
    height, width = pixels.shape
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)


def copied_to_death(pixels: Pixels, px_per_mm: float, rng: random.Random) -> Pixels:
    """Copies of copies: strokes half lost in blotches of missing toner."""
    height, width = pixels.shape
    grains = np.random.default_rng(rng.randrange(2**32)).normal(size=(height, width)).astype(np.float32)
    clouds = cv2.GaussianBlur(grains, (0, 0), 0.12 * px_per_mm)
    noise = clouds / max(1e-6, float(clouds.std()))
    soft = cv2.GaussianBlur(pixels, (0, 0), 0.1 * px_per_mm).astype(np.float32)
    level = float(np.median(pixels)) - rng.uniform(55, 90)
    return np.where(soft + rng.uniform(25, 45) * noise < level, 20, 245).astype(np.uint8)


STRIPS: Final[dict[str, Damage]] = {"smeared": smeared, "stained": stained, "folded": folded_over}
POOR_PRINT: Final[dict[str, Damage]] = {"blurred": blurred, "coarse": coarse, "copied": copied_to_death}
DAMAGES: Final = STRIPS | POOR_PRINT


def ruin_pages(
    pages: Sequence[TruthPage], written: Mapping[str, str], seed: int, folder: Path
) -> list[dict[str, Any]]:
    """Writes each of `pages` with one damage into `folder`; returns their truth. Groups are the damages.

    `written` is what stands on a page besides its print, by the name of its file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truths = []
    for number, page in enumerate(pages):
        kind = tuple(DAMAGES)[number % len(DAMAGES)]
        rng = random.Random(f"ruined-{seed}-{number}")
        with Image.open(page.path) as image:
            dpi = float(image.info.get("dpi", (300.0, 300.0))[0])
            pixels = np.array(image.convert("L"))
        path = folder / f"{kind}-{number + 1:02d}.jpg"
        ruined = Image.fromarray(DAMAGES[kind](pixels, dpi / 25.4, rng))
        ruined.save(path, quality=85, dpi=(dpi, dpi))
        truths.append(
            {
                "file": path.name,
                "group": kind,
                "text": page.text,
                "written": written.get(page.path.name, ""),
                "rotation": page.rotation,
                "skew": page.skew_degrees,
            }
        )
    return truths


def ruined_set(folder: Path, seed: int, out: Path) -> None:
    """The pages of `folder`, each with one damage, and their `truth.json`. Bitonal pages are left out."""
    given = load_pages(folder)
    pages = [page for page in given.pages if page.path.suffix != ".tif"]
    truths = ruin_pages(pages, written_on(folder), seed, out)
    facts = {"schema": 1, "set": given.facts["set"], "seed": given.facts["seed"], "pages": truths}
    (out / "truth.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")


def _strip(pixels: Pixels, px_per_mm: float, height_mm: float, rng: random.Random) -> tuple[int, int]:
    middle = rng.uniform(STRIP_FROM, STRIP_TO) * pixels.shape[0]
    return round(middle - height_mm / 2 * px_per_mm), round(middle + height_mm / 2 * px_per_mm)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    ruined_set(arguments.pages, arguments.seed, arguments.out)


if __name__ == "__main__":
    main()
