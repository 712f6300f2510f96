"""Separator sheets are found whichever way they lie; empty backs are empty."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from municipal_paper.scanner import scan_side
from municipal_paper.separators import SEPARATOR_TEXT, blank_side, patch_sheet
from municipal_paper.truth import ScannedSide, Side, SideKind
from municipal_paper.wear import PROFILES, Wear, clean

from dipro_scan.imaging import find_codes, judge_blank, upright_view
from dipro_scan.model import BlankVerdict, CodeMeaning, ReadingImage, Resolution
from dipro_scan.settings import BlankSettings, SeparationSettings

Shown = Callable[[ScannedSide], ReadingImage]


def as_it_lies(scanned: ScannedSide) -> ReadingImage:
    return upright_view(scanned.image, 1, Resolution(*scanned.dpi), 300)


@pytest.mark.parametrize(
    ("profile", "rotation"),
    [*(("office", rotation) for rotation in (0, 90, 270)), *((profile, 180) for profile in sorted(PROFILES))],
)
def test_a_worn_patch_sheet_is_found_in_each_orientation(profile: str, rotation: int) -> None:
    colour, dpi = ("bitonal", 150) if profile == "fax" else ("gray", 200)
    scanned = scan_side(patch_sheet("T"), PROFILES[profile](6), dpi=dpi, colour=colour, rotation=rotation)
    assert scanned.side.kind is SideKind.SEPARATOR
    codes = find_codes(as_it_lies(scanned), SeparationSettings())
    assert [(code.type, code.meaning) for code in codes] == [("PatchT", CodeMeaning.SEPARATOR)]


@pytest.mark.parametrize("rotation", [0, 180])
def test_the_code_on_the_sheet_says_what_the_pipeline_looks_for(rotation: int) -> None:
    scanned = scan_side(patch_sheet("T", with_code=True), clean(1), rotation=rotation, colour="gray")
    codes = find_codes(as_it_lies(scanned), SeparationSettings())
    assert {code.type for code in codes} == {"PatchT", "QRCode"}
    assert {code.text for code in codes if code.type == "QRCode"} == {SEPARATOR_TEXT}
    assert all(code.meaning is CodeMeaning.SEPARATOR for code in codes)


def test_the_sheet_tells_people_not_to_file_it() -> None:
    text = patch_sheet("T").text.casefold()
    assert "trennblatt" in text and "nicht ablegen" in text


@pytest.mark.parametrize("bleed", [0.0, 0.03])
def test_an_empty_back_is_judged_blank_though_the_front_shows_through(
    letter: Side, shown: Shown, bleed: float
) -> None:
    wear = Wear(paper_rgb=(246, 246, 243), grain_levels=1.5, noise_levels=1.8, skew_degrees=0.6, bleed=bleed)
    scanned = scan_side(blank_side(), wear, seed=1, back=letter)
    assert scanned.side.kind is SideKind.BLANK
    assert judge_blank(shown(scanned), BlankSettings()).verdict is BlankVerdict.BLANK


def test_the_front_itself_is_not_blank(letter: Side, shown: Shown) -> None:
    verdict = judge_blank(shown(scan_side(letter, clean(1), seed=1)), BlankSettings()).verdict
    assert verdict is BlankVerdict.NOT_BLANK
