"""File it there, or ask a person: what speaks for each, in words.

"Don't know" is a normal answer. A document is filed without asking only where nothing at all speaks
against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dipro_scan.classify.aktenzeichen import labelled_aktenzeichen
from dipro_scan.classify.classes import lead
from dipro_scan.classify.doubts import field_doubts, notes_on_pages, page_doubts
from dipro_scan.classify.index import Said, heard, voice_name, with_index_fields
from dipro_scan.classify.index_class import Named, asked_protection, named_class
from dipro_scan.classify.place import Placing, find_place, place_by_index
from dipro_scan.classify.text import text_lines
from dipro_scan.model import Action, Classification, Decision, Document, Field, Reason
from dipro_scan.settings import Configuration, DecisionSettings, DocumentClass, ReadingSettings
from dipro_scan.translation import _

SECOND_SHARE = 0.4
"""Share of the first class's points from which a second class on the same page may be another document
without a title of its own. Below it, words in passing (the bank details of a notice) are meant."""

KnownAkten = Callable[[str], str | None]
"""The title of the Akte with this Aktenzeichen, None where there is no such Akte."""


def decide(
    document: Document,
    classification: Classification,
    fields: dict[str, Field],
    configuration: Configuration,
    day: dt.date,
    known_akten: KnownAkten,
) -> Decision:
    """What becomes of a document, with every reason; those against filing stand first.

    `day` is the day of scanning; the decision's date is that of the stamp of receipt where that is
    plausible. `place` is a proposal where the action is REVIEW, and None where none can be made. What was
    said of the document before it was read (`document.index`) names class and place, unless contradicted.
    """
    settings = configuration.pipeline.decision
    said = heard(document.index, configuration)
    named = named_class(said, classification, configuration)
    classification = named.classification
    fields, field_against, field_notes = with_index_fields(said, fields, settings.min_field_confidence)
    date, date_notes = _date(fields, day, settings)
    unsure, page_notes = _page_doubts(document, configuration.pipeline.reading, named)
    against = [*said.against, *named.against, *document.doubts, *unsure, *field_against]
    notes = [*notes_on_pages(document), *page_notes, *date_notes, *field_notes]
    document_class = configuration.document_class(classification.class_id or "")
    place, protection = None, None
    if document_class is None:
        against.insert(0, _class_unclear())
    else:
        evidence_against, evidence_for = _evidence(classification, document_class, settings)
        against = [
            *([] if named.trusted or named.against else evidence_against),
            *_second_document(document, classification, configuration, said, named),
            *against,
            *field_doubts(document_class, fields),
        ]
        protection, asked_against, asked_notes = asked_protection(said, document_class)
        against += [*_class_demands(document_class), *asked_against]
        placing = _placing(document, document_class, said, fields, configuration, date, known_akten)
        place = placing.place
        against += placing.against
        notes = [*named.notes, *evidence_for, *placing.notes, *asked_notes, *notes]
    if against or place is None:
        reasons = (*against, *notes)
        return Decision(Action.REVIEW, classification, fields, place, reasons, date, protection)
    filed = Reason(
        "filed_by_rules",
        _("Nothing speaks against filing under %(aktenzeichen)s.") % {"aktenzeichen": place.aktenzeichen},
    )
    return Decision(Action.FILE, classification, fields, place, (filed, *notes), date, protection)


def _page_doubts(
    document: Document, settings: ReadingSettings, named: Named
) -> tuple[list[Reason], list[Reason]]:
    """What speaks against the pages, and what is only worth knowing.

    Whoever named the class of this very paper had it in hand: handwriting needs no reading then.
    """
    doubts = page_doubts(document, settings)
    if not named.of_this_paper:
        return doubts, []
    return (
        [reason for reason in doubts if not reason.code.startswith("low_confidence")],
        [reason for reason in doubts if reason.code.startswith("low_confidence")],
    )


def _placing(
    document: Document,
    document_class: DocumentClass,
    said: Said,
    fields: dict[str, Field],
    configuration: Configuration,
    date: dt.date,
    known_akten: KnownAkten,
) -> Placing:
    """The place that was named for the paper; else the one that the document itself names."""
    if said.aktenzeichen is None or said.aktenzeichen_voice is None:
        return find_place(document_class, fields.get("aktenzeichen"), configuration, date, known_akten)
    readings = [page.reading for page in document.pages if page.reading.failed is None]
    read = labelled_aktenzeichen(text_lines(readings), configuration.aktenplan)
    named = (said.aktenzeichen, voice_name(said.aktenzeichen_voice))
    return place_by_index(document_class, named, read, configuration, date, known_akten)


def _class_unclear() -> Reason:
    return Reason(
        "class_unclear",
        _("What was read fits no class, or two equally well; a person must say what the document is."),
    )


def _evidence(
    classification: Classification, document_class: DocumentClass, settings: DecisionSettings
) -> tuple[list[Reason], list[Reason]]:
    """Score, lead and confidence against what the pipeline asks: (reasons against, reasons for)."""
    scores = list(classification.scores.values())
    score, margin = scores[0] if scores else 0.0, lead(scores)
    judged = [
        (
            score >= settings.min_score,
            ("little_evidence", "enough_evidence"),
            _("The evidence for %(class)s weighs %(value)s points; %(limit)s are asked.")
            % {"class": document_class.title, "value": f"{score:g}", "limit": f"{settings.min_score:g}"},
        ),
        (
            margin >= settings.min_margin,
            ("second_close", "clear_lead"),
            _("%(class)s leads the second class by %(value)s %%; %(limit)s %% are asked.")
            % {
                "class": document_class.title,
                "value": f"{100 * margin:.0f}",
                "limit": f"{100 * settings.min_margin:.0f}",
            },
        ),
        (
            classification.confidence >= settings.min_confidence,
            ("class_unsure", "class_sure"),
            _("The confidence in %(class)s is %(value).2f; %(limit).2f is asked.")
            % {
                "class": document_class.title,
                "value": classification.confidence,
                "limit": settings.min_confidence,
            },
        ),
    ]
    against = [Reason(codes[0], text) for enough, codes, text in judged if not enough]
    return against, [Reason(codes[1], text) for enough, codes, text in judged if enough]


def _second_document(
    document: Document,
    classification: Classification,
    configuration: Configuration,
    said: Said,
    named: Named,
) -> list[Reason]:
    """A second class whose evidence would do alone: two letters in one, or a separator sheet was missing.

    Not asked where a person named this very paper's class and its pages are one, or were counted.
    """
    if named.of_this_paper and (len(document.pages) == 1 or said.pages is not None):
        return []
    least = configuration.pipeline.decision.min_score
    ranked = list(classification.scores.items())
    others = [item for item in ranked if item[0] != classification.class_id]
    for class_id, score in others[:1]:
        other = configuration.document_class(class_id)
        share = score >= SECOND_SHARE * ranked[0][1]
        own = len(document.pages) > 1 or class_id in classification.titled or share
        if other is not None and score >= least and own:
            sentence = _(
                "%(class)s has enough evidence of its own (%(value)s points); these may be two documents."
            )
            return [Reason("second_strong", sentence % {"class": other.title, "value": f"{score:g}"})]
    return []


def _class_demands(document_class: DocumentClass) -> list[Reason]:
    reasons = []
    if document_class.scanstrategie != "ersetzend":
        sentence = _("Documents of the class %(class)s are not scanned to replace the paper.")
        reasons.append(Reason("not_scan_class", sentence % {"class": document_class.title}))
    if document_class.quality_check == "full":
        sentence = _("Every document of the class %(class)s is checked by a person before it is filed.")
        reasons.append(Reason("quality_check", sentence % {"class": document_class.title}))
    return reasons


def _date(fields: dict[str, Field], day: dt.date, settings: DecisionSettings) -> tuple[dt.date, list[Reason]]:
    """The day of receipt: that of the stamp, unless it is unsure, after `day`, or before the letter's own."""
    stamp = fields.get("eingangsdatum")
    if stamp is None:
        return day, []
    received = dt.date.fromisoformat(stamp.value)
    written = dt.date.fromisoformat(fields["dokumentdatum"].value) if "dokumentdatum" in fields else received
    if stamp.confidence >= settings.min_field_confidence and written <= received <= day:
        return received, []
    sentence = _("The stamp's date %(date)s is not plausible; the day of scanning is used.")
    return day, [Reason("receipt_date_implausible", sentence % {"date": stamp.value})]
