"""Filed only where nothing speaks against it; every single doubt leads to a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from dipro_scan.classify import classify, decide, extract_fields
from dipro_scan.model import (
    Action,
    BlankVerdict,
    Classification,
    Decision,
    Document,
    Field,
    PageReading,
    Place,
)
from dipro_scan.settings import Configuration

Typed = Callable[..., PageReading]
Bind = Callable[..., Document]
DAY = dt.date(2025, 8, 1)
AKTEN = {
    "63.10-0007/2025": "Musterweg 5",
    "32.30-0815/2025": "Verfahren 815",
    "34.10-0123/2025": "Register 123",
    "30.10-0042/2025": "Rechtsbehelf 42",
    "22.30-0099/2025": "Alter Hund",
}

Judge = Callable[..., Decision]


@pytest.fixture
def judge(document_of: Bind, configuration: Configuration) -> Judge:
    """The whole way from readings to a decision, as a batch goes it."""

    def judge_pages(*pages: PageReading, settings: Configuration = configuration) -> Decision:
        classification = classify(pages, settings.classes, settings.pipeline.decision)
        wanted = {name for item in settings.classes for name in item.fields}
        fields = extract_fields(pages, wanted, settings.aktenplan)
        return decide(document_of(*pages), classification, fields, settings, DAY, AKTEN.get)

    return judge_pages


def changed_class(configuration: Configuration, class_id: str, **changes: Any) -> Configuration:
    classes = tuple(
        item.model_copy(update=changes) if item.id == class_id else item for item in configuration.classes
    )
    return configuration.model_copy(update={"classes": classes})


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


PLACES = {
    "rechnung": Place("20.20", "20.20-0001/2025", "Eingangsrechnungen 2025", "Rechnungen"),
    "mahnung": Place("21.20", "21.20-0001/2025", "Mahnungen 2025", "Mahnungen"),
    "bauantrag": Place("63.10", "63.10-0007/2025", "Musterweg 5", "Bauantrag"),
    "hundesteuerbescheid": Place("22.30", "22.30-0001/2025", "Hundesteuer 2025", "Hundesteuerbescheide"),
    "bussgeldbescheid": Place("32.30", "32.30-0815/2025", "Verfahren 815", "Bußgeldbescheid"),
    "widerspruch": Place("30.10", "30.10-0042/2025", "Rechtsbehelf 42", "Widerspruch"),
    "allgemeines_schreiben": Place(
        "10.10", "10.10-0001/2025", "Allgemeiner Schriftverkehr 2025", "Schriftverkehr"
    ),
}


@pytest.mark.parametrize("class_id", sorted(PLACES))
def test_plain_letters_are_filed(letters: dict[str, PageReading], judge: Judge, class_id: str) -> None:
    decision = judge(letters[class_id])
    assert decision.action is Action.FILE
    assert decision.place == PLACES[class_id]
    assert decision.reasons[0].code == "filed_by_rules"
    assert {"enough_evidence", "clear_lead", "class_sure"} <= codes(decision)
    assert decision.date == DAY


def test_a_class_that_asks_for_a_full_check_waits_for_a_person(
    letters: dict[str, PageReading], judge: Judge
) -> None:
    decision = judge(letters["geburtsurkunde"])
    assert decision.action is Action.REVIEW
    assert decision.reasons[0].code == "quality_check"
    assert decision.place == Place("34.10", "34.10-0123/2025", "Register 123", "Geburtsurkunde")


AMBIGUOUS = {
    "Kündigung": """
        Max Mustermann
        Musterweg 5
        12345 Musterstadt


        Kündigung des Pachtvertrages

        Sehr geehrte Damen und Herren,
        hiermit kündige ich den Vertrag zum nächstmöglichen Zeitpunkt.
        Mit freundlichen Grüßen
        """,
    "Angebot": """
        Angebot Nr. 17
        Nettobetrag 100,00 €   zzgl. MwSt   Gesamtbetrag 119,00 €
        Zahlungsziel 30 Tage, 2 % Skonto, USt-IdNr. DE136695976
        """,
    "zwei Anliegen in einem Brief": """
        Max Mustermann
        Musterweg 5
        12345 Musterstadt
                                             Musterstadt, den 01.03.2025

        Anmeldung eines Hundes; Bauantrag

        Ich bin neuer Hundehalter (Rasse: Dackel) und erbitte eine Hundemarke.
        Zugleich stelle ich als Bauherr für mein Baugrundstück, Gemarkung
        Musterstadt, den Bauantrag. Die Hundesteuer überweise ich bald.
        """,
    "Einspruch gegen einen Bußgeldbescheid": """
        Max Mustermann
        Musterweg 5
        12345 Musterstadt


        Einspruch gegen Ihren Bußgeldbescheid vom 20.05.2025, Az. 32.30-0815/2025

        Sehr geehrte Damen und Herren,
        hiermit lege ich Einspruch ein. Zur Tatzeit war ich nicht am Tatort,
        die Ordnungswidrigkeit habe ich nicht begangen.
        Mit freundlichen Grüßen
        """,
    "Gruß ohne Anliegen": """
        Sehr geehrte Damen und Herren,
        anbei die gewünschten Unterlagen.
        Mit freundlichen Grüßen
        """,
    "nichts": "",
}


@pytest.mark.parametrize("name", sorted(AMBIGUOUS))
def test_what_is_not_clear_goes_to_a_person(typed: Typed, judge: Judge, name: str) -> None:
    decision = judge(typed(AMBIGUOUS[name]))
    assert decision.action is Action.REVIEW
    assert "filed_by_rules" not in codes(decision)
    assert decision.reasons


NEIGHBOURS = {
    "anhoerung": """
        # Stadt Musterstadt

        Aktenzeichen: 32.30-0815/2025

        Anhörung im Bußgeldverfahren

        Ihnen wird folgende Ordnungswidrigkeit zur Last gelegt:
        Tatzeit: 02.05.2025   Tatort: Ringstraße   amtliches Kennzeichen: MU-ST 1
        Sie erhalten Gelegenheit zur Äußerung; ein Verwarnungsgeld ist möglich.
        """,
    "baugenehmigung": """
        # Stadt Musterstadt

        Aktenzeichen: 63.10-0007/2025

        Baugenehmigung

        Auf Ihren Bauantrag wird Ihnen als Bauherr die Baugenehmigung erteilt.
        Gemarkung Musterstadt, Flurstück 345. Es gelten folgende Nebenbestimmungen:
        Die Baubeginnsanzeige ist vorzulegen, ebenso die Rohbauabnahme.
        """,
}


@pytest.mark.parametrize(
    ("class_id", "akte"), [("anhoerung", "32.30-0815/2025"), ("baugenehmigung", "63.10-0007/2025")]
)
def test_what_comes_before_and_after_is_filed_beside_it_in_the_same_akte(
    typed: Typed, judge: Judge, class_id: str, akte: str
) -> None:
    decision = judge(typed(NEIGHBOURS[class_id]))
    assert decision.action is Action.FILE
    assert decision.classification.class_id == class_id
    assert decision.place is not None
    assert decision.place.aktenzeichen == akte


EVEN = "x\n" * 30 + "Hundehalter, Hundemarke, Rasse; Bauherrschaft, Baubeschreibung"


def test_close_seconds_and_little_evidence_have_their_names(typed: Typed, judge: Judge) -> None:
    assert "class_unclear" in codes(judge(typed("nichts davon")))
    assert "second_strong" in codes(judge(typed(AMBIGUOUS["zwei Anliegen in einem Brief"])))
    assert "second_close" in codes(judge(typed(EVEN)))
    assert "little_evidence" in codes(judge(typed(AMBIGUOUS["Gruß ohne Anliegen"])))
    assert "aktenzeichen_contradicts" in codes(
        judge(typed(AMBIGUOUS["Einspruch gegen einen Bußgeldbescheid"]))
    )


def test_bank_details_in_passing_are_no_second_document(
    letters: dict[str, PageReading], typed: Typed, judge: Judge
) -> None:
    """The words of a mandate stand at the foot of many notices; only under their own title are they one."""
    notice, foot = (
        letters["bauantrag"].text,
        "Mandatsreferenz: siehe unten. Zahlungsempfänger: Stadtkasse, BIC",
    )
    plain = judge(typed(f"{notice}\n{foot}"))
    titled = judge(typed(f"{notice}\n# SEPA-Lastschriftmandat\n{foot}"))
    assert plain.classification.scores["sepa_mandat"] >= 5
    assert "second_strong" not in codes(plain)
    assert "second_strong" in codes(titled)


def test_a_missing_separator_sheet_is_noticed(letters: dict[str, PageReading], judge: Judge) -> None:
    decision = judge(letters["bauantrag"], letters["hundesteuerbescheid"])
    assert decision.action is Action.REVIEW
    assert decision.reasons[0].code == "second_strong"
    assert "Hundesteuerbescheid" in decision.reasons[0].text


def test_a_reminder_that_repeats_the_invoice_is_a_reminder(typed: Typed, judge: Judge) -> None:
    text = """
        Rechnung

        Mahnung

        Rechnungs-Nr.: 4711   Rechnungsdatum: 01.02.2025
        Mahngebühr 5,00 €     Verzugszinsen 1,00 €   zu zahlen 125,00 €
        """
    decision = judge(typed(text))
    assert decision.action is Action.FILE
    assert decision.classification.class_id == "mahnung"


def test_without_a_class_there_is_no_place(typed: Typed, judge: Judge) -> None:
    assert judge(typed("")).place is None


def _page(reading: PageReading, **changes: Any) -> PageReading:
    values = {name: getattr(reading, name) for name in PageReading.__dataclass_fields__}
    return PageReading(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"failed": "worker died"}, "page_failed"),
        ({"visible_text": True}, "born_digital"),
        ({"doubts": ("orientation_unsure",)}, "orientation_unsure"),
    ],
)
def test_any_doubtful_page_makes_a_person_look(
    letters: dict[str, PageReading], typed: Typed, judge: Judge, changes: dict[str, Any], code: str
) -> None:
    decision = judge(letters["rechnung"], _page(typed("Anlage"), **changes))
    assert decision.action is Action.REVIEW
    assert decision.reasons[0].code == code
    assert "2" in decision.reasons[0].text
    assert decision.place == PLACES["rechnung"]


def test_a_badly_read_page_makes_a_person_look(
    letters: dict[str, PageReading], typed: Typed, judge: Judge
) -> None:
    decision = judge(letters["rechnung"], typed("unleserlich", confidence=0.79))
    assert decision.action is Action.REVIEW
    assert decision.reasons[0].code == "low_confidence"
    assert judge(letters["rechnung"], typed("lesbar", confidence=0.8)).action is Action.FILE


def test_a_page_that_may_be_blank_is_noted_and_does_not_stop_a_filing(
    letters: dict[str, PageReading], typed: Typed, judge: Judge
) -> None:
    faint = typed("ii", confidence=0.1, blank=BlankVerdict.DOUBTFUL, doubts=("orientation_unsure",))
    decision = judge(letters["rechnung"], faint)
    assert decision.action is Action.FILE
    assert "blank_doubtful" in codes(decision)


def test_a_page_without_text_does_not_stop_a_filing(
    letters: dict[str, PageReading], typed: Typed, judge: Judge
) -> None:
    assert judge(letters["bauantrag"], typed("")).action is Action.FILE


def test_required_fields(typed: Typed, judge: Judge) -> None:
    decision = judge(typed("Rechnung\n\nRechnungs-Nr.: 4711\nLeistungszeitraum Mai, zahlbar bis Juni"))
    missing = [reason.text for reason in decision.reasons if reason.code == "required_field_missing"]
    assert decision.action is Action.REVIEW
    assert len(missing) == 2
    assert "“dokumentdatum”" in missing[0]
    assert "“betrag”" in missing[1]


def test_a_failed_check_digit(typed: Typed, judge: Judge) -> None:
    text = """
        # Rechnung
        Rechnungs-Nr.: 4711
        Rechnungsdatum: 01.02.2025
        Gesamtbetrag: 10,00 €
        IBAN: DE89 3704 0044 0532 0130 0{last}
        """
    assert judge(typed(text.format(last=0))).action is Action.FILE
    decision = judge(typed(text.format(last=1)))
    assert decision.action is Action.REVIEW
    assert decision.reasons[0].code == "check_failed"


@pytest.mark.parametrize("strategy", ["nicht_ersetzend", "nicht_scannen"])
def test_papers_that_scans_do_not_replace(
    letters: dict[str, PageReading], configuration: Configuration, judge: Judge, strategy: str
) -> None:
    settings = changed_class(configuration, "rechnung", scanstrategie=strategy)
    decision = judge(letters["rechnung"], settings=settings)
    assert decision.action is Action.REVIEW
    assert decision.reasons[0].code == "not_scan_class"


BAUANTRAG = """
    Bauantrag im vereinfachten Verfahren

    {az}
    Bauherrschaft: Erika Mustermann, Entwurfsverfasser: Karl Plan
    Baubeschreibung, Lageplan
    """


@pytest.mark.parametrize(
    ("az", "code", "place"),
    [
        ("", "no_aktenzeichen", None),
        ("Az.: 765 Js 432/10", "no_aktenzeichen", None),
        ("Az.: 63.10", "no_aktenzeichen", None),
        ("Az.: 63.10-0008/2025", "akte_unknown", "63.10-0008/2025"),
        ("Az.: 63.1O-0007/2025", "aktenzeichen_unsure", "63.10-0007/2025"),
        ("Az.: 63.10-7/25 und Az.: 63.10-8/25", "aktenzeichen_unsure", "63.10-0007/2025"),
        ("Az.: 63.20-0007/2025", "aktenzeichen_contradicts", "63.20-0007/2025"),
        ("Az.: 32.30-0815/2025", "aktenzeichen_contradicts", "32.30-0815/2025"),
    ],
)
def test_a_case_needs_its_akte(typed: Typed, judge: Judge, az: str, code: str, place: str | None) -> None:
    decision = judge(typed(BAUANTRAG.format(az=az)))
    assert decision.action is Action.REVIEW
    assert decision.reasons[0].code == code
    assert (decision.place.aktenzeichen if decision.place else None) == place


def test_a_proposal_for_an_unknown_akte_bears_its_nodes_name(typed: Typed, judge: Judge) -> None:
    decision = judge(typed(BAUANTRAG.format(az="Az.: 63.10-0008/2025")))
    assert decision.place == Place("63.10", "63.10-0008/2025", "Baugenehmigungen", "Bauantrag")


def test_an_akte_below_the_class_node_fits(typed: Typed, configuration: Configuration, judge: Judge) -> None:
    building = configuration.document_class("bauantrag")
    assert building is not None
    above = building.filing.model_copy(update={"kennzeichen": "63"})
    settings = changed_class(configuration, "bauantrag", filing=above)
    decision = judge(typed(BAUANTRAG.format(az="Az.: 63.10-0007/2025")), settings=settings)
    assert decision.action is Action.FILE
    assert decision.place == PLACES["bauantrag"]


@pytest.mark.parametrize(
    ("az", "action", "code"),
    [
        ("Az.: 765 Js 432/10", Action.FILE, "akte_of_the_year"),
        ("Az.: 22.30-0815/2025", Action.FILE, "aktenzeichen_not_used"),
        ("Az.: 22.30-0001/2025", Action.FILE, "akte_of_the_year"),
        ("Az.: 22.30-0099/2025", Action.REVIEW, "aktenzeichen_contradicts"),
        ("Az.: 63.10-0007/2025", Action.REVIEW, "aktenzeichen_contradicts"),
    ],
)
def test_a_collective_class_and_an_aktenzeichen(
    typed: Typed, judge: Judge, az: str, action: Action, code: str
) -> None:
    text = f"Hundesteuerbescheid\n\n{az}\nDatum: 01.02.2025\nHundesteuersatzung, Hundemarke, Hundehalter"
    decision = judge(typed(text))
    assert decision.action is action
    assert code in codes(decision)


STAMPED = """
    # Rechnung
    EINGEGANGEN {stamp}
    Rechnungs-Nr.: 4711
    Rechnungsdatum: 20.12.2024
    Gesamtbetrag: 10,00 €
    """


@pytest.mark.parametrize(
    ("stamp", "confidence", "date"),
    [
        ("23.12.2024", 0.9, dt.date(2024, 12, 23)),
        ("20.12.2024", 0.9, dt.date(2024, 12, 20)),
        ("01.08.2025", 0.9, DAY),
        ("02.08.2025", 0.9, None),
        ("19.12.2024", 0.9, None),
        ("23.12.2024", 0.5, None),
    ],
)
def test_the_stamp_gives_the_date_where_it_is_plausible(
    typed: Typed, judge: Judge, stamp: str, confidence: float, date: dt.date | None
) -> None:
    decision = judge(typed(STAMPED.format(stamp=stamp), confidences={stamp: confidence}))
    assert decision.action is Action.FILE
    assert decision.date == (date or DAY)
    assert ("receipt_date_implausible" in codes(decision)) == (date is None)
    assert decision.place is not None
    assert decision.place.aktenzeichen == f"20.20-0001/{decision.date.year}"


def test_a_class_that_no_longer_exists_is_no_class(document_of: Bind, configuration: Configuration) -> None:
    field = Field("x", "x", 1.0, "none", 1)
    classification = Classification("gone", 1.0, {"gone": 50.0})
    decision = decide(document_of(), classification, {"betreff": field}, configuration, DAY, AKTEN.get)
    assert (decision.action, decision.place) == (Action.REVIEW, None)
    assert codes(decision) == {"class_unclear"}
    assert decision.fields == {"betreff": field}


def test_strict_limits_of_the_pipeline_are_kept(
    letters: dict[str, PageReading], configuration: Configuration, judge: Judge
) -> None:
    for name, code in (("min_score", "little_evidence"), ("min_confidence", "class_unsure")):
        limits = configuration.pipeline.decision.model_copy(update={name: 1000.0})
        pipeline = configuration.pipeline.model_copy(update={"decision": limits})
        decision = judge(
            letters["rechnung"], settings=configuration.model_copy(update={"pipeline": pipeline})
        )
        assert decision.action is Action.REVIEW
        assert decision.reasons[0].code == code


def test_every_sentence_is_finished(letters: dict[str, PageReading], typed: Typed, judge: Judge) -> None:
    pages = [*letters.values(), *(typed(text) for text in AMBIGUOUS.values())]
    for page in pages:
        for reason in judge(page).reasons:
            assert "%(" not in reason.text
            assert reason.text.endswith(".")
            assert reason.code.replace("_", "").isalpha()
