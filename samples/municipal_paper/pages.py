"""Single pages in groups, each hard in its own way, to measure reading by."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from municipal_paper import stamps
from municipal_paper.collection import Colour, Leaf, ScanPlan, Writer, make_scan
from municipal_paper.typeset import template_names, typeset_paper


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


def make_pages(group: str, set_name: str, seed: int, count: int, folder: Path) -> list[dict[str, Any]]:
    """Writes the first pages of `count` papers of a group into `folder`, and returns their truth."""
    rng = random.Random(f"pages-{set_name}-{group}-{seed}")
    settings = GROUPS[group]
    templates = [
        name for name in template_names(set_name) if typeset_paper(set_name, name, 1).kind in settings.kinds
    ]
    rng.shuffle(templates)
    pages = []
    for number in range(count):
        leaf = Leaf(
            templates[number % len(templates)],
            rng.randrange(10**6),
            rng.choice(stamps.STAMP_COLOURS) if settings.stamped else None,
        )
        plan = ScanPlan(
            name=f"{group}-{number + 1:02d}",
            leaves=(leaf,),
            profile=settings.profile,
            writer=settings.writer,
            colour=settings.colour,
            dpi=settings.dpi,
        )
        truth = make_scan(plan, set_name, folder, first_page_only=True)
        page = truth["pages"][0]
        pages.append(
            {
                "file": truth["source"],
                "group": group,
                "class": truth["documents"][0]["class"],
                "template": f"{set_name}/{leaf.template}",
                "text": page["text"],
                "rotation": page["rotation"],
                "skew": page["skew"],
                "dpi": truth["dpi"],
            }
        )
    return pages
