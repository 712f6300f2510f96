"""What a line knows about itself, and what becomes of it with other words."""

from __future__ import annotations

import pytest

from dipro_scan.model import Block, Box, Line, Word

from ..pages_by_hand import line_of

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


def test_a_line_with_other_words_stays_on_its_baseline() -> None:
    line = Line((WORD,), WORD.box, (20, 29, 90, 30))
    other = Word("Band", Box(50, 12, 70, 28), 0.8)
    assert line.with_words((WORD, other)) == Line((WORD, other), Box(20, 10, 70, 30), line.baseline)


def test_a_block_of_lines_holds_them_all() -> None:
    lines = [line_of([Word("Rand", box, 0.9)]) for box in (WORD.box, Box(10, 40, 25, 45))]
    block = Block.of(lines, "stamp")
    assert block == Block(tuple(lines), Box(10, 10, 40, 45), "stamp")
    assert Block.of(lines).kind == "print"
