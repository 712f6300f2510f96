"""Straight, upright pieces of typeset letters, damaged by program until bare Tesseract errs on 2 to 15 %.

A piece is the full width of a letter and about 15 of its lines, cut between lines. Only pieces without boxes
and long rules that read almost without errors while undamaged are taken, so that neither reading order nor
what Tesseract takes for a picture is measured. How strongly
each one is damaged is found by bisection, on bare Tesseract alone: the treatment has no say in it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from error_rates import Errors, errors
from municipal_paper import machine_wear, paper_wear, scanner, stamps, wear
from municipal_paper.chance import chance, clouds
from municipal_paper.truth import MM_PER_INCH, PAPER_DPI, Hand, Pixels, Side
from municipal_paper.typeset import template_names, typeset_paper
from numpy.typing import NDArray

from dipro_scan.imaging import upright_view
from dipro_scan.model import ReadingImage, Resolution

Read = Callable[[ReadingImage, float], str]
"""Reads a view of a scan that was made with so many dots per inch (the lower of both axes)."""

Field = NDArray[np.float32]

RAW_ERROR: Final = (0.02, 0.15)
"""The share of characters that bare Tesseract must get wrong for a damaged piece to be taken."""

CLEAN_ERROR: Final = 0.01
BISECTIONS: Final = 6
LINES: Final = 15
MIN_CHARACTERS: Final = 350
RULE_MM: Final = (40.0, 8.0)
"""Ink that goes on for so long, along the lines or across them, is the side of a box or a table's rule."""

FROM_TOP_MM: Final = 92.0
"""Below the address field and the reference block, where the text runs in one column."""

PX_PER_MM: Final = PAPER_DPI / MM_PER_INCH


@dataclass(frozen=True, slots=True)
class Piece:
    """`side.text` is what is printed on it; `back` is another piece of the same size; `seed` is its own."""

    side: Side
    back: Side
    set_name: str
    template: str
    seed: int

    @property
    def truth(self) -> str:
        return self.side.text


@dataclass(frozen=True, slots=True)
class Scan:
    """Stored pixels, gray or RGB, at the resolution at which they were scanned."""

    pixels: Pixels
    dpi: tuple[float, float] = (PAPER_DPI, PAPER_DPI)

    def view(self, dpi: int = PAPER_DPI) -> ReadingImage:
        """As the page floor sees it: gray, square pixels."""
        return upright_view(self.pixels, 1, Resolution(*self.dpi), dpi)

    def colour(self) -> Pixels | None:
        """The RGB pixels in the frame of `view()`; None for a scan without colour."""
        return self.pixels if self.pixels.ndim == 3 else None


@dataclass(frozen=True, slots=True)
class DamagedPage:
    """A piece, how it was damaged and how strongly (0-1), its scan, and how bare Tesseract read that."""

    piece: Piece
    kind: str
    strength: float
    scan: Scan
    raw: Errors


def damaged_pages(kind: str, pieces: Iterator[Piece], count: int, read: Read) -> Iterator[DamagedPage]:
    """The first `count` of `pieces` that bare Tesseract reads with RAW_ERROR at some strength."""
    found = 0
    start = 0.5
    while found < count:
        page = _calibrated(kind, next(pieces), start, read)
        if page is not None:
            found += 1
            start = 0.5 * start + 0.5 * page.strength
            yield page


def pieces_of(set_name: str, seed: int, read: Read) -> Iterator[Piece]:
    """Pieces of the set's letters without end, each of other facts. `read` decides which read well clean."""
    rng = random.Random(f"pieces-{set_name}-{seed}")
    letters = [name for name in template_names(set_name) if typeset_paper(set_name, name, 1).kind == "letter"]
    previous: Side | None = None
    while True:
        rng.shuffle(letters)
        for template in letters:
            own_seed = rng.randrange(10**6)
            cut = _cut(typeset_paper(set_name, template, own_seed).sides[0])
            if cut is None or not _reads_clean(cut, read):
                continue
            if previous is not None:
                back = _sized(previous, cut.image.shape[0])
                yield Piece(cut, back, set_name, template, own_seed)
            previous = cut


def clean_scan(piece: Piece) -> Scan:
    """The piece on a good feeder scanner, straight."""
    look = replace(wear.clean(piece.seed), skew_degrees=0.0)
    return Scan(_gray(wear.wear_side(piece.side, look, piece.seed)))


def damaged(kind: str, piece: Piece, strength: float) -> Scan:
    """The piece with one kind of damage; 0 is hardly any, 1 more than anybody can read."""
    return DAMAGES[kind](piece, strength)


def _calibrated(kind: str, piece: Piece, start: float, read: Read) -> DamagedPage | None:
    low, high, strength = 0.0, 1.0, start
    for _attempt in range(BISECTIONS):
        scan = damaged(kind, piece, strength)
        raw = errors(piece.truth, read(scan.view(), min(scan.dpi)))
        rate = raw.character_error_rate or 0.0
        if RAW_ERROR[0] <= rate <= RAW_ERROR[1]:
            return DamagedPage(piece, kind, strength, scan, raw)
        low, high = (strength, high) if rate < RAW_ERROR[0] else (low, strength)
        strength = (low + high) / 2
    return None


def _cut(side: Side) -> Side | None:
    """About LINES lines of the side's text, with half the gap to the next line above and below."""
    words = [word for word in side.words if word.hand is Hand.PRINT]
    covered = np.zeros(side.image.shape[0] + 2, dtype=bool)
    for word in words:
        top, bottom = (round(edge * PX_PER_MM) for edge in (word.box_mm[1], word.box_mm[3]))
        covered[max(0, top - 2) : bottom + 3] = True
    starts = np.flatnonzero(covered[1:] & ~covered[:-1]) + 1
    ends = np.flatnonzero(~covered[1:] & covered[:-1]) + 1
    lines = [number for number, start in enumerate(starts) if start > FROM_TOP_MM * PX_PER_MM][:LINES]
    if len(lines) < LINES - 5:
        return None
    top = int((ends[lines[0] - 1] + starts[lines[0]]) // 2) if lines[0] else 0
    top = max(top, int(starts[lines[0]]) - 60)
    bottom = int(ends[lines[-1]]) + 8
    inside = [word for word in words if top < (word.box_mm[1] + word.box_mm[3]) / 2 * PX_PER_MM < bottom]
    text = " ".join(word.text for word in inside)
    if len(text) < MIN_CHARACTERS or _has_rules(side.image[top:bottom]):
        return None
    return Side(image=np.ascontiguousarray(_padded(side.image[top:bottom])), text=text)


def _has_rules(image: Pixels) -> bool:
    ink = cv2.compare(_gray(image), 200, cv2.CMP_LT)
    level = cv2.erode(ink, np.ones((1, round(RULE_MM[0] * PX_PER_MM)), dtype=np.uint8))
    upright = cv2.erode(ink, np.ones((round(RULE_MM[1] * PX_PER_MM), 1), dtype=np.uint8))
    return bool(level.any() or upright.any())


def _padded(image: Pixels) -> Pixels:
    edge = round(8 * PX_PER_MM)
    return np.asarray(
        cv2.copyMakeBorder(image, edge, edge, 0, 0, cv2.BORDER_CONSTANT, value=(255, 255, 255)), np.uint8
    )


def _sized(side: Side, height: int) -> Side:
    """The side cut or continued with paper to that height."""
    image = np.full((height, *side.image.shape[1:]), 255, dtype=np.uint8)
    shared = min(height, side.image.shape[0])
    image[:shared] = side.image[:shared]
    return replace(side, image=image)


def _reads_clean(side: Side, read: Read) -> bool:
    seen = errors(side.text, read(Scan(_gray(side.image)).view(), PAPER_DPI))
    return (seen.character_error_rate or 0.0) <= CLEAN_ERROR


def _gray(image: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _levels(pixels: Field) -> Pixels:
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


def _shaded(piece: Piece, strength: float) -> Scan:
    """A book or a bent sheet under a lamp from one side: light falls off, the sensor's noise stays."""
    rng = chance(piece.seed, "shaded")
    paper = paper_wear.with_gray_ink(piece.side.image, int(rng.integers(40, 90)))
    lit = _gray(paper).astype(np.float32) * _light(rng, paper.shape[:2], 0.1 + 0.6 * strength)
    return Scan(machine_wear.noisy(_rgb(_levels(lit)), 2.5, piece.seed)[:, :, 0].copy())


def _light(rng: np.random.Generator, shape: tuple[int, int], fall: float) -> Field:
    """1 where the light is whole; `fall` of it is missing at the dark edge and in a crease."""
    height, width = shape
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    if rng.random() < 0.5:
        x = 1 - x
    slope = (0.8 * x + 0.2 * y) ** 2
    place, breadth = float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.05, 0.12))
    crease = np.exp(-(((x - place) / breadth) ** 2)) * float(rng.uniform(0.4, 0.8))
    cloud = np.clip(clouds(rng, shape, 40 * PX_PER_MM) * 0.15, -0.2, 0.3)
    return np.clip(1 - fall * np.clip(np.maximum(slope, crease) + cloud, 0, 1), 0.02, 1).astype(np.float32)


def _bled(piece: Piece, strength: float) -> Scan:
    """Thin paper: the back shows through; the front's ink is not quite black."""
    rng = chance(piece.seed, "bled")
    paper = paper_wear.with_gray_ink(piece.side.image, int(rng.integers(30, 90)))
    through = paper_wear.bled_through(paper, piece.back.image, 0.2 + 0.75 * strength)
    return Scan(machine_wear.noisy(through, 2.0, piece.seed)[:, :, 0].copy())


def _stamped(piece: Piece, strength: float) -> Scan:
    """Coloured stamps across the text, scanned in colour; the more, the stronger."""
    rng = chance(piece.seed, "stamped")
    side = replace(piece.side, image=paper_wear.with_gray_ink(piece.side.image, int(rng.integers(15, 45))))
    height_mm = side.image.shape[0] / PX_PER_MM
    colours = rng.permutation(np.array(stamps.STAMP_COLOURS))
    for number in range(1 + round(4 * strength)):
        place = float(rng.uniform(20, 120)), float(rng.uniform(5, max(6, height_mm - 40)))
        colour = colours[0 if rng.random() < 0.75 else 1]
        side = stamps.put_stamp(side, place, piece.set_name, colour, piece.seed + number)
    blurred = machine_wear.blurred(side.image, 0.04)
    return Scan(machine_wear.noisy(blurred, 1.5, piece.seed))


def _grounded(piece: Piece, strength: float) -> Scan:
    """Print on tinted paper with a darker field under some of its lines, as on forms and bills."""
    rng = chance(piece.seed, "grounded")
    height, width = piece.side.image.shape[:2]
    hue = np.array(rng.permutation([1.0, float(rng.uniform(0.75, 1.0)), float(rng.uniform(0.6, 0.9))]))
    ground = np.full((height, width, 3), 1.0, dtype=np.float32) * hue.astype(np.float32)
    field = round((0.03 + 0.4 * strength) * height)
    top = int(rng.integers(0, height - field))
    left, right = int(rng.integers(0, width // 3)), int(rng.integers(2 * width // 3, width))
    ground[top : top + field, left:right] *= float(rng.uniform(0.25, 0.6))
    paper = paper_wear.with_gray_ink(piece.side.image, int(rng.integers(15, 45)))
    return Scan(machine_wear.noisy(_levels(paper * ground), 2.5, piece.seed))


def _noisy(piece: Piece, strength: float) -> Scan:
    """A failing sensor: grain on every pixel, dead and hot ones, specks of dirt."""
    rng = chance(piece.seed, "noisy")
    grain, dots = (float(share) for share in rng.dirichlet((1.0, 1.0)))
    paper = machine_wear.blurred(paper_wear.with_gray_ink(piece.side.image, 40), 0.05)
    machine_wear.speckle(paper, 40 + 400 * strength * float(rng.random()), piece.seed)
    gray = _gray(paper).astype(np.float32)
    gray += rng.standard_normal(gray.shape, dtype=np.float32) * (15 + 150 * strength * grain)
    draws = rng.random(gray.shape, dtype=np.float32)
    share = np.float32(0.25 * strength * dots)
    gray[draws < share / 2] = 20
    gray[draws > 1 - share / 2] = 250
    return Scan(_levels(gray))


def _faxed(piece: Piece, strength: float) -> Scan:
    """Through a fax machine: 204 x 98 or 204 x 196 dots an inch, black and white, dirty lines."""
    rng = chance(piece.seed, "faxed")
    dpi = scanner.FAX_FINE_DPI if rng.random() < 0.7 else scanner.FAX_STANDARD_DPI
    look = wear.Wear(
        paper_rgb=(240, 240, 240),
        ink_level=int(rng.integers(30, 60)),
        grain_levels=2.0,
        copied=True,
        copy_stroke_mm=float(rng.uniform(-0.02, 0.03)),
        toner_loss=0.5 * strength,
        speckles_per_dm2=10 + 150 * strength,
        blur_mm=0.05 + 0.05 * strength,
        noise_levels=8 + 60 * strength,
        lost_lines=int(rng.integers(4)),
    )
    scanned = scanner.scan_side(piece.side, look, dpi=dpi, colour="bitonal", seed=piece.seed)
    return Scan(scanned.image, dpi)


def _faint(piece: Piece, strength: float) -> Scan:
    """A worn ribbon, a hard pencil or a dot-matrix printer on grayish paper."""
    rng = chance(piece.seed, "faint")
    ink = 1 - _gray(piece.side.image).astype(np.float32) / 255
    if rng.random() < 0.4:
        ink = _dotted(ink, int(rng.integers(4, 6)))
    pressure = np.clip(0.75 + 0.25 * clouds(rng, ink.shape, 6 * PX_PER_MM), 0.3, 1.2)
    tooth = np.clip(0.8 + 0.35 * clouds(rng, ink.shape, 0.2 * PX_PER_MM), 0.0, 1.3)
    depth = 120 * (1 - strength) ** 1.5 + 4
    gray = float(rng.integers(205, 245)) - depth * np.clip(ink * pressure * tooth, 0, 1)
    soft = cv2.GaussianBlur(gray, (0, 0), 0.9)
    noise = rng.standard_normal(soft.shape, dtype=np.float32) * float(rng.uniform(2, 6))
    return Scan(_levels(soft + noise))


def _dotted(ink: Field, pitch: int) -> Field:
    """Only the needles' dots of it: `pitch` pixels apart."""
    height, width = ink.shape
    rows, columns = (np.arange(size) % pitch - (pitch - 1) / 2 for size in (height, width))
    dots = np.hypot(rows[:, None], columns[None, :]) <= 0.42 * pitch
    return np.asarray(ink * dots, dtype=np.float32)


def _rgb(gray: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


DAMAGES: Final[dict[str, Callable[[Piece, float], Scan]]] = {
    "shading": _shaded,
    "bleed_through": _bled,
    "stamp": _stamped,
    "coloured_ground": _grounded,
    "noise": _noisy,
    "fax": _faxed,
    "faint": _faint,
}
