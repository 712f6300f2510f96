"""Calibrated confidences: for whom they hold, that they rise with the engine's, what happens to others."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dipro_scan.model import Block, Box, EngineIdentity, Line, PageText, Rereading, Word
from dipro_scan.ocr.calibration import (
    Calibration,
    calibrated,
    calibration_step,
    cautious,
    shipped_calibration,
    shipped_sha256,
)
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.ocr.word_features import NAMES, RISING, features, shape_of, words_in_place

from ..pages_by_hand import line_of

WORDS = ("Sehr", "geehrte", "Damen", "12.03.2026", "A358", "–", "§", "5")


def printed(confidences: tuple[float, ...], top: float, words: tuple[str, ...] = WORDS) -> Line:
    return line_of(
        Word(words[index % len(words)], Box(20.0 * index, top, 20.0 * index + 15, top + 3.5), confidence)
        for index, confidence in enumerate(confidences)
    )


def text_of(*lines: tuple[float, ...]) -> PageText:
    return PageText((Block.of(printed(line, 10.0 * number) for number, line in enumerate(lines)),))


def page_of(values: list[float]) -> PageText:
    """Five words on the first line, the others on a second."""
    return text_of(*(tuple(part) for part in (values[:5], values[5:]) if part))


def confidences(text: PageText) -> list[float]:
    return [word.confidence for word in text.words()]


def known_engine() -> EngineIdentity:
    shipped = shipped_calibration()
    models = {**shipped.models, "osd": "of any hash"}
    return EngineIdentity(shipped.engines[0], f"{shipped.release}.4", models)


def test_the_shipped_calibration_holds_for_the_engine_that_is_installed(tesseract: TesseractEngine) -> None:
    assert resources.files("dipro_scan.ocr").joinpath("calibration.json").is_file()
    assert shipped_calibration().holds_for(tesseract.identity)
    assert calibration_step(tesseract.identity).parameters["basis"] == "measured"


def test_the_shipped_calibration_says_what_it_was_fitted_on_and_only_lifts_with_confidence() -> None:
    shipped = shipped_calibration()
    assert shipped.fitted_on["set"] == "tuning" and shipped.fitted_on["words"] > 5000
    assert all(weight >= 0 for weight in shipped.weights[:RISING])
    assert Calibration.from_json(shipped.as_json()) == shipped


def test_sure_words_in_sure_lines_become_surer_and_lone_doubtful_ones_less_sure() -> None:
    sure = calibrated(text_of((0.96,) * 4, (0.96,) * 4), known_engine())
    assert min(confidences(sure)[:3]) > 0.96
    doubtful = calibrated(text_of((0.6, 0.5, 0.55), (0.5, 0.6)), known_engine())
    assert max(confidences(doubtful)) < 0.5


def test_nothing_but_confidences_changes() -> None:
    text = text_of((0.9, 0.2, 0.7), (0.95,))
    changed = calibrated(text, known_engine())
    again = iter(text.words())
    assert changed.text == text.text
    restored = [replace(word, confidence=next(again).confidence) for word in changed.words()]
    assert restored == list(text.words())
    assert [line.box for line in changed.lines()] == [line.box for line in text.lines()]
    assert [block.box for block in changed.blocks] == [block.box for block in text.blocks]
    assert confidences(changed) != confidences(text)


share = some.floats(0, 1, allow_nan=False)


@given(
    some.lists(share, min_size=1, max_size=9),
    some.data(),
    share,
)
def test_a_surer_engine_never_makes_any_word_of_the_page_less_sure(
    said: list[float], data: some.DataObject, higher: float
) -> None:
    index = data.draw(some.integers(0, len(said) - 1))
    raised = list(said)
    raised[index] = max(raised[index], higher)
    before, after = (calibrated(page_of(values), known_engine()) for values in (said, raised))
    for low, high in zip(confidences(before), confidences(after), strict=True):
        assert 0 <= low <= high <= 1


@pytest.mark.parametrize(
    "engine",
    [
        replace(known_engine(), name="of_tomorrow"),
        replace(known_engine(), version="6.0.1"),
        replace(known_engine(), models={"deu": "0" * 64}),
        replace(known_engine(), models={**known_engine().models, "fra": "0" * 64}),
        replace(known_engine(), models={"osd": "alone"}),
    ],
)
def test_of_other_engines_and_models_a_cautious_guess_is_made_and_said(engine: EngineIdentity) -> None:
    text = text_of((0.9, 0.2), (1.0, 0.5))
    assert confidences(calibrated(text, engine)) == [0.81, 0.04, 1.0, 0.25]
    assert calibration_step(engine).parameters["basis"] == "cautious"


def test_fewer_of_the_fitted_languages_are_known_too() -> None:
    german = replace(known_engine(), models={"deu": shipped_calibration().models["deu"]})
    assert calibration_step(german).parameters["basis"] == "measured"


def test_readings_for_tests_are_taken_at_their_word() -> None:
    recorded = EngineIdentity("recorded", "1", {}, for_tests=True)
    text = text_of((0.9, 0.2))
    assert calibrated(text, recorded) is text
    assert calibration_step(recorded).parameters["basis"] == "none"


def test_words_taken_from_another_reader_are_guessed_at_and_the_others_are_not() -> None:
    text = text_of((0.9, 0.9), (0.8, 0.8))
    second_line = list(text.lines())[1].box
    taken = Rereading(second_line, "second_reader", "rapidocr", True, 0.5, 0.9, "surer")
    found = calibrated(text, known_engine(), rereadings=[taken])
    plain = calibrated(text, known_engine())
    assert confidences(found)[:2] == confidences(plain)[:2]
    assert confidences(found)[2:] == [round(cautious(0.8), 4)] * 2
    for other in (replace(taken, taken=False), replace(taken, engine=known_engine().name)):
        assert calibrated(text, known_engine(), rereadings=[other]) == plain


def test_a_calibration_for_other_features_is_refused() -> None:
    values = shipped_calibration().as_json()
    with pytest.raises(ValueError, match="fit it again"):
        Calibration.from_json({**values, "schema": 99})
    with pytest.raises(ValueError, match="fit it again"):
        Calibration.from_json({**values, "weights": {"of_tomorrow": 1.0}})


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Straße", "letters"),
        ("(Straße)", "letters"),
        ("12.03.2026", "digits"),
        ("A358", "mixed"),
        ("–", "marks"),
    ],
)
def test_words_are_known_by_what_they_are_made_of(text: str, shape: str) -> None:
    assert shape_of(text) == shape


def test_features_say_what_surrounds_a_word() -> None:
    text = text_of((0.2, 0.9), (0.6,))
    placed = [each for _line, line in words_in_place(text) for each in line]
    assert placed[0].line_confidence == pytest.approx(0.9)
    assert placed[1].line_confidence == pytest.approx(0.2)
    assert placed[2].line_confidence == placed[2].page_confidence == pytest.approx(text.mean_confidence)
    named = dict(zip(NAMES, features(placed[0]), strict=True))
    assert named["word_0_0.3"] == pytest.approx(2 / 3) and named["word_0.3_0.5"] == 0
    assert named["digits"] == named["marks"] == named["short"] == 0
    lone = dict(zip(NAMES, features(replace(placed[0], word=replace(placed[0].word, text="l"))), strict=True))
    sign = dict(zip(NAMES, features(replace(placed[0], word=replace(placed[0].word, text="§"))), strict=True))
    assert (lone["one_letter"], sign["one_letter"], sign["marks"]) == (1, 0, 0)


def test_an_empty_page_stays_empty() -> None:
    assert calibrated(PageText(), known_engine()) == PageText()


def test_readings_can_be_told_apart_by_the_calibration_that_was_shipped() -> None:
    shipped = resources.files("dipro_scan.ocr").joinpath("calibration.json").read_bytes()
    assert shipped_sha256() == hashlib.sha256(shipped).hexdigest()
