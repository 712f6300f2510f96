"""Worn pages: the truth about their geometry holds, the same seed gives the same pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from municipal_paper.scanner import scan_side
from municipal_paper.truth import Hand, Pixels, ScannedSide, Side
from municipal_paper.wear import PROFILES, Wear, wear_side

from dipro_scan.imaging import estimate_skew, straighten
from dipro_scan.model import ReadingImage
from dipro_scan.settings import ImagingSettings

Shown = Callable[[ScannedSide], ReadingImage]
MM = 300 / 25.4

few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def upper_part(side: Side) -> Side:
    """A small side, for what does not depend on the size."""
    return Side(side.image[:1500, :1200].copy())


def offsets_of_ink_mm(view: ReadingImage, scanned: ScannedSide) -> np.ndarray:
    """For each printed word: how far left, top, right and bottom of its ink lie from its box."""
    ink = view.pixels < 0.5 * np.percentile(view.pixels, 60)
    scale, reach = view.dpi / 25.4, 0.45
    found = []
    for word in scanned.side.words:
        if word.hand is not Hand.PRINT or len(word.text) < 4:
            continue
        left, right = ((x - view.origin_mm[0]) for x in (word.box_mm[0], word.box_mm[2]))
        top, bottom = ((y - view.origin_mm[1]) for y in (word.box_mm[1], word.box_mm[3]))
        x0, y0 = round((left - reach) * scale), round((top - reach) * scale)
        part = ink[y0 : round((bottom + reach) * scale), x0 : round((right + reach) * scale)]
        columns, rows = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
        assert columns.size, f"no ink at {word}"
        found.append(
            (
                (x0 + columns[0]) / scale - left,
                (y0 + rows[0]) / scale - top,
                (x0 + columns[-1] + 1) / scale - right,
                (y0 + rows[-1] + 1) / scale - bottom,
            )
        )
    return np.array(found)


@few
@given(
    skew=st.floats(-2.0, 2.0).map(lambda degrees: round(degrees, 2)),
    shift=st.tuples(st.floats(-2, 2), st.floats(-2, 2)),
    border=st.tuples(*(st.floats(0, 4) for _ in range(4))),
    rotation=st.sampled_from((0, 90, 180, 270)),
    outside=st.sampled_from(("black", "white", "paper")),
)
def test_the_truth_about_skew_rotation_and_places_holds(
    letter: Side,
    shown: Shown,
    skew: float,
    shift: tuple[float, float],
    border: tuple[float, float, float, float],
    rotation: int,
    outside: str,
) -> None:
    wear = Wear(skew_degrees=skew, shift_mm=shift, border_mm=border, outside=outside, blur_mm=0.04)
    scanned = scan_side(letter, wear, dpi=200, colour="gray", rotation=rotation, seed=1)
    view = shown(scanned)
    found = estimate_skew(view, ImagingSettings())
    assert found.doubt is None
    assert found.degrees == pytest.approx(scanned.skew_degrees, abs=0.1)
    offsets = offsets_of_ink_mm(straighten(view, scanned.skew_degrees), scanned)
    assert len(offsets) > 40
    assert np.abs(np.median(offsets, axis=0)).max() < 0.15


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_profile_keeps_to_its_truth(letter: Side, shown: Shown, profile: str) -> None:
    wear = PROFILES[profile](5)
    bitonal = profile == "fax"
    colour = "bitonal" if bitonal else "gray"
    scanned = scan_side(letter, wear, dpi=150 if bitonal else 300, colour=colour, rotation=180, seed=5)
    view = shown(scanned)
    assert estimate_skew(view, ImagingSettings()).degrees == pytest.approx(wear.skew_degrees, abs=0.1)
    offsets = offsets_of_ink_mm(straighten(view, wear.skew_degrees), scanned)
    assert np.abs(np.median(offsets, axis=0)).max() < 0.2
    assert scanned.wear == wear.effects() != ()


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_the_same_seed_gives_the_same_pixels_and_another_gives_others(
    letter: Side, other_letter: Side, profile: str
) -> None:
    make = PROFILES[profile]
    assert make(3) == make(3) != make(4)
    front, back = upper_part(letter), upper_part(other_letter)
    once = wear_side(front, make(3), 3, back)
    assert np.array_equal(once, wear_side(front, make(3), 3, back))
    assert not np.array_equal(once, wear_side(front, make(3), 4, back))


def test_wearing_leaves_the_side_as_it_was(letter: Side, other_letter: Side) -> None:
    front, back = upper_part(letter), upper_part(other_letter)
    for make in PROFILES.values():
        wear_side(front, make(1), 1, back)
    assert np.array_equal(front.image, upper_part(letter).image)
    assert np.array_equal(back.image, upper_part(other_letter).image)


def test_no_wear_is_no_change(letter: Side) -> None:
    assert np.array_equal(wear_side(letter, Wear(), 1), letter.image)
    assert Wear().effects() == ()


def empty() -> Side:
    return Side(np.full((3508, 2480, 3), 255, np.uint8))


def difference(wear: Wear, side: Side | None = None, back: Side | None = None) -> Pixels:
    """What the wear made darker, in gray levels."""
    return 255 - wear_side(side or empty(), wear, 7, back).min(axis=2)


def test_punch_holes_are_80_mm_apart_at_the_left_edge() -> None:
    rows, columns = np.nonzero(difference(Wear(holes=True, hole_level=10)) > 200)
    upper, lower = rows[rows < 1754], rows[rows >= 1754]
    assert (lower.mean() - upper.mean()) / MM == pytest.approx(80, abs=0.1)
    assert np.ptp(upper) / MM == pytest.approx(6, abs=0.2)
    assert columns.max() / MM < 20


def test_folds_lie_at_their_heights_and_cross_the_whole_sheet() -> None:
    dark = difference(Wear(folds_mm=(105.0, 210.0), fold_levels=30.0))
    profile = dark.mean(axis=1)
    for height in (105.0, 210.0):
        near = slice(round((height - 3) * MM), round((height + 3) * MM))
        assert (np.argmax(profile[near]) + near.start) / MM == pytest.approx(height, abs=1.0)
        assert (dark[near].max(axis=0) > 4).mean() > 0.95
    assert profile[round(150 * MM) : round(170 * MM)].max() == 0


def test_the_back_shows_through_mirrored_and_weakly(other_letter: Side) -> None:
    dark = difference(Wear(bleed=0.1), back=other_letter).astype(float)
    assert 10 < dark.max() <= 26
    back = 255.0 - other_letter.image.min(axis=2)[: dark.shape[0], : dark.shape[1]]
    small = [each[: 3500 // 20 * 20, :2480].reshape(175, 20, 124, 20).mean((1, 3)) for each in (dark, back)]
    mirrored = np.corrcoef(small[0].ravel(), small[1][:, ::-1].ravel())[0, 1]
    assert mirrored > 0.9 > np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1]


def test_light_falls_off_by_as_many_levels_as_said() -> None:
    dark = difference(Wear(light_levels=24.0, light_degrees=0.0))
    assert dark[:, :40].max() <= 1
    assert dark[:, -3:].mean() == pytest.approx(24, abs=1.5)


def test_noise_has_the_deviation_it_is_said_to_have() -> None:
    gray = Side(np.full((800, 800, 3), 128, np.uint8))
    worn = wear_side(gray, Wear(noise_levels=8.0), 1)
    assert worn.std() == pytest.approx(8.0, rel=0.08)
    assert worn.mean() == pytest.approx(128, abs=0.3)


def test_streaks_run_from_top_to_bottom() -> None:
    struck = difference(Wear(streaks=2)) > 5
    assert (struck.mean(axis=0) > 0.9).any()
    assert struck.mean() < 0.01


def test_a_copy_is_gray_and_its_strokes_grow_or_thin(letter: Side) -> None:
    inks = {}
    for stroke_mm in (-0.03, 0.0, 0.03):
        pixels = wear_side(letter, Wear(copied=True, copy_stroke_mm=stroke_mm), 1)
        assert np.ptp(pixels, axis=2).max() == 0
        inks[stroke_mm] = int((pixels[:, :, 0] < 128).sum())
    assert inks[-0.03] < 0.9 * inks[0.0] < 0.9 * 0.9 * inks[0.03]


def test_what_lies_beside_the_paper_is_black_white_or_paper() -> None:
    turned = Wear(skew_degrees=2.0, paper_rgb=(230, 220, 200))
    corners = {
        outside: wear_side(empty(), replace(turned, outside=outside), 1)[2, 2].tolist()
        for outside in ("black", "white", "paper")
    }
    assert max(corners["black"]) < 30
    assert min(corners["white"]) > 240
    assert np.abs(np.array(corners["paper"]) - (230, 220, 200)).max() <= 3
