"""What was said about paper before it was read decides, unless the paper or another voice says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dipro_scan.classify import classify, decide, extract_fields
from dipro_scan.model import Action, Decision, Document, IndexValues, PageReading
from dipro_scan.settings import Configuration

Typed = Callable[..., PageReading]
Bind = Callable[..., Document]
Judge = Callable[..., Decision]

DAY = dt.date(2025, 8, 1)
AKTEN = {
    "63.10-0007/2025": "Musterweg 5",
    "63.10-0008/2025": "Musterweg 6",
    "30.10-0042/2025": "Rechtsbehelf 42",
    "20.20-0007/2025": "Großauftrag",
}
COVER = IndexValues("cover", "7F3K")
FOLDER = IndexValues("folder", "eingang/post")


@pytest.fixture
def judge(document_of: Bind, configuration: Configuration) -> Judge:
    """Readings and voices → the decision, as a batch comes to it."""

    def judge_pages(
        *pages: PageReading, voices: tuple[IndexValues, ...] = (), settings: Configuration = configuration
    ) -> Decision:
        classification = classify(pages, settings.classes, settings.pipeline.decision)
        wanted = {name for item in settings.classes for name in item.fields}
        fields = extract_fields(pages, wanted, settings.aktenplan)
        document = replace(document_of(*pages), index=voices)
        return decide(document, classification, fields, settings, DAY, AKTEN.get)

    return judge_pages


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


def said_of(decision: Decision, code: str) -> str:
    return next(reason.text for reason in decision.reasons if reason.code == code)


def cover(**values: Any) -> tuple[IndexValues, ...]:
    return (replace(COVER, **values),)


def test_handwriting_is_filed_by_its_cover_sheet(typed: Typed, judge: Judge) -> None:
    scrawl = typed("kaum lesbar was hier steht", confidence=0.2)
    assert {"class_unclear", "low_confidence"} <= codes(judge(scrawl))
    decision = judge(scrawl, voices=cover(class_id="bauantrag", aktenzeichen="63.10-0007/2025"))
    assert decision.action is Action.FILE
    assert decision.place is not None
    assert decision.place.aktenzeichen == "63.10-0007/2025"
    assert {"index_class", "index_aktenzeichen", "low_confidence"} <= codes(decision)
    assert "7F3K" in said_of(decision, "index_class")
    assert decision.fields["aktenzeichen"].origin == "index"
    assert decision.fields["aktenzeichen"].page == 0


def test_what_the_class_requires_is_required_behind_a_cover_sheet_too(typed: Typed, judge: Judge) -> None:
    decision = judge(typed("kaum lesbar was hier steht"), voices=cover(class_id="rechnung"))
    assert decision.action is Action.REVIEW
    assert "required_field_missing" in codes(decision)


def test_a_page_that_failed_waits_whatever_the_cover_sheet_says(typed: Typed, judge: Judge) -> None:
    decision = judge(typed("", failed="error"), voices=cover(class_id="allgemeines_schreiben"))
    assert decision.action is Action.REVIEW
    assert "page_failed" in codes(decision)


def test_a_folder_does_not_vouch_for_what_cannot_be_read(typed: Typed, judge: Judge) -> None:
    scrawl = typed("kaum lesbar was hier steht", confidence=0.2)
    decision = judge(scrawl, voices=(replace(FOLDER, class_id="allgemeines_schreiben"),))
    assert decision.action is Action.REVIEW
    assert decision.classification.class_id == "allgemeines_schreiben"
    assert "low_confidence" in codes(decision)


def test_a_class_that_was_named_needs_no_evidence(typed: Typed, judge: Judge) -> None:
    short = typed("Sehr geehrte Damen und Herren,\nanbei die gewünschten Unterlagen.")
    assert judge(short).action is Action.REVIEW
    for voice in (COVER, FOLDER):
        decision = judge(short, voices=(replace(voice, class_id="Allgemeines_Schreiben"),))
        assert decision.action is Action.FILE
        assert decision.classification.class_id == "allgemeines_schreiben"


def test_a_pipeline_may_ask_for_evidence_all_the_same(
    typed: Typed, judge: Judge, configuration: Configuration
) -> None:
    decision_settings = configuration.pipeline.decision.model_copy(update={"trust_index": False})
    pipeline = configuration.pipeline.model_copy(update={"decision": decision_settings})
    wary = configuration.model_copy(update={"pipeline": pipeline})
    short = typed("anbei die gewünschten Unterlagen")
    decision = judge(short, voices=cover(class_id="allgemeines_schreiben"), settings=wary)
    assert decision.action is Action.REVIEW
    assert decision.classification.class_id == "allgemeines_schreiben"
    assert "little_evidence" in codes(decision)


def test_words_that_speak_for_another_class_ask_a_person(
    letters: dict[str, PageReading], judge: Judge
) -> None:
    decision = judge(letters["rechnung"], voices=cover(class_id="widerspruch"))
    assert decision.action is Action.REVIEW
    assert decision.classification.class_id == "widerspruch"
    said = said_of(decision, "index_contradicts")
    assert all(word in said for word in ("7F3K", "Widerspruch", "Rechnung"))


def test_a_folder_is_contradicted_by_less_than_a_cover_sheet(typed: Typed, judge: Judge) -> None:
    # “Mahngebühren” alone is too little to call it a reminder, and too much to believe a folder.
    faint = typed("Mahngebühren\nSehr geehrte Damen und Herren,\nanbei die Unterlagen.")
    assert judge(faint, voices=cover(class_id="allgemeines_schreiben")).action is Action.FILE
    decision = judge(faint, voices=(replace(FOLDER, class_id="allgemeines_schreiben"),))
    assert "index_contradicts" in codes(decision)


def test_a_second_letter_behind_one_that_was_named_is_still_seen(
    letters: dict[str, PageReading], judge: Judge
) -> None:
    pages = (letters["mahnung"], letters["hundesteuerbescheid"])
    voices = cover(class_id="mahnung")
    assert codes(judge(*pages, voices=voices)) & {"second_strong", "index_contradicts"}


@pytest.mark.parametrize("class_id", ["rechnugn", "taufschein"])
def test_a_class_that_is_not_there_asks_a_person(
    letters: dict[str, PageReading], judge: Judge, class_id: str
) -> None:
    decision = judge(letters["mahnung"], voices=cover(class_id=class_id))
    assert decision.action is Action.REVIEW
    assert class_id in said_of(decision, "index_unknown_class")
    assert decision.classification.class_id == "mahnung"


def test_a_number_is_taken_however_it_is_written(letters: dict[str, PageReading], judge: Judge) -> None:
    for number in ("63.10-0007/2025", "63 10 - 7/25"):
        decision = judge(letters["bauantrag"], voices=cover(aktenzeichen=number))
        assert decision.action is Action.FILE
        assert decision.place is not None
        assert decision.place.aktenzeichen == "63.10-0007/2025"


def test_another_number_at_a_label_of_the_document_asks_a_person(
    letters: dict[str, PageReading], judge: Judge
) -> None:
    decision = judge(letters["bauantrag"], voices=cover(aktenzeichen="63.10-0008/2025"))
    assert decision.action is Action.REVIEW
    said = said_of(decision, "index_contradicts")
    assert "63.10-0007/2025" in said and "63.10-0008/2025" in said
    assert decision.place is not None
    assert decision.place.aktenzeichen == "63.10-0008/2025"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("63.10-0999/2025", "index_unknown_aktenzeichen"),
        ("99.99-0001/2025", "index_unknown_aktenzeichen"),
        ("Müllers Haus", "index_unknown_aktenzeichen"),
        ("30.10-0042/2025", "aktenzeichen_contradicts"),
    ],
)
def test_a_number_that_is_none_or_leads_elsewhere_asks_a_person(
    typed: Typed, judge: Judge, number: str, code: str
) -> None:
    page = typed("Bauantrag im vereinfachten Verfahren nach § 64 BauO NRW\nGemarkung Flur 1")
    decision = judge(page, voices=cover(class_id="bauantrag", aktenzeichen=number))
    assert decision.action is Action.REVIEW
    assert number in said_of(decision, code)


def test_a_named_akte_holds_where_the_class_has_one_akte_a_year(
    letters: dict[str, PageReading], judge: Judge
) -> None:
    yearly = judge(letters["rechnung"], voices=cover(aktenzeichen="20.20-0001/2025"))
    assert yearly.action is Action.FILE
    assert yearly.place == judge(letters["rechnung"]).place
    own = judge(letters["rechnung"], voices=cover(aktenzeichen="20.20-0007/2025"))
    assert own.action is Action.FILE
    assert own.place is not None
    assert own.place.akte_title == "Großauftrag"


def test_two_voices_that_differ_ask_a_person(letters: dict[str, PageReading], judge: Judge) -> None:
    folder = replace(FOLDER, class_id="widerspruch", aktenzeichen="63.10-0008/2025")
    decision = judge(
        letters["bauantrag"], voices=(*cover(class_id="bauantrag", aktenzeichen="63 10-7/25"), folder)
    )
    differing = [reason.text for reason in decision.reasons if reason.code == "index_voices_differ"]
    assert len(differing) == 2
    assert all("7F3K" in text and "eingang/post" in text for text in differing)
    assert decision.classification.class_id == "bauantrag"


def test_voices_that_say_the_same_in_other_words_agree(letters: dict[str, PageReading], judge: Judge) -> None:
    ticket = IndexValues("ticket", "a.xml", class_id="BAUANTRAG", aktenzeichen="63.10-7/2025")
    decision = judge(letters["bauantrag"], voices=(*cover(aktenzeichen="63.10-0007/2025"), ticket))
    assert decision.action is Action.FILE


def test_a_higher_schutzbedarf_counts_and_asks_a_person(
    letters: dict[str, PageReading], judge: Judge
) -> None:
    decision = judge(letters["rechnung"], voices=cover(schutzbedarf="sehr hoch"))
    assert decision.action is Action.REVIEW
    assert decision.protection == "sehr hoch"
    assert "sehr hoch" in said_of(decision, "quality_check")


def test_a_lower_schutzbedarf_lowers_nothing(
    letters: dict[str, PageReading], judge: Judge, configuration: Configuration
) -> None:
    need = configuration.classes[0].schutzbedarf.model_copy(update={"vertraulichkeit": "hoch"})
    classes = tuple(
        item.model_copy(update={"schutzbedarf": need}) if item.id == "rechnung" else item
        for item in configuration.classes
    )
    strict = configuration.model_copy(update={"classes": classes})
    for asked in ("normal", "hoch"):
        decision = judge(letters["rechnung"], voices=cover(schutzbedarf=asked), settings=strict)
        assert decision.action is Action.FILE
        assert decision.protection is None
        assert ("schutzbedarf_not_lowered" in codes(decision)) is (asked == "normal")


def test_a_value_said_fills_what_was_not_read(typed: Typed, judge: Judge) -> None:
    page = typed("Rechnung\nRechnungs-Nr.: 17\nzzgl. MwSt\nGesamtbetrag\nZahlungsziel")
    decision = judge(page, voices=cover(class_id="rechnung", fields={"betrag": "1.234,5 €"}))
    assert decision.fields["betrag"].value == "1234.50"
    assert decision.fields["betrag"].origin == "index"


def test_a_value_with_check_digits_is_not_overridden(letters: dict[str, PageReading], judge: Judge) -> None:
    other = "DE02 1203 0000 0000 2020 51"
    decision = judge(letters["rechnung"], voices=cover(fields={"iban": other}))
    assert decision.action is Action.REVIEW
    assert "index_contradicts" in codes(decision)
    assert decision.fields["iban"].value == "DE89370400440532013000"
    same = judge(letters["rechnung"], voices=cover(fields={"iban": "de89 3704 0044 0532 0130 00"}))
    assert same.action is Action.FILE


def test_a_value_read_without_check_gives_way(letters: dict[str, PageReading], judge: Judge) -> None:
    decision = judge(letters["rechnung"], voices=cover(fields={"rechnungsnummer": "RE-2025/9999"}))
    assert decision.action is Action.FILE
    assert decision.fields["rechnungsnummer"].value == "RE-2025/9999"
    assert "RE-2025/0815" in said_of(decision, "index_field")


@pytest.mark.parametrize(
    ("name", "value"), [("dokumentdatum", "31.02.2025"), ("eingangsdatum", "gestern"), ("betrag", "viel")]
)
def test_a_value_without_sense_asks_a_person(
    letters: dict[str, PageReading], judge: Judge, name: str, value: str
) -> None:
    decision = judge(letters["rechnung"], voices=cover(fields={name: value}))
    assert decision.action is Action.REVIEW
    assert value in said_of(decision, "index_field_invalid")


def test_the_day_of_receipt_that_was_said_is_that_of_the_decision(
    letters: dict[str, PageReading], judge: Judge
) -> None:
    decision = judge(letters["rechnung"], voices=cover(fields={"eingangsdatum": "10.03.2025"}))
    assert decision.date == dt.date(2025, 3, 10)


def test_nothing_leaks_from_one_document_to_the_next(letters: dict[str, PageReading], judge: Judge) -> None:
    before = {class_id: judge(page) for class_id, page in letters.items()}
    judge(letters["bauantrag"], voices=cover(class_id="widerspruch", aktenzeichen="30.10-0042/2025"))
    assert {class_id: judge(page) for class_id, page in letters.items()} == before
    assert all(decision.protection is None for decision in before.values())
