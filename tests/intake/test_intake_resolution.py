"""The rules by which an image gets its size on paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.intake.resolution import (
    COMMON_DPI,
    HIGHEST_DPI,
    LOWEST_DPI,
    PAPERS_MM,
    StatedResolution,
    settle_resolution,
)
from dipro_scan.model import MM_PER_INCH, Resolution

NOTHING = StatedResolution()
sides_px = st.integers(1, 30_000)


def _stated(x: float, y: float | None = None) -> StatedResolution:
    return StatedResolution.of(x, y if y is not None else x, per_inch=1.0)


@pytest.mark.parametrize(
    ("width", "height", "stated", "expected", "origin"),
    [
        (2480, 3508, _stated(300), (300, 300), "file"),
        (1728, 1143, _stated(204, 98), (204, 98), "file"),  # a fax in standard resolution
        (1728, 2292, _stated(204, 196), (204, 196), "file"),
        (2480, 3508, NOTHING, (300, 300), "inferred"),
        (3508, 2480, NOTHING, (300, 300), "inferred"),
        (2550, 3300, NOTHING, (300, 300), "inferred"),
        (1654, 2339, NOTHING, (200, 200), "inferred"),
        (1748, 2480, NOTHING, (300, 300), "inferred"),  # A5
        (3508, 4961, NOTHING, (300, 300), "inferred"),  # A3
        (2480, 3508, _stated(1), (300, 300), "inferred"),
        (2480, 3508, _stated(72), (300, 300), "inferred"),  # a careless program's 72
        (2480, 3508, _stated(96), (300, 300), "inferred"),
        (1695, 2378, _stated(72), (204, 204), "inferred"),
        (595, 842, _stated(72), (72, 72), "file"),  # A4 indeed
        (842, 1191, _stated(72), (72, 72), "file"),  # A3 indeed
        (4000, 5000, _stated(72), (300, 300), "assumed"),  # 1.76 m is no paper
        (1600, 2000, _stated(72), (72, 72), "file"),  # a poster, and no standard paper
        (2480, 3508, _stated(100), (100, 100), "file"),  # 630 × 891 mm is near A1; nobody writes 100 idly
        (2600, 2600, NOTHING, (300, 300), "assumed"),
        (640, 480, NOTHING, (150, 150), "assumed"),
        (1900, 1000, NOTHING, (200, 200), "assumed"),
        (20000, 3, NOTHING, (400, 400), "assumed"),  # 300 would make 1.7 m of it
        (1240, 877, StatedResolution.of(2, 1, per_inch=None), (150, 75), "inferred"),  # oblong pixels
    ],
)
def test_the_first_rule_that_holds_decides(
    width: int, height: int, stated: StatedResolution, expected: tuple[float, float], origin: str
) -> None:
    resolution, found_origin = settle_resolution(width, height, stated)
    assert (tuple(resolution), found_origin) == (expected, origin)


@given(
    st.sampled_from(sorted(PAPERS_MM)), st.sampled_from(COMMON_DPI), st.booleans(), st.floats(-0.004, 0.004)
)
def test_standard_paper_without_resolution_gets_a_standard_size(
    name: str, dpi: int, lying: bool, error: float
) -> None:
    sides = PAPERS_MM[name][::-1] if lying else PAPERS_MM[name]
    width, height = (max(round(side * (1 + error) * dpi / MM_PER_INCH), 1) for side in sides)
    resolution, origin = settle_resolution(width, height, NOTHING)
    assert origin == "inferred"
    found = (width * MM_PER_INCH / resolution.x, height * MM_PER_INCH / resolution.y)
    off = min(
        max(abs(found[0] / paper[0] - 1), abs(found[1] / paper[1] - 1))
        for standard in PAPERS_MM.values()
        for paper in (standard, standard[::-1])
    )
    assert off <= 0.0205  # 3 mm of A5's shorter side


@given(sides_px, sides_px, st.floats(0, 1e6), st.floats(0, 1e6), st.sampled_from([None, 1.0, 2.54, 0.0254]))
def test_any_image_gets_a_resolution_that_scanners_have(
    width: int, height: int, x: float, y: float, unit: float | None
) -> None:
    resolution, origin = settle_resolution(width, height, StatedResolution.of(x, y, per_inch=unit))
    for value in resolution:
        assert value > 0
        if origin == "file":
            assert LOWEST_DPI <= value <= HIGHEST_DPI
    if origin == "file":
        assert max(width / resolution.x, height / resolution.y) * MM_PER_INCH <= 1300.01


@given(sides_px, sides_px, st.floats(100, 2400))
def test_a_plausible_statement_is_kept(width: int, height: int, dpi: float) -> None:
    resolution, origin = settle_resolution(width, height, _stated(dpi))
    longer_mm = max(width, height) * MM_PER_INCH / dpi
    if 20 <= longer_mm <= 1300:
        assert (resolution, origin) == (Resolution(dpi, dpi), "file")
    else:
        assert origin != "file"


@given(st.floats() | st.just(0.0), st.floats())
def test_nonsense_states_nothing(x: float, y: float) -> None:
    stated = StatedResolution.of(x, y, per_inch=1.0)
    if not (0 < x < float("inf") and 0 < y < float("inf")):
        assert stated == NOTHING
    assert 1 / 8 <= stated.y_per_x <= 8
