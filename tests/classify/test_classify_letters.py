"""Letters and forms of every shipped class: told apart from all the others, or left to a person.

`letters/<class id>.txt` holds what came in of that class, divided by `=====`; `letters/_unklar.txt` what no
rule may decide, each below its name and `-----`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from dipro_scan.classify import classify, decide, extract_fields
from dipro_scan.model import Action, Decision, Document, PageReading
from dipro_scan.settings import Configuration

Typed = Callable[..., PageReading]
Judge = Callable[[str], Decision]

_FOLDER = Path(__file__).with_name("letters")
_LETTERS = [
    pytest.param(file.stem, text, id=f"{file.stem}-{number}")
    for file in sorted(_FOLDER.glob("[a-z]*.txt"))
    for number, text in enumerate(file.read_text("utf-8").split("\n=====\n"), start=1)
]
_UNCLEAR = dict(
    letter.strip("\n").split("\n-----\n", 1)
    for letter in (_FOLDER / "_unklar.txt").read_text("utf-8").split("\n=====\n")
)
_CLASS_IN_DOUBT = {"class_unclear", "little_evidence", "second_close", "class_unsure", "second_strong"}
_MISREADINGS = {"m": "rn", "B": "8", "ü": "u", "l": "1", "c": "e"}


@pytest.fixture
def judge(typed: Typed, document_of: Callable[..., Document], configuration: Configuration) -> Judge:
    """A typed page → the decision, in a city that has no Akten yet."""

    def decide_on(text: str) -> Decision:
        pages = [typed(text)]
        classification = classify(pages, configuration.classes, configuration.pipeline.decision)
        wanted = {name for item in configuration.classes for name in item.fields}
        fields = extract_fields(pages, wanted, configuration.aktenplan)
        day = dt.date(2026, 12, 15)
        return decide(document_of(*pages), classification, fields, configuration, day, lambda _number: None)

    return decide_on


def _class_told(decision: Decision) -> str | None:
    """The class, where only place, fields or quality check could still ask for a person."""
    doubts = _CLASS_IN_DOUBT & {reason.code for reason in decision.reasons}
    return None if doubts else decision.classification.class_id


def test_every_shipped_class_has_letters(configuration: Configuration) -> None:
    counts = {file.stem: file.read_text("utf-8").count("=====") + 1 for file in _FOLDER.glob("[a-z]*.txt")}
    assert set(counts) == {item.id for item in configuration.classes}
    assert min(counts.values()) >= 2


@pytest.mark.parametrize(("class_id", "text"), _LETTERS)
def test_the_class_is_told(judge: Judge, class_id: str, text: str) -> None:
    assert _class_told(judge(text)) == class_id


@pytest.mark.parametrize("name", sorted(_UNCLEAR))
def test_what_is_unclear_goes_to_a_person(judge: Judge, name: str) -> None:
    decision = judge(_UNCLEAR[name])
    assert decision.action is Action.REVIEW
    assert _class_told(decision) is None


@pytest.mark.parametrize(("class_id", "text"), _LETTERS)
def test_misread_letters_never_make_another_class(judge: Judge, class_id: str, text: str) -> None:
    for nth in (5, 9):
        read, seen = [], 0
        for character in text:
            seen += character in _MISREADINGS
            misread = character in _MISREADINGS and seen % nth == 0
            read.append(_MISREADINGS[character] if misread else character)
        assert _class_told(judge("".join(read))) in (class_id, None)


def test_advertising_is_never_filed_unseen(judge: Judge) -> None:
    for text in (_FOLDER / "werbung.txt").read_text("utf-8").split("\n=====\n"):
        decision = judge(text)
        assert decision.action is Action.REVIEW
        assert "not_scan_class" in {reason.code for reason in decision.reasons}


def test_registrations_one_letter_apart_are_not_mistaken(typed: Typed, configuration: Configuration) -> None:
    for word in ("Gewerbeanmeldung", "Gewerbeummeldung", "Gewerbeabmeldung"):
        found = classify([typed(word)], configuration.classes, configuration.pipeline.decision)
        assert found.class_id == word.lower()
        assert {class_id for class_id, score in found.scores.items() if score > 0} == {word.lower()}
