"""Writing that the edge of the scan cuts is told by side; rules, bars and lids are not taken for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dipro_scan.imaging.edge_ink import CutInk, find_cut_ink
from dipro_scan.imaging.paper_edge import find_paper
from dipro_scan.imaging.small_page import small_page
from dipro_scan.settings.border_settings import BorderSettings

from .conftest import typeset
from .drawn_sheets import Pixels, scan_of, sheet_corners, view_of, write_lines

DEFAULT = BorderSettings()


def cut(pixels: Pixels, dpi: float = 300.0) -> CutInk:
    page = small_page(view_of(pixels, dpi))
    return find_cut_ink(page, find_paper(page, DEFAULT), DEFAULT)


def test_lines_cut_on_the_left_are_told() -> None:
    page = typeset(4)
    whole, missing = cut(page), cut(page[:, 330:])
    assert whole.marks == (0, 0, 0, 0) and whole.measurement.verdict == "ok"
    assert missing.sides == ("left",) and missing.doubts == ("ink_cut_off_left",)
    assert missing.measurement.verdict == "notable" and missing.measurement.value > 5


def test_each_side_is_told() -> None:
    page = typeset(5)[:, 330:]
    turned = [cut(np.ascontiguousarray(np.rot90(page, -quarter))).sides for quarter in range(4)]
    assert turned == [("left",), ("top",), ("right",), ("bottom",)]


@pytest.mark.parametrize("kind", ["rules", "bar", "dark"])
def test_what_is_printed_to_the_edge_on_purpose(kind: str) -> None:
    pixels = np.full((1754, 1240), 240, np.uint8)
    if kind == "rules":
        pixels[300:1500:100, :] = 40
        pixels[302:1500:100, :] = 40
    elif kind == "bar":
        pixels[:100] = 90
    else:
        pixels[:] = 40
    assert cut(pixels, 150.0).sides == ()


def test_a_black_lid_cuts_nothing() -> None:
    corners = sheet_corners(210, 297, (0, 0), 1.4, 150)
    pixels = scan_of((210, 297), corners)
    write_lines(pixels, corners)
    assert cut(pixels, 150.0).marks == (0, 0, 0, 0)


@settings(max_examples=40, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))))
def test_any_size_will_do(pixels: Pixels) -> None:
    found = cut(pixels, 72.0)
    assert found.measurement.value == max(found.marks)
