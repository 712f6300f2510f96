"""Pages with next to nothing on them, and empty ones that look as if there were something.

Each kind is one of the cases that a blank page detector is told by. Two sets that share neither seeds nor
hands, words, designs, printed backs and ranges of strength: what is tuned on one is reported on the other.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from municipal_paper import separators, stamps
from municipal_paper.chance import chance, clouds
from municipal_paper.scanner import scan_side
from municipal_paper.truth import MM_PER_INCH, PAPER_DPI, Side
from municipal_paper.typeset import ROOT, template_names, typeset_paper
from municipal_paper.wear import PROFILES, Wear
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Cover = NDArray[np.float32]
PX_PER_MM: Final = PAPER_DPI / MM_PER_INCH
FAX_LINES_PER_MM: Final = 3.85

CONTENT: Final = ("page number", "pencil note", "small stamp", "signature", "fax header")
EMPTY: Final = ("texture", "bleed-through", "punch holes", "streaks", "dark edges", "folds", "binder")


@dataclass(frozen=True, slots=True)
class _Hands:
    """What parts one set from the other."""

    fonts: tuple[str, ...]
    numbers: tuple[str, ...]
    notes: tuple[str, ...]
    fax: tuple[str, ...]
    loops: tuple[float, float]
    pencil: tuple[float, float]
    toner: tuple[float, float]
    pen: tuple[float, float]
    rubber: tuple[float, float]
    thermal: tuple[float, float]


HANDS: Final[dict[str, _Hands]] = {
    "tuning": _Hands(
        fonts=("caveat.ttf", "kalam.ttf", "homemade-apple.ttf"),
        numbers=("2", "- 2 -", "Seite 4", "17", "II"),
        notes=(
            "siehe Rückseite Bl. 3",
            "z. d. A.",
            "Rückruf erledigt 12.3.",
            "Kopie an 66 gesandt",
            "geprüft Mü",
        ),
        fax=(
            "12/03/2026 10:22 +49 2151 0000 STADT S. 02/03",
            "2026-03-04 08:15 Praxis Muster 0215100 Seite 2",
        ),
        loops=(5.0, 9.0),
        pencil=(0.18, 0.5),
        toner=(0.35, 0.9),
        pen=(0.4, 0.9),
        rubber=(0.25, 0.8),
        thermal=(0.25, 0.7),
    ),
    "report": _Hands(
        fonts=("dancing-script.ttf", "nothing-you-could-do.ttf", "reenie-beanie.ttf"),
        numbers=("3", "4/4", "- 12 -", "Seite 2 von 2", "B 7"),
        notes=(
            "Wv. 14.5.",
            "erl. Sch",
            "Original beim Amtsgericht",
            "bitte lochen und ablegen",
            "2x kopiert",
        ),
        fax=(
            "NR.: 4711  MO 09.11.26 14:07  S. 1",
            "Von: Kanzlei Beispiel  An: 02151000  09/11/26 16:44 P.3/5",
        ),
        loops=(4.0, 10.0),
        pencil=(0.18, 0.6),
        toner=(0.3, 0.95),
        pen=(0.35, 0.95),
        rubber=(0.25, 0.9),
        thermal=(0.25, 0.8),
    ),
}


@dataclass(frozen=True, slots=True)
class SparsePage:
    """`pixels`: the scan, gray, at `dpi`; `other_side`: the scan of the other side of the sheet, if any."""

    name: str
    kind: str
    has_content: bool
    pixels: Pixels
    other_side: Pixels | None
    dpi: float


def make_pages(set_name: str, seed: int, per_kind: int) -> Iterator[SparsePage]:
    """`per_kind` pages of each kind, the same for the same arguments. `set_name`: tuning or report."""
    for kind in (*CONTENT, *EMPTY):
        for number in range(per_kind):
            yield make_page(set_name, seed, kind, number)


def make_page(set_name: str, seed: int, kind: str, number: int) -> SparsePage:
    """One page. Every second one with content lies on paper through which the other side shows."""
    rng = random.Random(f"sparse-{set_name}-{seed}-{kind}-{number}")
    page_seed = rng.randrange(2**31)
    has_content = kind in CONTENT
    side = separators.blank_side()
    if has_content:
        side = _DRAWN[kind](side, HANDS[set_name], set_name, rng)
    wear = _wear(kind, rng)
    if has_content:
        # Written on the sheet as it is now: a copier would bleach faint strokes away.
        wear = replace(wear, copied=False, dog_ear_mm=0.0)
    shows_through = kind in ("bleed-through", "binder") or (has_content and number % 2 == 1)
    back = _printed_side(set_name, rng) if shows_through else None
    if back is not None and not has_content:
        wear = replace(wear, bleed=rng.uniform(0.04, 0.16))
    dpi = rng.choice((200, 300, 300, 300))
    quality = rng.choice((None, 75, 82, 88))
    front = _scan(side, wear, dpi, page_seed, back, quality)
    other = None
    if back is not None:
        # The same sheet on the same scanner: mirrored skew and shift, and a little play between the sensors.
        behind = replace(
            wear,
            skew_degrees=-wear.skew_degrees + rng.uniform(-0.15, 0.15),
            shift_mm=(-wear.shift_mm[0] + rng.uniform(-0.5, 0.5), wear.shift_mm[1] + rng.uniform(-0.5, 0.5)),
            bleed=0.02,
            dog_ear_mm=0.0,
        )
        other = _scan(back, behind, dpi, page_seed + 1, side, quality)
    return SparsePage(f"{kind}-{number:02d}", kind, has_content, front, other, float(dpi))


def _scan(side: Side, wear: Wear, dpi: int, seed: int, back: Side | None, quality: int | None) -> Pixels:
    gray = scan_side(side, wear, dpi=dpi, colour="gray", seed=seed, back=back).image
    if quality is None:
        return gray
    _done, coded = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _wear(kind: str, rng: random.Random) -> Wear:
    """The wear of an ordinary, bad or old sheet, and what the kind is named for."""
    seed = rng.randrange(2**31)
    profile = rng.choice(("office", "noisy", "worn", "copied"))
    match kind:
        case "texture":
            plain = PROFILES[rng.choice(("clean", "office"))](seed)
            tone = rng.randrange(170, 240)
            return replace(
                plain,
                paper_rgb=(tone, tone - rng.randrange(4), tone - rng.randrange(12)),
                grain_levels=rng.uniform(3, 7),
                mottle_levels=rng.uniform(2, 5),
                folds_mm=(),
            )
        case "bleed-through":
            return replace(PROFILES[rng.choice(("clean", "office", "noisy"))](seed), folds_mm=(), streaks=0)
        case "punch holes":
            return replace(
                PROFILES[rng.choice(("clean", "office"))](seed),
                holes=True,
                hole_level=rng.choice((8, 30, 60, 250)),
            )
        case "streaks":
            return replace(PROFILES[rng.choice(("office", "noisy"))](seed), streaks=rng.randrange(1, 5))
        case "dark edges":
            edges = [round(rng.choice((0.0, rng.uniform(0.5, 4.0))), 2) for _ in range(4)]
            return replace(
                PROFILES[rng.choice(("office", "noisy", "copied"))](seed),
                skew_degrees=round(rng.uniform(-3.0, 3.0), 2),
                border_mm=(edges[0], edges[1], edges[2], edges[3]),
                outside="black",
            )
        case "folds":
            count = rng.randrange(1, 4)
            folds = tuple(round(rng.uniform(40, 260), 1) for _ in range(count))
            return replace(PROFILES["office"](seed), folds_mm=folds, fold_levels=rng.uniform(8, 32))
        case "binder":
            return PROFILES["worn"](seed)
        case "fax header":
            return PROFILES[rng.choice(("clean", "office", "copied"))](seed)
    return PROFILES[profile](seed)


def _printed_side(set_name: str, rng: random.Random) -> Side:
    name = rng.choice(_page_names(set_name))
    return rng.choice(typeset_paper(set_name, name, rng.randrange(10**6)).sides)


@cache
def _page_names(set_name: str) -> list[str]:
    return template_names(set_name)


def _page_number(side: Side, hands: _Hands, _set: str, rng: random.Random) -> Side:
    cover = _written(rng.choice(hands.numbers), _sans(), rng.uniform(8, 11))
    x = rng.choice((rng.uniform(98, 108), rng.uniform(175, 190), rng.uniform(22, 30)))
    y = rng.choice((rng.uniform(278, 287), rng.uniform(9, 16)))
    return _inked(side, cover * rng.uniform(*hands.toner), (x, y))


def _pencil_note(side: Side, hands: _Hands, _set: str, rng: random.Random) -> Side:
    font = ROOT / "fonts" / rng.choice(hands.fonts)
    cover = _turned(_written(rng.choice(hands.notes), font, rng.uniform(14, 24)), rng.uniform(-8, 8))
    grain = clouds(chance(rng.randrange(2**31), "graphite"), cover.shape, 0.15 * PX_PER_MM)
    cover *= np.clip(0.85 + 0.3 * grain, 0.2, 1.0)
    return _inked(side, cover * rng.uniform(*hands.pencil), (rng.uniform(12, 120), rng.uniform(12, 270)))


def _small_stamp(side: Side, hands: _Hands, set_name: str, rng: random.Random) -> Side:
    place = (rng.uniform(15, 150), rng.uniform(15, 250))
    if rng.random() < 0.4:
        return stamps.put_stamp(side, place, set_name, rng.choice(stamps.STAMP_COLOURS), rng.randrange(10**6))
    width, height = rng.uniform(14, 30), rng.uniform(8, 14)
    image = Image.new("L", (round(width * PX_PER_MM), round(height * PX_PER_MM)), 0)
    pen, frame = ImageDraw.Draw(image), (4, 4, image.width - 5, image.height - 5)
    (pen.ellipse if rng.random() < 0.4 else pen.rectangle)(frame, outline=255, width=rng.randrange(4, 8))
    words = (
        rng.choice(("KOPIE", "ERLEDIGT", "12. MRZ. 26"))
        if set_name == "tuning"
        else rng.choice(("bezahlt", "FB 63"))
    )
    font = ImageFont.truetype(_sans(), 0.6 * image.width / len(words) * 1.4)
    pen.text((image.width / 2, image.height / 2), words, font=font, fill=255, anchor="mm")
    cover = _turned(np.asarray(image, dtype=np.float32) / 255, rng.uniform(-12, 12))
    noise = chance(rng.randrange(2**31), "rubber")
    cover *= np.clip(0.8 + 0.25 * clouds(noise, cover.shape, 2.5 * PX_PER_MM), 0.1, 1.0)
    tint = rng.choice(((46, 66, 158), (186, 42, 52), (110, 58, 150), (60, 60, 60)))
    return _inked(side, cover * rng.uniform(*hands.rubber), place, tint)


def _signature(side: Side, hands: _Hands, _set: str, rng: random.Random) -> Side:
    length, height = rng.uniform(25, 60), rng.uniform(5, 14)
    along = np.linspace(0, 1, 600)
    turns = rng.uniform(*hands.loops) * 2 * math.pi
    fade = 1 - 0.7 * along ** rng.uniform(0.4, 1.5)
    x = length * along + 0.06 * length * np.sin(turns * along + rng.uniform(0, 6))
    y = height / 2 * (1 + fade * np.sin(turns * along) * np.cos(rng.uniform(1, 4) * along))
    canvas = np.zeros((round((height + 6) * PX_PER_MM), round((length * 1.15 + 8) * PX_PER_MM)), np.uint8)
    points = (np.column_stack([x + 4, y + 3]) * PX_PER_MM * 16).astype(np.int32)
    cv2.polylines(
        canvas, [points], False, 255, max(2, round(rng.uniform(0.25, 0.6) * PX_PER_MM)), cv2.LINE_AA, 4
    )
    tint = rng.choice(((25, 35, 120), (15, 15, 20), (20, 60, 160)))
    cover = canvas.astype(np.float32) / 255 * rng.uniform(*hands.pen)
    return _inked(side, cover, (rng.uniform(15, 110), rng.uniform(30, 260)), tint)


def _fax_header(side: Side, hands: _Hands, _set: str, rng: random.Random) -> Side:
    cover = _written(rng.choice(hands.fax), _sans(), rng.uniform(6.5, 9))
    height, width = cover.shape
    lines = cv2.resize(
        cover, (width, max(1, round(height / PX_PER_MM * FAX_LINES_PER_MM))), interpolation=cv2.INTER_AREA
    )
    coarse = cv2.resize((lines > 0.45).astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST)
    return _inked(side, coarse * rng.uniform(*hands.thermal), (rng.uniform(8, 35), rng.uniform(2.0, 7.0)))


_DRAWN: Final[dict[str, Callable[[Side, _Hands, str, random.Random], Side]]] = {
    "page number": _page_number,
    "pencil note": _pencil_note,
    "small stamp": _small_stamp,
    "signature": _signature,
    "fax header": _fax_header,
}


@cache
def _sans() -> Path:
    import ttf_opensans

    return Path(ttf_opensans.opensans().path)


def _written(words: str, font: Path, size_pt: float) -> Cover:
    face = ImageFont.truetype(font, size_pt / 72 * PAPER_DPI)
    left, top, right, bottom = face.getbbox(words)
    image = Image.new("L", (math.ceil(right - left) + 8, math.ceil(bottom - top) + 8), 0)
    ImageDraw.Draw(image).text((4 - left, 4 - top), words, font=face, fill=255)
    return np.asarray(image, dtype=np.float32) / 255


def _turned(cover: Cover, degrees: float) -> Cover:
    height, width = cover.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (math.ceil(width * cos + height * sin), math.ceil(height * cos + width * sin))
    matrix[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    return np.asarray(cv2.warpAffine(cover, matrix, size, flags=cv2.INTER_LINEAR), dtype=np.float32)


def _inked(
    side: Side, cover: Cover, place_mm: tuple[float, float], tint: tuple[int, int, int] = (0, 0, 0)
) -> Side:
    """`side` with ink where `cover` (0-1) says, moved inside where it would stick out."""
    image: Any = side.image.copy()
    height, width = image.shape[:2]
    left = max(0, min(round(place_mm[0] * PX_PER_MM), width - cover.shape[1] - round(4 * PX_PER_MM)))
    top = max(0, min(round(place_mm[1] * PX_PER_MM), height - cover.shape[0] - round(2 * PX_PER_MM)))
    part = image[top : top + cover.shape[0], left : left + cover.shape[1]]
    share = cover[: part.shape[0], : part.shape[1], None]
    part[...] = np.rint(part * (1 - share * (1 - np.array(tint, dtype=np.float32) / 255))).astype(np.uint8)
    return replace(side, image=image)
