"""What a line knows about itself, and what becomes of it with other words."""

from __future__ import annotations

import pytest

from dipro_scan.model import Box, Line, Word

WORD = Word("Rand", Box(20, 10, 40, 30), 0.9)


@pytest.mark.parametrize(
    ("baseline", "is_level"),
    [
        ((20, 30, 40, 30), True),
        ((40, 30, 20, 30), True),
        ((20, 30, 40, 10), True),
        ((20, 30, 20, 10), False),
        ((20, 10, 25, 30), False),
    ],
    ids=["level", "on its head", "half way up", "up the page", "down the page"],
)
def test_a_line_is_level_where_it_runs_across_the_page(
    baseline: tuple[float, float, float, float], is_level: bool
) -> None:
    assert Line((WORD,), WORD.box, baseline).is_level is is_level
