"""Single pages in groups, each hard in its own way, to measure reading by."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from municipal_paper import scanner, stamps, wear
from municipal_paper.collection import Colour, Leaf, ScanPlan, Writer, make_scan, written_words
from municipal_paper.truth import MM_PER_INCH, PAPER_DPI, Side
from municipal_paper.typeset import class_of, stamp_place, template_names, typeset_paper

Lay = Literal["level", "turned", "skewed"]
"""How pages lie on the scanner: as their profile lays them (below 2°), by quarter turns, or quite askew."""

TURNS: Final = (90, 180, 270)
SKEW_DEGREES: Final = (2.0, 10.0)
"""Between which angles a skewed page lies, to either side."""
SIGHT_MM: Final = 4.0
"""How far a scan of a skewed page reaches beyond its outermost words, as a lid left open would."""


@dataclass(frozen=True, slots=True)
class Group:
    """Which kinds of paper, how worn, and how scanned."""

    kinds: tuple[str, ...]
    profile: str
    writer: Writer = "jpeg"
    colour: Colour = "gray"
    dpi: int = 300
    stamped: bool = False


_LETTERS = ("letter",)
GROUPS = {
    "clean": Group(_LETTERS, "clean"),
    "noisy": Group(_LETTERS, "noisy"),
    "form": Group(("form",), "office"),
    "table": Group(("table",), "office"),
    "fax": Group(_LETTERS, "fax", "fax", "bitonal", 150),
    "stamp": Group(_LETTERS, "office", colour="colour", stamped=True),
    "small_print": Group(("small_print",), "office"),
}


def make_pages(
    group: str, set_name: str, seed: int, count: int, folder: Path, lay: Lay = "level"
) -> list[dict[str, Any]]:
    """Writes the first pages of `count` papers of a group into `folder`, and returns their truth.

    Other lays show other papers than the level pages of the same seed.
    """
    settings = GROUPS[group]
    series = group if lay == "level" else f"{group}-{lay}"
    leaves = list(_leaves(settings, set_name, f"pages-{set_name}-{series}-{seed}", count))
    rng = random.Random(f"lay-{set_name}-{series}-{seed}")
    return [
        {
            **_page(settings, leaf, f"{series}-{number:02d}", set_name, folder, lay, rng),
            "group": group,
            "lay": lay,
        }
        for number, leaf in enumerate(leaves, 1)
    ]


def _leaves(settings: Group, set_name: str, chance: str, count: int) -> Iterator[Leaf]:
    rng = random.Random(chance)
    templates = [
        name for name in template_names(set_name) if typeset_paper(set_name, name, 1).kind in settings.kinds
    ]
    rng.shuffle(templates)
    for number in range(count):
        yield Leaf(
            templates[number % len(templates)],
            rng.randrange(10**6),
            rng.choice(stamps.STAMP_COLOURS) if settings.stamped else None,
        )


def _page(
    settings: Group, leaf: Leaf, name: str, set_name: str, folder: Path, lay: Lay, rng: random.Random
) -> dict[str, Any]:
    turn = (rng.choice(TURNS),) if lay == "turned" else ()
    plan = ScanPlan(
        name=name,
        leaves=(replace(leaf, rotations=turn),),
        profile=settings.profile,
        writer=settings.writer,
        colour=settings.colour,
        dpi=settings.dpi,
    )
    if lay == "skewed":
        degrees = round(rng.choice((-1, 1)) * rng.uniform(*SKEW_DEGREES), 2)
        page = _scan_askew(plan, set_name, folder, degrees, rng.randrange(2**31))
    else:
        truth = make_scan(plan, set_name, folder, first_page_only=True)
        page = {**truth["pages"][0], "dpi": truth["dpi"]}
    return {
        "file": plan.file_name,
        "class": class_of(leaf.template),
        "template": f"{set_name}/{leaf.template}",
        "text": page["text"],
        "written": written_words(plan, set_name),
        "rotation": page["rotation"],
        "skew": page["skew"],
        "dpi": page["dpi"],
    }


def _scan_askew(plan: ScanPlan, set_name: str, folder: Path, degrees: float, seed: int) -> dict[str, Any]:
    """Writes the first side of `plan`, turned by `degrees` with all its words in sight; returns its truth."""
    (leaf,) = plan.leaves
    side = typeset_paper(set_name, leaf.template, leaf.seed).sides[0]
    place = stamp_place(set_name, leaf.template, leaf.seed) if leaf.stamp else None
    if leaf.stamp and place:
        side = stamps.put_stamp(side, place, set_name, leaf.stamp, leaf.seed)
    across, down = _overhang_mm(side, degrees)
    worn = replace(
        wear.PROFILES[plan.profile](seed),
        skew_degrees=degrees,
        border_mm=(down, across, down, across),
        shift_mm=(0.0, 0.0),
    )
    scanned = scanner.scan_side(side, worn, dpi=plan.dpi, colour=plan.colour, seed=seed)
    if plan.writer == "fax":
        scanner.write_fax_tiff([scanned], folder / plan.file_name)
    else:
        scanner.write_jpeg(scanned, folder / plan.file_name, plan.quality)
    dpi = [round(value, 1) for value in scanned.dpi]
    return {"text": side.text, "rotation": 0, "skew": degrees, "dpi": dpi}


def _overhang_mm(side: Side, degrees: float) -> tuple[float, float]:
    """By how much the words of the side, turned about its centre, need more room than the paper: x, y."""
    height, width = (length / PAPER_DPI * MM_PER_INCH for length in side.image.shape[:2])
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across = down = 0.0
    for word in side.words:
        x0, y0, x1, y1 = word.box_mm
        for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1)):
            right, below = x - width / 2, y - height / 2
            across = max(across, abs(cosine * right + sine * below) + SIGHT_MM - width / 2)
            down = max(down, abs(cosine * below - sine * right) + SIGHT_MM - height / 2)
    return round(across, 2), round(down, 2)
