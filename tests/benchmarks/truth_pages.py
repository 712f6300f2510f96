"""Pages with truth, generated or real, and the stack that every contestant is given.

Generated pages lie in a folder with `truth.json`, real scans in one with `manifest.json`.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pikepdf

ASSUMED_DPI: Final = 300.0
"""The resolution of an image that states none."""

_TO_PDF: Final = """
import sys, img2pdf
img2pdf.default_dpi = float(sys.argv[1])
with open(sys.argv[2], "wb") as target:
    img2pdf.convert(sys.argv[3:], outputstream=target)
"""


@dataclass(frozen=True, slots=True)
class TruthPage:
    """One page and what is written on it.

    `group`: what it is reported under. Generated pages that were turned or skewed on purpose are groups of
    their own, across what they show.
    `rotation`: degrees clockwise that make it upright. `skew_degrees`: by how much its lines then climb to
    the right. `order_free`: the reading order of `text` is debatable. `written`: what stands there by hand
    and in stamps, in no order; empty for real scans, where nobody told it apart.
    """

    path: Path
    group: str
    text: str
    generated: bool
    rotation: int = 0
    skew_degrees: float = 0.0
    order_free: bool = False
    written: str = ""


@dataclass(frozen=True, slots=True)
class PageSet:
    """The pages of a folder, with what names them in a result: `set` is report, tuning, samples or real."""

    pages: tuple[TruthPage, ...]
    facts: dict[str, Any]


def load_pages(folder: Path) -> PageSet:
    """The pages of `folder` that have a truth to read against."""
    if (folder / "truth.json").is_file():
        return _generated_pages(folder)
    if (folder / "manifest.json").is_file():
        return _real_pages(folder)
    raise SystemExit(f"{folder} has neither truth.json (generated pages) nor manifest.json (real scans).")


def _generated_pages(folder: Path) -> PageSet:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    pages = tuple(
        TruthPage(
            path=folder / entry["file"],
            group=_generated_group(entry),
            text=entry["text"],
            generated=True,
            rotation=entry["rotation"],
            skew_degrees=entry["skew"],
            written=entry.get("written", ""),
        )
        for entry in truth["pages"]
    )
    facts = {"set": truth["set"], "seed": truth["seed"], "lay": truth.get("lay", "level")}
    return PageSet(pages, {**facts, "pages": len(pages)})


def _generated_group(entry: dict[str, Any]) -> str:
    lay = entry.get("lay", "level")
    return str(entry["group"]) if lay == "level" else f"generated_{lay}"


def _real_pages(folder: Path) -> PageSet:
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    pages = tuple(
        TruthPage(
            path=folder / entry["file"],
            group=_real_group(entry),
            text=(folder / entry["truth"]).read_text(encoding="utf-8"),
            generated=False,
            rotation=entry.get("rotation", 0),
            skew_degrees=entry.get("skew_deg", 0.0),
            order_free=entry.get("metric") == "bow",
        )
        for entry in entries
        if entry.get("truth") and "ocr-accuracy" in entry["uses"] and entry["pages"] == 1
    )
    return PageSet(pages, {"set": "real", "seed": None, "pages": len(pages)})


def _real_group(entry: dict[str, Any]) -> str:
    if "historic" in entry["uses"]:
        return "historical"
    return "real_turned" if entry.get("rotation") else "real_upright"


def in_stack_order(pages: Sequence[TruthPage]) -> list[TruthPage]:
    """As they lie in the stack: images in the order given, then PDFs."""
    return sorted(pages, key=lambda page: page.path.suffix.lower() == ".pdf")


def make_stack(pages: Sequence[TruthPage], python: Path, target: Path) -> None:
    """One PDF of all pages (`in_stack_order`), every image in it as it was encoded in its file.

    `python` is an interpreter that has img2pdf; it copies JPEG and Group 4 data as they are and keeps other
    pixels without loss, at the stated resolution or ASSUMED_DPI. One-page PDFs go behind, unchanged.
    """
    images = [page.path for page in pages if page.path.suffix.lower() != ".pdf"]
    documents = [page.path for page in pages if page.path.suffix.lower() == ".pdf"]
    if images:
        _as_pdf(images, python, target)
    else:
        pikepdf.new().save(target)
    if documents:
        _append(documents, target)


def _as_pdf(images: Sequence[Path], python: Path, target: Path) -> None:
    made = subprocess.run(
        [str(python), "-c", _TO_PDF, str(ASSUMED_DPI), str(target), *map(str, images)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SystemExit(f"{python} could not make the stack (it needs img2pdf):\n{made.stderr[-1500:]}")


def _append(documents: Sequence[Path], target: Path) -> None:
    with pikepdf.open(target, allow_overwriting_input=True) as stack:
        for path in documents:
            with pikepdf.open(path) as document:
                stack.pages.extend(document.pages)
        stack.save(target)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
