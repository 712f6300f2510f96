"""Do the words of the text layer lie over their ink? On generated pages, as a PDF viewer has them.

    PYTHONPATH=tests/benchmarks python tests/benchmarks/text_boxes.py FOLDER... --out text_boxes.json

Each page is read, put into a PDF with its scan, and shown by PDFium at 300 dpi. A word's box is that of its
characters as PDFium gives them; its ink are the connected pieces whose middle lies in that box, grown by
REACH_MM, and nearer to it than to any other word's. Words without such ink (misread specks), and words whose
ink touches a line of a form or a table, are counted apart. Of the others: the share whose left, right, upper
and lower edges all lie within LIMIT_MM of their ink's, and each of these edges alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
import pypdfium2
from measuring import machine_facts, now_utc, table
from numpy.typing import NDArray
from pypdfium2 import raw as pdfium
from read_words import page_input
from truth_pages import load_pages

from dipro_scan.batch import page as page_floor
from dipro_scan.batch.assembly import AssemblyJob, AssemblyPage, assemble
from dipro_scan.batch.image_files import write_image
from dipro_scan.batch.page import PageSettings
from dipro_scan.settings import (
    ImagingSettings,
    IntakeSettings,
    ReadingSettings,
    SeparationSettings,
)

DPI: Final = 300
PX_PER_MM: Final = DPI / 25.4
REACH_MM: Final = 0.8
LIMIT_MM: Final = 0.5
SHARE: Final = 0.95
TALLEST_MM: Final = 14.0
INK_LEVEL: Final = 0.62
DAY: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
EDGES: Final = ("left", "upper", "right", "lower")


class Rect(NamedTuple):
    """Edges in pixels at DPI, downwards."""

    x0: float
    y0: float
    x1: float
    y1: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    result = measure(arguments.folders)
    if arguments.out is not None:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    rows = [
        (group, str(facts["words"]), f"{facts['within']:.4f}", *(f"{facts[edge]:.4f}" for edge in EDGES))
        for group, facts in result["groups"].items()
    ]
    print(table(("share within 0.5 mm", "words", "all edges", *EDGES), rows))
    sys.exit(0 if result["groups"]["all"]["within"] >= SHARE else 1)


def measure(folders: Sequence[Path]) -> dict[str, Any]:
    """The result as JSON values."""
    settings = PageSettings(IntakeSettings(), ImagingSettings(), ReadingSettings(), SeparationSettings())
    offs: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    apart: Counter[str] = Counter()
    facts = []
    with tempfile.TemporaryDirectory() as name:
        for folder in folders:
            found = load_pages(folder)
            facts.append(found.facts)
            for page in found.pages:
                print(page.path.name, file=sys.stderr, flush=True)
                result = page_floor.read_page(page_input(page.path, settings.intake), settings)
                image = Path(name) / "page.stream"
                write_image(image, result.stream)
                shown = AssemblyPage(image, result.reading.geometry, result.reading.text)
                assemble(AssemblyJob(Path(name) / "page.pdf", "id", "page", DAY, {}, (shown,)))
                for off in _offs(Path(name) / "page.pdf", apart):
                    offs[page.group].append(off)
                    offs["all"].append(off)
    groups = {}
    for group, values in offs.items():
        close = np.abs(np.array(values)) <= LIMIT_MM * PX_PER_MM
        groups[group] = {
            "words": len(values),
            "within": round(float(close.all(axis=1).mean()), 5),
            **{edge: round(float(close[:, at].mean()), 5) for at, edge in enumerate(EDGES)},
            "median_mm": [
                round(float(value), 3) for value in np.median(np.array(values) / PX_PER_MM, axis=0)
            ],
        }
    return {
        "schema": 1,
        "date": now_utc(),
        "machine": machine_facts(),
        "input": facts,
        "limit_mm": LIMIT_MM,
        "apart": dict(apart),
        "groups": groups,
    }


def _offs(path: Path, apart: Counter[str]) -> Iterator[tuple[float, ...]]:
    """By how many pixels each word's box reaches beyond its ink: left, up, right, down (negative: short)."""
    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        shown = page.render(scale=DPI / 72, grayscale=True).to_numpy()
        gray = np.ascontiguousarray(shown.reshape(shown.shape[:2]))
        words = list(_words(page))
    paper = cv2.morphologyEx(
        cv2.resize(gray, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA),
        cv2.MORPH_CLOSE,
        np.ones((15, 15), np.uint8),
    )
    ground = cv2.resize(paper, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    ink = (gray < INK_LEVEL * ground).astype(np.uint8)
    _count, _labels, stats, middles = cv2.connectedComponentsWithStats(ink, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= 4
    keep[0] = False
    stats, middles = stats[keep], middles[keep]
    owner = _owners(words, middles)
    for number, word in enumerate(words):
        own = stats[owner == number]
        if not len(own):
            apart["without ink"] += 1
            continue
        if (own[:, cv2.CC_STAT_HEIGHT] > TALLEST_MM * PX_PER_MM).any() or (
            own[:, cv2.CC_STAT_WIDTH] > 1.5 * (word.x1 - word.x0) + 20
        ).any():
            apart["touching a line"] += 1
            continue
        x0, y0 = own[:, 0].min(), own[:, 1].min()
        x1, y1 = (own[:, 0] + own[:, 2]).max(), (own[:, 1] + own[:, 3]).max()
        yield (x0 - word.x0, y0 - word.y0, word.x1 - x1, word.y1 - y1)


def _owners(words: Sequence[Rect], middles: NDArray[np.float64]) -> NDArray[np.int64]:
    """The word that each piece of ink belongs to; -1 for none."""
    best = np.full(len(middles), np.inf)
    owner = np.full(len(middles), -1)
    x, y = middles.T
    for number, word in enumerate(words):
        away_x = np.maximum(np.maximum(word.x0 - x, x - word.x1), 0)
        away_y = np.maximum(np.maximum(word.y0 - y, y - word.y1), 0)
        away = np.hypot(away_x, away_y)
        nearer = (away < best) & (away <= REACH_MM * PX_PER_MM)
        owner[nearer], best[nearer] = number, away[nearer]
    return owner


def _words(page: pypdfium2.PdfPage) -> Iterator[Rect]:
    text = page.get_textpage()
    height = page.get_height()
    scale = DPI / 72
    boxes: list[tuple[float, float, float, float]] = []
    for index in range(text.count_chars() + 1):
        sign = chr(pdfium.FPDFText_GetUnicode(text.raw, index)) if index < text.count_chars() else " "
        if sign.isspace():
            if boxes:
                left, low, right, high = np.array(boxes).T
                yield Rect(
                    float(left.min()) * scale,
                    (height - float(high.max())) * scale,
                    float(right.max()) * scale,
                    (height - float(low.min())) * scale,
                )
            boxes = []
        else:
            boxes.append(text.get_charbox(index))


if __name__ == "__main__":
    main()
