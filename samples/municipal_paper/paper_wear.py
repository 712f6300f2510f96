"""What paper suffers before it is scanned. Pixels are RGB [height, width, 3] at PAPER_DPI, places mm."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from municipal_paper.chance import chance, clouds
from municipal_paper.truth import MM_PER_INCH, PAPER_DPI, Pixels

PX_PER_MM: Final = PAPER_DPI / MM_PER_INCH
RGB = tuple[int, int, int]

HOLE_DISTANCE_MM: Final = 80.0
HOLE_DIAMETER_MM: Final = 6.0
HOLE_FROM_EDGE_MM: Final = 12.0
"""ISO 838: two holes 80 mm apart, 6 mm wide, their centres 12 mm from the edge."""

_SUBPIXEL_BITS: Final = 4


class Texture(NamedTuple):
    """Standard deviations of grain and mottle, and the fall of the light, all in gray levels."""

    grain_levels: float
    mottle_levels: float
    light_levels: float
    light_degrees: float


def with_gray_ink(pixels: Pixels, ink_level: int) -> Pixels:
    """Print that reflects some light: black becomes `ink_level`, white stays."""
    levels = ink_level + np.arange(256) * (255 - ink_level) / 255
    return np.asarray(cv2.LUT(pixels, np.rint(levels).astype(np.uint8)), dtype=np.uint8)


def bled_through(pixels: Pixels, back: Pixels, strength: float) -> Pixels:
    """The ink of the back, mirrored and spread by the paper's fibres."""
    height, width = pixels.shape[:2]
    gray = cv2.cvtColor(back, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, (width // 3, height // 3), interpolation=cv2.INTER_AREA)
    spread = cv2.GaussianBlur(small, (0, 0), 0.22 * PX_PER_MM / 3)
    veil = 255 - strength * (255 - cv2.flip(spread, 1).astype(np.float32))
    full = cv2.resize(np.rint(veil).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return _multiplied(pixels, full)


def on_paper(pixels: Pixels, paper_rgb: RGB, texture: Texture, seed: int) -> Pixels:
    """The print on paper of that colour and texture, under light that falls off towards one side."""
    if paper_rgb == (255, 255, 255) and not any(texture[:3]):
        return pixels.copy()
    height, width = pixels.shape[:2]
    rng = chance(seed, "paper")
    shape = ((height + 1) // 2, (width + 1) // 2)
    shade = np.zeros(shape, dtype=np.float32)
    if texture.grain_levels:
        shade += texture.grain_levels * rng.standard_normal(shape, dtype=np.float32)
    if texture.mottle_levels:
        for cell_mm, share in ((25.0, 0.7), (6.0, 0.55), (1.2, 0.45)):
            field = clouds(rng, shape, cell_mm * PX_PER_MM / 2)
            shade += np.float32(texture.mottle_levels * share) * field
    if texture.light_levels:
        shade -= _light(shape, texture)
    brightness = np.clip(np.rint(shade) + 250, 0, 255).astype(np.uint8)
    full = cv2.resize(brightness, (width, height), interpolation=cv2.INTER_LINEAR)
    channels = [
        cv2.multiply(np.ascontiguousarray(pixels[:, :, index]), full, scale=tone / 250 / 255)
        for index, tone in enumerate(paper_rgb)
    ]
    return np.asarray(cv2.merge(channels), dtype=np.uint8)


def _light(shape: tuple[int, int], texture: Texture) -> NDArray[np.float32]:
    """Gray levels lost: nothing at the bright edge, `light_levels` at the far one, more steeply there."""
    angle = math.radians(texture.light_degrees)
    x = np.linspace(-0.5, 0.5, shape[1], dtype=np.float32)[None, :] * np.float32(math.cos(angle))
    y = np.linspace(-0.5, 0.5, shape[0], dtype=np.float32)[:, None] * np.float32(math.sin(angle))
    reach = abs(math.cos(angle)) + abs(math.sin(angle))
    along = (x + y) / np.float32(reach) + np.float32(0.5)
    return np.asarray(texture.light_levels * along**2, dtype=np.float32)


def fold(pixels: Pixels, height_mm: float, depth_levels: float, seed: int) -> None:
    """A crease across the sheet: a thin line, one slope brighter, one darker, and toner cracked off."""
    height, width = pixels.shape[:2]
    rng = chance(seed, f"fold-{height_mm}")
    reach = round(9 * PX_PER_MM)
    centre = height_mm * PX_PER_MM
    top, bottom = max(0, round(centre) - reach), min(height, round(centre) + reach)
    if bottom - top < 2:
        return
    wander = clouds(rng, (1, width), 30 * PX_PER_MM)[0] * 0.8 + np.linspace(-1, 1, width) * rng.normal(0, 2.5)
    distance = (np.arange(top, bottom)[:, None] - centre - wander[None, :]) / PX_PER_MM
    along = 1 + 0.35 * clouds(rng, (1, width), 4 * PX_PER_MM)
    line = depth_levels * np.clip(along, 0.2, 2.0) * np.exp(-((distance / 0.13) ** 2))
    lean = rng.choice((-1.0, 1.0)) * rng.uniform(0.2, 0.45)
    slope = depth_levels * lean * np.sign(distance) * np.exp(-np.abs(distance) / 2.2)
    strip = pixels[top:bottom].astype(np.float32)
    cracked = clouds(rng, distance.shape, 0.18 * PX_PER_MM) > 1.9 - 2.4 * np.exp(-((distance / 0.2) ** 2))
    paper = np.float32(np.percentile(strip[::7, ::7], 80))
    loss = (cracked & (np.abs(distance) < 0.5)) * np.float32(min(0.75, depth_levels / 35))
    strip += loss[:, :, None] * np.maximum(paper - strip, 0)
    strip *= 1 - ((line + slope) / 250).astype(np.float32)[:, :, None]
    pixels[top:bottom] = np.clip(np.rint(strip), 0, 255).astype(np.uint8)


def punch(pixels: Pixels, behind_level: int, seed: int) -> None:
    """Two holes at the left edge; their rims throw a shadow on what lies behind."""
    rng = chance(seed, "holes")
    middle_mm = pixels.shape[0] / PX_PER_MM / 2 + rng.normal(0, 1.5)
    x_mm = HOLE_FROM_EDGE_MM + rng.normal(0, 0.8)
    for y_mm in (middle_mm - HOLE_DISTANCE_MM / 2, middle_mm + HOLE_DISTANCE_MM / 2):
        radius = HOLE_DIAMETER_MM / 2
        _disc(pixels, (x_mm, y_mm), radius + 0.18, 0.86, soft_mm=0.12)
        _disc(pixels, (x_mm, y_mm), radius, 0.0, soft_mm=0.03, fill=behind_level)


def _disc(
    pixels: Pixels,
    centre_mm: tuple[float, float],
    radius_mm: float,
    keep: float,
    *,
    soft_mm: float,
    fill: int = 0,
) -> None:
    reach = math.ceil((radius_mm + 4 * soft_mm) * PX_PER_MM)
    x, y = (place * PX_PER_MM for place in centre_mm)
    left, top = max(0, round(x) - reach), max(0, round(y) - reach)
    part = pixels[top : round(y) + reach, left : round(x) + reach]
    rows, columns = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    beyond_mm = np.hypot(columns - x, rows - y) / PX_PER_MM - radius_mm
    cover = (1 - keep) / (1 + np.exp(np.clip(beyond_mm / soft_mm * 2, -30, 30)))
    blend = part * (1 - cover[:, :, None]) + fill * cover[:, :, None]
    part[...] = np.rint(blend).astype(np.uint8)


def staple(pixels: Pixels, seed: int) -> None:
    """A staple across the top left corner: its wire, the light on it, and its shadow."""
    rng = chance(seed, "staple")
    angle = math.radians(rng.uniform(-60, -30))
    x, y = rng.uniform(9, 13), rng.uniform(9, 13)
    reach = 6.3
    span = (reach * math.cos(angle), reach * math.sin(angle))
    size = round(30 * PX_PER_MM)
    part = pixels[:size, :size]
    for offset_mm, width_mm, soft_mm, level, strength in (
        (0.55, 0.8, 0.45, 0, 0.35),
        (0.0, 0.5, 0.06, 70, 0.9),
        (-0.1, 0.14, 0.06, 215, 0.75),
    ):
        mask = np.zeros(part.shape[:2], dtype=np.uint8)
        ends = [
            tuple(
                round(place * PX_PER_MM * 2**_SUBPIXEL_BITS)
                for place in (x + sign * span[0] + offset_mm, y + sign * span[1] + offset_mm)
            )
            for sign in (-1, 1)
        ]
        cv2.line(
            mask,
            ends[0],
            ends[1],
            255,
            max(1, round(width_mm * PX_PER_MM)),
            cv2.LINE_AA,
            shift=_SUBPIXEL_BITS,
        )
        cover = cv2.GaussianBlur(mask, (0, 0), soft_mm * PX_PER_MM).astype(np.float32) / 255 * strength
        blend = part * (1 - cover[:, :, None]) + level * cover[:, :, None]
        part[...] = np.rint(blend).astype(np.uint8)


def dog_ear(pixels: Pixels, leg_mm: float, paper_rgb: RGB, outside_rgb: RGB) -> None:
    """The top right corner folded over: the flap covers print, its place shows what lies behind."""
    leg = round(leg_mm * PX_PER_MM)
    reach = leg + round(3 * PX_PER_MM)
    part = pixels[:reach, -reach:]
    flap = np.array([(reach - leg, 0), (reach, leg), (reach - leg, leg)], dtype=np.int32)
    shadow = np.zeros(part.shape[:2], dtype=np.uint8)
    cv2.fillPoly(shadow, [flap + np.array([-round(0.5 * PX_PER_MM), round(0.5 * PX_PER_MM)])], 255)
    soft = cv2.GaussianBlur(shadow, (0, 0), 0.6 * PX_PER_MM).astype(np.float32) / 255 * 0.3
    part[...] = np.rint(part * (1 - soft[:, :, None])).astype(np.uint8)
    cv2.fillPoly(part, [flap], [round(tone * 0.95) for tone in paper_rgb], cv2.LINE_AA)
    cv2.fillPoly(part, [np.array([(reach - leg, 0), (reach, 0), (reach, leg)], np.int32)], outside_rgb)
    edge = [round(tone * 0.72) for tone in paper_rgb]
    cv2.line(part, (reach - leg, 0), (reach, leg), edge, 2, cv2.LINE_AA)


def _multiplied(pixels: Pixels, factor: Pixels) -> Pixels:
    three = cv2.cvtColor(factor, cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.multiply(pixels, three, scale=1 / 255), dtype=np.uint8)
