"""The class that the evidence favours, its confidence, and that doubt stays doubt."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.classify import classify
from dipro_scan.classify.classes import confidence, lead
from dipro_scan.model import Classification, PageReading
from dipro_scan.settings import Configuration, DecisionSettings, DocumentClass

Typed = Callable[..., PageReading]
SETTINGS = DecisionSettings()


def a_class(class_id: str, **phrases: str) -> DocumentClass:
    """`a_class("x", Mahnung="title")`; underscores in a phrase are blanks."""
    return DocumentClass.model_validate(
        {
            "schema": 1,
            "id": class_id,
            "title": class_id.upper(),
            "phrases": [{"text": text.replace("_", " "), "weight": w} for text, w in phrases.items()],
            "filing": {"kennzeichen": "10", "akte": "collective", "vorgang": "v"},
            "retention": {"years": 1, "disposal": "V"},
        }
    )


BODY = "\n" * 28


@pytest.mark.parametrize("class_id", [
    "rechnung", "mahnung", "geburtsurkunde", "bauantrag",
    "hundesteuerbescheid", "bussgeldbescheid", "widerspruch", "allgemeines_schreiben",
])  # fmt: skip
def test_letters_of_the_shipped_classes(
    letters: dict[str, PageReading], configuration: Configuration, class_id: str
) -> None:
    result = classify([letters[class_id]], configuration.classes, configuration.pipeline.decision)
    assert result.class_id == class_id
    assert result.confidence >= 0.9
    assert next(iter(result.scores)) == class_id
    assert all(reason.code == "phrase" for reason in result.reasons)


def test_points(typed: Typed) -> None:
    item = a_class("x", Titelwort="title", Starkwort="strong", Schwach="weak", Gegenwort="excluding")
    text = BODY + "Titelwort Starkwort Schwach und Gegenwort im Text"
    assert classify([typed(text)], [item], SETTINGS).scores == {"x": 3 + 2 + 1 - 2}


def test_a_title_counts_double_but_a_weak_phrase_does_not(typed: Typed) -> None:
    item = a_class("x", Titelwort="title", Schwach="weak")
    assert classify([typed("Titelwort\n\nSchwach")], [item], SETTINGS).scores == {"x": 7}


def test_a_phrase_counts_once_on_however_many_pages(typed: Typed) -> None:
    item = a_class("x", Starkwort="strong")
    pages = [typed(BODY + "Starkwort und Starkwort im Text")] * 5
    assert classify(pages, [item], SETTINGS).scores == {"x": 2}


def test_words_inside_a_counted_phrase_do_not_count_again(typed: Typed) -> None:
    item = a_class("x", Widerspruch="title", Widerspruch_gegen="title")
    assert classify([typed(BODY + "Mein Widerspruch gegen alles")], [item], SETTINGS).scores == {"x": 3}
    twice = BODY + "Mein Widerspruch gegen alles ist ein Widerspruch"
    assert classify([typed(twice)], [item], SETTINGS).scores == {"x": 6}


def test_excluding_words_are_no_shield_for_the_words_they_hold(typed: Typed) -> None:
    item = a_class("x", Anhörung_im_Verfahren="excluding", Verfahren="strong")
    assert classify([typed(BODY + "zur Anhörung im Verfahren hier")], [item], SETTINGS).scores == {"x": 0}


def test_nothing_found_is_no_class(typed: Typed) -> None:
    item = a_class("x", Starkwort="strong")
    assert classify([typed("anderes")], [item], SETTINGS) == Classification(None, 0.0)
    assert classify([typed("")], [item], SETTINGS) == Classification(None, 0.0)
    assert classify([], [item], SETTINGS) == Classification(None, 0.0)


def test_only_evidence_against_is_no_class(typed: Typed) -> None:
    result = classify([typed("Gegenwort")], [a_class("x", Gegenwort="excluding")], SETTINGS)
    assert (result.class_id, result.scores) == (None, {"x": -4})


def test_two_equal_classes_are_no_class(typed: Typed) -> None:
    items = [a_class("x", Starkwort="strong"), a_class("y", Gutwort="strong")]
    result = classify([typed(BODY + "Starkwort Gutwort und mehr")], items, SETTINGS)
    assert (result.class_id, result.confidence) == (None, 0.0)
    assert result.scores == {"x": 2, "y": 2}


def test_reasons_name_what_was_found_for_the_first_two(typed: Typed) -> None:
    items = [
        a_class("x", Starkwort="strong", Titelwort="title"),
        a_class("y", Gutwort="strong", Gegenwort="excluding", Fein="strong"),
        a_class("z", Schwach="weak"),
    ]
    text = "Titelwort" + BODY + "Starkwort Gutwort Gegenwort Fein Schwach im Text"
    reasons = [reason.text for reason in classify([typed("x"), typed(text)], items, SETTINGS).reasons]
    assert reasons == [
        "“Titelwort” on page 2 speaks for X (+3).",
        "“Starkwort” on page 2 speaks for X (+2).",
        "“Gutwort” on page 2 speaks for Y (+2).",
        "“Gegenwort” on page 2 speaks against Y (-2).",
        "“Fein” on page 2 speaks for Y (+2).",
    ]
    title = classify([typed(text)], items, SETTINGS).reasons[0].text
    assert title == "“Titelwort” as a title on page 1 speaks for X (+6)."


POINTS = st.floats(0.1, 60)
SHARES = st.floats(0, 1)


@given(POINTS, POINTS, SHARES, SHARES)
def test_confidence_rises_with_score_and_lead(low: float, high: float, near: float, far: float) -> None:
    low, high = sorted((low, high))
    near, far = sorted((near, far))
    assert 0 <= confidence(low, near) <= confidence(high, near) <= 1
    assert confidence(high, near) <= confidence(high, far)


def test_the_least_score_with_the_least_lead_is_not_enough() -> None:
    assert confidence(SETTINGS.min_score, SETTINGS.min_margin) < SETTINGS.min_confidence
    assert confidence(2 * SETTINGS.min_score, SETTINGS.min_margin) >= SETTINGS.min_confidence
    assert confidence(SETTINGS.min_score, 1.0) >= SETTINGS.min_confidence


@pytest.mark.parametrize(
    ("scores", "expected"), [([], 0), ([4], 1), ([4, 3], 0.25), ([4, 4], 0), ([4, -2], 1), ([-1, -2], 0)]
)
def test_lead(scores: list[float], expected: float) -> None:
    assert lead(scores) == expected
