"""What was read inside the boxes for ticks is no text; everything else is."""

from __future__ import annotations

from dipro_scan.model import Block, Box, Line, Mark, MarkVerdict, PageText, Word
from dipro_scan.ocr.mark_words import without_ticks

from ..pages_by_hand import line_of

BOX = Mark(Box(20, 10, 23, 13), 0.2, MarkVerdict.TICKED)


def line(*words: tuple[str, float, float]) -> Line:
    return line_of((Word(text, Box(x0, 10, x1, 13), 0.9) for text, x0, x1 in words), 12.5)


def page(*lines: Line) -> PageText:
    return PageText((Block.of(lines),))


def test_a_tick_goes_and_its_label_stays() -> None:
    text = page(line(("verheiratet", 2, 18), ("Y", 20.4, 22.5), ("ledig", 25, 35)))
    assert without_ticks(text, [BOX]).text == "verheiratet ledig"
    left = without_ticks(text, [BOX])
    assert left.blocks[0].lines[0].baseline == text.blocks[0].lines[0].baseline


def test_a_line_that_was_nothing_but_a_tick_goes_with_its_block() -> None:
    tick, label = line(("[X]", 20, 23)), line(("ja", 25, 30))
    assert without_ticks(page(tick), [BOX]) == PageText()
    assert without_ticks(page(tick, label), [BOX]).text == "ja"


def test_words_that_only_touch_a_box_or_are_long_stay() -> None:
    text = page(line(("ja", 15, 21)), line(("Wohnung", 20, 23)))
    assert without_ticks(text, [BOX]) is not None
    assert without_ticks(text, [BOX]).text == text.text


def test_without_boxes_nothing_is_touched() -> None:
    text = page(line(("x", 20, 22)))
    assert without_ticks(text, []) is text


def test_figures_entered_a_character_a_box_stay() -> None:
    boxes = [Mark(Box(20 + 5.5 * at, 10, 25 + 5.5 * at, 16), 0.2, MarkVerdict.TICKED) for at in range(4)]
    entered = page(
        line(
            ("geboren", 2, 18), *((each, 21.5 + 5.5 * at, 23.5 + 5.5 * at) for at, each in enumerate("07A9"))
        )
    )
    assert without_ticks(entered, boxes) is not None
    assert without_ticks(entered, boxes).text == "geboren 0 7 A 9"
    below = Mark(Box(20, 30, 25, 36), 0.2, MarkVerdict.TICKED)
    assert without_ticks(entered, [boxes[0], below]).text == "geboren 0 7 A 9"


def test_a_figure_alone_in_a_box_was_entered_only_where_it_is_sure() -> None:
    sure = page(line(("Kinder", 2, 18), ("2", 20.4, 22.5)))
    assert without_ticks(sure, [BOX]).text == "Kinder 2"
    (block,) = sure.blocks
    doubtful = [Word(word.text, word.box, 0.6) for word in block.lines[0].words]
    unsure = page(Line(tuple(doubtful), block.box, block.lines[0].baseline))
    assert without_ticks(unsure, [BOX]).text == "Kinder"
