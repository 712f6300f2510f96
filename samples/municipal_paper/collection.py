"""From templates and seeds to files as a scanning office gets them, with the truth about each."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from municipal_paper import scanner, separators, stamps, wear
from municipal_paper.facts import invent_facts
from municipal_paper.truth import Hand, Paper, ScannedSide, Side, SideKind
from municipal_paper.typeset import ROOT, class_of, stamp_place, template_names, typeset_paper

Colour = Literal["colour", "gray", "bitonal"]
Writer = Literal["jpeg", "png", "pdf", "tiff_g4", "tiff_jpeg", "fax"]

MAY_WAIT = frozenset({"allgemeines_schreiben"})
"""What fits no class may be filed as such or wait for a person, who will not be surprised by either."""

_SUFFIXES: dict[Writer, str] = {
    "jpeg": ".jpg",
    "png": ".png",
    "pdf": ".pdf",
    "tiff_g4": ".tif",
    "tiff_jpeg": ".tif",
    "fax": ".tif",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One document of a stack: its template and seed, and how its pages lie (degrees clockwise, by page).

    `stamp` is the colour of the Eingangsstempel, if it bears one.
    """

    template: str
    seed: int
    stamp: stamps.StampColour | None = None
    rotations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """One file: the documents in it, how worn they are, and how they were scanned.

    `duplex` scans the empty back of every sheet whose paper has an odd number of pages, `separators` puts
    a Patch-T sheet before each document but the first.
    """

    name: str
    leaves: tuple[Leaf, ...]
    profile: str = "office"
    writer: Writer = "jpeg"
    colour: Colour = "colour"
    dpi: int = 300
    quality: int = 82
    duplex: bool = False
    separators: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.name}{_SUFFIXES[self.writer]}"


@dataclass(slots=True)
class _Stack:
    """The sides of one file in the order in which they are scanned, and which of them are a document."""

    sides: list[tuple[Side, int, Side | None]] = field(default_factory=list)
    documents: list[tuple[Paper, list[int]]] = field(default_factory=list)


def make_scan(
    plan: ScanPlan, set_name: str, folder: Path, *, first_page_only: bool = False
) -> dict[str, Any]:
    """Writes the file of `plan` into `folder` and returns the truth about it, as JSON values.

    `backs_may_stay`: the empty backs of stapled, folded paper bear marks of their own; keeping one with
    its document is no mistake.
    """
    stack = _stacked(plan, set_name)
    if first_page_only:
        del stack.sides[1:]
    scanned = [
        scanner.scan_side(
            side,
            _wear_of(side, plan, number),
            dpi=plan.dpi,
            colour=plan.colour,
            rotation=rotation,
            seed=_seed(plan, number),
            back=back,
        )
        for number, (side, rotation, back) in enumerate(stack.sides, 1)
    ]
    _write(plan, scanned, folder / plan.file_name)
    return {
        "source": plan.file_name,
        "colour": plan.colour,
        "dpi": [round(value, 1) for value in scanned[0].dpi],
        "profile": plan.profile,
        "backs_may_stay": plan.profile == "worn",
        "pages": [_page_truth(number, side) for number, side in enumerate(scanned, 1)],
        "documents": [_document_truth(paper, pages) for paper, pages in stack.documents],
    }


def written_words(plan: ScanPlan, set_name: str) -> str:
    """What stands on the first page of `plan` besides its print: handwriting and stamps, word by word."""
    side = _stacked(plan, set_name).sides[0][0]
    return " ".join(word.text for word in side.words if word.hand is not Hand.PRINT)


def balance_of(sources: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The page balance that a first run over `sources` must show."""
    balance = dict.fromkeys(
        ("scanned", "filed", "review", "duplicate", "blank", "separator", "quarantined"), 0
    )
    for source in sources:
        for page in source["pages"]:
            balance["scanned"] += 1
            if page["kind"] != SideKind.PAGE:
                balance[page["kind"]] += 1
        for document in source["documents"]:
            balance[document["state"]] += len(document["pages"])
    return balance


def write_truth(truth: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def drawn_plans(set_name: str, seed: int) -> Iterator[ScanPlan]:
    """A file for every template of the set, scanned in all the ways that an office meets."""
    rng = random.Random(f"plans-{set_name}-{seed}")
    for template in template_names(set_name):
        leaf_seed = rng.randrange(10**6)
        several = len(typeset_paper(set_name, template, leaf_seed).sides) > 1
        duplex = rng.random() < 0.3
        writers: tuple[Writer, ...] = ("pdf", "pdf", "tiff_g4", "tiff_jpeg")
        writer = rng.choice(writers if several or duplex else (*writers, "jpeg", "jpeg", "jpeg"))
        profile = rng.choice(("clean", "office", "office", "noisy", "worn", "copied"))
        if rng.random() < 0.08:
            writer, profile = "fax", "fax"
        bitonal = writer in ("tiff_g4", "fax")
        stamp = rng.choice((*stamps.STAMP_COLOURS, None, None))
        yield ScanPlan(
            name=f"{template}-{seed}",
            leaves=(
                Leaf(
                    template,
                    leaf_seed,
                    None if bitonal else stamp,
                    tuple(rng.choice((0, 0, 0, 0, 180, 90, 270)) for _ in range(4)),
                ),
            ),
            profile=profile,
            writer=writer,
            colour="bitonal" if bitonal else rng.choice(("colour", "gray")),
            dpi=150 if writer == "fax" else rng.choice((200, 300, 300)),
            duplex=duplex,
        )


@cache
def expected_state(document_class: str) -> str:
    """`filed` where the shipped settings file such a paper without asking in an empty store, else `review`.

    Case files need an Akte that is there, a full check needs a person, and advertising is never filed.
    """
    path = ROOT.parent.parent / "pipelines" / "classes" / f"{document_class}.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    asks = (
        settings["filing"]["akte"] != "collective"
        or settings.get("quality_check") == "full"
        or settings.get("scanstrategie") == "nicht_scannen"
    )
    return "review" if asks else "filed"


def _stacked(plan: ScanPlan, set_name: str) -> _Stack:
    stack = _Stack()
    for index, leaf in enumerate(plan.leaves):
        if plan.separators and index:
            separator = separators.patch_sheet("T")
            stack.sides.append((separator, 0, None))
            if plan.duplex:
                back = replace(separators.blank_side(), kind=SideKind.SEPARATOR)
                stack.sides.append((back, 0, separator))
        paper = _stamped(typeset_paper(set_name, leaf.template, leaf.seed), leaf, set_name)
        pages: list[int] = []
        for number, side in enumerate(paper.sides):
            rotation = leaf.rotations[number] if number < len(leaf.rotations) else 0
            pages.append(len(stack.sides) + 1)
            stack.sides.append((side, rotation, _other_side(paper, number) if plan.duplex else None))
        if plan.duplex and len(paper.sides) % 2:
            stack.sides.append((separators.blank_side(), 0, paper.sides[-1]))
        stack.documents.append((paper, pages))
    return stack


def _other_side(paper: Paper, number: int) -> Side | None:
    other = number + 1 if number % 2 == 0 else number - 1
    return paper.sides[other] if other < len(paper.sides) else None


def _stamped(paper: Paper, leaf: Leaf, set_name: str) -> Paper:
    place = stamp_place(set_name, leaf.template, leaf.seed) if leaf.stamp else None
    if leaf.stamp is None or place is None:
        return paper
    first = stamps.put_stamp(paper.sides[0], place, set_name, leaf.stamp, leaf.seed)
    received = invent_facts(leaf.seed, "").values["eingangsdatum"]
    fields = dict(sorted({**paper.fields, "eingangsdatum": received}.items()))
    return replace(paper, fields=fields, sides=(first, *paper.sides[1:]))


def _wear_of(side: Side, plan: ScanPlan, number: int) -> wear.Wear:
    """The wear of one side. A separator sheet is used again and again, but it is no letter: never folded."""
    chosen = wear.PROFILES[plan.profile](_seed(plan, number))
    if side.kind is SideKind.SEPARATOR:
        return replace(chosen, folds_mm=(), holes=False, staple=False, dog_ear_mm=0.0)
    return chosen


def _seed(plan: ScanPlan, number: int) -> int:
    return random.Random(f"{plan.name}-{number}").randrange(2**31)


def _write(plan: ScanPlan, scanned: Sequence[ScannedSide], path: Path) -> None:
    match plan.writer:
        case "jpeg":
            scanner.write_jpeg(_only(scanned), path, plan.quality)
        case "png":
            scanner.write_png(_only(scanned), path)
        case "pdf":
            scanner.write_pdf(scanned, path, plan.quality)
        case "tiff_g4":
            scanner.write_tiff_g4(scanned, path)
        case "tiff_jpeg":
            scanner.write_tiff_jpeg(scanned, path, plan.quality)
        case "fax":
            scanner.write_fax_tiff(scanned, path)


def _only(scanned: Sequence[ScannedSide]) -> ScannedSide:
    (side,) = scanned
    return side


def _page_truth(number: int, scanned: ScannedSide) -> dict[str, Any]:
    truth: dict[str, Any] = {
        "source_page": number,
        "kind": scanned.side.kind.value,
        "rotation": scanned.rotation,
        "skew": round(scanned.skew_degrees, 2),
    }
    if scanned.side.kind is SideKind.PAGE:
        truth["text"] = scanned.side.text
    return truth


def _document_truth(paper: Paper, pages: Sequence[int]) -> dict[str, Any]:
    document_class = class_of(paper.template.partition("/")[2])
    return {
        "state": expected_state(document_class),
        "may_wait": document_class in MAY_WAIT,
        "class": document_class,
        "kennzeichen": paper.kennzeichen,
        "pages": list(pages),
        "fields": paper.fields,
        "handwritten": sorted(paper.handwritten),
    }
