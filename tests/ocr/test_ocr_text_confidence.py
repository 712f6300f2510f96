"""How sure a page is: mean, quantiles, the neighbourhood that is least sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dipro_scan.model import Block, Box, Line, PageText, Word
from dipro_scan.ocr.text_confidence import QUANTILES, REGION_CHARACTERS, text_confidence

from ..pages_by_hand import line_of, text_of

LINE = ("Die", "Stadt", "Musterstadt", "bestätigt", "den", "Eingang", "Ihres", "Antrags", "vom")


def line_at(top: float, confidence: float, words: tuple[str, ...] = LINE, left: float = 25.0) -> Line:
    return line_of(
        Word(word, Box(left + 16 * index, top, left + 16 * index + 14, top + 3), confidence)
        for index, word in enumerate(words)
    )


def letter(confidences: list[float]) -> PageText:
    return text_of(*(line_at(20 + 5 * number, value) for number, value in enumerate(confidences)))


def test_a_page_without_words_has_no_confidence() -> None:
    assert text_confidence(PageText()) is None


def test_quantiles_weigh_words_by_their_length() -> None:
    line = line_at(10, 0.9, ("abcdefghi", "j"))
    words = (line.words[0], Word("j", line.words[1].box, 0.2))
    found = text_confidence(text_of(Line(words, line.box, line.baseline)))
    assert found is not None
    assert dict(found.quantiles) == {0.05: 0.2, 0.1: 0.2, 0.25: 0.9, 0.5: 0.9}
    assert found.mean == pytest.approx(0.9 * 0.9 + 0.1 * 0.2)


def test_a_ruined_strip_is_the_worst_region_and_the_mean_hardly_shows_it() -> None:
    found = text_confidence(letter([0.98] * 12 + [0.3] * 3 + [0.98] * 15))
    assert found is not None and found.worst_region is not None
    assert found.worst == pytest.approx(0.3)
    assert (found.worst_region.y0, found.worst_region.y1) == (80, 93)
    assert found.mean > 0.9


def test_a_scribble_read_as_a_few_letters_makes_no_region_of_its_own() -> None:
    lines = list(letter([0.98] * 10).lines())
    scribble = line_at(72, 0.05, ("Jn", "lw/"))
    name = line_at(78, 0.98, ("Helga", "Musterfrau"))
    found = text_confidence(text_of(*lines, scribble, name))
    assert found is not None
    assert found.worst > 0.75
    alone = text_confidence(text_of(*lines, line_at(250, 0.05, ("Jn", "lw/"))))
    assert alone is not None and alone.worst == pytest.approx(0.98)


def test_what_stands_in_a_stamp_belongs_to_no_region() -> None:
    lines = list(letter([0.98] * 10).lines())
    stamp = [line_at(71 + 4 * number, 0.1) for number in range(4)]
    place = Box.around([line.box for line in stamp])
    as_print = text_confidence(text_of(*lines, *stamp))
    as_stamp = text_confidence(PageText((*text_of(*lines).blocks, Block(tuple(stamp), place, "stamp"))))
    assert as_print is not None and as_print.worst == pytest.approx(0.1)
    assert as_stamp is not None and as_stamp.worst == as_stamp.mean == pytest.approx(0.98)


def test_what_is_written_by_hand_counts_as_what_is_printed() -> None:
    lines = list(letter([0.98] * 10).lines())
    entries = [line_at(71 + 4 * number, 0.1) for number in range(4)]
    text = PageText((*text_of(*lines).blocks, Block.of(entries, "handwriting")))
    assert text_confidence(text) == text_confidence(text_of(*lines, *entries))


def test_lines_far_from_each_other_are_no_neighbours() -> None:
    words = ("Bauantrag", "Nummer", "siebzehn", "Hauptstraße")
    far = text_of(*(line_at(20 + 40 * number, 0.2, words) for number in range(5)))
    found = text_confidence(far)
    assert found is not None and found.worst_region is None
    assert found.worst == found.mean == pytest.approx(0.2)


def test_a_page_with_a_few_words_is_one_region_without_a_place() -> None:
    found = text_confidence(text_of(line_at(10, 0.4, ("Anlage", "3"))))
    assert found is not None
    assert (found.worst, found.worst_region) == (found.mean, None)


shares = some.floats(0, 1, allow_nan=False)


@given(some.lists(shares, min_size=1, max_size=25))
def test_any_page_has_ordered_quantiles_and_a_worst_that_its_words_can_have(values: list[float]) -> None:
    found = text_confidence(letter(values))
    assert found is not None
    rising = [value for _share, value in found.quantiles]
    assert [share for share, _value in found.quantiles] == list(QUANTILES)
    assert rising == sorted(rising)
    assert min(values) - 1e-4 <= found.worst <= max(values) + 1e-4
    if len(values) >= 3:
        assert found.worst_region is not None
        assert sum(map(len, LINE)) * 3 >= REGION_CHARACTERS
