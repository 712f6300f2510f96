"""What speaks against filing a document unseen, as its pages and fields tell."""

from __future__ import annotations

from dipro_scan.classify.reading_doubts import reading_doubts
from dipro_scan.model import BlankVerdict, Document, Field, PageReading, Reason
from dipro_scan.settings import DocumentClass, ReadingSettings
from dipro_scan.translation import _


def page_doubts(document: Document, settings: ReadingSettings) -> list[Reason]:
    """Why a person should see the pages. Pages that are nearly blank are not asked how well they read."""
    reasons: list[Reason] = []
    for number, page in enumerate(document.pages, start=1):
        reading = page.reading
        if reading.failed is not None:
            reasons.append(_on_page("page_failed", _("Page %(page)d could not be read."), number))
        if reading.visible_text:
            sentence = _("Page %(page)d carries real text beside its image, as a file that never was paper.")
            reasons.append(_on_page("born_digital", sentence, number))
        reasons += _flawed_source(reading, number)
        if reading.blank is BlankVerdict.DOUBTFUL:
            continue
        if "orientation_unsure" in reading.doubts:
            sentence = _("It is not sure which way up page %(page)d is.")
            reasons.append(_on_page("orientation_unsure", sentence, number))
        reasons += reading_doubts(reading, number, settings.min_mean_confidence, settings.confidence)
    return reasons


def notes_on_pages(document: Document) -> list[Reason]:
    """What is worth knowing about the pages and does not stand against filing."""
    notes = []
    for number, page in enumerate(document.pages, start=1):
        if page.reading.blank is BlankVerdict.DOUBTFUL:
            sentence = _("Page %(page)d may be blank; it was kept.")
            notes.append(_on_page("blank_doubtful", sentence, number))
        if any(doubt.startswith("ink_cut_off") for doubt in page.reading.doubts):
            sentence = _("On page %(page)d writing may be cut off at the edge of the scan.")
            notes.append(_on_page("ink_cut_off", sentence, number))
    return notes


def field_doubts(document_class: DocumentClass, fields: dict[str, Field]) -> list[Reason]:
    """Required fields that were not found, and fields of the class whose check digits are wrong."""
    reasons = []
    for name in document_class.required_fields:
        if name not in fields:
            sentence = _("The field “%(field)s”, which %(class)s requires, was not found.")
            text = sentence % {"field": name, "class": document_class.title}
            reasons.append(Reason("required_field_missing", text))
    for name in document_class.fields:
        if name in fields and fields[name].check == "failed":
            sentence = _("The check digits of the field “%(field)s” are wrong; it was probably misread.")
            reasons.append(Reason("check_failed", sentence % {"field": name}))
    return reasons


def _flawed_source(reading: PageReading, number: int) -> list[Reason]:
    """What the file itself did to the page, before anything was read."""
    reasons = []
    if "truncated" in reading.doubts:
        sentence = _("The file of page %(page)d breaks off; its lower part is missing. Scan it again.")
        reasons.append(_on_page("truncated", sentence, number))
    if "symbol_coding" in reading.doubts:
        # TR-03138 A.SC.12: such a scanner may have exchanged characters.
        sentence = _(
            "Page %(page)d was stored with symbol coding, which may exchange characters. Scan it anew."
        )
        reasons.append(_on_page("symbol_coding", sentence, number))
    return reasons


def _on_page(code: str, sentence: str, number: int) -> Reason:
    return Reason(code, sentence % {"page": number})
