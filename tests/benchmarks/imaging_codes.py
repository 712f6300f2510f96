"""Are codes found, is none seen that means something by mistake, and how long does it take?

    PYTHONPATH=samples:tests/benchmarks python tests/benchmarks/imaging_codes.py --seed N --scans SCANS

Stickers are drawn on every second generated page, at the sizes that offices use, up to 2° askew; separator
sheets come from the sample program, each profile of wear, each way round. A page's time is the least
processor time of three runs; `halving` is that of one exact halving of the page, to tell machines apart.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import turned_pages
import zxingcpp
from municipal_paper.scanner import Colour, scan_side
from municipal_paper.separators import SEPARATOR_TEXT, patch_sheet
from municipal_paper.wear import PROFILES
from numpy.typing import NDArray

from dipro_scan.imaging import find_codes, find_patch_codes, upright_view
from dipro_scan.model import MM_PER_INCH, Code, CodeMeaning, ReadingImage, Resolution
from dipro_scan.settings import SeparationSettings

STICKERS: Final = (
    ("QRCode", "4711-08", 10.0, 10.0),
    ("QRCode", "https://stadt.example/v/63.10-0007/2026?x=bescheid", 14.0, 14.0),
    ("DataMatrix", "4711", 5.0, 5.0),
    ("Code128", "63.10-0007/2026", 50.0, 8.0),
    ("Code128", "AB-4711", 35.0, 8.0),
    ("Code39", "ARCHIV-4711", 50.0, 8.0),
    ("PDF417", "63.10-0007/2026", 35.0, 12.0),
)
"""Kind, text, width and height in mm."""

FINE_DPI: Final = 1200
QUIET_MM: Final = 2.5
MOST_DEGREES: Final = 2.0
RUNS: Final = 3
KNOWN_REAL: Final = ("docling_qr_bill_example.jpg", "s2p_qrbill.pdf", "s2p_qrcode.pdf")
"""The real scans with a code on the first page."""

Pixels = NDArray[np.uint8]
Wanted = frozenset[tuple[str, str]]


def measure(seed: int, scans: Path | None, *, count: int = 60, set_name: str = "report") -> dict[str, Any]:
    """Found of expected by kind, what else was seen, and milliseconds, with codes and without."""
    tally = _Tally()
    chance = random.Random(f"codes-{set_name}-{seed}")
    for number, page in enumerate(turned_pages.generated(set_name, seed, count, skewed=False)):
        if number % 2:
            tally.add("without", page.view, frozenset())
        else:
            sticker = STICKERS[number // 2 % len(STICKERS)]
            tally.add("stickers", _with_sticker(page.view, sticker, chance), frozenset({sticker[:2]}))
    for view, wanted in _separators(seed):
        tally.add("separators", view, wanted)
    if scans is not None:
        for real in turned_pages.real(scans):
            bears_code = any(real.name.endswith(f"{name}:1") for name in KNOWN_REAL)
            tally.add("real", real.view, frozenset({("QRCode", "")} if bears_code else ()))
    return {"set": set_name, "seed": seed, **tally.result()}


@dataclass
class _Tally:
    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    false_meanings: list[str] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=dict)

    def add(self, group: str, view: ReadingImage, wanted: Wanted) -> None:
        self.pages[group] += 1
        codes = find_codes(view, SeparationSettings())
        for kind, text in wanted:
            name = f"{group}, {kind}"
            self.expected[name] += 1
            if any(_is(code, kind, text) for code in codes):
                self.found[name] += 1
            else:
                self.missed.append(f"{name} {text}")
        for code in codes:
            if any(_is(code, kind, text) for kind, text in wanted):
                continue
            self.unexpected.append(f"{group}, {code.type} {code.text[:20]}")
            if code.meaning is not CodeMeaning.NONE:
                self.false_meanings.append(f"{group}, {code.type} {code.text[:20]}")
        self._time("without codes" if not wanted else "with codes", view)

    def _time(self, name: str, view: ReadingImage) -> None:
        settings = SeparationSettings()
        self.times.setdefault(name, []).append(_least_ms(lambda: find_codes(view, settings)))
        self.times.setdefault("patch codes alone", []).append(_least_ms(lambda: find_patch_codes(view)))
        height, width = view.pixels.shape
        even = view.pixels[: height // 2 * 2, : width // 2 * 2]
        if even.size:
            halving = _least_ms(
                lambda: cv2.resize(even, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            )
            self.times.setdefault("halving", []).append(halving)

    def result(self) -> dict[str, Any]:
        return {
            "pages": dict(self.pages),
            "found": {name: f"{self.found[name]} of {self.expected[name]}" for name in sorted(self.expected)},
            "missed": self.missed,
            "unexpected": self.unexpected,
            "false_meanings": self.false_meanings,
            "milliseconds": {name: _spread(times) for name, times in self.times.items()},
        }


def _is(code: Code, kind: str, text: str) -> bool:
    """An empty `text` is any."""
    return code.type == kind and (not text or code.text == text)


def _least_ms(work: Callable[[], object]) -> float:
    taken = []
    for _run in range(RUNS):
        before = time.process_time()
        work()
        taken.append((time.process_time() - before) * 1000)
    return min(taken)


def _spread(times: list[float]) -> dict[str, float]:
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return {"median": round(statistics.median(times), 1), "p95": round(p95, 1), "max": round(max(times), 1)}


def _separators(seed: int) -> Iterator[tuple[ReadingImage, Wanted]]:
    """A sheet of each profile, each way round, every second one with a QR code too."""
    for number, (profile, rotation) in enumerate(
        (profile, rotation) for profile in sorted(PROFILES) for rotation in (0, 90, 180, 270)
    ):
        with_code = bool(number % 2)
        colour: Colour = "bitonal" if profile == "fax" else "gray"
        scanned = scan_side(
            patch_sheet("T", with_code=with_code),
            PROFILES[profile](seed + number),
            dpi=200 if profile == "fax" else (150, 200, 300)[number % 3],
            colour=colour,
            rotation=rotation,
            seed=seed + number,
        )
        wanted = {("PatchT", "T"), *([("QRCode", SEPARATOR_TEXT)] if with_code else [])}
        yield upright_view(scanned.image, 1, Resolution(*scanned.dpi), 300), frozenset(wanted)


def _with_sticker(
    view: ReadingImage, sticker: tuple[str, str, float, float], chance: random.Random
) -> ReadingImage:
    """`view` with a white label that bears the code, somewhere on it, up to 2° askew."""
    kind, text, width_mm, height_mm = sticker
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.array(zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False))
    size = (_pixels(width_mm, FINE_DPI), _pixels(height_mm, FINE_DPI))
    quiet = _pixels(QUIET_MM, FINE_DPI)
    label = cv2.copyMakeBorder(
        cv2.resize(drawn, size, interpolation=cv2.INTER_NEAREST),
        quiet, quiet, quiet, quiet, cv2.BORDER_CONSTANT, value=255,
    )  # fmt: skip
    middle = (label.shape[1] / 2, label.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, chance.uniform(-MOST_DEGREES, MOST_DEGREES), 1.0)
    label = cv2.warpAffine(label, turn, (label.shape[1], label.shape[0]), borderValue=255)
    scale = view.dpi / FINE_DPI
    small = cv2.resize(label, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float64)
    noise = np.random.default_rng(chance.randrange(2**31)).normal(0, 5, small.shape)
    gray = np.clip(25 + small * 0.85 + noise, 0, 255).astype(np.uint8)
    if chance.random() < 0.5:
        gray = np.ascontiguousarray(np.rot90(gray))
    pixels = view.pixels.copy()
    height, width = gray.shape
    top = chance.randrange(max(1, pixels.shape[0] - height))
    left = chance.randrange(max(1, pixels.shape[1] - width))
    part = pixels[top : top + height, left : left + width]
    part[:] = gray[: part.shape[0], : part.shape[1]]
    return ReadingImage(pixels, view.dpi)


def _pixels(length_mm: float, dpi: float) -> int:
    return round(length_mm / MM_PER_INCH * dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=5001)
    parser.add_argument("--scans", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--set", dest="set_name", default="report", choices=("tuning", "report"))
    asked = parser.parse_args()
    found = measure(asked.seed, asked.scans, count=asked.count, set_name=asked.set_name)
    print(json.dumps(found, indent=1, ensure_ascii=False))
