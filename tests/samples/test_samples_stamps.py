"""Eingangsstempel: coloured ink on the paper, with words that lie where the truth says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from municipal_paper import stamps
from municipal_paper.facts import invent_facts
from municipal_paper.scanner import scan_side
from municipal_paper.separators import blank_side
from municipal_paper.stamps import STAMP_COLOURS, StampColour, put_stamp
from municipal_paper.truth import Hand, Side
from municipal_paper.wear import office

SETS = ("samples", "tuning", "report")
MM = 300 / 25.4


@pytest.mark.parametrize("colour", STAMP_COLOURS)
@pytest.mark.parametrize("set_name", SETS)
def test_the_ink_has_its_colour(letter: Side, set_name: str, colour: StampColour) -> None:
    stamped = put_stamp(letter, (120.0, 95.0), set_name, colour, 3)
    new = (letter.image.astype(int) - stamped.image).max(axis=2) > 120
    assert new.sum() > 5000
    red, green, blue = np.median(stamped.image[new], axis=0)
    assert green < 140
    if colour == "red":
        assert red - max(green, blue) > 60
    elif colour == "blue":
        assert blue - max(red, green) > 60
    else:
        assert min(red, blue) - green > 30


def test_the_ink_is_coloured_also_after_scanning(letter: Side) -> None:
    stamped = put_stamp(letter, (120.0, 95.0), "samples", "red", 3)
    plain, with_stamp = (
        np.ptp(scan_side(side, office(1), seed=1).image[900:1800, 1300:2300].astype(int), axis=2)
        for side in (letter, stamped)
    )
    assert (with_stamp > 50).sum() > 5000 + (plain > 50).sum()


@pytest.mark.parametrize("set_name", SETS)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_words_of_the_stamp_are_listed_where_its_ink_lies(set_name: str, seed: int) -> None:
    stamped = put_stamp(blank_side(), (60.0, 120.0), set_name, "blue", seed)
    received = invent_facts(seed, "").shown["eingangsdatum"]
    assert any(received in word.text for word in stamped.words)
    assert {word.hand for word in stamped.words} == {Hand.STAMP}
    ink = stamped.image.min(axis=2) < 170
    for word in stamped.words:
        x0, y0, x1, y1 = (round(edge * MM) for edge in word.box_mm)
        inside = ink[y0 - 2 : y1 + 2, x0 - 2 : x1 + 2]
        assert inside.any(), word
        if len(word.text) >= 6 and "..." not in word.text:
            # Axis-aligned around turned letters: ink reaches close to both ends of the box.
            columns = np.flatnonzero(inside.any(axis=0))
            assert columns[0] < 0.12 * inside.shape[1] and columns[-1] > 0.85 * inside.shape[1], word


def test_the_text_of_the_page_stays_what_is_printed(letter: Side) -> None:
    stamped = put_stamp(letter, (120.0, 95.0), "samples", "red", 3)
    assert stamped.text == letter.text
    assert stamped.words[: len(letter.words)] == letter.words
    assert len(stamped.words) > len(letter.words)


def test_ink_darkens_and_never_covers_print(letter: Side) -> None:
    before = letter.image.copy()
    stamped = put_stamp(letter, (30.0, 110.0), "samples", "blue", 5)
    assert (stamped.image <= letter.image).all()
    assert np.array_equal(letter.image, before)


def test_the_same_seed_gives_the_same_stamp(letter: Side) -> None:
    first, again, other = (put_stamp(letter, (120.0, 95.0), "samples", "red", seed) for seed in (3, 3, 4))
    assert np.array_equal(first.image, again.image) and first.words == again.words
    assert not np.array_equal(first.image, other.image)


def test_rubber_is_worn_so_ink_is_uneven() -> None:
    stamped = put_stamp(blank_side(), (60.0, 120.0), "samples", "violet", 2)
    density = 255 - stamped.image[:, :, 1][stamped.image[:, :, 1] < 200].astype(float)
    assert density.std() > 15


def test_no_two_sets_share_a_design() -> None:
    folder = Path(stamps.__file__).parent / "stamps"
    designs = [(folder / f"{name}.typ").read_text(encoding="utf-8") for name in SETS]
    lines = [
        {line.strip() for line in text.splitlines() if "eingangsdatum" in line or "box(" in line}
        for text in designs
    ]
    assert all(lines)
    assert not lines[0] & lines[1] and not lines[0] & lines[2] and not lines[1] & lines[2]
