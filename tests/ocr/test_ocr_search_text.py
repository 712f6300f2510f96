"""The search text: what it mends, what it must not, and that every difference is in its log."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import Block, Box, Line, PageText, Word
from dipro_scan.ocr.search_text import search_text


def page_of(text: str) -> PageText:
    """A page with `text`: an empty line between blocks."""
    blocks = []
    for number, block in enumerate(text.split("\n\n")):
        lines = []
        for row, line in enumerate(block.split("\n")):
            top = 20.0 * number + 5 * row
            words = tuple(
                Word(word, Box(10.0 * at, top, 10.0 * at + 9, top + 4), 0.9)
                for at, word in enumerate(line.split())
            )
            lines.append(Line(words, Box(0, top, 200, top + 4), (0, top + 4, 200, top + 4)))
        blocks.append(Block(tuple(lines), Box(0, 20.0 * number, 200, 20.0 * number + 19)))
    return PageText(tuple(blocks))


MENDED = [
    ("die Ge-\nnehmigung wird", "die Genehmigung\nwird", "hyphen_joined"),
    ("die Ge-\n\nnehmigung wird", "die Genehmigung\n\nwird", "hyphen_joined"),
    ("in Musterstadt-\nNord liegt", "in Musterstadt-Nord\nliegt", "hyphen_kept"),
    ("der 80-\nl Sack", "der 80-l\nSack", "hyphen_kept"),
    ("die EDV-\nanlage hier", "die EDV-anlage\nhier", "hyphen_kept"),
    ("Herr Xyzq-\nwvut kam", "Herr Xyzqwvut Xyzq-wvut\nkam", "hyphen_either"),
    ("VERWALTUNGS-\nGERICHT", "VERWALTUNGSGERICHT", "hyphen_joined"),
    ("der zustandigen Stelle", "der zuständigen Stelle", "umlaut_dots"),
    ("Waſſer", "Wasser", "long_s"),
    ("Pﬂicht", "Pflicht", "ligature"),
    ("nach $ 12 BGB", "nach § 12 BGB", "dollar_for_paragraph"),
    ("nach $$ 12, 13", "nach §§ 12, 13", "dollar_for_paragraph"),
    ("nach $12 BGB", "nach §12 BGB", "dollar_for_paragraph"),
    ("nach 8 12 BGB", "nach § 12 BGB", "eight_for_paragraph"),
    ("(88 105, 107 OWiG):", "(§§ 105, 107 OWiG):", "eight_for_paragraph"),
    ("nach 8 35 Satz 1", "nach § 35 Satz 1", "eight_for_paragraph"),
    ("die StraBe", "die Straße", "sharp_s"),
    ("gemäB,", "gemäß,", "sharp_s"),
    ("Wıderspruch", "Widerspruch", "dotless_i"),
    ("fiir", "für", "ii_for_u"),
    ("Mit lhrem Antrag", "Mit Ihrem Antrag", "capital_i"),
    ("wir lhnen mit", "wir Ihnen mit", "capital_i"),
]


@pytest.mark.parametrize(("read", "meant", "rule"), MENDED)
def test_a_slip_is_mended_and_logged(read: str, meant: str, rule: str) -> None:
    found = search_text([page_of(read)])
    assert found.text == meant
    assert [mend.rule for mend in found.mends] == [rule]


UNTOUCHED = [
    "die Ein- und\nAusfahrt",
    "die Ein-\nund Ausfahrt",
    "Ge-\n\nNehmigung",
    "von 2020-\n2024 an",
    "ein Satz -\nund",
    "kostet $ 12,50",
    "kostet $ 12 Mio.",
    "Anlage 8 12 Stück",
    "3 8 12 Satz",
    "am 8 12, 13, dann BGB",
    "DE02 1203 0000 0000 2020 51",
    "32.30-3448/2026",
    "kade@fiir.example www.straBe.example",
    "STRABE LHRE",
    "Hawaii",
    "Muller Kruger",
    "die SuperBox",
    "A8fiir",
    "Herr Yıldız",
]


@pytest.mark.parametrize("read", UNTOUCHED)
def test_what_may_be_right_is_left_alone(read: str) -> None:
    found = search_text([page_of(read)])
    assert found.text == read
    assert found.mends == ()


def test_the_legal_text_stays_as_it_was_read() -> None:
    page = page_of("die Ge-\nnehmigung der StraBe")
    found = search_text([page])
    assert page == page_of("die Ge-\nnehmigung der StraBe")
    assert found.mends[0].before == "Ge-\nnehmigung"
    assert found.mends[0].box == page.blocks[0].lines[0].words[1].box


def test_pages_are_numbered_from_one_and_parted_by_a_form_feed() -> None:
    found = search_text([page_of("hier"), page_of("fiir")])
    assert found.text == "hier\ffür"
    assert [mend.page for mend in found.mends] == [2]


RIGHT = ["der", "Antrag", "Straße", "für", "12", "80", "BGB", "a@b.example", "Ihre", "§", "4,50", "Haus-Nr."]


@given(st.lists(st.lists(st.sampled_from(RIGHT), min_size=1), min_size=1))
def test_words_without_a_slip_come_through(lines: list[list[str]]) -> None:
    read = "\n".join(" ".join(line) for line in lines)
    assert search_text([page_of(read)]).text == read


PIECES = st.text(st.sampled_from("aeiouBßſﬁ$8-.§nGL12"), min_size=1, max_size=8)


@given(st.lists(st.lists(PIECES, min_size=1, max_size=4), min_size=1, max_size=6))
def test_the_number_of_words_changes_only_by_joins(lines: list[list[str]]) -> None:
    read = "\n".join(" ".join(line) for line in lines)
    found = search_text([page_of(read)])
    joins = sum(bool(re.search("hyphen_(joined|kept)", mend.rule)) for mend in found.mends)
    assert len(found.text.split()) == len(read.split()) - joins
