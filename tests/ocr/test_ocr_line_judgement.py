"""Lines judged without their truth: what is printed so scores high, what nobody writes scores low."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import Box, Line, Word
from dipro_scan.ocr.line_judgement import (
    FEATURES,
    feature_rows,
    is_like_paragraph,
    judge_for,
    line_score,
    scores_by_confidence,
    weighed_mean,
    word_scores,
)

from ..pages_by_hand import line_of, text_of


def line(text: str, confidence: float = 0.9) -> Line:
    return line_of(
        Word(word, Box(number * 20.0, 0.0, number * 20.0 + 18, 4.0), confidence)
        for number, word in enumerate(text.split())
    )


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Sie haben innerhalb von zwei Wochen Zeit", "Sle habcn inncrhalb vun zwci Wochcn Zcit"),
        ("mit schriftlicher Zustimmung erlaubt", "rnit schriftiicner Zustirnmunq eriaubt"),
        ("gegen die Verwaltungsgebühr", "gegen die Verwaitungsgcbühr"),
        ("nach § 14 der Gewerbeordnung", "nach $ 14 der Gewerbeordnung"),
        ("Zimmer im zweiten Stock", "Zimmer | .; Stock"),
    ],
)
def test_a_right_line_scores_above_a_wrong_one(right: str, wrong: str) -> None:
    assert line_score(line(right)) > line_score(line(wrong)) + 0.02


def test_numbers_codes_and_references_are_neutral() -> None:
    for text in ("63.10-0007/2025", "DE06120300000000202051", "02.03.2026", "post@musterstadt.example"):
        (score,) = word_scores(line(text, 0.95).words)
        (other,) = word_scores(line("17", 0.95).words)
        assert score == other
        assert score > 0.85


def test_a_score_rises_with_the_confidence() -> None:
    scores = [line_score(line("Zustimmung", value / 100)) for value in range(101)]
    assert scores[-1] > scores[20]
    assert all(later >= earlier - 0.02 for earlier, later in pairwise(scores))


def test_a_long_word_weighs_more() -> None:
    words = line("a Genehmigung").words
    assert weighed_mean((0.0, 1.0), words) == pytest.approx(11 / 12)
    assert weighed_mean((), ()) == 0.0


def test_a_page_in_another_language_is_judged_by_confidence_alone() -> None:
    german = "Sehr geehrte Damen und Herren, hiermit beantragen wir die Genehmigung der geplanten Anlage "
    french = "nous vous prions de bien vouloir trouver les pièces jointes concernant notre demande "
    french += "ainsi que toutes les explications nécessaires relatives aux travaux envisagés cette année "
    for text, judge in ((german * 3, word_scores), (french * 3, scores_by_confidence), ("Kurz", word_scores)):
        assert judge_for(text_of(line(text))) is judge
    words = line("prions").words
    assert scores_by_confidence(words) == word_scores(line("123456").words)
    assert scores_by_confidence(line("prions", 0.3).words) < scores_by_confidence(words)


@pytest.mark.parametrize(
    ("word", "after", "like"),
    [
        ("$", "14", True),
        ("($$", "105,", True),
        ("8", "3", True),
        ("$14", "", True),
        ("8", "Uhr", False),
        ("&", "Söhne", False),
        ("§", "14", False),
    ],
)
def test_lost_paragraph_signs_are_suspected(word: str, after: str, like: bool) -> None:
    assert is_like_paragraph(word, after) is like


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=20),
            st.floats(0.0, 1.0),
        ),
        max_size=8,
    )
)
def test_any_words_have_scores(read: list[tuple[str, float]]) -> None:
    words = [Word(text, Box(0.0, 0.0, 1.0, 1.0), confidence) for text, confidence in read]
    scores = word_scores(words)
    assert len(scores) == len(words)
    assert all(0.0 < score < 1.0 for score in scores)
    assert all(len(row) == len(FEATURES) for row in feature_rows(words))
