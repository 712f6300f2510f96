"""What is darker than the paper around it, on pages of any size."""

from __future__ import annotations

import numpy as np
import pytest

from dipro_scan.imaging.ink import text_ink


@pytest.mark.parametrize("height", range(1, 9))
@pytest.mark.parametrize("width", [1, 2, 4, 7])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_page_of_any_size_holds_no_ink(height: int, width: int, level: int) -> None:
    """OpenCV takes an array of four numbers for a colour where it can."""
    assert not text_ink(np.full((height, width), level, np.uint8), 300.0).any()


def test_print_is_ink_on_light_and_on_dark_paper() -> None:
    for paper, ink in ((250, 30), (90, 20)):
        page = np.full((400, 400), paper, np.uint8)
        page[200:206, 100:104] = ink
        found = text_ink(page, 300.0)
        assert found[200:206, 100:104].all()
        assert found.sum() == 24
