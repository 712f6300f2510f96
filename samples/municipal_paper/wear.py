"""What happens to paper in its life and on the glass of a scanner."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final, Literal

from municipal_paper import machine_wear, paper_wear
from municipal_paper.truth import Pixels, Side

Outside = Literal["black", "white", "paper"]
OUTSIDE_RGB: Final[dict[str, tuple[int, int, int]]] = {"black": (10, 10, 12), "white": (250, 251, 250)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """Everything that can befall one side; without arguments nothing does.

    Of the paper: `paper_rgb`, `ink_level` (gray of full black print, 0–255), `grain_levels` and
    `mottle_levels` (standard deviation of its fine and its cloudy texture, gray levels), `bleed` (share
    of the ink of the back that shows through, 0–1), `folds_mm` (heights of folds from the top) and
    `fold_levels` (depth of their line, gray levels), `holes` (two punch holes, 80 mm apart) with what
    is seen through them (`hole_level`, gray), `staple` (top left), `dog_ear_mm` (leg of the folded top
    right corner).

    Of a copier: `copied`, `copy_stroke_mm` (by how much a stroke's edge moves out; negative: thinner),
    `toner_loss` (share of the toner that is missing, 0–1).

    Of the scanner: `light_levels` (fall of the light across the glass, gray levels) and `light_degrees`
    (its direction, clockwise from the right), `skew_degrees` (the lines climb to the right, counter-
    clockwise positive; turned about the centre of the scan), `border_mm` (by how much the scan reaches
    beyond the paper: top, right, bottom, left), `shift_mm` (the paper lies further right and down),
    `outside` (what is seen beside the paper), `streaks` (vertical lines of dirt on the glass),
    `speckles_per_dm2`, `fringe_mm` (distance of the red from the blue image), `blur_mm` (standard
    deviation), `noise_levels` (standard deviation, gray levels), `lost_lines` (places where a
    transmission repeats a row).
    """

    paper_rgb: tuple[int, int, int] = (255, 255, 255)
    ink_level: int = 0
    grain_levels: float = 0.0
    mottle_levels: float = 0.0
    bleed: float = 0.0
    folds_mm: tuple[float, ...] = ()
    fold_levels: float = 0.0
    holes: bool = False
    hole_level: int = 15
    staple: bool = False
    dog_ear_mm: float = 0.0

    copied: bool = False
    copy_stroke_mm: float = 0.0
    toner_loss: float = 0.0

    light_levels: float = 0.0
    light_degrees: float = 0.0
    skew_degrees: float = 0.0
    border_mm: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    shift_mm: tuple[float, float] = (0.0, 0.0)
    outside: Outside = "paper"
    streaks: int = 0
    speckles_per_dm2: float = 0.0
    fringe_mm: float = 0.0
    blur_mm: float = 0.0
    noise_levels: float = 0.0
    lost_lines: int = 0

    def effects(self) -> tuple[str, ...]:
        """Names of the fields that differ from none, in the order of the class."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) != field.default)

    def outside_rgb(self) -> tuple[int, int, int]:
        return OUTSIDE_RGB.get(self.outside, self.paper_rgb)


def wear_side(side: Side, wear: Wear, seed: int, back: Side | None = None) -> Pixels:
    """The side as the scanner's lens sees it: RGB [height, width, 3] at PAPER_DPI, upright.

    `back` is the other side of the sheet, as one reads it. The scan is as large as the paper and
    `border_mm`; the paper is moved and turned in one step. The same arguments give the same pixels.
    """
    pixels = side.image
    if wear.copied:
        pixels = machine_wear.copied(pixels, wear.copy_stroke_mm, wear.toner_loss, seed)
    if wear.ink_level:
        pixels = paper_wear.with_gray_ink(pixels, wear.ink_level)
    if wear.bleed and back is not None:
        pixels = paper_wear.bled_through(pixels, back.image, wear.bleed)
    pixels = paper_wear.on_paper(
        pixels,
        wear.paper_rgb,
        paper_wear.Texture(wear.grain_levels, wear.mottle_levels, wear.light_levels, wear.light_degrees),
        seed,
    )
    for height_mm in wear.folds_mm:
        paper_wear.fold(pixels, height_mm, wear.fold_levels, seed)
    if wear.staple:
        paper_wear.staple(pixels, seed)
    if wear.dog_ear_mm:
        paper_wear.dog_ear(pixels, wear.dog_ear_mm, wear.paper_rgb, wear.outside_rgb())
    if wear.holes:
        paper_wear.punch(pixels, wear.hole_level, seed)
    return _scanned(pixels, wear, seed)


def _scanned(pixels: Pixels, wear: Wear, seed: int) -> Pixels:
    lie = machine_wear.Lie(wear.skew_degrees, wear.border_mm, wear.shift_mm, wear.fringe_mm)
    pixels = machine_wear.laid(pixels, lie, wear.outside_rgb())
    if wear.speckles_per_dm2:
        machine_wear.speckle(pixels, wear.speckles_per_dm2, seed)
    if wear.blur_mm:
        pixels = machine_wear.blurred(pixels, wear.blur_mm)
    if wear.streaks:
        machine_wear.streak(pixels, wear.streaks, seed)
    if wear.lost_lines:
        machine_wear.lose_lines(pixels, wear.lost_lines, seed)
    if wear.noise_levels:
        pixels = machine_wear.noisy(pixels, wear.noise_levels, seed)
    return pixels


FOLDS_B_MM: Final = (105.0, 210.0)
FOLDS_A_MM: Final = (87.0, 192.0)
"""DIN 5008: where a letter of form B or A is folded."""


def clean(seed: int) -> Wear:
    """A fresh sheet from a feeder in good order: 0.3° at most."""
    rng = random.Random(f"clean-{seed}")
    white = rng.randrange(250, 255)
    return Wear(
        paper_rgb=(white, white, white),
        ink_level=rng.randrange(12, 26),
        skew_degrees=round(rng.uniform(-0.3, 0.3), 2),
        blur_mm=0.03,
        noise_levels=0.8,
    )


def office(seed: int) -> Wear:
    """An ordinary good colour scan of yesterday's post: folded, a little askew, paper not quite white."""
    rng = random.Random(f"office-{seed}")
    white = rng.randrange(240, 251)
    return Wear(
        paper_rgb=(white, white - rng.randrange(3), white - rng.randrange(-2, 5)),
        ink_level=rng.randrange(22, 42),
        grain_levels=rng.uniform(1.0, 1.8),
        mottle_levels=rng.uniform(0.4, 0.9),
        bleed=rng.uniform(0.01, 0.03),
        folds_mm=_folds(rng) if rng.random() < 0.7 else (),
        fold_levels=rng.uniform(5, 12),
        light_levels=rng.uniform(2, 5),
        light_degrees=rng.uniform(0, 360),
        skew_degrees=round(rng.uniform(-0.9, 0.9), 2),
        shift_mm=(round(rng.uniform(-0.8, 0.8), 2), round(rng.uniform(-0.8, 0.8), 2)),
        outside="white",
        speckles_per_dm2=rng.uniform(0.2, 1.0),
        fringe_mm=rng.uniform(0.0, 0.04),
        blur_mm=rng.uniform(0.03, 0.05),
        noise_levels=rng.uniform(1.2, 2.0),
    )


def noisy(seed: int) -> Wear:
    """A cheap or ill-kept scanner: grain, dirt on the glass, weak light, soft edges."""
    rng = random.Random(f"noisy-{seed}")
    white = rng.randrange(218, 238)
    return Wear(
        paper_rgb=(white, white - rng.randrange(3), white - rng.randrange(2, 9)),
        ink_level=rng.randrange(40, 62),
        grain_levels=rng.uniform(1.5, 2.5),
        mottle_levels=rng.uniform(1.0, 2.0),
        bleed=rng.uniform(0.03, 0.06),
        light_levels=rng.uniform(14, 30),
        light_degrees=rng.uniform(0, 360),
        skew_degrees=round(rng.uniform(-1.6, 1.6), 2),
        border_mm=(0.0, round(rng.choice((0.0, rng.uniform(0.8, 2.5))), 2), 0.0, 0.0),
        shift_mm=(round(rng.uniform(-1.2, 1.2), 2), round(rng.uniform(-1.5, 1.5), 2)),
        outside="black",
        streaks=rng.randrange(1, 4),
        speckles_per_dm2=rng.uniform(8, 20),
        fringe_mm=rng.uniform(0.04, 0.09),
        blur_mm=rng.uniform(0.06, 0.085),
        noise_levels=rng.uniform(7, 11),
    )


def worn(seed: int) -> Wear:
    """Out of a binder: yellowed, folded, punched, stapled once, thin enough for the back to show."""
    rng = random.Random(f"worn-{seed}")
    red = rng.randrange(232, 246)
    return Wear(
        paper_rgb=(red, red - rng.randrange(5, 11), red - rng.randrange(18, 38)),
        ink_level=rng.randrange(38, 60),
        grain_levels=rng.uniform(2.0, 3.0),
        mottle_levels=rng.uniform(2.0, 3.5),
        bleed=rng.uniform(0.06, 0.12),
        folds_mm=_folds(rng),
        fold_levels=rng.uniform(18, 34),
        holes=True,
        hole_level=rng.choice((8, 20, 45)),
        staple=rng.random() < 0.6,
        dog_ear_mm=rng.choice((0.0, rng.uniform(7, 15))),
        light_levels=rng.uniform(5, 12),
        light_degrees=rng.uniform(0, 360),
        skew_degrees=round(rng.uniform(-1.8, 1.8), 2),
        border_mm=(0.0, 0.0, round(rng.choice((0.0, rng.uniform(1.0, 3.0))), 2), 0.0),
        shift_mm=(round(rng.uniform(-1.2, 1.2), 2), round(rng.uniform(-1.2, 1.2), 2)),
        outside="black",
        speckles_per_dm2=rng.uniform(3, 8),
        fringe_mm=rng.uniform(0.0, 0.05),
        blur_mm=rng.uniform(0.04, 0.06),
        noise_levels=rng.uniform(1.8, 3.0),
    )


def copied(seed: int) -> Wear:
    """A copy of a copy: gray, strokes grown or eaten away, toner missing, dirt, a dark edge."""
    rng = random.Random(f"copied-{seed}")
    white = rng.randrange(236, 248)
    edge = round(rng.uniform(1.0, 4.0), 2)
    return Wear(
        paper_rgb=(white, white, white),
        ink_level=rng.randrange(28, 48),
        grain_levels=rng.uniform(1.0, 1.8),
        holes=rng.random() < 0.3,
        hole_level=rng.choice((15, 40)),
        copied=True,
        copy_stroke_mm=rng.choice((rng.uniform(0.015, 0.035), rng.uniform(-0.03, -0.015))),
        toner_loss=rng.uniform(0.05, 0.16),
        skew_degrees=round(rng.uniform(-1.9, 1.9), 2),
        border_mm=rng.choice(((edge, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, edge), (0.0, edge, edge, 0.0))),
        shift_mm=(round(rng.uniform(-1, 1), 2), round(rng.uniform(-1, 1), 2)),
        outside="black",
        streaks=rng.randrange(2),
        speckles_per_dm2=rng.uniform(20, 45),
        blur_mm=rng.uniform(0.035, 0.05),
        noise_levels=rng.uniform(1.5, 3.0),
    )


def fax(seed: int) -> Wear:
    """A sheet pulled through a fax machine; to be scanned bitonal at 204 x 98, 204 x 196 or 150 dpi."""
    rng = random.Random(f"fax-{seed}")
    return Wear(
        paper_rgb=(240, 240, 240),
        ink_level=rng.randrange(30, 60),
        grain_levels=2.0,
        copied=True,
        copy_stroke_mm=rng.uniform(0.0, 0.03),
        toner_loss=rng.uniform(0.0, 0.05),
        skew_degrees=round(rng.uniform(-1.5, 1.5), 2),
        shift_mm=(round(rng.uniform(-1.5, 1.5), 2), 0.0),
        outside="white",
        streaks=rng.randrange(2),
        speckles_per_dm2=rng.uniform(6, 16),
        blur_mm=rng.uniform(0.05, 0.07),
        noise_levels=rng.uniform(8, 14),
        lost_lines=rng.randrange(7),
    )


def _folds(rng: random.Random) -> tuple[float, ...]:
    folds = rng.choice((FOLDS_B_MM, FOLDS_B_MM, FOLDS_A_MM))
    return tuple(round(height + rng.uniform(-1.5, 1.5), 2) for height in folds)


PROFILES: Final[dict[str, Callable[[int], Wear]]] = {
    "clean": clean,
    "office": office,
    "noisy": noisy,
    "worn": worn,
    "copied": copied,
    "fax": fax,
}
